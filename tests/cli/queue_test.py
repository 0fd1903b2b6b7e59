#!/usr/bin/env python3
"""The queue, forecasts, simulated runs and the export."""
import csv
import io
import json
import pathlib
import tempfile
import unittest
import uuid

from tool import Case


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

    def active_call(self):
        """Of a run that was cut off once it had handed the call to its program, which never answered.

        @return the call's id.
        """
        self.ok("campaign", "start", self.campaign)
        self.interrupted(2, "run", "--exec", "cat >/dev/null", "--stop-deadline", "0")
        return self.ok("call", "list", "--active", "--json").json[0]["id"]

    def test_a_call_that_nobody_ends_is_listed_and_ended_by_hand(self):
        call = self.active_call()
        held = self.ok("call", "list", "--active", "--user", self.user).out
        self.assertIn(call, held)
        self.assertEqual(len(self.ok("call", "list", "--limit", 1, "--json").json), 1)
        self.bad(2, "call", "end", call, "--status", "ringing", says="ringing is not how a call ends")
        self.bad(2, "call", "end", call, "--status", "answered", says="is not how a call ends")
        self.bad(2, "call", "end", call, says="--status is required")
        self.bad(1, "call", "end", str(uuid.uuid4()), "--status", "failed", says="there is no call")
        self.assertEqual(self.ok("call", "end", call, "--status", "failed", "--reason", "its host burnt").line, "failed")
        self.assertNotIn(call, self.ok("call", "list", "--active").out)
        self.assertIn("its host burnt", self.ok("call", "list").out)
        row = [r for r in self.ok("queue", "list", "--json").json if r["failure_reason"] == "its host burnt"]
        self.assertEqual([r["status"] for r in row], ["failed"])
        self.bad(1, "call", "end", call, "--status", "busy", says="failed already")

    def test_several_calls_are_ended_at_once(self):
        self.active_call()
        calls = [call["id"] for call in self.ok("call", "list", "--active", "--json").json]
        self.assertEqual(len(calls), 2)
        # Nothing is ended as long as one of them is not there.
        self.bad(1, "call", "end", calls[0], str(uuid.uuid4()), "--status", "unknown", says="there is no call")
        self.bad(2, "call", "end", calls[0], "123", "--status", "unknown", says="123")
        self.assertEqual(len(self.ok("call", "list", "--active", "--json").json), 2)
        self.ok("call", "end", calls[0], "--status", "unknown")
        # One that has ended does not keep the others.
        said = self.bad(1, "call", "end", *calls, "--status", "unknown", says=f"the call {calls[0]} is unknown already")
        self.assertEqual(said.out.strip(), f"{calls[1]} unknown")
        self.assertEqual(self.ok("call", "list", "--active", "--json").json, [])
        self.assertEqual(self.ok("call", "end", *calls, "--status", "failed").out.splitlines(),
                         [f"{call} failed" for call in calls])
        self.ok("verify")

    def test_what_is_unknown_is_put_right_later(self):
        call = self.active_call()
        report = self.ok("call", "end", call, "--status", "unknown", "--json").json
        self.assertEqual((report["call"]["status"], report["queued"]["status"]), ("unknown", "failed"))
        self.assertEqual(self.ok("call", "end", call, "--status", "voicemail", "--json").json["call"]["outcome"],
                         "voicemail")
        self.ok("verify")

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
        status, out, err = self.interrupted(2, "run", "--simulate", "--json")
        self.assertEqual((status, err), (0, ""))
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


if __name__ == "__main__":
    unittest.main()
