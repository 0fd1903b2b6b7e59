#!/usr/bin/env python3
"""A campaign from its list to its results, over HTTP."""
import datetime
import json
import unittest
import uuid

from server import Case

LIST = "phone_number,name\n" + "".join(f"+120255501{i:02d},Person {i}\n" for i in range(30))


class Campaigns(Case):
    def test_from_a_list_to_its_results(self):
        settings = {**self.settings(self.ann), "start": True}
        done = self.ok(self.ann.form("/api/campaigns/upload-csv", ("settings", json.dumps(settings)),
                                     ("file", LIST + "12,Nobody\n", "list.csv")), 201)
        self.assertEqual(done["report"]["imported"], 30)
        self.assertEqual(done["report"]["failed"], 1)
        self.assertEqual([e["line"] for e in done["report"]["errors"]], [32])
        self.assertIsNone(done["not_started"])
        path = "/api/campaigns/" + done["campaign"]["id"]
        self.administrator.ask("PUT", "/api/settings/concurrency",
                               {"user_id": self.ann_id, "concurrent_calls_limit": 10})
        calls = self.until(lambda: [c for c in self.ok(self.ann.get("/api/calls?limit=100"))["items"]
                                    if c["submitted_at"]], "calls")
        self.assertTrue(all(c["campaign_id"] == done["campaign"]["id"] for c in calls))
        reasons = self.ok(self.ann.get(path + "/explain"))["reasons"]
        self.assertTrue(reasons)
        # Talk takes its time: what is left is taken back.
        self.ok(self.ann.post(path + "/pause"))
        self.ok(self.ann.post(path + "/cancel"))

        # A call that was claimed and not yet dialed is still given back meanwhile.
        def agreed():
            rows = self.ok(self.ann.get(path + "/queue?limit=100"))["items"]
            statistics = self.ok(self.ann.get(path + "/statistics"))
            analytics = self.ok(self.ann.get(path + "/analytics"))
            counted = {status: sum(r["status"] == status for r in rows)
                       for status in ("queued", "cancelled", "processing")}
            return (len(rows) == 30 and analytics["statistics"] == statistics
                    and counted.items() <= statistics.items())
        self.until(agreed, "figures that agree with the rows")

    def test_create_read_change_delete(self):
        made = self.ann.post("/api/campaigns", self.settings(
            self.ann, description="d", rules={"timezone": "Europe/Berlin", "retry": {
                "outcomes": ["busy"], "max_attempts": 3, "delays_seconds": [60, 120]}}))
        campaign = self.ok(made, 201)
        path = "/api/campaigns/" + campaign["id"]
        self.assertEqual(made.headers["Location"], path)
        self.assertEqual(campaign["status"], "draft")
        self.assertEqual(campaign["rules"]["retry"],
                         {"outcomes": ["busy"], "max_attempts": 3, "delays_seconds": [60, 120]})
        self.assertEqual(self.ok(self.ann.get(path)), campaign)

        changed = self.ok(self.ann.ask("PATCH", path, {
            "name": "Summer", "end_date": "2099-12-31",
            "rules": {"weekly_windows": [[{"opens": "09:00", "closes": "12:00"}], [], [], [], [], [], []]}}))
        self.assertEqual((changed["name"], changed["description"], changed["end_date"]), ("Summer", "d", "2099-12-31"))
        self.assertEqual(changed["rules"]["timezone"], "Europe/Berlin")
        self.assertEqual(changed["rules"]["weekly_windows"][0], [{"opens": "09:00", "closes": "12:00"}])
        self.assertIsNone(self.ok(self.ann.ask("PATCH", path, {"end_date": None}))["end_date"])

        for field in ("name", "agent_id", "start_date", "first_call_time", "rules"):
            self.refused(self.ann.ask("PATCH", path, {field: None}), 422, "invalid_argument", field)
        self.assertIsNone(self.ok(self.ann.ask("PATCH", path, {"description": None}))["description"])
        self.ok(self.ann.ask("PATCH", path, {"end_date": "2099-12-31", "description": "e"}))
        replaced = self.ok(self.ann.ask("PUT", path, {**self.settings(self.ann), "name": "Autumn"}))
        self.assertEqual((replaced["name"], replaced["description"], replaced["end_date"]), ("Autumn", None, None))
        self.assertIsNone(replaced["rules"]["timezone"])
        self.assertIsNone(replaced["rules"]["weekly_windows"])

        self.ok(self.ann.ask("DELETE", path), 204)
        self.refused(self.ann.get(path), 404, "not_found", "campaign_id")

    def test_what_is_wrong_is_named(self):
        good = self.settings(self.ann)
        for field, value in (("name", ""), ("name", 1), ("agent_id", "x"), ("agent_id", str(uuid.uuid4())),
                             ("start_date", "2024-02-30"), ("first_call_time", "25:00"), ("sound", 1)):
            status = 404 if value and field == "agent_id" and value != "x" else 422
            code = "not_found" if status == 404 else "invalid_argument"
            self.refused(self.ann.post("/api/campaigns", {**good, field: value}), status, code, field)
        for field in ("name", "agent_id", "start_date"):
            without = {k: v for k, v in good.items() if k != field}
            self.refused(self.ann.post("/api/campaigns", without), 422, "invalid_argument", field)
        for rules, field in (({"clock": "sun"}, "rules.clock"), ({"spread": 1}, "rules.spread"),
                             ({"retry": {"max_attempts": "3"}}, "rules.retry.max_attempts"),
                             ({"retry": {"max_attempts": 999}}, "retry.max_attempts"),
                             ({"retry": {"max_attempts": 2, "delays_seconds": []}}, "retry.delays"),
                             ({"weekly_windows": [[]]}, "rules.weekly_windows"), ({"x": 1}, "rules.x")):
            self.refused(self.ann.post("/api/campaigns", {**good, "rules": rules}), 422, "invalid_argument", field)
        self.assertEqual(self.ok(self.ann.get("/api/campaigns"))["items"], [])

    def test_what_rules_come_to_before_they_are_saved(self):
        path = "/api/campaigns/forecast"
        now = datetime.datetime.now(datetime.timezone.utc)
        instant = datetime.datetime.fromisoformat
        always = {"start_date": "2024-01-01", "first_call_time": "00:00", "last_call_time": "24:00"}
        open_ = self.ok(self.ann.post(path, {**always, "contacts": 30, "call_duration_seconds": 60}))
        self.assertEqual(open_["timezone"], "UTC")
        self.assertEqual(len(open_["open_intervals"]), 1)
        ends = [instant(open_["open_intervals"][0][end].replace("Z", "+00:00")) for end in ("opens_at", "closes_at")]
        self.assertEqual(ends[1] - ends[0], datetime.timedelta(days=7))
        self.assertLess(abs(ends[0] - now), datetime.timedelta(minutes=5))
        # Two at once, a minute each.
        self.assertEqual(instant(open_["ends_at"].replace("Z", "+00:00")) - ends[0], datetime.timedelta(minutes=15))
        one = self.ok(self.ann.post(path, {**always, "contacts": 30, "call_duration_seconds": 60,
                                           "concurrent_calls_limit": 1}))
        self.assertEqual(instant(one["ends_at"].replace("Z", "+00:00"))
                         - instant(one["starts_at"].replace("Z", "+00:00")), datetime.timedelta(minutes=30))

        nine_to_five = self.ok(self.ann.post(path, {
            "name": "Half filled in", "start_date": "2024-01-01", "first_call_time": "09:00", "last_call_time": "17:00",
            "rules": {"timezone": "Europe/Berlin"}}))
        self.assertEqual(nine_to_five["timezone"], "Europe/Berlin")
        self.assertIn(len(nine_to_five["open_intervals"]), (7, 8))
        self.assertIsNone(nine_to_five["ends_at"])
        over = self.ok(self.ann.post(path, {**always, "end_date": "2024-01-31", "contacts": 3}))
        self.assertEqual((over["open_intervals"], over["starts_at"], over["unreached_rows"]), ([], None, 3))

        for field, value, named in (("contacts", -1, "contacts"), ("contacts", "3", "contacts"),
                                    ("call_duration_seconds", 0, "call_duration"),
                                    ("concurrent_calls_limit", -1, "concurrent_calls_limit"),
                                    ("first_call_time", "24:00", "first_call_time"), ("rules", {"timezone": "Mars"}, "timezone"),
                                    ("surprise", 1, "surprise")):
            self.refused(self.ann.post(path, {**always, field: value}), 422, "invalid_argument", named)
        self.refused(self.ann.post(path, {}), 422, "invalid_argument", "start_date")
        self.assertEqual(self.ok(self.ann.get("/api/campaigns"))["items"], [])

    def test_lists_and_summary(self):
        ids = [self.campaign(self.ann, name=f"Spring {i}") for i in range(5)]
        page = self.ok(self.ann.get("/api/campaigns?limit=2"))
        seen = [c["id"] for c in page["items"]]
        while page["next_cursor"]:
            page = self.ok(self.ann.get("/api/campaigns?limit=2&cursor=" + page["next_cursor"]))
            seen += [c["id"] for c in page["items"]]
        self.assertEqual(seen, ids[::-1])
        self.ok(self.ann.post(f"/api/campaigns/{ids[0]}/cancel"))
        self.assertEqual(len(self.ok(self.ann.get("/api/campaigns?status=draft,active"))["items"]), 4)
        self.assertEqual(len(self.ok(self.ann.get("/api/campaigns?name=spring%203"))["items"]), 1)
        self.assertEqual(self.ok(self.ann.get(f"/api/campaigns?agent_id={self.agent(self.ann)}"))["items"], [])
        summary = self.ok(self.ann.get("/api/campaigns/summary"))
        self.assertEqual((summary["campaigns"]["draft"], summary["campaigns"]["cancelled"]), (4, 1))
        for query, field in (("limit=0", "limit"), ("limit=x", "limit"), ("status=open", "status"),
                             ("agent_id=7", "agent_id"), ("cursor=@", "cursor")):
            self.refused(self.ann.get("/api/campaigns?" + query), 422, "invalid_argument", field)

    def test_bulk_call_is_all_or_nothing(self):
        people = [self.contact(self.ann, f"+1202555017{i}") for i in range(3)]
        settings = self.settings(self.ann)
        made = self.ok(self.ann.post("/api/campaigns/bulk-call", {**settings, "contact_ids": people}), 201)
        self.assertEqual(made["total_contacts"], 3)
        self.assertEqual(made["status"], "draft")
        self.refused(self.ann.post("/api/campaigns/bulk-call", {**settings, "contact_ids": []}), 422,
                     "invalid_argument", "contact_ids")
        self.refused(self.ann.post("/api/campaigns/bulk-call",
                                   {**settings, "contact_ids": people + [str(uuid.uuid4())]}), 404,
                     "not_found", "contact_id")
        self.assertEqual(len(self.ok(self.ann.get("/api/campaigns"))["items"]), 1)
        started = self.ok(self.ann.post("/api/campaigns/bulk-call",
                                        {**settings, "contact_ids": people, "start": True}), 201)
        self.assertEqual(started["status"], "active")

    def test_lists_that_cannot_be_read(self):
        settings = ("settings", json.dumps(self.settings(self.ann)))
        path = "/api/campaigns/upload-csv"
        self.refused(self.ann.form(path, settings, ("file", "name\nAnn\n", "x.csv")), 422, "invalid_argument",
                     "phone_number")
        self.refused(self.ann.form(path, ("file", LIST, "x.csv"), settings), 422, "invalid_argument", "settings")
        self.refused(self.ann.form(path, settings), 422, "invalid_argument", "file")
        self.refused(self.ann.form(path, settings, ("color", "red")), 422, "invalid_argument", "color")
        self.refused(self.ann.form(path, ("settings", '{"name": 3}'), ("file", LIST, "x.csv")), 422,
                     "invalid_argument", "name")
        self.refused(self.ann.form(path, settings, settings, ("file", LIST, "x.csv")), 422, "invalid_argument",
                     "settings")
        self.refused(self.ann.ask("POST", path, b"{}", {"Content-Type": "application/json"}), 415,
                     "unsupported_media_type")
        broken = self.ann.ask("POST", path, b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc",
                              {"Content-Type": "multipart/form-data; boundary=x"})
        self.assertIn(broken.status, (400, 422))
        self.assertEqual(self.ok(self.ann.get("/api/campaigns"))["items"], [])
        self.assertEqual(self.ok(self.ann.get("/api/contacts"))["items"], [])

    def test_a_form_ends_with_its_file(self):
        """What would not be looked at is refused, and nothing of the form is done."""
        settings = ("settings", json.dumps(self.settings(self.ann)))
        file = ("file", LIST, "x.csv")
        existing = self.campaign(self.ann)
        into = ("settings", json.dumps({"campaign_id": existing}))
        large = ("file", "phone_number\n" + "".join(f"+1{2025000000 + i}\n" for i in range(3_000)), "y.csv")
        for first in (settings, into):
            for follower in (file, large, settings, ("default_region", "DE"), ("color", "red")):
                for before in (file, large):
                    self.refused(self.ann.form("/api/campaigns/upload-csv", first, before, follower), 422,
                                 "invalid_argument", follower[0])
        for follower in (file, ("default_region", "DE")):
            self.refused(self.ann.form("/api/campaigns/preview-csv", file, follower), 422, "invalid_argument", follower[0])
        self.assertEqual([c["id"] for c in self.ok(self.ann.get("/api/campaigns"))["items"]], [existing])
        self.assertEqual(self.ok(self.ann.get("/api/queue"))["items"], [])
        done = self.ok(self.ann.form("/api/campaigns/upload-csv", into, file))
        self.assertEqual(done["report"]["imported"], 30)

    def test_why_nothing_starts(self):
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(2)]
        made = self.ok(self.ann.post("/api/campaigns/bulk-call", {**self.settings(self.ann), "contact_ids": people}), 201)
        path = "/api/campaigns/" + made["id"]
        limit = lambda **limits: self.ok(self.administrator.ask("PUT", "/api/settings/concurrency", limits), 204)
        limit(user_id=self.ann_id, concurrent_calls_limit=0)
        self.ok(self.ann.post(path + "/start"))
        reason, = self.ok(self.ann.get(path + "/explain"))["reasons"]
        self.assertEqual((reason["code"], reason["active"], reason["limit"], reason["in_flight"]), ("user_limit_zero", 0, 0, 0))
        self.assertEqual(self.ok(self.ann.get(path + "/forecast"))["reason"], "user_limit_zero")
        plan = {"start_date": "2024-01-01", "first_call_time": "00:00", "last_call_time": "24:00", "contacts": 1}
        self.assertEqual(self.ok(self.ann.post("/api/campaigns/forecast", plan))["reason"], "user_limit_zero")
        self.ok(self.ann.post(path + "/pause"))
        self.assertEqual([(r["code"], r["conditional"]) for r in self.ok(self.ann.get(path + "/explain"))["reasons"]],
                         [("paused", False), ("user_limit_zero", True)])
        self.assertEqual(self.ok(self.ann.get(path + "/forecast")),
                         {"ends_at": None, "starts_at": None, "unreached_rows": 0, "reason": "paused"})

    def test_a_preview_says_what_would_be_skipped(self):
        made = self.ok(self.ann.form("/api/campaigns/upload-csv", ("settings", json.dumps(self.settings(self.ann))),
                                     ("file", "phone_number\n+12025550100\n", "a.csv")), 201)["campaign"]["id"]
        twice = ("file", LIST + LIST.splitlines()[1] + "\n", "x.csv")
        alone = self.ok(self.ann.form("/api/campaigns/preview-csv", twice))["report"]
        self.assertEqual((alone["imported"], alone["skipped"]), (30, 1))
        within = self.ok(self.ann.form("/api/campaigns/preview-csv", ("campaign_id", made), twice))["report"]
        self.assertEqual((within["imported"], within["skipped"]), (29, 2))
        self.refused(self.bob.form("/api/campaigns/preview-csv", ("campaign_id", made), twice), 404, "not_found", "campaign_id")
        self.refused(self.ann.form("/api/campaigns/preview-csv", ("default_region", "XX"), twice), 422, "invalid_argument",
                     "default_region")
        self.refused(self.ann.form("/api/campaigns/preview-csv", ("again", "x"), twice), 422, "invalid_argument", "again")
        self.refused(self.ann.form("/api/campaigns/preview-csv", ("file", "%PDF-1.7", "x.csv")), 422, "invalid_argument", "file")

    def test_preview_and_templates(self):
        shown = self.ok(self.ann.form("/api/campaigns/preview-csv", ("file", LIST + "12,Nobody\n", "x.csv")))
        self.assertEqual(shown["mapping"], ["phone_number", "name"])
        self.assertEqual(shown["report"]["failed"], 1)
        self.assertEqual(self.ok(self.ann.get("/api/contacts"))["items"], [])
        for kind in ("basic", "advanced"):
            template = self.ann.get("/api/campaigns/csv-template?kind=" + kind)
            self.assertEqual(template.status, 200)
            self.assertIn("phone_number", template.text.split("\n")[0])
        self.refused(self.ann.get("/api/campaigns/csv-template?kind=x"), 422, "invalid_argument", "kind")


if __name__ == "__main__":
    unittest.main()
