#!/usr/bin/env python3
"""The webhook: who gets in, what an event does, and when the next call starts."""
import json
import os
import time
import unittest
import uuid

import signing
from server import POSTGRES, Server
from webhook import PATH, Webhook


class Signatures(Webhook):
    def test_only_the_provider_gets_in(self):
        call = self.call_of(self.ann_id)
        event = {"call_id": call, "status": "busy"}
        body = json.dumps(event).encode()
        now = time.time()
        good = signing.headers(body)
        stamp, signature = "X-Callqueue-Timestamp", "X-Callqueue-Signature"
        forged = {
            "nothing": {},
            "no signature": {stamp: good[stamp]},
            "no timestamp": {signature: good[signature]},
            "no scheme": {**good, signature: good[signature][7:]},
            "another scheme": {**good, signature: good[signature].replace("sha256", "sha1")},
            "made up": {**good, signature: "sha256=" + "0" * 64},
            "cut short": {**good, signature: good[signature][:-1]},
            "upper case": {**good, signature: "sha256=" + good[signature][7:].upper()},
            "another secret": signing.headers(body, secret="another secret of somebody"),
            "no secret": signing.headers(body, secret=""),
            "another body": signing.headers(body + b" "),
            "another time": {**good, stamp: str(int(now) - 1)},
            "stale": signing.headers(body, at=now - 320),
            "from the future": signing.headers(body, at=now + 320),
            "no time": {**good, stamp: "now"},
            "far beyond": {**good, stamp: "9" * 40},
        }
        for name, headers in forged.items():
            with self.subTest(name):
                answer = self.client().ask("POST", PATH, body, headers)
                self.refused(answer, 401, "unauthorized")
                self.assertEqual(answer.headers["WWW-Authenticate"], "HMAC-SHA256")
        # A user's token opens nothing here, nor the signature anything else.
        self.refused(self.ann.ask("POST", PATH, body), 401, "unauthorized")
        self.refused(self.client().ask("GET", "/api/calls", None, signing.headers(b"")), 401, "unauthorized")
        self.assertEqual(self.status(call), "initiated")
        self.applied(event, at=now - 280)

    def test_a_body_that_was_tampered_with(self):
        calls = [self.call_of(self.ann_id, number=f"+1202555010{i}") for i in range(2)]
        good = json.dumps({"call_id": calls[0], "status": "busy"}).encode()
        headers = signing.headers(good)
        for wrong in (good.replace(calls[0].encode(), calls[1].encode()), good.replace(b"busy", b"failed"), good + b"\n", b""):
            self.refused(self.client().ask("POST", PATH, wrong, headers), 401, "unauthorized")
        self.assertEqual([self.status(c) for c in calls], ["initiated"] * 2)

    def test_a_request_that_is_sent_again_changes_nothing(self):
        call = self.call_of(self.ann_id)
        body = json.dumps({"call_id": call, "status": "busy"}).encode()
        headers = signing.headers(body)
        ask = lambda: self.ok(self.client().ask("POST", PATH, body, headers))["result"]
        self.assertEqual(ask(), "applied")
        before = self.find(call)
        self.assertEqual([ask() for _ in range(3)], ["unchanged"] * 3)
        self.assertEqual(self.find(call), before)


class Rotation(Webhook):
    def restart(self, secret, *options):
        self.server.stop()
        self.server = Server(self.database.url, *options, secret=secret)
        self.addCleanup(self.server.stop)

    def gets_in(self, secret):
        answer = self.send({"call_id": str(uuid.uuid4()), "status": "busy"}, secret=secret)
        self.assertIn(answer.status, (401, 404))
        return answer.status == 404

    def test_secrets_change_over(self):
        old, new = "the-old-secret-of-1999", "the-new-secret-of-2000"
        self.restart(old)
        self.assertEqual([self.gets_in(s) for s in (old, new)], [True, False])
        self.restart(f"{new} {old}")
        self.assertEqual([self.gets_in(s) for s in (old, new)], [True, True])
        file = self.folder / "secrets"
        file.write_text(new + "\n")
        self.restart(old, "--webhook-secret-file", str(file))
        self.assertEqual([self.gets_in(s) for s in (old, new)], [False, True])

    def test_without_a_secret_nobody_gets_in(self):
        self.restart("")
        for secret in ("", signing.SECRET):
            self.refused(self.send({"call_id": str(uuid.uuid4()), "status": "busy"}, secret=secret), 503, "unavailable")

    def test_a_secret_that_can_be_guessed_is_none(self):
        for secret in ("short", "one-that-is-long-enough x", "0123456789abcdef 0123456789abcdef 0123456789abcdef"):
            with self.assertRaises(RuntimeError), open(os.devnull, "w", encoding="utf-8") as nowhere:
                Server(self.database.url, secret=secret, log=nowhere)


