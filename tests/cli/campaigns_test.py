#!/usr/bin/env python3
"""Campaigns from their creation to their end."""
import json
import unittest
import uuid

from tool import GOOD, Case


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

    def test_what_no_campaign_can_be_is_refused(self):
        self.someone()
        create = ["campaign", "create", "--user", self.user, "--agent", self.agent, "--start-date",
                  "2026-01-01", "--name"]
        self.bad(2, *create, " ", says="name")
        self.bad(2, *create, "n", "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(2, *create, "n", "--first-call", "09:00", "--last-call", "09:00")
        self.bad(2, *create, "n", "--end-date", "2025-01-01")
        self.bad(2, *create, "n", "--retry-on", "busy", "--max-attempts", 300, "--retry-after", "5m", says="retry")
        self.bad(1, "campaign", "create", "--user", self.user, "--agent", "Nobody", "--name", "n",
                 "--start-date", "2026-01-01", says="Nobody")
        self.bad(1, "campaign", "show", str(uuid.uuid4()))
        self.bad(2, "campaign", "show", "nonsense", says="nonsense")

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


if __name__ == "__main__":
    unittest.main()
