#!/usr/bin/env python3
"""What a campaign leaves as files: results, and what uploads rejected."""
import csv
import http.client
import io
import json
import unittest

from server import Case


class Exports(Case):
    def rows(self, answer):
        self.ok_file(answer)
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))

    def ok_file(self, answer):
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertRegex(answer.headers["Content-Disposition"], r'^attachment; filename="[\w.-]+\.csv"$')

    def imported(self, text, **settings):
        return self.ann.form("/api/campaigns/upload-csv",
                             ("settings", json.dumps({**self.settings(self.ann), **settings})),
                             ("file", text, "list.csv"))

    def test_results(self):
        names = ["=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tTab", "Zoë, \"Z\""]
        text = io.StringIO()
        csv.writer(text).writerows([["phone_number", "name"]] +
                                   [[f"+1202555{i:04d}", names[i % len(names)]] for i in range(2_500)])
        made = self.ok(self.imported(text.getvalue()), 201)["campaign"]
        path = f"/api/campaigns/{made['id']}/export.csv"
        answer = self.ann.get(path)
        rows = self.rows(answer)
        self.assertEqual(len(rows), 2_500)
        self.assertEqual(len({r["id"] for r in rows}), 2_500)
        self.assertEqual({r["status"] for r in rows}, {"queued"})
        for i, row in enumerate(rows):
            self.assertEqual(row["phone_number"], f"+1202555{i:04d}")
            self.assertNotIn(row["contact_name"][:1], ["=", "+", "-", "@", "\t"])
        self.assertIn('Zoë, "Z"', {r["contact_name"] for r in rows})

        head = self.ann.ask("HEAD", path)
        self.ok_file(head)
        self.assertEqual(head.text, "")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        self.addCleanup(connection.close)
        for method, wanted in (("HEAD", path), ("GET", "/api/me")):  # Nothing comes between the two answers.
            connection.request(method, wanted, headers=self.ann.headers)
            said = connection.getresponse()
            self.assertEqual(said.status, 200)
            self.assertFalse(said.will_close)
            said.read()

    def test_results_for_a_spreadsheet(self):
        made = self.ok(self.imported("phone_number,name,Firma\n+12025550101,Zoë,Müller\n", rules={"timezone": "Europe/Berlin"}), 201)
        path = f"/api/campaigns/{made['campaign']['id']}/export.csv?for="
        answer = self.ann.get(path + "spreadsheet")
        self.assertTrue(answer.text.startswith("\ufeffphone_number,"))
        row, = self.rows(answer)
        self.assertEqual((row["\ufeffphone_number"], row["Firma"]), ("+1 2025550101", "Müller"))
        self.assertIn("started_at (Europe/Berlin)", row)
        self.assertEqual(self.ann.get(path + "program").text, self.ann.get(path[:-5]).text)
        self.refused(self.ann.get(path + "robots"), 422, "invalid_argument", "for")

    def test_what_uploads_rejected(self):
        bad = '12,"=cmd|x, y"\n'
        made = self.ok(self.imported("phone_number,name\n+12025550101,Ann\n" + bad), 201)
        path = "/api/campaigns/" + made["campaign"]["id"]
        rows = self.rows(self.ann.get(path + "/errors.csv"))
        self.assertEqual([(r["line"], r["field"], r["value"], r["record"]) for r in rows],
                         [("3", "phone_number", "12", bad.strip())])
        self.assertEqual(rows[0]["reason"], made["report"]["errors"][0]["reason"])

        # One that is taken back is in most need of them.
        taken_back = self.ok(self.ann.form("/api/campaigns/upload-csv", (
            "settings", json.dumps({"campaign_id": made["campaign"]["id"], "atomic": True})),
            ("file", "phone_number,name\n+12025550102,Bob\n=1+1,Eve\n", "list.csv")))
        self.assertEqual((taken_back["report"]["imported"], taken_back["report"]["failed"]), (0, 1))
        rows = self.rows(self.ann.get(path + "/errors.csv"))
        self.assertEqual([(r["line"], r["value"], r["record"]) for r in rows],
                         [("3", "12", bad.strip()), ("3", "'=1+1", "'=1+1,Eve")])
        new = self.ok(self.imported("phone_number,name\n12,Ann\n", atomic=True), 201)["campaign"]
        self.assertEqual(new["total_contacts"], 0)
        self.assertEqual(len(self.rows(self.ann.get(f"/api/campaigns/{new['id']}/errors.csv"))), 1)

        # For people: to be mended and uploaded again.
        sheet = self.ann.get(path + "/errors.csv?for=spreadsheet").text
        self.assertTrue(sheet.startswith("\ufeffphone_number,name,import_error\r\n12,\"'=cmd|x, y\",\""), sheet)

        self.refused(self.bob.get(path + "/errors.csv"), 404, "not_found", "campaign_id")
        self.ok(self.ann.ask("DELETE", path), 204)
        self.refused(self.ann.get(path + "/errors.csv"), 404, "not_found", "campaign_id")

    def test_of_many_that_were_rejected_the_first_and_how_many_more(self):
        text = "phone_number,name\n" + "".join(f"12,Person {i}\n" for i in range(10_250))
        made = self.ok(self.imported(text), 201)
        self.assertEqual(made["report"]["errors_total"], 10_250)
        rows = self.rows(self.ann.get(f"/api/campaigns/{made['campaign']['id']}/errors.csv"))
        self.assertEqual(len(rows), 10_001)
        self.assertEqual([int(r["line"]) for r in rows[:-1]], list(range(2, 10_002)))
        self.assertEqual((rows[-1]["line"], rows[-1]["reason"]), ("", "250 more rows of this file were rejected."))

    def test_a_small_one_and_one_that_is_not_there(self):
        empty = self.campaign(self.ann)
        for file in ("export.csv", "errors.csv"):
            self.assertEqual(self.rows(self.ann.get(f"/api/campaigns/{empty}/{file}")), [])
        self.refused(self.bob.get(f"/api/campaigns/{empty}/export.csv"), 404, "not_found", "campaign_id")
        self.refused(self.ann.get("/api/campaigns/x/export.csv"), 404, "not_found", "id")


if __name__ == "__main__":
    unittest.main()
