#!/usr/bin/env python3
"""live_events.py SERVER CALLQUEUE [--sockets N] [--users N] [--changes N]

How the example REST server fares with many WebSockets: what it needs for each, and how long after a change they hear of it. On a
database of its own: an SQLite file, or on the server that CALLQUEUE_TEST_POSTGRES names (tests/postgres/with_server.py --durable).
"""
import argparse
import json
import pathlib
import resource
import selectors
import statistics
import sys
import time

import websocket

ROOT = pathlib.Path(__file__).resolve().parents[1]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[1])
    parser.add_argument("server")
    parser.add_argument("callqueue")
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--users", type=int, default=25)
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    sys.argv = [sys.argv[0], options.server, options.callqueue]
    sys.path.insert(0, str(ROOT / "tests" / "rest"))
    return options


OPTIONS = arguments()

import server  # noqa: E402  It takes the programs off the arguments.
from live import Live  # noqa: E402


class Crowd(server.Case):
    """Uses the world of the tests."""

    def runTest(self):
        users = [self.client(self.token("--user", self.tool("user", "add", "--name", f"User {i}")))
                 for i in range(OPTIONS.users)]
        campaigns = [self.campaign(user) for user in users]
        before = self.memory()
        began = time.monotonic()
        sockets = [self.open(users[i % len(users)]) for i in range(OPTIONS.sockets)]
        print(f"{len(sockets)} WebSockets of {len(users)} users opened and greeted in {time.monotonic() - began:.1f} s")
        after = self.memory()
        print(f"resident memory: {before:.1f} MiB before, {after:.1f} MiB with them, "
              f"{(after - before) * 1024 / len(sockets):.1f} KiB each")
        cpu = self.cpu()
        time.sleep(5)
        print(f"idle: {(self.cpu() - cpu) / 5 * 100:.1f} % of a core")
        with selectors.DefaultSelector() as ready:
            for one in sockets:
                ready.register(one.socket.sock, selectors.EVENT_READ, one)
            cpu, began = self.cpu(), time.monotonic()
            delays = [delay for i in range(OPTIONS.changes) for delay in self.change(users, campaigns, sockets, ready, i)]
            passed = time.monotonic() - began
        cuts = statistics.quantiles(delays, n=100)
        print(f"{len(delays)} messages of {OPTIONS.changes * len(users)} changes; heard of after {cuts[49] * 1000:.0f} ms (p50), "
              f"{cuts[98] * 1000:.0f} ms (p99), {max(delays) * 1000:.0f} ms at most; {(self.cpu() - cpu) / passed * 100:.0f} % of a core")
        print(f"resident memory at its highest: {self.memory('VmHWM'):.1f} MiB")
        for one in sockets:
            one.socket.sock.close()

    def open(self, user):
        return Live(self.server.port, user.headers["Authorization"].split()[1]).greeted()

    def change(self, users, campaigns, sockets, ready, i):
        """Changes a campaign of each user. Yields how long after that each socket hears of it."""
        changed = {}
        for user, campaign in zip(users, campaigns):
            changed[campaign] = time.monotonic()
            self.ok(user.ask("PATCH", f"/api/campaigns/{campaign}", {"name": f"Number {i}"}))
        missing = set(sockets)
        while missing:
            for key, _ in ready.select(timeout=server.PATIENCE):
                kind, text = key.data.socket.recv_data(control_frame=True)
                message = json.loads(text) if kind == websocket.ABNF.OPCODE_TEXT else {"type": "ping"}
                if message["type"] == "campaign" and message["campaign"]["name"] == f"Number {i}":
                    missing.remove(key.data)
                    yield time.monotonic() - changed[message["campaign"]["id"]]

    def memory(self, what="VmRSS"):
        lines = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what + ":"))

    def cpu(self):
        """Seconds of the processor that the server has used."""
        words = pathlib.Path(f"/proc/{self.server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / 100


if __name__ == "__main__":
    # Both ends of each socket are files of somebody.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, OPTIONS.sockets + 500), most))
    result = Crowd().run()
    for _, trace in result.errors + result.failures:
        print(trace, file=sys.stderr)
    sys.exit(0 if result.wasSuccessful() else 1)
