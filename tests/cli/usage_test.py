#!/usr/bin/env python3
"""The tool as such, and its database: options, exit status, migrations, files that cannot be used."""
import os
import shutil
import sqlite3
import subprocess
import unittest

from tool import GOOD, TOOL, Case, Run


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

    def test_what_nobody_can_ask_for_is_usage_and_what_is_not_there_is_not(self):
        self.someone()
        nobody = "00000000-0000-4000-8000-000000000000"
        campaign, queued, call = ["campaign"], ["queue"], ["call"]
        named = [[*campaign, verb] for verb in ("show", "start", "pause", "resume", "unschedule", "cancel", "delete",
                                                "analytics", "errors")]
        named += [["explain"], ["forecast"], ["forecast", "--queued"], ["export"], [*queued, "show"], [*queued, "cancel"],
                  [*queued, "list", "--campaign"], ["token", "revoke"]]
        with_more = [([*campaign, "update"], ["--timezone", "UTC"]), ([*call, "end"], ["--status", "failed"]),
                     (["import", self.file(GOOD), "--campaign"], [])]
        for command, more in [(command, []) for command in named] + with_more:
            with self.subTest(command=command):
                self.bad(2, *command, "123", *more, says="123")
                self.bad(1, *command, nobody, *more)
        of_user = ["--user", self.user]
        for usage in (["migrate", "--to", 99], ["migrate", "--to", -1], ["migrate", "--down", "--to", 99],
                      ["migrate", "--sql", "--to", 99], ["migrate", "--schema", "calls"], ["migrate", "--row-security"],
                      ["migrate", "--active-statuses", "talking"], ["preflight", "--active-statuses", "talking"],
                      ["user", "add", " "], ["user", "add", "Eve", "--email", "eve"], ["user", "add", "Eve", "--limit", -1],
                      ["user", "add", "Eve", "--timezone", "Mars/Olympus"], ["user", "limits", self.user, "--concurrent", -1],
                      ["user", "update", self.user, "--timezone", "Mars/Olympus"], ["system", "limits", -1],
                      ["agent", "add", *of_user, ""], ["token", "create", *of_user, "--name", " "],
                      ["import", self.file(GOOD), *of_user, "--agent", "Voice", "--name", "n", "--start-date", "2026-01-01",
                       "--default-region", "XX"],
                      ["contact", "import", self.file(GOOD), *of_user, "--default-region", "XX"]):
            with self.subTest(usage=usage):
                self.bad(2, *usage)
        for refused in (["user", "limits", nobody], ["user", "limits", "nobody@example.com"], ["agent", "list", "--user", nobody],
                        ["user", "add", "Ann", "--email", "ann@example.com"], ["contact", "list", "--user", nobody],
                        ["contact", "import", self.file("name\nAnn\n"), *of_user]):
            with self.subTest(refused=refused):
                self.bad(1, *refused)

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
                    ["export"], ["user", "add"], ["user", "limits"], ["campaign", "show"], ["campaign", "errors"],
                    ["queue", "show"], ["token", "create"], ["contact", "import"], ["system", "limits"]]
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
        self.bad(2, "migrate", "--to", 999)

    def test_what_sqlite_has_not_is_refused(self):
        self.bad(2, "migrate", "--schema", "calls", says="schema")
        self.bad(2, "migrate", "--row-security", says="row-level security")
        self.migrated()
        self.bad(2, "migrate", "--row-security", says="row-level security")

    def test_migrate_shows_its_statements(self):
        sql = Run("migrate", "--sql").out
        self.assertIn("CREATE TABLE", sql)
        self.assertIn("call_campaigns", sql)
        self.assertIn("DROP", Run("migrate", "--sql", "--down", "--to", "0").out)
        first = Run("migrate", "--sql", "--to", "1").out
        self.assertLess(len(first), len(sql))
        self.bad(2, "migrate", "--sql", "--to", 999, db=False)
        self.assertIn("plpgsql", Run("migrate", "--sql", "--db", "postgresql://nowhere/nothing").out)
        self.bad(2, "migrate", "--sql", "--db", "oracle:x", db=False, says="unknown scheme")
        self.assertFalse((self.folder / "queue.db").exists())

    def test_verify_finds_damage(self):
        self.someone()
        campaign = self.imported().line
        self.assertTrue(self.ok("verify", "--json").json["ok"])
        with sqlite3.connect(self.folder / "queue.db") as database:
            database.execute("DROP TRIGGER trigger_update_call_queue_updated_at")
        database.close()
        damaged = self.bad(1, "verify", says="failed").out
        self.assertIn("✓ table call_queue\n", damaged)
        self.assertTrue(damaged.strip().splitlines()[-1].startswith("✗ trigger "))
        self.assertFalse(Run("verify", "--json", db=self.db).json["ok"])
        log = subprocess.run([TOOL, "--db", self.db, "verify"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=60).stdout.splitlines()
        self.assertTrue(log[-2].startswith("✗ trigger "), "in a log that takes both, what is printed comes first")
        self.assertTrue(log[-1].startswith("callqueue: 1 of "), log[-1])
        self.assert_id(campaign)

    def test_databases_that_cannot_be_used(self):
        self.bad(1, "user", "list", says="no such file (`callqueue migrate` makes it)")
        self.assertFalse((self.folder / "queue.db").exists())
        self.db = f"sqlite:{self.folder}"
        self.bad(1, "user", "list", says="directory")
        self.db = "mysql:whatever"
        self.bad(2, "user", "list", says="mysql")
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


if __name__ == "__main__":
    unittest.main()
