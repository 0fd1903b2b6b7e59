#!/usr/bin/env python3
"""Goes through every command of the command line, good and bad: exit status, output, standard error.

usage: cli_test.py PATH_OF_CALLQUEUE [unittest options]
"""
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

TOOL = ""
DIALER = pathlib.Path(__file__).parent / "dialer.py"

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


class Usage(Case):
    def test_help_and_version(self):
        self.assertIn("import", Run("--help").out)
        self.assertEqual(Run("--help").status, 0)
        self.assertEqual(Run("campaign", "create", "--help").status, 0)
        self.assertRegex(Run("--version").line, r"\d+\.\d+\.\d+")

    def test_wrong_usage_is_status_2(self):
        self.migrated()
        self.bad(2)
        self.bad(2, "nonsense", says="nonsense")
        self.bad(2, "--nonsense", says="--nonsense")
        self.bad(2, "campaign", "shew", says="shew")
        self.bad(2, "user", says="callqueue user --help")
        self.bad(2, "user", "list", "--nonsense", says="--nonsense")
        self.bad(2, "user", "add", says="name")
        self.bad(2, "agent", "add", "--name", "x", says="--user")
        self.bad(2, "campaign", "show")
        self.bad(2, "import")
        self.bad(2, "migrate", "--to", "many")
        self.bad(2, "run", says="--simulate")
        self.bad(2, "run", "--simulate", "--exec", "true")
        self.bad(2, "run", "--simulate", "--clock", "broken")
        self.bad(2, "run", "--simulate", "--answered", "2")
        self.bad(2, "run", "--simulate", "--answered", "0.9", "--voicemail", "0.9", says="more than 1")
        self.bad(2, "forecast")
        self.bad(2, "import", "x.csv", "--campaign", "x", "--name", "other", says="--name")
        self.bad(2, "import", "x.csv", "--campaign", "x", "--retry-on", "busy", says="--")
        create = ["campaign", "create", "--user", "x", "--agent", "x", "--name", "x", "--start-date", "2026-01-01"]
        for lonely in (["--retry-on", "busy"], ["--max-attempts", 3], ["--retry-after", "5m"]):
            self.bad(2, *create, *lonely, says="requires")
        self.bad(2, *create, "--windows", "mon 09:00-10:00", "--first-call", "09:00", says="excludes")
        self.bad(2, "campaign", "list", "--status", "sleeping")
        self.bad(2, "queue", "list", "--status", "sleeping")
        for command in (["campaign", "list"], ["queue", "list"], ["contact", "list", "--user", "x"]):
            for limit in ("-1", "99999999999999999999", "many"):
                self.bad(2, *command, "--limit", limit, says="--limit")
        self.bad(2, "run", "--simulate", "--seed", "-1", says="--seed")

    def test_values_that_cannot_be_read_are_usage(self):
        self.someone()
        create = ["campaign", "create", "--user", self.user, "--agent", self.agent, "--name", "n",
                  "--start-date"]
        self.bad(2, *create, "2026-02-30", says="2026-02-30")
        for option, value in [("--first-call", "25:00"), ("--retry-on", "sleepy"),
                              ("--retry-after", "soon"), ("--windows", "mon"),
                              ("--windows", "fri-mon 09:00-10:00"), ("--exclude", "today"),
                              ("--clock", "wall"), ("--end-date", "x")]:
            self.bad(2, *create, "2026-03-01", option, value)

    def test_an_option_takes_one_value_at_a_time(self):
        self.someone()
        self.ok("import", "--exclude", "2026-12-24", "--exclude", "2026-12-25", "--windows",
                "mon-fri 09:00-18:00", self.file(GOOD), "--user", self.user, "--agent", "Voice",
                "--name", "n", "--start-date", "2024-01-01")
        campaign = self.ok("campaign", "list", "--status", "draft,active", "--json").json[0]
        self.assertEqual(campaign["rules"]["excluded_dates"], ["2026-12-24", "2026-12-25"])

    def test_every_command_has_help(self):
        self.assertEqual(Run("--help").err, "")
        commands = [["migrate"], ["verify"], ["run"], ["import"], ["explain"], ["forecast"],
                    ["export"], ["user", "add"], ["user", "limits"], ["campaign", "show"],
                    ["queue", "show"], ["contact", "import"], ["system", "limits"]]
        for command in commands:
            shown = Run(*command, "--help")
            self.assertEqual((shown.status, shown.err), (0, ""))
            self.assertIn("--json", shown.out)
        self.assertEqual(Run("campaign", "show", "--help").out.count("--campaign"), 2,
                         "once in the usage, once below it")
        self.assertIn("=60", Run("run", "--help").out, "defaults are shown")

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        self.someone()
        rows = "phone_number\n" + "".join(f"+49302312{i:05d}\n" for i in range(5000))
        self.imported(rows)
        shell = subprocess.run(["bash", "-c", '"$0" --db "$1" queue list | head -n 1', TOOL, self.db],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual((shell.returncode, shell.stderr), (0, ""))
        self.assertIn("STATUS", shell.stdout)
        with open("/dev/full", "w") as full:
            full_disk = subprocess.run([TOOL, "--db", self.db, "queue", "list"], stdout=full,
                                       stderr=subprocess.PIPE, text=True)
        self.assertEqual(full_disk.returncode, 1)
        self.assertIn("No space left", full_disk.stderr)

    def test_the_database_must_be_named(self):
        self.bad(2, "user", "list", db=False, says="--db")
        self.migrated()
        self.assertEqual(Run("user", "list", env={"CALLQUEUE_DB": self.db}).status, 0)

    def test_global_options_stand_before_and_after_the_command(self):
        self.migrated()
        for args in (["--db", self.db, "--json", "user", "list"],
                     ["user", "--db", self.db, "list", "--json"],
                     ["user", "list", "--json", "--db", self.db]):
            self.assertEqual(Run(*args).json, [])


class Databases(Case):
    def test_migrate_goes_up_and_down(self):
        up = self.ok("migrate", "--json").json
        self.assertEqual(up["from"], 0)
        self.assertGreater(up["to"], 0)
        self.assertEqual(len(up["applied"]), up["to"])
        self.assertEqual(self.ok("migrate", "--json").json["applied"], [])
        self.assertIn("--down", self.ok("migrate", "--to", 1).out)
        down = self.ok("migrate", "--down", "--json").json
        self.assertEqual(down["to"], up["to"] - 1)
        self.bad(1, "user", "list", says="migrat")
        self.assertEqual(self.ok("migrate", "--to", 1, "--down", "--json").json["to"], 1)
        self.assertEqual(self.ok("migrate", "--json").json["to"], up["to"])
        self.ok("verify")
        self.bad(1, "migrate", "--to", 999)

    def test_migrate_shows_its_statements(self):
        sql = Run("migrate", "--sql").out
        self.assertIn("CREATE TABLE", sql)
        self.assertIn("call_campaigns", sql)
        self.assertIn("DROP", Run("migrate", "--sql", "--down", "--to", "0").out)
        first = Run("migrate", "--sql", "--to", "1").out
        self.assertLess(len(first), len(sql))
        self.bad(1, "migrate", "--sql", "--to", 999, db=False)
        self.assertFalse((self.folder / "queue.db").exists())

    def test_verify_finds_damage(self):
        self.someone()
        campaign = self.imported().line
        self.assertTrue(self.ok("verify", "--json").json["ok"])
        with sqlite3.connect(self.folder / "queue.db") as database:
            database.execute("DROP TRIGGER trigger_update_call_queue_updated_at")
        database.close()
        self.bad(1, "verify", says="failed")
        self.assertFalse(Run("verify", "--json", db=self.db).json["ok"])
        self.assert_id(campaign)

    def test_databases_that_cannot_be_used(self):
        self.bad(1, "user", "list", says="no such file (`callqueue migrate` makes it)")
        self.assertFalse((self.folder / "queue.db").exists())
        self.db = f"sqlite:{self.folder}"
        self.bad(1, "user", "list", says="directory")
        self.db = "mysql:whatever"
        self.bad(1, "user", "list", says="mysql")
        self.db = f"sqlite:{self.file('this is no database, whatever it is called' * 100)}"
        self.bad(1, "user", "list", says="not a database")

    def test_a_database_that_is_not_migrated_or_newer(self):
        path = self.folder / "queue.db"
        sqlite3.connect(path).execute("PRAGMA user_version = 0").connection.close()
        path.touch()
        self.bad(1, "user", "list", says="migrat")
        self.bad(1, "run", "--simulate", "--until-idle", says="migrat")
        self.ok("migrate")
        database = sqlite3.connect(path)
        database.execute("PRAGMA user_version = 9999")
        database.close()
        self.bad(1, "user", "list", says="9999")
        self.bad(1, "migrate", says="9999")

    def test_a_locked_database(self):
        self.someone()
        database = sqlite3.connect(self.folder / "queue.db", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        self.bad(1, "user", "add", "Eve", "--busy-timeout", 50, says="locked")
        database.execute("ROLLBACK")
        database.close()
        self.ok("user", "add", "Eve")

    def test_a_read_only_database(self):
        self.someone()
        tool = shutil.copy(TOOL, self.folder)  # Nobody else may look into the home of root.
        (self.folder / "queue.db").chmod(0o444)
        self.folder.chmod(0o555)
        # Nothing is read-only for root, who runs this as nobody.
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            self.bad(1, "user", "add", "Eve", process=nobody, tool=tool, says="read-only")
        finally:
            self.folder.chmod(0o755)


class People(Case):
    def test_users(self):
        self.someone()
        self.assert_id(self.user)
        self.assert_id(self.ok("user", "add", "Eve", "--timezone", "Asia/Tokyo", "--limit", 7,
                               "--json").json["id"])
        users = self.ok("user", "list", "--json").json
        self.assertEqual({u["name"] for u in users}, {"Ann", "Eve"})
        eve = next(u for u in users if u["name"] == "Eve")
        self.assertEqual((eve["timezone"], eve["concurrent_calls_limit"]), ("Asia/Tokyo", 7))
        self.assertIn("ann@example.com", self.ok("user", "list").out)
        self.bad(1, "user", "add", "Zoe", "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(1, "user", "add", " ", says="name")
        self.bad(1, "user", "add", "Again", "--email", "ann@example.com")
        self.bad(1, "user", "add", "Bad", "--email", "nonsense", says="email")
        self.bad(1, "user", "add", "Bad", "--limit", "-1", says="negative")

    def test_limits(self):
        self.someone()
        shown = self.ok("user", "limits", self.user, "--json").json
        self.assertEqual((shown["concurrent_calls_limit"], shown["active"]), (2, 0))
        self.ok("user", "limits", "ann@example.com", "--concurrent", 4, "--system", 8)
        shown = self.ok("user", "limits", "--user", self.user, "--json").json
        self.assertEqual((shown["concurrent_calls_limit"],
                          shown["system_concurrent_calls_limit"]), (4, 8))
        self.assertEqual(self.ok("system", "limits", "--json").json, {"active": 0, "limit": 10})
        self.ok("system", "limits", 6)
        self.assertEqual(self.ok("system", "limits", "--json").json["limit"], 6)
        self.assertIn("0 of 6", self.ok("system", "limits").out)
        self.bad(1, "system", "limits", "-1", says="negative")
        self.bad(1, "user", "limits", self.user, "--concurrent", "-1", says="negative")
        self.bad(1, "user", "limits", str(uuid.uuid4()))
        self.bad(1, "user", "limits", "nobody@example.com", says="nobody@example.com")

    def test_a_new_user_follows_the_system_limit(self):
        self.migrated()
        self.ok("system", "limits", 6)
        self.ok("user", "add", "Ann")
        self.assertEqual(self.ok("user", "list", "--json").json[0]["system_concurrent_calls_limit"],
                         6)

    def test_agents(self):
        self.someone()
        self.assert_id(self.ok("agent", "add", "--user", "ann@example.com", "Second",
                               "--json").json["id"])
        self.assertEqual({a["name"] for a in self.ok("agent", "list", "--json").json},
                         {"Voice", "Second"})
        self.assertIn("Voice", self.ok("agent", "list", "--user", self.user).out)
        self.bad(1, "agent", "add", "--user", self.user, "")
        self.bad(1, "agent", "add", "--user", str(uuid.uuid4()), "Lost")

    def test_contacts(self):
        self.someone()
        path = self.file(GOOD + "+4930231250001,Twice,,\n123,Short,,\n")
        report = self.ok("contact", "import", path, "--user", self.user, "--json").json
        self.assertEqual((report["total"], report["imported"], report["matched"],
                          report["skipped"], report["failed"]), (5, 3, 0, 1, 1))
        self.assertEqual([(e["line"], e["field"]) for e in report["errors"]],
                         [(6, "phone_number"), (7, "phone_number")])
        again = self.ok("contact", "import", path, "--user", self.user, "--json").json
        self.assertEqual((again["imported"], again["matched"]), (3, 3))
        more = self.file("phone_number\n+4930231250009\nbad\n")
        self.assertEqual(self.bad(1, "contact", "import", more, "--user", self.user, "--atomic",
                                  "--json").json["imported"], 0)
        self.assertEqual(len(self.ok("contact", "list", "--user", self.user, "--json").json), 3)
        contacts = self.ok("contact", "list", "--user", self.user, "--json").json
        self.assertEqual({c["name"] for c in contacts}, {"Ann", "Bob, Jr.", None})
        self.assertIn("Bob", self.ok("contact", "list", "--user", self.user).out)
        self.assertEqual(len(self.ok("contact", "list", "--user", self.user, "--search", "bob",
                                     "--json").json), 1)
        self.bad(1, "contact", "import", self.folder / "missing.csv", "--user", self.user,
                 says="missing.csv")

    def test_a_contact_is_mended_and_its_calls_follow(self):
        self.someone()
        self.imported(GOOD)
        contact = self.ok("contact", "list", "--user", self.user, "--search", "Ann", "--json").json[0]
        self.assertIsNone(contact["timezone"])
        changed = self.ok("contact", "update", "+4930231250001", "--user", self.user, "--timezone", "Asia/Tokyo",
                          "--json").json
        self.assertEqual((changed["id"], changed["name"], changed["timezone"]), (contact["id"], "Ann", "Asia/Tokyo"))
        self.assertEqual(self.ok("contact", "update", contact["id"], "--user", self.user, "--name", "Anna").line,
                         contact["id"])
        shown = self.ok("contact", "list", "--user", self.user, "--search", "Anna", "--json").json
        self.assertEqual(shown[0]["timezone"], "Asia/Tokyo")
        self.bad(1, "contact", "update", contact["id"], "--user", self.user, "--timezone", "Mars/X", says="Mars/X")
        self.bad(1, "contact", "update", "+4930231259999", "--user", self.user, "--name", "X")
        self.bad(2, "contact", "update", contact["id"])


class Campaigns(Case):
    def create(self, *options):
        return self.ok("campaign", "create", "--user", self.user, "--agent", "Voice", "--name",
                       "Spring", "--start-date", "2024-01-01", *options)

    def test_create_and_show(self):
        self.someone()
        campaign = self.create(
            "--next-action", "Sell", "--end-date", "2030-12-31", "--timezone", "Europe/Berlin", "--clock", "campaign",
            "--windows", "mon-thu 09:00-12:00,13:00-18:00", "--windows", "fri 09:00-12:00",
            "--exclude", "2026-12-24", "--exclude", "2026-12-25", "--retry-on", "busy,no_answer",
            "--max-attempts", 3, "--retry-after", "15m,2h", "--spread", "--call-deadline", "30m",
            "--description", "In spring").line
        self.assert_id(campaign)
        shown = self.ok("campaign", "show", campaign, "--json").json
        self.assertEqual(shown["status"], "draft")
        self.assertEqual(shown["end_date"], "2030-12-31")
        rules = shown["rules"]
        self.assertEqual(rules["retry"]["max_attempts"], 3)
        self.assertEqual(rules["timezone"], "Europe/Berlin")
        self.assertEqual(rules["clock"], "campaign")
        self.assertTrue(rules["spread"])
        self.assertEqual(rules["excluded_dates"], ["2026-12-24", "2026-12-25"])
        self.assertEqual(rules["call_deadline_seconds"], 1800)
        self.assertEqual([len(day) for day in rules["weekly_windows"]], [2, 2, 2, 2, 1, 0, 0])
        self.assertEqual(shown["statistics"]["attempts"], 0)
        text = self.ok("campaign", "show", campaign, "--user", self.user).out
        self.assertIn("Spring", text)
        self.assertIn("busy, no_answer: 3 attempts in all", text)
        self.assertEqual(self.create("--json").json.keys(), {"id"})
        daily = self.create("--first-call", "08:30", "--last-call", "17:00").line
        shown = self.ok("campaign", "show", daily, "--json").json
        self.assertEqual((shown["first_call_time"], shown["last_call_time"]), ("08:30", "17:00"))

    def test_what_the_service_refuses_is_status_1(self):
        self.someone()
        create = ["campaign", "create", "--user", self.user, "--agent", self.agent, "--start-date",
                  "2026-01-01", "--name"]
        self.bad(1, *create, " ", says="name")
        self.bad(1, *create, "n", "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(1, *create, "n", "--first-call", "09:00", "--last-call", "09:00")
        self.bad(1, *create, "n", "--end-date", "2025-01-01")
        self.bad(1, *create, "n", "--retry-on", "busy", "--max-attempts", 300, "--retry-after", "5m", says="retry")
        self.bad(1, "campaign", "create", "--user", self.user, "--agent", "Nobody", "--name", "n",
                 "--start-date", "2026-01-01", says="Nobody")
        self.bad(1, "campaign", "show", str(uuid.uuid4()))
        self.bad(1, "campaign", "show", "nonsense", says="nonsense")

    def test_a_life_of_a_campaign(self):
        self.someone()
        campaign = self.imported().line
        self.assertEqual(self.ok("campaign", "start", campaign).line, "active")
        self.assertEqual(self.ok("campaign", "pause", campaign).line, "paused")
        self.bad(1, "campaign", "pause", campaign, says="paused")
        self.assertEqual(self.ok("campaign", "resume", campaign, "--json").json["status"], "active")
        self.assertEqual(self.ok("campaign", "cancel", campaign).line, "cancelled")
        self.bad(1, "campaign", "start", campaign, says="cancelled")
        self.assertEqual(self.ok("campaign", "delete", campaign).line, "deleted")
        self.bad(1, "campaign", "show", campaign)

    def test_a_start_ahead_is_scheduled_and_can_be_taken_back(self):
        self.someone()
        campaign = self.create().line
        self.bad(1, "campaign", "start", campaign, says="no contacts")
        ahead = self.ok("import", self.file(GOOD), "--user", self.user, "--agent", self.agent,
                        "--name", "Later", "--start-date", "2050-01-01", "--start").line
        self.assertEqual(self.ok("campaign", "show", ahead, "--json").json["status"], "scheduled")
        self.assertEqual(self.ok("campaign", "unschedule", ahead).line, "draft")

    def test_list(self):
        self.someone()
        first = self.create().line
        self.imported(GOOD, "--start")
        everything = self.ok("campaign", "list", "--json").json
        self.assertEqual(len(everything), 2)
        self.assertEqual([c["id"] for c in self.ok("campaign", "list", "--status", "draft",
                                                   "--json").json], [first])
        self.assertEqual(self.ok("campaign", "list", "--name", "nothing", "--json").json, [])
        self.assertEqual(len(self.ok("campaign", "list", "--limit", 1, "--json").json), 1)
        self.assertIn(first, self.ok("campaign", "list", "--user", self.user).out)


class Imports(Case):
    def test_import_prints_the_campaigns_id(self):
        self.someone()
        run = self.imported()
        self.assert_id(run.line)
        self.assertIn("3 imported", run.err)
        shown = self.ok("campaign", "show", run.line, "--json").json
        self.assertEqual((shown["name"], shown["next_action"], shown["total_contacts"]),
                         ("Spring", "Sell", 3))
        self.assertEqual(shown["first_call_time"], "00:00")
        self.assertEqual(shown["last_call_time"], "24:00")

    def test_the_report_as_json(self):
        self.someone()
        text = GOOD + "123,Short,,\n+4930231250001,Twice,,\n9.19E+11,Sheet,,\n"
        report = self.imported(text, "--json").json
        self.assertEqual(set(report), {"campaign_id", "total", "imported", "matched", "skipped",
                                       "failed", "errors", "errors_total"})
        self.assertEqual((report["total"], report["imported"], report["skipped"],
                          report["failed"], report["errors_total"]), (6, 3, 1, 2, 3))
        self.assertEqual([set(e) for e in report["errors"]],
                         [{"line", "field", "value", "reason"}] * 3)
        self.assertEqual([e["line"] for e in report["errors"]], [6, 7, 8])
        self.assertIn("spreadsheet", report["errors"][2]["reason"])
        again = self.imported(GOOD, "--json").json
        self.assertEqual(again["matched"], 3)

    def test_errors_go_to_a_file(self):
        self.someone()
        errors = self.folder / "errors.csv"
        self.imported(GOOD + "123,Short,,\n", "--errors", errors)
        rows = list(csv.DictReader(io.StringIO(errors.read_text())))
        self.assertEqual([(r["line"], r["field"], r["value"]) for r in rows],
                         [("6", "phone_number", "123")])

    def test_atomic_leaves_nothing_behind(self):
        self.someone()
        args = ["import", self.file(GOOD + "123,Short,,\n"), "--user", self.user, "--agent",
                self.agent, "--name", "n", "--start-date", "2024-01-01", "--atomic", "--json"]
        run = self.bad(1, *args, says="nothing was imported")
        self.assertEqual((run.json["imported"], run.json["failed"]), (0, 1))
        self.assertIsNone(run.json["campaign_id"])
        self.assertEqual(self.ok("campaign", "list", "--json").json, [])
        self.assertEqual(self.ok("contact", "list", "--user", self.user, "--json").json, [])

    def test_the_errors_never_overwrite_the_list(self):
        self.someone()
        path = self.file(GOOD)
        self.bad(1, "contact", "import", path, "--user", self.user, "--errors", path,
                 says="the file that is imported")
        link = self.folder / "link.csv"
        link.symlink_to(path)
        self.bad(1, "contact", "import", path, "--user", self.user, "--errors", link)
        self.assertEqual(path.read_text(), GOOD)

    def test_errors_that_cannot_be_written_import_nothing(self):
        self.someone()
        args = ["import", self.file(GOOD + "123,Short,,\n"), "--user", self.user, "--agent",
                self.agent, "--name", "n", "--start-date", "2024-01-01", "--errors", "/dev/full"]
        self.bad(1, *args, says="errors cannot be written")
        self.assertEqual(self.ok("campaign", "list", "--json").json, [])

    def test_a_list_may_come_from_standard_input(self):
        self.someone()
        report = self.ok("contact", "import", "-", "--user", self.user, "--json",
                         process={"input": GOOD}).json
        self.assertEqual(report["imported"], 3)

    def test_an_import_that_broke_off_is_not_taken_for_done(self):
        self.someone()
        campaign = self.imported("phone_number\n+4930231250100\n").line
        slow = subprocess.Popen([TOOL, "--db", self.db, "import", "-", "--campaign", campaign],
                                stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(slow.stderr.close)
        self.addCleanup(slow.stdin.close)
        self.addCleanup(slow.wait)
        self.addCleanup(slow.kill)
        # More than is read ahead, and the end does not come.
        slow.stdin.write(b"phone_number,notes\n+4930231250001,\n" + b"".join(
            b"+49301%06d,%s\n" % (i, b"n" * 5000) for i in range(8_000)))
        slow.stdin.flush()
        self.wait_for_rows(1000)
        slow.kill()
        slow.wait()
        self.bad(1, "import", self.file(GOOD), "--campaign", campaign, says="try again")
        with sqlite3.connect(self.db.removeprefix("sqlite:")) as database:
            database.execute("UPDATE callqueue_imports SET heartbeat_at = heartbeat_at - 31000000")
        database.close()
        report = self.ok("import", self.file(GOOD), "--campaign", campaign, "--json").json
        self.assertEqual((report["imported"], report["skipped"]), (3, 0))
        self.assertEqual(self.ok("campaign", "show", campaign, "--json").json["total_contacts"], 4)

    def wait_for_rows(self, count):
        """A bounded wait for another process: for what it has committed."""
        database = sqlite3.connect(self.db.removeprefix("sqlite:"))
        self.addCleanup(database.close)
        for _ in range(3000):
            if database.execute("SELECT count(*) FROM call_queue").fetchone()[0] >= count:
                return
            time.sleep(0.01)
        self.fail("nothing was staged")

    def test_a_bad_header_leaves_no_campaign(self):
        self.someone()
        base = ["--user", self.user, "--agent", self.agent, "--name", "n", "--start-date",
                "2024-01-01"]
        self.bad(1, "import", self.file("name,city\nAnn,Berlin\n"), *base, says="phone_number")
        self.bad(1, "import", self.file(""), *base)
        self.bad(1, "import", self.file(GOOD), *base, "--default-region", "XX")
        self.bad(1, "import", self.folder / "missing.csv", *base, says="missing.csv")
        self.bad(1, "import", self.folder, *base)
        self.bad(1, "import", self.file(GOOD), *base, "--errors", self.folder / "no" / "where.csv",
                 says="where.csv")
        self.assertEqual(self.ok("campaign", "list", "--json").json, [])

    def test_missing_arguments_are_usage(self):
        self.someone()
        base = {"--user": self.user, "--agent": self.agent, "--name": "n",
                "--start-date": "2024-01-01"}
        for left_out in base:
            args = [x for k, v in base.items() if k != left_out for x in (k, v)]
            self.bad(2, "import", self.file(GOOD), *args, says=left_out)

    def test_national_numbers_and_adding_to_a_campaign(self):
        self.someone()
        campaign = self.imported().line
        more = self.file("phone_number\n030 23125 100\n+4930231250001\n")
        report = self.ok("import", more, "--campaign", campaign, "--default-region", "DE",
                         "--json").json
        self.assertEqual((report["campaign_id"], report["imported"], report["skipped"]),
                         (campaign, 1, 1))
        self.bad(1, "import", self.file("name\nx\n"), "--campaign", campaign)
        self.assertEqual(self.ok("campaign", "show", campaign, "--json").json["total_contacts"], 4)
        self.ok("campaign", "cancel", campaign)
        self.bad(1, "import", more, "--campaign", campaign)


class Queues(Case):
    def setUp(self):
        super().setUp()
        self.someone()
        self.campaign = self.imported().line

    def test_list_show_cancel_statistics(self):
        rows = self.ok("queue", "list", "--campaign", self.campaign, "--json").json
        self.assertEqual([r["contact_name"] for r in rows][:2], ["Ann", "Bob, Jr."])
        self.assertEqual([r["priority"] for r in rows], [100, 105, 0])
        self.assertEqual(rows[2]["user_data"]["city"], "two\nlines")
        self.assertEqual(len(self.ok("queue", "list", "--limit", 2, "--json").json), 2)
        self.assertIn("Ann", self.ok("queue", "list", "--user", self.user).out)
        first = rows[0]["id"]
        self.assertEqual(self.ok("queue", "show", first, "--json").json["id"], first)
        self.assertIn("+4930231250001", self.ok("queue", "show", first).out)
        self.assertEqual(self.ok("queue", "cancel", first).line, "cancelled")
        self.bad(1, "queue", "cancel", first)
        self.assertEqual([r["id"] for r in self.ok("queue", "list", "--status", "cancelled",
                                                   "--json").json], [first])
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual((counts["queued"], counts["cancelled"]), (2, 1))
        self.assertIn("cancelled", self.ok("queue", "statistics", self.user).out)
        self.bad(1, "queue", "show", str(uuid.uuid4()))

    def test_explain_and_forecast(self):
        self.assertEqual(self.ok("explain", self.campaign, "--json").json[0]["code"], "not_started")
        self.assertIn("not_started", self.ok("explain", self.campaign).out)
        self.assertIn("ends_at", self.ok("forecast", self.campaign, "--json").json)
        self.assertIn("ends", self.ok("forecast", "--campaign", self.campaign).out)
        row = self.ok("queue", "list", "--json").json[0]["id"]
        self.assertEqual(self.ok("forecast", "--queued", row, "--json").json["position"], 2)
        self.assertIn("position", self.ok("forecast", "--queued", row).out)
        self.bad(1, "explain", str(uuid.uuid4()))

    def test_a_simulated_run_works_everything_off(self):
        self.ok("campaign", "start", self.campaign)
        run = self.ok("run", "--simulate", "--seed", 3, "--until-idle", "--answered", 1, "--json")
        self.assertEqual((run.json["claimed"], run.json["accepted"], run.json["ended"]), (3, 3, 3))
        shown = self.ok("campaign", "show", self.campaign, "--json").json
        self.assertEqual((shown["status"], shown["completed_calls"]), ("completed", 3))
        self.assertEqual(shown["statistics"]["attempts"], 3)
        row = self.ok("queue", "list", "--json").json[0]["id"]
        calls = self.ok("queue", "show", row, "--json").json["calls"]
        self.assertEqual([(c["attempt"], c["outcome"]) for c in calls], [(1, "answered")])
        self.assertIn(calls[0]["id"], self.ok("queue", "show", row).out)
        analytics = self.ok("campaign", "analytics", self.campaign, "--json").json
        self.assertEqual(analytics["progress"], 1)
        self.assertEqual(analytics["outcomes"], {"answered": 3})
        self.assertIn("100.0 %", self.ok("campaign", "analytics", self.campaign).out)
        self.assertEqual(self.ok("explain", self.campaign, "--json").json[0]["code"], "completed")
        self.ok("verify")

    def test_a_simulation_can_be_repeated(self):
        def results(seed):
            with tempfile.TemporaryDirectory() as folder:
                self.folder, self.db = pathlib.Path(folder), f"sqlite:{folder}/queue.db"
                self.someone()
                rows = "phone_number\n" + "".join(f"+49302312{i:05d}\n" for i in range(50))
                campaign = self.imported(rows, "--start").line
                self.ok("run", "--simulate", "--seed", seed, "--until-idle")
                items = self.ok("export", campaign, "--json").json
                return [(i["call"]["phone_number"], i["call"]["outcome"],
                         i["call"]["duration_seconds"]) for i in items]
        self.assertEqual(results(7), results(7))
        self.assertNotEqual(results(7), results(8))

    def test_a_simulation_can_be_bounded_in_time(self):
        self.ok("campaign", "start", self.campaign)
        run = self.ok("run", "--simulate", "--clock", "virtual", "--from", "2026-03-01T10:00:00Z",
                      "--until", "2026-03-01T10:00:05Z", "--json")
        self.assertEqual(run.json["ended_at"], "2026-03-01T10:00:05.000000Z")
        self.bad(2, "run", "--simulate", "--from", "2026-03-01T10:00:00Z")
        self.bad(2, "run", "--simulate", "--until-idle", "--from", "yesterday", says="yesterday")

    def test_real_time_ends_when_idle(self):
        run = self.ok("run", "--simulate", "--clock", "real", "--until-idle", "--json")
        self.assertEqual(run.json["claimed"], 0)

    def test_ctrl_c_ends_a_run_gracefully(self):
        self.ok("campaign", "start", self.campaign)
        process = subprocess.Popen([TOOL, "--db", self.db, "run", "--simulate", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while self.ok("queue", "statistics", "--json").json["processing"] < 2:
            self.assertLess(time.monotonic(), deadline, "nothing was dialed")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (0, ""))
        self.assertGreaterEqual(json.loads(out)["accepted"], 2)
        for item in self.ok("export", self.campaign, "--json").json:
            if item["call"]:
                self.assertTrue(item["call"]["provider_call_id"])

    def test_export(self):
        self.ok("campaign", "start", self.campaign)
        self.ok("run", "--simulate", "--until-idle", "--answered", 1)
        out = self.folder / "results.csv"
        self.ok("export", self.campaign, "--output", out)
        rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode())))
        self.assertEqual([r["phone_number"] for r in rows],
                         ["+4930231250001", "+4930231250002", "+4930231250003"])
        self.assertEqual({r["outcome"] for r in rows}, {"answered"})
        self.assertEqual({r["status"] for r in rows}, {"completed"})
        self.assertEqual(json.loads(rows[2]["user_data"])["city"], "two\nlines")
        self.assertEqual(self.ok("export", self.campaign).out, out.read_text())
        items = self.ok("export", self.campaign, "--json").json
        self.assertEqual([i["call"]["outcome"] for i in items], ["answered"] * 3)
        self.bad(1, "export", self.campaign, "--output", self.folder / "no" / "where.csv")

    def test_export_disarms_formulas(self):
        names = ["=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tTab", "Plain"]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["phone_number", "name"])
        for i, name in enumerate(names):
            writer.writerow([f"+493023125{i:04d}", name])
        campaign = self.imported(text.getvalue()).line
        rows = list(csv.DictReader(io.StringIO(self.ok("export", campaign).out)))
        for row in rows:
            self.assertNotIn(row["contact_name"][:1], ["=", "+", "-", "@", "\t"])
        self.assertIn("'=1+1", [r["contact_name"] for r in rows])
        self.assertIn("Plain", [r["contact_name"] for r in rows])


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
        process = subprocess.Popen([TOOL, "--db", self.db, "run", "--exec", "trap '' TERM; sleep 300",
                                    "--stop-deadline", "1", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while self.ok("queue", "statistics", "--json").json["processing"] < 1:
            self.assertLess(time.monotonic(), deadline, "nothing was dialed")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((json.loads(out)["claimed"], json.loads(out)["uncertain"]), (1, 1))
        self.assertIn("is not confirmed", err)

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

    def test_a_program_that_ends_early_is_said_and_loses_nothing(self):
        run = self.bad(1, "run", "--exec", "exit 7", "--until-idle", says="status 7")
        counts = self.ok("queue", "statistics", "--json").json
        self.assertEqual(counts["queued"] + counts["processing"], 3)
        self.assertEqual(counts["failed"], 0)
        self.assertIn("dialer program", run.err)

    def test_a_program_that_is_not_there_is_said(self):
        self.bad(1, "run", "--exec", "/no/such/program 2>/dev/null", "--until-idle", says="127")


if __name__ == "__main__":
    TOOL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
