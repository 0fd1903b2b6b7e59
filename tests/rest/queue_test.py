#!/usr/bin/env python3
"""Queued calls, direct calls, contacts and agents over HTTP."""
import datetime
import unittest
import uuid

from server import Case


class Queue(Case):
    def test_contacts(self):
        made = self.ok(self.ann.post("/api/contacts", {"phone_number": "030 1234567", "default_region": "DE",
                                                       "name": "Zoë", "timezone": "Europe/Berlin"}), 201)
        self.assertEqual(made["phone_number"], "+49301234567")
        path = "/api/contacts/" + made["id"]
        self.assertEqual(self.ok(self.ann.ask("PATCH", path, {"company": "Acme", "timezone": None})),
                         {**made, "company": "Acme", "timezone": None})
        self.assertEqual(len(self.ok(self.ann.get("/api/contacts?search=zo"))["items"]), 1)
        self.assertEqual(self.ok(self.ann.get("/api/contacts?search=nobody"))["items"], [])
        self.refused(self.ann.post("/api/contacts", {"phone_number": "+49301234567"}), 409, "conflict", "phone_number")
        self.refused(self.ann.post("/api/contacts", {"phone_number": "12"}), 422, "invalid_argument", "phone_number")
        self.refused(self.ann.ask("PATCH", path, {"phone_number": "030 1234568"}), 422, "invalid_argument", "phone_number")
        moved = self.ok(self.ann.ask("PATCH", path, {"phone_number": "030 1234568", "default_region": "DE"}))
        self.assertEqual(moved["phone_number"], "+49301234568")
        self.refused(self.ann.ask("PATCH", path, {"timezone": "Mars/Base"}), 422, "invalid_argument", "timezone")
        self.ok(self.ann.ask("DELETE", path), 204)
        self.refused(self.ann.get(path), 404, "not_found", "contact_id")

    def test_a_direct_call_starts_at_once_or_says_where_it_stands(self):
        agent = self.agent(self.ann)
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(4)]
        answers = [self.ann.post("/api/calls", {"contact_id": p, "agent_id": agent, "user_data": {"a": 1}})
                   for p in people]
        for answer in answers:
            self.assertIn(answer.status, (201, 202), answer)
        # Two at once is the limit.
        processing = lambda: len(self.ok(self.ann.get("/api/queue?status=processing"))["items"])
        self.until(lambda: processing() == 2, "two calls")
        queued = self.ok(self.ann.get("/api/queue?status=queued"))["items"]
        self.assertEqual(len(queued), 2)
        places = [self.ok(self.ann.get("/api/queue/" + q["id"]))["queue_position"] for q in queued]
        self.assertEqual(places, [1, 2])
        people = [self.contact(self.ann, f"+1202555020{i}") for i in range(2)]
        self.ok(self.ann.post("/api/campaigns/bulk-call",
                              {**self.settings(self.ann), "contact_ids": people, "start": True}), 201)
        late = self.ok(self.ann.post("/api/calls", {"contact_id": people[0], "agent_id": agent}), 202)
        order = self.ok(self.ann.get("/api/queue?order=position&limit=4"))
        self.assertEqual([r["queue_position"] for r in order["items"]], [1, 2, 3, 4])
        self.assertEqual([r["id"] for r in order["items"][:3]], [q["id"] for q in queued] + [late["id"]])
        rest = self.ok(self.ann.get(f"/api/queue?order=position&cursor={order['next_cursor']}"))
        self.assertEqual([r["queue_position"] for r in rest["items"]], [5])
        self.assertTrue(all(r["starts_at"] for r in order["items"] + rest["items"]))
        for wrong in ("order=x", "order=position&status=failed", "order=position&contact_id=" + people[0]):
            self.refused(self.ann.get("/api/queue?" + wrong), 422, "invalid_argument", "order")
        self.ok(self.ann.ask("DELETE", "/api/queue/" + late["id"]))
        for row in order["items"][3:] + rest["items"]:
            self.ok(self.ann.ask("DELETE", "/api/queue/" + row["id"]))
        self.assertEqual(self.ok(self.ann.get("/api/queue/statistics"))["queued"], 2)
        users = {u["name"]: u for u in self.ok(self.administrator.get("/api/users"))["items"]}
        told = ("active_calls", "queued", "ready", "concurrent_calls_limit")
        self.assertEqual([[users[name][field] for field in told] for name in ("Ann", "Bob")], [[2, 2, 2, 2], [0, 0, 0, 2]])
        self.assertIsNone(users["Bob"]["place"])
        cancelled = self.ok(self.ann.ask("DELETE", "/api/queue/" + queued[0]["id"]))
        self.assertEqual(cancelled["status"], "cancelled")
        self.refused(self.ann.ask("DELETE", "/api/queue/" + queued[0]["id"]), 409, "conflict", "status")
        many = self.ok(self.ann.post("/api/queue/cancel", {"ids": [q["id"] for q in queued] + [str(uuid.uuid4())]}))
        self.assertEqual(many["cancelled"], [queued[1]["id"]])
        self.assertEqual([r["code"] for r in many["refused"]], ["conflict", "not_found"])
        self.refused(self.ann.post("/api/queue/cancel", {"ids": [str(uuid.uuid4())] * 1001}), 422, "invalid_argument", "ids")
        calls = self.ok(self.ann.get("/api/calls"))["items"]
        self.assertEqual(len(calls), 2)
        newest = self.ok(self.ann.get("/api/calls?order=newest&limit=1"))
        self.assertEqual(newest["items"], calls[1:])
        self.assertEqual(self.ok(self.ann.get(f"/api/calls?order=newest&cursor={newest['next_cursor']}"))["items"], calls[:1])
        self.assertEqual(self.ok(self.ann.get("/api/calls?order=oldest"))["items"], calls)
        self.refused(self.ann.get("/api/calls?order=best"), 422, "invalid_argument", "order")
        self.assertEqual(self.ok(self.ann.get("/api/calls/" + calls[0]["id"]))["call_type"], "direct")

    def test_a_call_that_is_over_is_ended_by_hand_once(self):
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency",
                                       {"user_id": self.ann_id, "concurrent_calls_limit": 1}), 204)
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(3)]
        self.ok(self.ann.post("/api/campaigns/bulk-call", {
            **self.settings(self.ann), "rules": {"retry": {"outcomes": ["failed"], "max_attempts": 2, "delays_seconds": [86400]}},
            "contact_ids": people, "start": True}), 201)

        def active():
            return self.ok(self.ann.get("/api/calls?status=initiated,ringing,in_progress"))["items"]

        def after(call):
            return self.until(lambda: [c for c in active() if c["id"] != call["id"]], "the call in its place")[0]

        first = self.until(active, "a call")[0]
        path = f"/api/calls/{first['id']}/end"
        self.refused(self.bob.post(path, {"status": "unknown"}), 404, "not_found", "call_id")
        for wrong in ("in_progress", "answered", "initiated", "over", ""):
            self.refused(self.ann.post(path, {"status": wrong}), 422, "invalid_argument", "status")
        self.refused(self.ann.post(path, {}), 422, "invalid_argument", "status")
        self.assertEqual([c["id"] for c in active()], [first["id"]])
        ended = self.ok(self.ann.post(path, {"status": "unknown", "reason": "the server has gone"}))
        self.assertEqual([ended[name] for name in ("id", "status", "outcome", "failure_reason")],
                         [first["id"], "unknown", "unknown", "the server has gone"])
        row = self.ok(self.ann.get("/api/queue/" + first["queue_id"]))
        self.assertEqual([row[name] for name in ("status", "attempts")], ["failed", 1])
        self.refused(self.ann.post(path, {"status": "unknown"}), 409, "conflict", "status")
        # Its slot is another's at once.
        second = after(first)
        # What is not known may become known.
        self.assertEqual(self.ok(self.ann.post(path, {"status": "completed"}))["outcome"], "answered")
        self.assertEqual(self.ok(self.ann.get("/api/queue/" + first["queue_id"]))["status"], "completed")
        self.refused(self.ann.post(path, {"status": "failed"}), 409, "conflict", "status")
        # The campaign's rules say whether it is tried again.
        self.assertEqual(self.ok(self.ann.post(f"/api/calls/{second['id']}/end", {"status": "failed"}))["status"], "failed")
        self.assertEqual(self.ok(self.ann.get("/api/queue/" + second["queue_id"]))["status"], "queued")
        third = after(second)
        self.assertEqual(self.ok(self.ann.post(f"/api/calls/{third['id']}/end", {"status": "voicemail"}))["outcome"], "voicemail")

    def test_what_is_outside_its_hours_comes_last_and_says_when_they_begin(self):
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency",
                                       {"user_id": self.ann_id, "concurrent_calls_limit": 0}), 204)
        now = datetime.datetime.now(datetime.timezone.utc)
        later = {"first_call_time": f"{(now.hour + 4) % 24:02}:00", "last_call_time": f"{(now.hour + 7) % 24:02}:00"}
        for i, hours in enumerate((later, {"first_call_time": "00:00", "last_call_time": "24:00"})):
            self.ok(self.ann.post("/api/campaigns/bulk-call", {
                **self.settings(self.ann), **hours, "rules": {"timezone": "UTC"}, "start": True,
                "contact_ids": [self.contact(self.ann, f"+1202555030{i}")]}), 201)
        first, last = self.ok(self.ann.get("/api/queue?order=position"))["items"]
        self.assertEqual([first[name] for name in ("phone_number", "queue_position", "closed", "opens_at")],
                         ["+12025550301", 1, False, None])
        self.assertEqual([last[name] for name in ("phone_number", "queue_position", "closed", "starts_at")],
                         ["+12025550300", 2, True, None])
        opens_at = datetime.datetime.fromisoformat(last["opens_at"].replace("Z", "+00:00"))
        self.assertTrue(3 <= (opens_at - now) / datetime.timedelta(hours=1) <= 4, last["opens_at"])
        self.assertEqual(self.ok(self.ann.get("/api/queue/" + last["id"]))["queue_position"], 2)

    def test_direct_calls_that_cannot_be(self):
        agent, person = self.agent(self.ann), self.contact(self.ann, "+12025550101")
        good = {"contact_id": person, "agent_id": agent}
        for field, value, status, code in (("contact_id", str(uuid.uuid4()), 404, "not_found"),
                                           ("agent_id", str(uuid.uuid4()), 404, "not_found"),
                                           ("user_data", "x", 422, "invalid_argument"),
                                           ("not_after", "yesterday", 422, "invalid_argument")):
            self.refused(self.ann.post("/api/calls", {**good, field: value}), status, code, field)
        self.refused(self.ann.post("/api/calls", {"contact_id": person}), 422, "invalid_argument", "agent_id")
        self.assertEqual(self.ok(self.ann.get("/api/queue"))["items"], [])


if __name__ == "__main__":
    unittest.main()
