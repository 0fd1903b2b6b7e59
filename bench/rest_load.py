#!/usr/bin/env python3
"""rest_load.py SERVER TOOL HTTP_LOAD [--events N] [--connections N] [--rate N] [--batch N]: the example REST server under load.

Starts SERVER (callqueue_rest_server) on a database of its own and lets HTTP_LOAD (bench/http_load.cpp) send
- small reads: GET /healthz, beside the same answer of nginx with one worker, in turns;
- provider events: signed, one of three for each of many calls in twenty campaigns (it rings, is talking, has ended); first as many
  as are answered, then --rate a second on other calls. Afterwards every row must be completed.
Prints the figures and the server's resident memory. On PostgreSQL:

    python3 -B tests/postgres/with_server.py --durable python3 -B bench/rest_load.py SERVER TOOL HTTP_LOAD
"""
import argparse
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import uuid

SECRET = "the-secret-of-the-load"
CAMPAIGNS = 20
STATUSES = ("ringing", "in-progress", "call-disconnected")


class Database:
    """On the server that CALLQUEUE_TEST_POSTGRES names, else a file."""

    def __init__(self, folder):
        self.server = os.environ.get("CALLQUEUE_TEST_POSTGRES")
        self.name = "load_" + uuid.uuid4().hex
        self.url = f"sqlite:{folder}/queue.db"
        if self.server:
            self.psql(self.server, f"CREATE DATABASE {self.name}")
            self.url = self.server.replace("/postgres?", f"/{self.name}?")

    @staticmethod
    def psql(url, sql):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"], input=sql,
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def place_calls(self):
        """Makes of every queued row a call that its provider has accepted, under the row's id. @return the ids."""
        soon = "now() + interval '1 hour'" if self.server else str(int((time.time() + 3600) * 1_000_000))
        self.run("INSERT INTO calls (id, user_id, agent_id, contact_id, campaign_id, queue_id, phone_number, call_type, status, "
                 "provider_call_id, lease_expires_at) SELECT id, user_id, agent_id, contact_id, campaign_id, id, phone_number, "
                 f"'campaign', 'initiated', 'p-' || id, {soon} FROM call_queue")
        self.run("UPDATE call_queue SET status = 'processing', call_id = id, attempts = 1")
        if self.server:
            self.run("VACUUM ANALYZE")
        return sorted(self.rows("SELECT id FROM calls"), key=lambda i: i[::-1])  # Campaigns mixed.

    def rows(self, sql):
        if self.server:
            return self.psql(self.url, sql).split()
        with sqlite3.connect(self.url.removeprefix("sqlite:"), timeout=60) as connection:
            return [str(row[0]) for row in connection.execute(sql)]

    run = rows


def make_campaigns(tool, folder, rows):
    run = lambda *words: subprocess.run([*tool, *words], check=True, capture_output=True, text=True).stdout.split()
    user = run("user", "add", "--name", "Load")[-1]
    run("agent", "add", "--user", user, "--name", "Voice")
    for campaign in range(CAMPAIGNS):
        file = folder / "list.csv"
        file.write_text("phone_number\n" + "".join(f"+12{campaign:02}{2_000_000 + row}\n" for row in range(rows)))
        run("import", str(file), "--user", user, "--agent", "Voice", "--name", f"c{campaign}", "--first-call", "00:00",
            "--last-call", "24:00", "--start-date", "2026-01-01")


def signed(body):
    stamp = str(int(time.time())).encode()
    signature = hmac.digest(SECRET.encode(), stamp + b"." + body, hashlib.sha256).hex().encode()
    return (b"POST /webhooks/calls HTTP/1.1\r\nHost: x\r\nX-Callqueue-Timestamp: " + stamp + b"\r\nX-Callqueue-Signature: sha256="
            + signature + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)


def requests_for(ids, batch):
    """What a connection sends: all events of a call go over the same one, in their order."""
    for group in (ids[i:i + batch] for i in range(0, len(ids), batch)):
        for status in STATUSES:
            events = [{"provider_call_id": "p-" + i, "status": status, "duration_seconds": 61 if status == STATUSES[-1] else None}
                      for i in group]
            yield signed(json.dumps(events[0] if batch == 1 else events).encode())


def write_requests(file, ids, options):
    with file.open("wb") as out:
        for mine in (ids[i::options.connections] for i in range(options.connections)):
            requests = list(requests_for(mine, options.batch))
            out.write(b"%d\n" % len(requests) + b"".join(b"%d\n%b" % (len(r), r) for r in requests))


class Nginx:
    """Answers every GET with a few bytes, as /healthz does."""

    def __init__(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        file = folder / "nginx.conf"
        file.write_text(f"worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr crit; events {{}}\n"
                        "http { access_log off; keepalive_requests 1000000000; server { listen 127.0.0.1:%d; location / "
                        "{ default_type application/json; return 200 '{\"status\":\"ok\"}'; } } }" % self.port)
        self.process = subprocess.Popen([shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-c", file])
        self.wait()

    def wait(self):
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                pass

    def __enter__(self):
        return self.port

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Figures:
    def __init__(self, options, pid):
        self.options, self.pid = options, pid

    def load(self, port, *words):
        done = subprocess.run([self.options.http_load, str(port), *map(str, words)], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)

    def memory(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def say(self, what, f):
        print(f"{what}: {f['per_second']:,} a second; p50 {f['p50_ms']} ms, p99 {f['p99_ms']} ms, longest {f['max_ms']} ms; "
              f"server {self.memory():.0f} MiB resident", flush=True)


def reads(figures, port, folder):
    with Nginx(folder) as peer:
        for _ in range(3):
            ours = figures.load(port, "--get", "/healthz", "--connections", 64)
            theirs = figures.load(peer, "--get", "/healthz", "--connections", 64)
            figures.say("GET /healthz", ours)
            figures.say("  nginx, one worker", theirs)
            print(f"  ratio {ours['per_second'] / theirs['per_second']:.2f}")


def events(figures, port, folder, ids, options):
    half = len(ids) // 2
    file = folder / "requests"
    for some, rate in ((ids[:half], 0), (ids[half:], options.rate / options.batch)):
        write_requests(file, some, options)
        pace = f"{options.rate} a second" if rate else "as many as are answered"
        figures.say(f"events, {options.batch} a request, {options.connections} connections, {pace}: requests",
                    figures.load(port, "--send", file, "--rate", rate))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("server")
    parser.add_argument("tool")
    parser.add_argument("http_load")
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--connections", type=int, default=48)
    parser.add_argument("--rate", type=int, default=2000, help="events a second")
    parser.add_argument("--batch", type=int, default=1, help="events in a request")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        database = Database(folder)
        tool = [options.tool, "--db", database.url]
        subprocess.run([*tool, "migrate"], check=True, capture_output=True)
        make_campaigns(tool, folder, options.events // len(STATUSES) // CAMPAIGNS)
        ids = database.place_calls()
        server = subprocess.Popen([options.server, "--db", database.url, "--port", "0", "--log-level", "warn"],
                                  env={**os.environ, "CALLQUEUE_WEBHOOK_SECRET": SECRET}, stdout=subprocess.PIPE, text=True)
        try:
            port = next(int(m.group(1)) for m in (re.match(r"listening at .*:(\d+)", line) for line in server.stdout) if m)
            figures = Figures(options, server.pid)
            reads(figures, port, folder)
            events(figures, port, folder, ids, options)
            left = database.rows("SELECT id FROM call_queue WHERE status <> 'completed'")
            if left:
                raise SystemExit(f"{len(left)} rows have not been completed")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    main()
