#!/usr/bin/env python3
"""A program of any language as the dialer."""
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

from tool import GOOD, TOOL, Case

DIALER = pathlib.Path(__file__).parent / "dialer.py"


class Programs(Case):
    """`run --exec`: the dialer is a program."""

    def setUp(self):
        super().setUp()
        self.someone()
        self.campaign = self.imported(GOOD, "--start", "--retry-on", "busy", "--max-attempts", 2,
                                      "--retry-after", "1h").line

    def run_program(self, mode):
        log = self.folder / "dialed.jsonl"
        return self.ok("run", "--exec", f"{sys.executable} {DIALER} {mode} {log}", "--until-idle",
                       "--json"), log

    def test_a_program_dials(self):
        run, log = self.run_program("answer")
        self.assertEqual((run.json["claimed"], run.json["accepted"], run.json["ended"]), (3, 3, 3))
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual({line["phone_number"] for line in lines},
                         {"+4930231250001", "+4930231250002", "+4930231250003"})
        for line in lines:
            self.assertEqual(line["next_action"], "Sell")
            self.assertEqual(line["call"]["id"], line["call_id"])
            self.assertIn("user_data", line["queued"])
        exported = self.ok("export", self.campaign, "--json").json
        self.assertEqual({i["call"]["provider_call_id"] for i in exported},
                         {"p-" + line["call_id"] for line in lines})
        self.assertEqual({i["call"]["duration_seconds"] for i in exported}, {42})

    def test_a_program_may_answer_with_events_alone(self):
        run, _ = self.run_program("events")
        self.assertEqual((run.json["accepted"], run.json["ended"]), (3, 3))

    def run_while(self, hinder, release):
        """Three calls, of which the first one's end is told when the database is hindered."""
        log = self.folder / "dialed.jsonl"
        os.mkfifo(f"{log}.go")
        process = subprocess.Popen([TOOL, "--db", self.db, "--busy-timeout", "100", "run", "--exec",
                                    f"{sys.executable} {DIALER} late {log}", "--until-idle", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lost = threading.Timer(60, process.kill)
        lost.start()
        with open(f"{log}.go", "w"):
            other = sqlite3.connect(self.db.removeprefix("sqlite:"), isolation_level=None, timeout=30)
            other.execute(hinder)
        said = next((line for line in process.stderr if line.endswith("; it is tried again\n")), None)
        other.execute(release)
        out, _ = process.communicate()
        lost.cancel()
        self.assertIsNotNone(said)
        self.assertEqual((process.returncode, json.loads(out)["ended"]), (0, 3))
        return said

    def test_what_it_tells_while_the_database_is_not_there_is_not_lost(self):
        self.run_while("BEGIN IMMEDIATE", "ROLLBACK")

    def test_what_the_database_refuses_for_a_while_is_not_lost(self):
        said = self.run_while("CREATE TRIGGER mine BEFORE UPDATE ON calls WHEN NEW.status = 'completed' "
                              "BEGIN SELECT RAISE(ABORT, 'not now'); END", "DROP TRIGGER mine")
        self.assertIn("not now", said)

    def test_a_program_may_reject(self):
        run, _ = self.run_program("reject")
        self.assertEqual((run.json["rejected"], run.json["accepted"]), (3, 0))
        shown = self.ok("campaign", "show", self.campaign, "--json").json
        self.assertEqual((shown["status"], shown["failed_calls"]), ("completed", 3))

    def test_lines_that_are_no_events_are_survived(self):
        run, _ = self.run_program("chatter")
        self.assertEqual(run.json["ended"], 3)
        self.assertRegex(run.err, "line [0-9]+ of the dialer program was ignored")

    def test_lines_of_other_calls_and_without_an_end_are_survived(self):
        run, _ = self.run_program("stranger")
        self.assertEqual(run.json["ended"], 3)
        self.assertIn("names no call", run.err)

    def test_a_line_without_an_end_is_ignored(self):
        run, _ = self.run_program("endless")
        self.assertEqual(run.json["ended"], 3)
        self.assertIn("64 KiB", run.err)

    def test_lines_may_come_in_pieces(self):
        run, _ = self.run_program("pieces")
        self.assertEqual((run.json["accepted"], run.json["ended"], run.err), (3, 3, ""))

    def test_a_program_that_stops_reading_ends_the_run_and_loses_nothing(self):
        self.ok("user", "limits", self.user, "--concurrent", 1)
        run = self.bad(1, "run", "--exec", f"exec {sys.executable} {DIALER} deaf /dev/null",
                       "--until-idle", "--stop-deadline", 1, "--json", says="takes no more calls",
                       lines=2)
        self.assertEqual(run.json["accepted"], 1)
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual((counts["completed"], counts["queued"]), (1, 2))

    def test_a_program_that_never_reads_cannot_hold_a_run(self):
        big = "x" * 60_000
        self.imported("phone_number,story\n" + "".join(f"+4930231251{i:03d},{big}\n" for i in range(4)),
                      "--start")
        self.ok("user", "limits", self.user, "--concurrent", 8)
        run = self.bad(1, "run", "--exec", f"exec {sys.executable} {DIALER} asleep /dev/null",
                       "--accept-timeout", 1, "--stop-deadline", 1, "--json", says="takes no more calls", lines=9)
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual((counts["failed"], counts["queued"] + counts["processing"]), (0, 7))
        self.assertGreater(counts["queued"], 0, "what was never written is not held")

    def test_a_call_that_is_still_unanswered_when_the_run_is_stopped_is_told(self):
        self.ok("user", "limits", self.user, "--concurrent", 1)
        _, out, err = self.interrupted(1, "run", "--exec", "trap '' TERM; sleep 300", "--stop-deadline", "1",
                                       "--json")
        self.assertEqual((json.loads(out)["claimed"], json.loads(out)["uncertain"]), (1, 1))
        self.assertIn("is not confirmed", err)

    def stopping(self, script, *options):
        """A run that has been told to stop, by one SIGTERM, whose program knows of it; and when that was."""
        for name in ("up", "down"):
            (self.folder / name).unlink(missing_ok=True)
            os.mkfifo(self.folder / name)
        process = subprocess.Popen(
            [TOOL, "--db", self.db, "run", "--json", *options, "--exec",
             f"cd {self.folder}; echo $$ >up; cat >/dev/null; echo >down; {script}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        pid = int((self.folder / "up").read_text())
        since = time.monotonic()
        process.send_signal(signal.SIGTERM)
        (self.folder / "down").read_text()
        return process, pid, since

    def test_a_second_signal_right_after_the_first_belongs_to_it(self):
        self.ok("campaign", "pause", self.campaign)
        os.mkfifo(self.folder / "go")
        for _ in range(10):
            process, _, since = self.stopping("read word <go")
            process.send_signal(signal.SIGTERM)
            was_quick = time.monotonic() - since < 0.9
            (self.folder / "go").write_text("on\n")
            out, err = process.communicate(timeout=60)
            if was_quick:
                break
        else:
            self.skipTest("this machine takes a second from one line to the next")
        self.assertEqual((process.returncode, err), (0, ""))
        self.assertEqual(json.loads(out)["claimed"], 0)

    def test_a_signal_that_comes_later_ends_a_run_that_waits(self):
        self.ok("campaign", "pause", self.campaign)
        process, pid, since = self.stopping("exec tail -f /dev/null", "--stop-deadline", "600")
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        self.assertEqual((process.returncode, process.stdout.read()), (128 + signal.SIGTERM, ""))
        self.assertGreaterEqual(time.monotonic() - since, 1)

    def test_a_program_that_dies_is_said(self):
        self.ok("user", "limits", self.user, "--concurrent", 1)
        self.bad(1, "run", "--exec", f"{sys.executable} {DIALER} dies /dev/null", "--until-idle",
                 says="status 3")
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual((counts["processing"], counts["queued"], counts["failed"]), (1, 2, 0))

    def test_two_runs_on_one_file_dial_everybody_once(self):
        log = self.folder / "dialed.jsonl"
        rows = "phone_number\n" + "".join(f"+49302312{i:05d}\n" for i in range(100))
        self.imported(rows, "--start")
        command = [TOOL, "--db", self.db, "run", "--exec", f"{sys.executable} {DIALER} answer {log}",
                   "--until-idle", "--json"]
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        results = [json.loads(run.communicate(timeout=110)[0]) for run in runs]
        self.assertEqual(sum(r["claimed"] for r in results), 103)
        numbers = [json.loads(line)["call_id"] for line in log.read_text().splitlines()]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.ok("verify")

    # A line for each call that was on its way comes with it.
    def test_a_program_that_ends_early_is_said_and_loses_nothing(self):
        run = self.bad(1, "run", "--exec", "exit 7", "--until-idle", says="status 7",
                       lines=10)
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual(counts["queued"] + counts["processing"], 3)
        self.assertEqual(counts["failed"], 0)
        self.assertIn("dialer program", run.err)

    def test_a_program_that_is_not_there_is_said(self):
        self.bad(1, "run", "--exec", "/no/such/program 2>/dev/null", "--until-idle", says="127",
                 lines=10)


if __name__ == "__main__":
    unittest.main()
