#!/usr/bin/env python3
"""Runs the demo and checks its document against the database it leaves behind, by other means.

usage: demo_test.py PATH_OF_CALLQUEUE_DEMO [unittest options]
"""
import collections
import datetime
import fcntl
import json
import os
import pathlib
import pty
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
import uuid
import zoneinfo

DEMO = ""


def instant(microseconds):
    return datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(
        microseconds=microseconds)


def most_at_once(calls):
    """A call holds its slot from its claim until it ended."""
    changes = sorted([(c["created_at"], 1) for c in calls] + [(c["ended_at"], -1) for c in calls])
    active = most = 0
    for _, change in changes:
        active += change
        most = max(most, active)
    return most


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name) / "demo.db"
        run = subprocess.run([DEMO, "--json", "--db", f"sqlite:{cls.path}"], capture_output=True,
                             text=True, timeout=300)
        if run.returncode != 0:
            raise RuntimeError(run.stderr)
        cls.document = json.loads(run.stdout)  # One document and nothing else.
        cls.database = sqlite3.connect(cls.path)
        cls.database.row_factory = sqlite3.Row
        cls.calls = cls.rows("SELECT * FROM calls")

    @classmethod
    def tearDownClass(cls):
        cls.database.close()
        cls.folder.cleanup()

    @classmethod
    def rows(cls, sql):
        return [dict(row) for row in cls.database.execute(sql)]

    @staticmethod
    def text(key):
        return str(uuid.UUID(bytes=key)) if isinstance(key, bytes) else key

    def test_the_document_has_the_shape_that_was_promised(self):
        self.assertEqual(list(self.document), ["database", "campaigns", "run"])
        self.assertEqual(self.document["database"], f"sqlite:{self.path}")
        for campaign in self.document["campaigns"]:
            self.assertEqual(list(campaign), [
                "id", "name", "user_id", "timezone", "contacts", "completed", "successful",
                "failed", "skipped", "attempts", "first_call_at", "last_call_at"])
        run = self.document["run"]
        self.assertEqual(list(run), ["max_active", "system_limit", "users"])
        for user in run["users"]:
            self.assertEqual(list(user), ["user_id", "limit", "max_active", "calls"])

    def test_it_is_as_large_as_was_promised(self):
        campaigns = self.document["campaigns"]
        self.assertGreaterEqual(len(campaigns), 4)
        self.assertGreaterEqual(len({c["timezone"] for c in campaigns}), 3)
        self.assertGreaterEqual(sum(c["contacts"] for c in campaigns), 500)
        self.assertEqual(sorted(u["limit"] for u in self.document["run"]["users"]), [2, 3, 5])
        self.assertEqual(self.document["run"]["system_limit"], 6)
        self.assertGreater(sum(c["attempts"] for c in campaigns),
                           sum(c["contacts"] for c in campaigns))

    def test_campaign_figures_are_those_of_the_database(self):
        by_status = collections.Counter()
        successful = collections.Counter()
        for row in self.rows("SELECT campaign_id, status, success, user_data FROM call_queue"):
            campaign = self.text(row["campaign_id"])
            by_status[campaign, row["status"]] += 1
            successful[campaign] += 1 if row["success"] else 0
            json.loads(row["user_data"])
        attempts = collections.Counter(self.text(c["campaign_id"]) for c in self.calls)
        for campaign in self.document["campaigns"]:
            key = campaign["id"]
            total = sum(n for (c, _), n in by_status.items() if c == key)
            self.assertEqual(campaign["contacts"], total)
            for status in ("completed", "failed", "skipped"):
                self.assertEqual(campaign[status], by_status[key, status], status)
            self.assertEqual(campaign["successful"], successful[key])
            self.assertEqual(campaign["attempts"], attempts[key])
            self.assertEqual(campaign["completed"] + campaign["failed"] + campaign["skipped"],
                             total, "every row is done")
            mine = [c for c in self.calls if self.text(c["campaign_id"]) == key]
            for name, pick in (("first_call_at", min), ("last_call_at", max)):
                shown = datetime.datetime.fromisoformat(campaign[name].replace("Z", "+00:00"))
                self.assertEqual(shown, instant(pick(c["created_at"] for c in mine)))

    def test_limits_were_kept_and_reached(self):
        run = self.document["run"]
        self.assertTrue(all(c["ended_at"] is not None for c in self.calls))
        self.assertEqual(most_at_once(self.calls), run["max_active"])
        self.assertEqual(run["max_active"], run["system_limit"])
        for user in run["users"]:
            mine = [c for c in self.calls if self.text(c["user_id"]) == user["user_id"]]
            self.assertEqual(len(mine), user["calls"])
            self.assertEqual(most_at_once(mine), user["max_active"])
            self.assertEqual(user["max_active"], user["limit"])

    def test_every_call_started_within_its_window(self):
        rules = {self.text(c["id"]): c for c in self.rows(
            "SELECT id, first_call_time, last_call_time, start_date, end_date FROM call_campaigns")}
        zones = {self.text(r["id"]): r["timezone"] for r in self.rows("""
            SELECT q.id, coalesce(nullif(c.timezone, ''), r.timezone) AS timezone FROM call_queue q
            JOIN contacts c ON c.id = q.contact_id
            JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id""")}
        self.assertGreater(len(set(zones.values())), len(self.document["campaigns"]),
                           "contacts have zones of their own")
        for call in self.calls:
            campaign = rules[self.text(call["campaign_id"])]
            zone = zoneinfo.ZoneInfo(zones[self.text(call["queue_id"])])
            local = instant(call["created_at"]).astimezone(zone)
            clock = local.strftime("%H:%M:%S.%f")
            self.assertGreaterEqual(clock, campaign["first_call_time"])
            self.assertLessEqual(clock, campaign["last_call_time"] + ":00.000000")
            self.assertGreaterEqual(local.date().isoformat(), campaign["start_date"])
            if campaign["end_date"]:
                self.assertLessEqual(local.date().isoformat(), campaign["end_date"])

    def test_nobody_was_called_twice_at_once_and_every_attempt_was_dialed_once(self):
        open_until = {}
        for call in sorted(self.calls, key=lambda c: c["created_at"]):
            key = (call["user_id"], call["phone_number"])
            self.assertGreaterEqual(call["created_at"], open_until.get(key, 0))
            open_until[key] = call["ended_at"]
        numbers = collections.Counter((c["queue_id"], c["attempt"]) for c in self.calls)
        self.assertEqual(set(numbers.values()), {1})

    def test_another_file_is_not_overwritten(self):
        again = subprocess.run([DEMO, "--json", "--db", f"sqlite:{self.path}"],
                               capture_output=True, text=True)
        self.assertEqual(again.returncode, 1)
        self.assertEqual(again.stdout, "")
        self.assertEqual(len(again.stderr.splitlines()), 1)

    def test_without_json_it_is_for_people_and_the_default_database_is_made_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                run = subprocess.run([DEMO], capture_output=True, text=True, cwd=folder)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertEqual(run.stderr, "")  # No terminal, no progress bars.
                for campaign in self.document["campaigns"]:
                    self.assertIn(campaign["name"], run.stdout)
            self.assertTrue(os.path.exists(os.path.join(folder, "demo", "callqueue_demo.db")))

    def test_on_a_terminal_there_are_bars_that_fit(self):
        for line in self.run_on_terminal(columns=70):
            self.assertLess(len(line), 70, line)

    def run_on_terminal(self, columns):
        """The lines of progress that it draws, once they say something of everything."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen([DEMO], stdout=its, stderr=its, cwd=folder)
            os.close(its)
            screen = b""
            try:
                while part := os.read(ours, 65536):
                    screen += part
            except OSError:
                pass  # The other end has gone.
            self.assertEqual(process.wait(), 0)
        os.close(ours)
        lines = re.findall(r"\r([^\r\n\x1b]*)\x1b\[K", screen.decode())
        for text in [c["name"] for c in self.document["campaigns"]] + ["100 %", "all 6/6"]:
            self.assertTrue(any(text in line for line in lines), text)
        return lines

    def test_the_summary_fits_a_terminal_of_80_columns(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([DEMO], capture_output=True, text=True, cwd=folder)
        for line in run.stdout.splitlines():
            self.assertLess(len(line), 80, line)

    def test_wrong_usage_is_said(self):
        run = subprocess.run([DEMO, "--nonsense"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("usage", run.stderr)
        shown = subprocess.run([DEMO, "--help"], capture_output=True, text=True)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("usage", shown.stdout)


if __name__ == "__main__":
    DEMO = os.path.abspath(sys.argv.pop(1))
    unittest.main()
