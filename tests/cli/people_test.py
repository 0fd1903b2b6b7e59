#!/usr/bin/env python3
"""Users, agents, contacts and limits."""
import unittest
import uuid

from tool import GOOD, Case


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
        self.bad(2, "user", "add", "Zoe", "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(2, "user", "add", " ", says="name")
        self.bad(1, "user", "add", "Again", "--email", "ann@example.com")
        self.bad(2, "user", "add", "Bad", "--email", "nonsense", says="email")
        self.bad(2, "user", "add", "Bad", "--limit", "-1", says="negative")

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
        self.bad(2, "system", "limits", "-1", says="negative")
        self.bad(2, "user", "limits", self.user, "--concurrent", "-1", says="negative")
        self.bad(1, "user", "limits", str(uuid.uuid4()))
        self.bad(1, "user", "limits", "nobody@example.com", says="nobody@example.com")

    def test_a_user_gets_a_time_zone_and_its_campaigns_follow(self):
        self.someone()
        campaign = self.imported(GOOD, "--exclude", "2026-12-24").line

        def zones():
            for _ in range(3):  # Each does a part of what time drives.
                self.ok("explain", campaign)
            return {row["timezone"] for row in self.ok("queue", "list", "--json").json}

        self.ok("campaign", "start", campaign)
        self.assertEqual(zones(), {"UTC"})
        changed = self.ok("user", "update", "ann@example.com", "--timezone", "Asia/Tokyo", "--json").json
        self.assertEqual((changed["id"], changed["name"], changed["timezone"]), (self.user, "Ann", "Asia/Tokyo"))
        self.assertEqual(zones(), {"Asia/Tokyo"})
        self.assertEqual(self.ok("campaign", "update", campaign, "--timezone", "Europe/Rome").line, campaign)
        self.assertEqual(zones(), {"Europe/Rome"})
        rules = self.ok("campaign", "show", campaign, "--json").json["rules"]
        self.assertEqual((rules["timezone"], rules["excluded_dates"]), ("Europe/Rome", ["2026-12-24"]))
        self.ok("campaign", "update", campaign, "--timezone", "")
        self.assertEqual(self.ok("user", "update", self.user, "--timezone", "").line, self.user)
        self.assertEqual(zones(), {"UTC"})
        self.bad(2, "user", "update", self.user, "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(2, "campaign", "update", campaign, "--timezone", "Mars/Olympus", says="Mars/Olympus")
        self.bad(1, "user", "update", str(uuid.uuid4()), "--timezone", "UTC")
        self.bad(2, "user", "update", self.user, says="--timezone")
        self.bad(2, "campaign", "update", campaign, says="--timezone")

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
        self.bad(2, "agent", "add", "--user", self.user, "")
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
        self.bad(2, "contact", "update", contact["id"], "--user", self.user, "--timezone", "Mars/X", says="Mars/X")
        self.bad(1, "contact", "update", "+4930231259999", "--user", self.user, "--name", "X")
        self.bad(2, "contact", "update", contact["id"])


if __name__ == "__main__":
    unittest.main()
