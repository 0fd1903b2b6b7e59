#!/usr/bin/env python3
"""CSV files: what is imported, what is reported, what is taken back."""
import csv
import io
import sqlite3
import subprocess
import time
import unittest

from tool import GOOD, TOOL, Case


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

    def test_errors_are_remembered_with_the_campaign(self):
        self.someone()
        campaign = self.imported(GOOD + "123,\"=1,Short\",,\n").line
        self.bad(1, "import", self.file("phone_number\n12\n"), "--campaign", campaign, "--atomic",
                 "--json", says="nothing was imported")
        rows = list(csv.DictReader(io.StringIO(self.ok("campaign", "errors", campaign).out)))
        self.assertEqual([(r["line"], r["field"], r["value"], r["record"]) for r in rows],
                         [("6", "phone_number", "123", '123,"=1,Short",,'), ("2", "phone_number", "12", "12")])
        shown = self.ok("campaign", "errors", campaign, "--json").json
        self.assertEqual([e["line"] for e in shown], [6, 2])
        self.assertEqual([e["imported_at"][:19] + "Z" for e in shown], [r["imported_at"] for r in rows])

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
        self.bad(2, "import", self.file(GOOD), *base, "--default-region", "XX")
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


if __name__ == "__main__":
    unittest.main()
