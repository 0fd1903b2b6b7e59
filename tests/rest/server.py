"""What the tests of the example server share: the server itself, on a database of its own, and a client.

usage of each of them: PROGRAM PATH_OF_SERVER PATH_OF_CALLQUEUE [unittest options]

Where CALLQUEUE_TEST_POSTGRES names a server, the databases are made there; otherwise they are SQLite files.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import contract
import signing

SERVER = os.path.abspath(sys.argv.pop(1))
TOOL = os.path.abspath(sys.argv.pop(1))
POSTGRES = os.environ.get("CALLQUEUE_TEST_POSTGRES")
PATIENCE = 60  # Seconds: of a loaded machine.


def psql(sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", POSTGRES, "-c", sql],
                          check=True, capture_output=True, text=True).stdout


class Database:
    """A new one, gone with `drop`."""

    def __init__(self, folder):
        self.name = "rest_" + uuid.uuid4().hex
        if POSTGRES:
            psql(f"CREATE DATABASE {self.name}")
            self.url = POSTGRES.replace("/postgres?", f"/{self.name}?")
        else:
            self.url = f"sqlite:{folder}/queue.db"

    def drop(self):
        if POSTGRES:
            psql(f"DROP DATABASE {self.name} (FORCE)")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    def __repr__(self):
        return f"{self.status} {self.text[:400]}"


class Client:
    """One user's (or nobody's) side of the wire. Every answer is held against openapi.yaml."""

    def __init__(self, port, token=None, headers=None):
        self.port, self.headers = port, dict(headers or {})
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
            connection.request(method, path, data, {**self.headers, **(headers or {})})
            answer = Answer(connection.getresponse())
            contract.check(method, path, answer)
            return answer
        finally:
            connection.close()

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None):
        return self.ask("POST", path, body if body is not None else b"")

    def form(self, path, *parts):
        """parts: (name, content) or (name, content, filename)."""
        boundary = "x" + uuid.uuid4().hex
        body = b""
        for name, content, *filename in parts:
            named = f'; filename="{filename[0]}"' if filename else ""
            content = content if isinstance(content, bytes) else content.encode()
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n').encode()
            body += content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


class Server:
    def __init__(self, url, *options, secret=signing.SECRET, log=None):
        level = () if "--log-level" in options else ("--log-level", "warn")
        self.process = subprocess.Popen([SERVER, "--db", url, "--port", "0", *level, *options],
                                        env={**os.environ, "CALLQUEUE_WEBHOOK_SECRET": secret}, stdout=subprocess.PIPE,
                                        stderr=log, text=True)
        said = ""
        for line in self.process.stdout:
            said += line
            found = re.match(r"listening at http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                return
        self.stop()
        raise RuntimeError("the server does not start: " + said)

    def stop(self):
        """@return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()
        return status


class Case(unittest.TestCase):
    """A server with two users, Ann and Bob, and an administrator."""

    options = ()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = Database(folder.name)
        self.addCleanup(self.database.drop)
        self.tool("migrate")
        self.ann_id = self.tool("user", "add", "--name", "Ann", "--email", "ann@example.org")
        self.bob_id = self.tool("user", "add", "--name", "Bob", "--email", "bob@example.org")
        self.server = Server(self.database.url, *self.options)
        self.addCleanup(self.server.stop)
        self.ann = self.client(self.token("--user", self.ann_id))
        self.bob = self.client(self.token("--user", self.bob_id))
        self.administrator = self.client(self.token("--administrator"))

    def tool(self, *args):
        done = subprocess.run([TOOL, "--db", self.database.url, *args], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip().split("\n")[-1]

    def token(self, *of):
        return self.tool("token", "create", *of, "--name", "test")

    def client(self, token=None, headers=None):
        return Client(self.server.port, token, headers)

    def ok(self, answer, status=200):
        self.assertEqual(answer.status, status, answer)
        return answer.json if answer.text else None

    def refused(self, answer, status, code, field=None):
        """A problem document that names the field."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        document = answer.json
        self.assertEqual(document["status"], status)
        self.assertEqual(document["code"], code, document)
        self.assertEqual(document.get("field"), field, document)
        return document

    def agent(self, client):
        return self.ok(client.post("/api/agents", {"name": "Voice"}), 201)["id"]

    def contact(self, client, number, **fields):
        return self.ok(client.post("/api/contacts", {"phone_number": number, **fields}), 201)["id"]

    def settings(self, client, **fields):
        """A campaign that may call at any time."""
        return {"name": "Spring", "agent_id": self.agent(client), "start_date": "2024-01-01",
                "first_call_time": "00:00", "last_call_time": "24:00", **fields}

    def campaign(self, client, **fields):
        return self.ok(client.post("/api/campaigns", self.settings(client, **fields)), 201)["id"]

    def until(self, question, what):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = question()
            if answer:
                return answer
            time.sleep(0.02)
        self.fail("in vain waited for " + what)