class Events(Webhook):
    def test_every_spelling_of_what_happened(self):
        for number, (status, answered, becomes, outcome) in enumerate((
                ("ringing", False, "ringing", None), ("in-progress", False, "in_progress", None),
                ("completed", False, "completed", "answered"), ("busy", False, "busy", "busy"),
                ("no-answer", False, "no_answer", "no_answer"), ("no_answer", False, "no_answer", "no_answer"),
                ("failed", False, "failed", "failed"), ("cancelled", False, "cancelled", "cancelled"),
                ("voicemail", False, "completed", "voicemail"), ("call-disconnected", False, "failed", "failed"),
                ("call-disconnected", True, "completed", "answered"))):
            with self.subTest(status, answered=answered):
                call = self.call_of(self.ann_id, number=f"+1202555{number:04}")
                event = {"call_id": call, "provider_call_id": f"p{number}", "status": status,
                         "duration_seconds": 7 if answered else None}
                answer = self.applied(event)
                self.assertEqual((answer["call_id"], answer["status"]), (call, becomes))
                found = self.find(call)
                self.assertEqual((found["status"], found["outcome"]), (becomes, outcome))
                self.assertEqual(found["provider_call_id"], f"p{number}")

    def test_a_call_is_named_by_either_id(self):
        call = self.call_of(self.ann_id, "theirs")
        self.assertEqual(self.applied({"provider_call_id": "theirs", "status": "ringing"})["call_id"], call)
        self.applied({"call_id": call, "status": "busy"})
        self.assertEqual(self.status(call), "busy")

    def test_twice_late_and_out_of_order(self):
        call = self.call_of(self.ann_id, "theirs")
        self.applied({"provider_call_id": "theirs", "status": "in_progress"})
        self.applied({"provider_call_id": "theirs", "status": "ringing"})  # News: its deadline moves.
        self.assertEqual(self.status(call), "in_progress")
        end = {"provider_call_id": "theirs", "status": "call-disconnected", "duration_seconds": 61}
        self.applied(end)
        before = self.find(call)
        self.assertEqual((before["status"], before["duration_seconds"]), ("completed", 61))
        for late in (end, {**end, "status": "in_progress"}, {**end, "status": "busy"}, {**end, "status": "ringing"}):
            self.applied(late, "unchanged")
        self.assertEqual(self.find(call), before)
        slots = self.ok(self.ann.get("/api/settings/concurrency"))["user"]["active"]
        self.assertEqual(slots, 0)

    def test_a_users_row_follows(self):
        agent = self.agent(self.ann)
        for number in range(20):  # The simulated carrier says something, too, after two seconds at least.
            person = self.contact(self.ann, f"+1202555{number:04}")
            path = "/api/queue/" + self.ann.post("/api/calls", {"contact_id": person, "agent_id": agent}).json["id"]
            call = self.until(lambda: self.ok(self.ann.get(path))["call_id"], "the call")
            if self.ok(self.send({"call_id": call, "status": "busy"})) == {"result": "applied", "call_id": call,
                                                                           "status": "busy"}:
                break
        row = self.ok(self.ann.get(path))
        self.assertEqual((row["status"], row["failure_reason"]), ("failed", "busy"))

    def test_calls_that_are_nobodys(self):
        call = self.call_of(self.ann_id)
        busy = {"status": "busy"}
        for event, field in (({"call_id": str(uuid.uuid4())}, "call_id"), ({"call_id": "7"}, "call_id"),
                             ({"call_id": call + "0"}, "call_id"), ({"call_id": "'; DROP TABLE calls; --"}, "call_id"),
                             ({"call_id": call, "user_id": self.bob_id}, "user_id"),
                             ({"call_id": call, "user_id": "x"}, "user_id"),
                             ({"call_id": str(uuid.UUID(int=0)), "provider_call_id": None}, None)):
            with self.subTest(event):
                answer = self.send({**event, **busy})
                if field is None:
                    self.refused(answer, 400, "invalid_argument", "call_id")
                else:
                    self.refused(answer, 404, "not_found", field)
        self.assertEqual(self.status(call), "initiated")
        self.applied({"call_id": call, "user_id": self.ann_id, **busy})

    def test_an_event_reaches_the_call_it_names_and_no_other(self):
        calls = {user: [self.call_of(user, f"{name}-{i}", f"+1202555010{i}") for i in range(2)]
                 for name, user in (("ann", self.ann_id), ("bob", self.bob_id))}
        self.applied({"provider_call_id": "bob-1", "status": "busy"})
        self.assertEqual([self.find(c)["status"] for c in calls[self.ann_id]], ["initiated"] * 2)
        self.assertEqual([self.find(c, self.bob)["status"] for c in calls[self.bob_id]], ["initiated", "busy"])

    def test_an_id_that_two_calls_have_is_neithers(self):
        calls = [self.call_of(self.ann_id, "same", "+12025550101"), self.call_of(self.bob_id, "same", "+12025550102")]
        self.refused(self.send({"provider_call_id": "same", "status": "busy"}), 409, "conflict", "provider_call_id")
        self.assertEqual(self.status(calls[0]), "initiated")
        self.assertEqual(self.find(calls[1], self.bob)["status"], "initiated")
        self.applied({"call_id": calls[1], "provider_call_id": "same", "status": "busy"})

    def test_bodies_that_are_wrong(self):
        call = self.call_of(self.ann_id)
        good = {"call_id": call, "status": "busy"}
        for body, field in ((b"", "events"), (b"{", "events"), (b"[]", "events"), (b"[" * 100_000, "events"),
                            (b'{"call_id":"\xff","status":"busy"}', "events"), (json.dumps(good).encode() + b"x", "events"),
                            (b'{"x":' + b"[" * 40 + b"]" * 40 + b"}", "events"), ([good] * 1001, "events"),
                            (b"7", "event"), (b"null", "event"),
                            ({**good, "status": 7}, "status"), ({**good, "status": "gone fishing"}, "status"),
                            ({"call_id": call}, "status"), ({"status": "busy"}, "call_id"), ({**good, "call_id": 7}, "call_id"),
                            ({**good, "success": "yes"}, "success"), ({**good, "duration_seconds": -1}, "duration_seconds"),
                            ({**good, "answered_at": "yesterday"}, "answered_at"),
                            ({**good, "failure_reason": "a\0b"}, "failure_reason"),
                            ({**good, "provider_call_id": "p" * 513}, "provider_call_id")):
            with self.subTest(str(body)[:60]):
                self.refused(self.send(body), 400, "invalid_argument", field)
        self.assertEqual(self.status(call), "initiated")
        self.refused(self.client().ask("POST", PATH, None, {"Content-Length": str((1 << 20) + 1)}), 413, "too_large")
        # Providers add fields as they like; these are not ours to refuse.
        self.applied({**good, "carrier": {"name": ["x", {"y": None}]}, "price": 0.0071, "to": "+12025550100"})

    def test_an_event_that_contradicts_itself_says_nothing(self):
        call = self.call_of(self.ann_id)
        good = {"call_id": call, "status": "busy"}
        for status, outcome in (("busy", "answered"), ("completed", "no-answer"), ("ringing", "busy"),
                                ("voicemail", "answered")):
            self.refused(self.send({"call_id": call, "status": status, "outcome": outcome}), 400, "invalid_argument",
                         "outcome")
            kept = self.send({"provider_call_id": "unknown", "status": status, "outcome": outcome})
            self.refused(kept, 400, "invalid_argument", "outcome")
        self.assertEqual(self.status(call), "initiated")
        results = self.ok(self.send([{**good, "outcome": "failed"}, {**good, "outcome": "busy"}]))["results"]
        self.assertEqual([(r["result"], r.get("field")) for r in results], [("refused", "outcome"), ("applied", None)])

    def test_a_list_is_answered_one_by_one(self):
        calls = [self.call_of(self.ann_id, f"p{i}", f"+1202555010{i}") for i in range(2)]
        busy = {"status": "busy"}
        events = [{"call_id": calls[0], **busy}, {"call_id": str(uuid.uuid4()), **busy}, {"provider_call_id": "p1", **busy},
                  {"call_id": calls[0], "status": 7}, {"call_id": calls[0], **busy}, 7]
        results = self.ok(self.send(events))["results"]
        self.assertEqual([r["result"] for r in results], ["applied", "refused", "applied", "refused", "unchanged", "refused"])
        self.assertEqual([r.get("status") for r in results], ["busy", 404, "busy", 400, "busy", 400])
        self.assertEqual([r.get("field") for r in results], [None, "call_id", None, "status", None, "event"])
        self.assertEqual([self.status(c) for c in calls], ["busy"] * 2)
        results = self.ok(self.send([{"provider_call_id": "p9", **busy}, {"call_id": calls[0], **busy}]), 202)["results"]
        self.assertEqual([r["result"] for r in results], ["kept", "unchanged"])
        self.assertEqual(len(self.ok(self.send([{"call_id": calls[0], **busy}] * 1000))["results"]), 1000)


