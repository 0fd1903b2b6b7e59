#!/usr/bin/env python3
"""What Prometheus is told."""
import re
import unittest

import contract
from server import Case


class Metrics(Case):
    options = ("--metrics-interval", "0")

    def metrics(self):
        """Each series by its name with labels."""
        answer = self.administrator.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.text = answer.text
        return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", answer.text, re.M)}

    def calling(self, people):
        """A campaign of Ann's that has been started."""
        contacts = [self.contact(self.ann, f"+12025550{100 + i}") for i in range(people)]
        return self.ok(self.ann.post("/api/campaigns/bulk-call", {
            **self.settings(self.ann), "contact_ids": contacts, "start": True}), 201)["id"]

    def test_only_an_administrator_is_told(self):
        self.refused(self.client().get("/metrics"), 401, "unauthorized")
        self.refused(self.ann.get("/metrics"), 403, "forbidden")

    def test_an_idle_server(self):
        seen = self.metrics()
        self.assertEqual(seen["callqueue_database_up"], 1)
        self.assertEqual(seen["callqueue_system_slots_used"], 0)
        self.assertEqual(seen["callqueue_system_slots_free"], 10)
        self.assertEqual(seen['callqueue_queued_rows{state="ready"}'], 0)
        self.assertEqual(seen["callqueue_oldest_due_seconds"], 0)

    def test_what_will_be_counted_is_there_from_the_start(self):
        """A series that began with its first event would have no increase to see."""
        labels = {"dials": ("result", ("accepted", "rejected", "uncertain")),
                  "lapsed_leases": ("became", ("queued", "unknown")),
                  "ended_calls": ("outcome", contract.DOCUMENT["components"]["schemas"]["CallEvent"]["properties"]["outcome"]["enum"])}
        expected = {f'callqueue_{name}_total{{{label}="{value}"}}': 0
                    for name, (label, values) in labels.items() for value in values}
        self.assertEqual(len(expected), 13)
        expected |= dict.fromkeys(("callqueue_claimed_calls_total", "callqueue_store_failures_total"), 0)
        seen = self.metrics()
        counters = {name: value for name, value in seen.items() if "_total" in name}
        self.assertEqual(counters, expected)

    def test_what_runs_and_what_waits(self):
        self.calling(6)
        used = f'callqueue_user_slots_used{{user_id="{self.ann_id}"}}'
        free = f'callqueue_user_slots_free{{user_id="{self.ann_id}"}}'
        self.until(lambda: self.metrics().get(used) == 2, "two calls at once")
        # Counted once the dialer has answered, which is after the claim.
        self.until(lambda: self.metrics()['callqueue_dials_total{result="accepted"}'] >= 2, "two dials")
        seen = self.metrics()
        self.assertEqual(seen[used] + seen[free], 2)
        self.assertGreaterEqual(seen["callqueue_claimed_calls_total"], 2)
        self.assertGreaterEqual(seen["callqueue_claim_seconds_count"], 1)
        self.assertNotIn("+1202555", self.text)
        for use in ("used", "free"):  # No sum over one name counts the system beside its users.
            self.assertEqual(re.findall(rf"^(callqueue_\w*slots_{use})(?:{{(\w+)=.*}})? ", self.text, re.M),
                             [(f"callqueue_system_slots_{use}", ""), (f"callqueue_user_slots_{use}", "user_id")])
        # Somebody waits for a slot, longer and longer.
        lag = self.metrics()["callqueue_oldest_due_seconds"]
        self.until(lambda: self.metrics()["callqueue_oldest_due_seconds"] > lag, "the lag to grow")
        # What has ended is what the database says has ended.
        def calls():
            return self.ok(self.ann.get("/api/calls"))["items"]
        self.until(lambda: any(call["ended_at"] for call in calls()), "an end")
        def ended():
            return sum(value for name, value in self.metrics().items() if name.startswith("callqueue_ended_calls_total"))
        self.until(lambda: ended() == sum(1 for call in calls() if call["ended_at"]), "each end to be counted")

    def test_pausing_stops_the_lag(self):
        self.administrator.ask("PUT", "/api/settings/concurrency", {"system_limit": 0})
        campaign = self.calling(1)
        self.until(lambda: self.metrics()["callqueue_oldest_due_seconds"] > 0, "a call that is due")
        self.assertEqual(self.metrics()['callqueue_queued_rows{state="ready"}'], 1)
        self.ok(self.ann.post(f"/api/campaigns/{campaign}/pause"))
        self.assertEqual(self.metrics()["callqueue_oldest_due_seconds"], 0)


if __name__ == "__main__":
    unittest.main()
