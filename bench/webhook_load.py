#!/usr/bin/env python3
"""webhook_load.py SERVER TOOL [--events N] [--connections N] [--rate N] [--batch N]: events a second of the webhook.

Starts SERVER (callqueue_rest_server) on a database of its own with calls of twenty campaigns in it, and reports that each of them
rings, is talking and has ended: signed requests over HTTP connections that stay open, one request at a time on each. With --rate all of them
together send so many events a second, and an answer's time counts from when its request was due; without, as many as are answered.
Prints events a second and the times of the answers. On PostgreSQL:

    python3 -B tests/postgres/with_server.py --durable python3 -B bench/webhook_load.py SERVER TOOL
"""
import argparse
import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
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


class Connection(threading.Thread):
    """Sends its requests one after the other and notes how long each answer took."""

    def __init__(self, port, bodies, interval, phase, ready):
        super().__init__()
        self.port, self.bodies, self.interval, self.phase, self.ready = port, bodies, interval, phase, ready
        self.times, self.wrong = [], []

    def run(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ready.wait()
        begin = time.perf_counter() + self.phase
        for number, body in enumerate(self.bodies):
            due = begin + number * self.interval if self.interval else time.perf_counter()
            if due > time.perf_counter():
                time.sleep(due - time.perf_counter())
            connection.sendall(self.request(body))
            answer = self.answer(connection)
            self.times.append(time.perf_counter() - due)
            if not answer.startswith(b"HTTP/1.1 200 "):
                self.wrong.append(answer)
        connection.close()

    @staticmethod
    def request(body):
        stamp = str(int(time.time())).encode()
        signature = hmac.digest(SECRET.encode(), stamp + b"." + body, hashlib.sha256).hex().encode()
        return (b"POST /webhooks/calls HTTP/1.1\r\nHost: x\r\nX-Callqueue-Timestamp: " + stamp + b"\r\nX-Callqueue-Signature: sha256="
                + signature + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)

    @staticmethod
    def answer(connection):
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(65536) or exit("the server closed a connection")
        head, _, body = got.partition(b"\r\n\r\n")
        size = int(re.search(rb"content-length: (\d+)", head, re.I).group(1))
        while len(body) < size:
            body += connection.recv(65536)
        return got


def make_campaigns(tool, folder, rows):
    run = lambda *words: subprocess.run([*tool, *words], check=True, capture_output=True, text=True).stdout.split()
    user = run("user", "add", "--name", "Load")[-1]
    run("agent", "add", "--user", user, "--name", "Voice")
    for campaign in range(CAMPAIGNS):
        file = folder / "list.csv"
        file.write_text("phone_number\n" + "".join(f"+12{campaign:02}{2_000_000 + row}\n" for row in range(rows)))
        run("import", str(file), "--user", user, "--agent", "Voice", "--name", f"c{campaign}", "--first-call", "00:00",
            "--last-call", "24:00", "--start-date", "2026-01-01")


def bodies_for(connections, ids, batch):
    """What each connection sends: all events of a call go over the same one, in their order."""
    for mine in (ids[i::connections] for i in range(connections)):
        bodies = []
        for group in (mine[i:i + batch] for i in range(0, len(mine), batch)):
            for status in STATUSES:
                events = [{"provider_call_id": "p-" + i, "status": status,
                           "duration_seconds": 61 if status == STATUSES[-1] else None} for i in group]
                bodies.append(json.dumps(events[0] if batch == 1 else events).encode())
        yield bodies


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def measure(port, ids, options):
    ready = threading.Event()
    interval = options.connections * options.batch / options.rate if options.rate else 0
    threads = [Connection(port, bodies, interval, interval * i / options.connections, ready)
               for i, bodies in enumerate(bodies_for(options.connections, ids, options.batch))]
    for thread in threads:
        thread.start()
    begin = time.perf_counter()
    ready.set()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    times = [t for thread in threads for t in thread.times]
    wrong = [w for thread in threads for w in thread.wrong]
    events = len(ids) * len(STATUSES)
    print(f"{events:,} events in {len(times):,} requests over {options.connections} connections: {events / took:,.0f} events/s; "
          f"answers p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms, longest {max(times) * 1000:.1f} ms")
    if wrong:
        raise SystemExit(f"{len(wrong)} answers were not 200: {wrong[0].decode()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("server")
    parser.add_argument("tool")
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rate", type=int, default=0, help="events a second; 0: as many as are answered")
    parser.add_argument("--batch", type=int, default=1, help="events in a request")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(pathlib.Path(folder))
        tool = [options.tool, "--db", database.url]
        subprocess.run([*tool, "migrate"], check=True, capture_output=True)
        make_campaigns(tool, pathlib.Path(folder), options.events // len(STATUSES) // CAMPAIGNS)
        ids = database.place_calls()
        server = subprocess.Popen([options.server, "--db", database.url, "--port", "0", "--log-level", "warn"],
                                  env={**os.environ, "CALLQUEUE_WEBHOOK_SECRET": SECRET}, stdout=subprocess.PIPE, text=True)
        try:
            port = next(int(m.group(1)) for m in (re.match(r"listening at .*:(\d+)", line) for line in server.stdout) if m)
            measure(port, ids, options)
            left = database.rows("SELECT id FROM call_queue WHERE status <> 'completed'")
            if left:
                raise SystemExit(f"{len(left)} rows have not been completed")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    main()