class Early(Webhook):
    def test_an_event_waits_for_the_acceptance_of_its_call(self):
        calls = [self.call_of(self.ann_id, number=f"+1202555010{i}") for i in range(2)]
        for event in ({"status": "ringing"}, {"status": "busy", "failure_reason": "engaged"}):
            self.assertEqual(self.ok(self.send({"provider_call_id": "late", **event}), 202), {"result": "kept"})
        self.assertEqual([self.status(c) for c in calls], ["initiated"] * 2)
        self.accept(calls[1], "late")
        self.until(lambda: self.status(calls[1]) == "busy", "the event")
        self.assertEqual(self.find(calls[1])["failure_reason"], "engaged")
        self.assertEqual(self.status(calls[0]), "initiated")

    def test_it_waits_for_a_call_of_the_user_that_it_names(self):
        call = self.call_of(self.ann_id)
        for user in (self.bob_id, self.ann_id):
            self.ok(self.send({"provider_call_id": "late", "user_id": user,
                               "status": "busy" if user == self.ann_id else "failed"}), 202)
        self.accept(call, "late")
        self.until(lambda: self.status(call) == "busy", "the event")

    def test_what_is_kept_is_bounded_and_the_oldest_goes_first(self):
        log = open(self.folder / "log", "w+", encoding="utf-8")
        self.addCleanup(log.close)
        self.server.stop()
        self.server = Server(self.database.url, log=log)
        self.addCleanup(self.server.stop)
        self.ann = self.client(self.token("--user", self.ann_id))
        first, second = (self.call_of(self.ann_id, number=f"+1202555010{i}") for i in range(2))
        self.ok(self.send({"provider_call_id": "first", "status": "busy"}), 202)
        for _ in range(9):
            self.ok(self.send([{"provider_call_id": "nobody's", "status": "busy"}] * 1000), 202)
        self.ok(self.send({"provider_call_id": "second", "status": "busy"}), 202)
        self.ok(self.send([{"provider_call_id": "nobody's", "status": "busy"}] * 999), 202)
        self.accept(first, "first")
        self.accept(second, "second")
        self.until(lambda: self.status(second) == "busy", "the second one")
        self.assertEqual(self.status(first), "initiated")
        self.assertEqual(self.server.stop(), 0)
        log.seek(0)
        said = [json.loads(line) for line in log if "dropped_events" in line]
        self.assertGreater(sum(line["dropped_events"] for line in said), 0)
        self.assertEqual({line["level"] for line in said}, {"warning"})


