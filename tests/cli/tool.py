"""What the tests of the command line share: the tool, run in a folder of its own.

usage of each of them: PROGRAM PATH_OF_CALLQUEUE [unittest options]
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

TOOL = os.path.abspath(sys.argv.pop(1))

GOOD = """phone_number,name,priority,city
+4930231250001,Ann,,Berlin
+4930231250002,"Bob, Jr.",5,Hamburg
+4930231250003,,,"two
lines"
"""


class Run:
    def __init__(self, *args, db=None, env=None, process=None, tool=None):
        environment = {k: v for k, v in os.environ.items() if k != "CALLQUEUE_DB"}
        environment.update(env or {})
        command = [tool or TOOL] + (["--db", db] if db else []) + [str(a) for a in args]
        done = subprocess.run(command, capture_output=True, text=True, env=environment,
                              timeout=120, **(process or {}))
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def line(self):
        return self.out.strip()


class Case(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.db = f"sqlite:{self.folder / 'queue.db'}"
        self.addCleanup(self._folder.cleanup)

    def ok(self, *args, **kwargs):
        run = Run(*args, db=self.db, **kwargs)
        self.assertEqual(run.status, 0, f"{args}: {run.err}{run.out}")
        return run

    def bad(self, status, *args, says="", db=True, lines=1, **kwargs):
        run = Run(*args, db=self.db if db else None, **kwargs)
        self.assertEqual(run.status, status, f"{args}: {run.err}{run.out}")
        self.assertTrue(1 <= len(run.err.strip().splitlines()) <= lines, run.err)
        self.assertTrue(run.err.startswith("callqueue: "), run.err)
        self.assertIn(says, run.err)
        return run

    def migrated(self):
        self.ok("migrate")

    def someone(self):
        self.migrated()
        self.user = self.ok("user", "add", "--name", "Ann", "--email", "ann@example.com").line
        self.agent = self.ok("agent", "add", "--user", self.user, "--name", "Voice").line

    def file(self, text, name="list.csv"):
        path = self.folder / name
        path.write_text(text)
        return path

    def imported(self, text=GOOD, *options):
        return self.ok("import", self.file(text), "--user", self.user, "--agent", self.agent,
                       "--name", "Spring", "--next-action", "Sell", "--first-call", "00:00",
                       "--last-call", "24:00", "--start-date", "2024-01-01", *options)

    def assert_id(self, text):
        self.assertEqual(str(uuid.UUID(text)), text)

    def interrupted(self, calls, *args):
        """Starts a command that dials, and presses Ctrl-C once so many calls are under way.

        @return exit status, standard output and error.
        """
        process = subprocess.Popen([TOOL, "--db", self.db, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        deadline = time.monotonic() + 60
        while self.ok("queue", "statistics", "--json").json["processing"] < calls:
            self.assertLess(time.monotonic(), deadline, "nothing was dialed")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err
