#!/usr/bin/env python3
"""A list becomes a campaign that is called to its end; what is said of it then is counted again by hand."""
import collections
import csv
import datetime
import io
import json
import unittest

import signing
from server import Case

PEOPLE = 24
ENDS = ({"status": "completed", "duration_seconds": 61}, {"status": "busy"}, {"status": "voicemail", "duration_seconds": 9},
        {"status": "no-answer"}, {"status": "completed", "success": False, "duration_seconds": 30}, {"status": "failed"},
        {"status": "call-disconnected", "duration_seconds": 20}, {"status": "completed"})


def count(items, true):
    return sum(1 for item in items if true(item))


def share(part, whole):
    return part / whole if whole else 0


class Flow(Case):
    def test_from_upload_to_completion(self):
        text = "phone_number,name\n" + "".join(f"+120255501{i:02d},Person {i}\n" for i in range(PEOPLE)) + "12,Nobody\n"
        shown = self.ok(self.ann.form("/api/campaigns/preview-csv", ("file", text, "list.csv")))
        self.assertEqual(shown["report"]["failed"], 1)
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency",
                                       {"user_id": self.ann_id, "concurrent_calls_limit": 8}), 204)
        retry = {"outcomes": ["busy", "no_answer"], "max_attempts": 2, "delays_seconds": [0]}
        settings = self.settings(self.ann, start=True, rules={"timezone": "Asia/Kolkata", "retry": retry})
        made = self.ok(self.ann.form("/api/campaigns/upload-csv", ("settings", json.dumps(settings)),
                                     ("file", text, "list.csv")), 201)
        self.assertEqual((made["report"]["imported"], made["report"]["failed"]), (PEOPLE, 1))
        self.path = "/api/campaigns/" + made["campaign"]["id"]
        self.campaign_id = made["campaign"]["id"]
        self.until(self.is_completed_after_its_calls_end, "the end of the campaign")

        campaign = self.ok(self.ann.get(self.path))
        self.assertIsNotNone(campaign["completed_at"])
        rows = self.ok(self.ann.get(self.path + "/queue?limit=1000"))["items"]
        calls = self.ok(self.ann.get(f"/api/calls?limit=1000&campaign_id={self.campaign_id}"))["items"]
        self.assertEqual(len(rows), PEOPLE)
        self.assertGreater(len(calls), PEOPLE)  # Some were tried twice.
        self.check_statistics(campaign, rows)
        self.check_analytics(rows, calls)
        self.check_export(rows, calls)
        self.assertEqual(self.ok(self.ann.get("/api/settings/concurrency"))["user"]["active"], 0)

    def is_completed_after_its_calls_end(self):
        """Says of each call that is in flight how it ended; the simulated carrier may have been quicker."""
        active = self.ok(self.ann.get("/api/calls?limit=100&status=initiated,ringing,in_progress"))["items"]
        if active:
            events = [{"call_id": call["id"], **ENDS[(int(call["phone_number"][-2:]) + 3 * call["attempt"]) % len(ENDS)]}
                      for call in active]
            body = json.dumps(events).encode()
            self.ok(self.client().ask("POST", "/webhooks/calls", body, signing.headers(body)))
        return self.ok(self.ann.get(self.path))["status"] == "completed"

    def check_statistics(self, campaign, rows):
        statuses = collections.Counter(row["status"] for row in rows)
        expected = {"total_contacts": len(rows), "completed_calls": statuses["completed"], "failed_calls": statuses["failed"],
                    "successful_calls": count(rows, lambda row: row["success"]), "queued": 0, "processing": 0,
                    "skipped": 0, "cancelled": 0, "attempts": sum(row["attempts"] for row in rows)}
        self.assertEqual(self.ok(self.ann.get(self.path + "/statistics")), expected)
        for name in ("total_contacts", "completed_calls", "successful_calls", "failed_calls"):
            self.assertEqual(campaign[name], expected[name], name)
        self.assertGreater(min(expected["completed_calls"], expected["failed_calls"]), 0)
        self.assertLess(expected["successful_calls"], expected["completed_calls"])

    def check_analytics(self, rows, calls):
        analytics = self.ok(self.ann.get(self.path + "/analytics"))
        self.assertEqual(len(calls), analytics["statistics"]["attempts"])
        self.assertEqual(analytics["progress"], 1)
        self.assertEqual(analytics["outcomes"], collections.Counter(call["outcome"] for call in calls))
        answered = lambda call: call["outcome"] in ("answered", "voicemail")
        self.assertAlmostEqual(analytics["connection_rate"], share(count(calls, answered), len(calls)))
        completed, successful = (count(rows, true) for true in (lambda row: row["status"] == "completed",
                                                                lambda row: row["success"]))
        self.assertAlmostEqual(analytics["success_rate"], share(successful, len(rows)))
        self.assertEqual(completed + count(rows, lambda row: row["status"] == "failed"), len(rows))
        seconds = [call["duration_seconds"] for call in calls if answered(call) and call["duration_seconds"] is not None]
        self.assertAlmostEqual(analytics["mean_duration_seconds"], sum(seconds) / len(seconds))
        held = [self.instant(call["ended_at"]) - self.instant(call["created_at"]) for call in calls]
        self.assertAlmostEqual(analytics["mean_slot_seconds"], sum(h.total_seconds() for h in held) / len(held), places=4)
        self.assertIsNone(analytics["estimated_completion"])
        for name, form in (("daily", "%Y-%m-%d"), ("hourly", "%Y-%m-%dT%H")):
            points = collections.defaultdict(lambda: [0, 0, 0])
            for call in calls:
                at = self.instant(call["started_at"] or call["created_at"]) + datetime.timedelta(hours=5, minutes=30)
                for place, true in enumerate((True, answered(call), call["success"])):
                    points[at.strftime(form)][place] += 1 if true else 0
            self.assertEqual({point["at"]: [point["attempts"], point["answered"], point["successful"]]
                              for point in analytics[name]}, points)

    def check_export(self, rows, calls):
        lines = list(csv.DictReader(io.StringIO(self.ann.get(self.path + "/export.csv").text, newline="")))
        last = {call["id"]: call for call in calls}
        expected = [(row["id"], row["status"], last[row["call_id"]]["outcome"], str(row["attempts"])) for row in rows]
        self.assertEqual(sorted((line["id"], line["status"], line["outcome"], line["attempts"]) for line in lines),
                         sorted(expected))

    @staticmethod
    def instant(text):
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


if __name__ == "__main__":
    unittest.main()