class Next(Webhook):
    def test_the_next_call_starts_at_once(self):
        holding = self.call_of(self.ann_id, "holds-the-slot")
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency",
                                       {"user_id": self.ann_id, "concurrent_calls_limit": 1}), 204)
        agent, person = self.agent(self.ann), self.contact(self.ann, "+12025550101")
        row = self.ok(self.ann.post("/api/calls", {"contact_id": person, "agent_id": agent}), 202)
        began = time.monotonic()
        self.applied({"provider_call_id": "holds-the-slot", "status": "no-answer"})
        answered = time.monotonic() - began
        started = lambda: self.ok(self.ann.get("/api/queue/" + row["id"]))["call_id"]
        call = self.until(started, "the next call")
        # What the database says: behind the end of the first one, and hardly.
        unit = "extract(epoch FROM n.created_at - o.ended_at) * 1000000" if POSTGRES else "n.created_at - o.ended_at"
        gap = float(self.sql(f"SELECT {unit} FROM calls o, calls n WHERE o.id = ? AND n.id = ?", holding, call)) / 1_000_000
        self.assertGreaterEqual(gap, 0)
        self.assertLess(gap, 1, "seconds until the next call was claimed")
        self.assertLess(answered, 1, "seconds until the provider was answered")


if __name__ == "__main__":
    unittest.main()
