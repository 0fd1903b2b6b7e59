#!/usr/bin/env python3
"""What a campaign leaves as files: results."""
import csv
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

    def test_a_small_one_and_one_that_is_not_there(self):
        empty = self.campaign(self.ann)
        self.assertEqual(self.rows(self.ann.get(f"/api/campaigns/{empty}/export.csv")), [])
        self.refused(self.bob.get(f"/api/campaigns/{empty}/export.csv"), 404, "not_found", "campaign_id")
        self.refused(self.ann.get("/api/campaigns/x/export.csv"), 404, "not_found", "id")


if __name__ == "__main__":
    unittest.main()
