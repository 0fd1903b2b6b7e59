#!/usr/bin/env python3
"""Live events over the WebSocket: who hears of what, from where on, and what a server survives."""
import socket
import time
import unittest
import uuid

import websocket

import server
from live import Live
from webhook import Webhook

LARGE = 60_000  # Bytes: a description that makes an event as long.


class Events(Webhook):
    def setUp(self):
        super().setUp()
        self.tokens = {self.ann: self.token_of(self.ann), self.bob: self.token_of(self.bob)}

    @staticmethod
    def token_of(client):
        return client.headers["Authorization"].split()[1]

    def live(self, client=None, **how):
        opened = Live(self.server.port, self.tokens[client] if client else None, **how)
        self.addCleanup(opened.close)
        return opened

    def greeted(self, client, **how):
        return self.live(client, **how).greeted()


class Telling(Events):
    def test_a_user_hears_of_its_own_changes_and_of_no_others(self):
        ann, bob = self.greeted(self.ann), self.greeted(self.bob)
        self.assertEqual(ann.greeting["type"], "hello")
        hers = self.campaign(self.ann)
        told = ann.next("campaign")
        self.assertEqual(told["campaign"], self.ok(self.ann.get(f"/api/campaigns/{hers}")))
        self.assertEqual(told["seq"], ann.greeting["seq"] + 1)
        self.ok(self.ann.ask("PATCH", f"/api/campaigns/{hers}", {"name": "Summer"}))
        self.assertEqual(ann.next()["campaign"]["name"], "Summer")
        self.ok(self.ann.ask("DELETE", f"/api/campaigns/{hers}"), 204)
        self.assertEqual(ann.next(), {"seq": told["seq"] + 2, "type": "campaign_deleted", "campaign_id": hers})
        # Bob has heard of nothing up to here.
        his = self.campaign(self.bob)
        told = bob.next()
        self.assertEqual((told["seq"], told["campaign"]["id"]), (bob.greeting["seq"] + 1, his))

    def test_calls_move_the_queue_and_the_campaign(self):
        ann = self.greeted(self.ann)
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(3)]
        made = self.ok(self.ann.post("/api/campaigns/bulk-call", {**self.settings(self.ann), "contact_ids": people,
                                                                  "start": True}), 201)["id"]
        told = ann.next("campaign")
        while told["campaign"]["completed_calls"] + told["campaign"]["failed_calls"] == 0:
            told = ann.next("campaign")
        self.assertEqual(told["campaign"]["id"], made)

    def test_every_turn_of_a_call_is_told(self):
        ann, bob = self.greeted(self.ann), self.greeted(self.bob)
        told = lambda: ann.next("calls")["calls"]
        nothing = {"initiated": 0, "ringing": 0, "in_progress": 0, "limit": 1}
        limits = {"user_id": self.ann_id, "concurrent_calls_limit": 1}
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency", limits), 204)
        self.assertEqual(told(), nothing)
        call = self.call_of(self.ann_id)
        self.assertEqual(told(), {**nothing, "initiated": 1})
        for status in ("ringing", "in_progress"):
            self.applied({"call_id": call, "status": status})
            self.assertEqual(told(), {**nothing, status: 1})
        self.applied({"call_id": call, "status": "completed"})
        self.assertEqual(told(), nothing)
        his = self.campaign(self.bob)
        self.assertEqual(bob.next()["campaign"]["id"], his)  # And of nothing before.

    def test_changes_of_another_process_are_told(self):
        person = self.contact(self.ann, "+12025550101")
        made = self.ok(self.ann.post("/api/campaigns/bulk-call",
                                     {**self.settings(self.ann, start_date="2099-01-01"), "contact_ids": [person]}), 201)["id"]
        ann = self.greeted(self.ann)
        self.tool("campaign", "start", made)
        self.assertEqual(ann.next("campaign")["campaign"]["status"], "scheduled")
        self.tool("campaign", "cancel", made)
        self.assertEqual(ann.next("campaign")["campaign"]["status"], "cancelled")
        self.tool("campaign", "delete", made)
        self.assertEqual(ann.next("campaign_deleted")["campaign_id"], made)

    def test_who_comes_back_goes_on_where_it_was(self):
        ann = self.greeted(self.ann)
        names = ["One", "Two", "Three"]
        made = self.campaign(self.ann)
        first = ann.next()
        ann.close()
        for name in names:
            self.ok(self.ann.ask("PATCH", f"/api/campaigns/{made}", {"name": name}))
        again = self.greeted(self.ann, after=ann.place(first))
        self.assertEqual((again.greeting["type"], again.greeting["seq"]), ("hello", first["seq"]))
        told = again.next()
        self.assertEqual(told["seq"], first["seq"] + 1)
        while told["campaign"]["name"] != "Three":  # Changes that follow each other closely are told as one.
            told = again.next()
        # Not from a place that is another's, or of another server, or none.
        self.assertEqual(self.greeted(self.bob, after=ann.place(first)).greeting["type"], "resync")
        for after in ("x", "x.1", ann.greeting["epoch"] + ".999", str(uuid.uuid4()) + ".1"):
            self.assertEqual(self.greeted(self.ann, after=after).greeting["type"], "resync", after)
        self.assertEqual(self.server.stop(), 0)
        self.server = server.Server(self.database.url)
        self.addCleanup(self.server.stop)
        self.assertEqual(self.greeted(self.ann, after=ann.place(first)).greeting["type"], "resync")

    def test_a_place_that_the_ring_has_gone_past_is_a_resync(self):
        ann = self.greeted(self.ann)
        made = self.campaign(self.ann)
        first = ann.next()
        for i in range(8):
            self.ok(self.ann.ask("PATCH", f"/api/campaigns/{made}", {"description": f"{i}" * LARGE}))
            ann.next()
        self.assertEqual(self.greeted(self.ann, after=ann.place(first)).greeting["type"], "resync")


class Users(Events):
    """What administrators are told of all users."""

    def users(self, **how):
        return self.live(self.administrator, path="/api/users/events", **how).greeted()

    def test_administrators_hear_of_every_users_figures(self):
        self.tokens[self.administrator] = self.token_of(self.administrator)
        events = self.users()
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(3)]
        self.ok(self.ann.post("/api/campaigns/bulk-call", {**self.settings(self.ann, start_date="2099-01-01"), "contact_ids": people}), 201)
        known = {}
        while known.get(self.ann_id, {}).get("queued") != 3:
            known.update({user["id"]: user for user in events.next("users")["users"]})
        listed = self.ok(self.administrator.get("/api/users"))["items"]
        self.assertIn(known[self.ann_id], listed)
        self.ok(self.administrator.ask("PUT", "/api/settings/concurrency", {"system_limit": 7}), 204)
        told = events.next("system")
        self.assertEqual(told["system"], {"active": 0, "limit": 7})
        again = self.users(after=events.place(told))
        self.assertEqual((again.greeting["type"], again.greeting["seq"]), ("hello", told["seq"]))

    def test_nobody_else_does(self):
        refused = self.live(first={"token": self.tokens[self.ann]}, path="/api/users/events")
        self.assertEqual(refused.next()["problem"]["code"], "forbidden")
        self.assertEqual(refused.end(), 1008)
        with self.assertRaises(websocket.WebSocketBadStatusException) as refusal:
            Live(self.server.port, self.tokens[self.ann], path="/api/users/events")
        self.assertEqual(refusal.exception.status_code, 403)


class Access(Events):
    def refused(self, first, code, field=None, closes=1008):
        opened = self.live(first=first)
        message = opened.next()
        self.assertEqual(message["type"], "problem")
        self.assertEqual((message["problem"]["code"], message["problem"].get("field")), (code, field))
        self.assertEqual(opened.end(), closes)

    def test_the_token_may_come_in_the_first_message(self):
        ann = self.live(first={"token": self.tokens[self.ann]}).greeted()
        made = self.campaign(self.ann)
        told = ann.next()
        self.assertEqual(told["campaign"]["id"], made)
        again = self.live(first={"token": self.tokens[self.ann], "after": ann.place(ann.greeting)}).greeted()
        self.assertEqual(again.next(), told)

    def test_an_administrator_names_the_user(self):
        token = self.token_of(self.administrator)
        by_header = Live(self.server.port, token, headers={"X-User-Id": self.ann_id}).greeted()
        by_message = self.live(first={"token": token, "user_id": self.ann_id}).greeted()
        made = self.campaign(self.ann)
        self.assertEqual([by_header.next()["campaign"]["id"], by_message.next()["campaign"]["id"]], [made, made])
        by_header.close()
        self.refused({"token": token}, "invalid_argument", "X-User-Id")
        self.refused({"token": self.tokens[self.bob], "user_id": self.ann_id}, "forbidden", "X-User-Id")

    def test_wrong_tokens(self):
        for token in ("x", "", "cq_" + str(uuid.uuid4()) + "_" + "a" * 43, "a" * 3000):
            self.refused({"token": token}, "unauthorized")
        with self.assertRaises(websocket.WebSocketBadStatusException) as refusal:
            Live(self.server.port, "x")
        self.assertEqual(refusal.exception.status_code, 401)
        self.assertEqual(self.client("x").get("/api/events").status, 426)

    def test_first_messages_that_are_none(self):
        self.refused({}, "invalid_argument", "token")
        self.refused({"token": 1}, "invalid_argument", "token")
        self.refused({"token": self.tokens[self.ann], "surprise": 1}, "invalid_argument", "surprise")
        self.refused([], "invalid_argument", "body")
        for text, codes in (("{", [1008]), ("x" * 5000, [1006, 1009])):  # What lies unread may cost it the reason.
            opened = self.live()
            opened.say(text)
            self.assertIn(opened.end(), codes)

    def test_it_is_a_websocket(self):
        answer = self.ann.get("/api/events")
        self.assertEqual((answer.status, answer.json["code"], answer.headers["Upgrade"]),
                         (426, "upgrade_required", "websocket"))

    def test_who_does_not_say_who_it_is_is_closed(self):
        began = time.monotonic()
        self.assertEqual(self.live().end(), 1008)
        self.assertLess(time.monotonic() - began, 30)

    def test_a_revoked_token_ends_it(self):
        token = self.token("--user", self.ann_id)
        opened = [Live(self.server.port, token).greeted(), self.live(first={"token": token}).greeted()]
        self.tool("token", "revoke", token.split("_")[1])
        began = time.monotonic()
        self.assertEqual([one.end() for one in opened], [1008, 1008])
        self.assertLess(time.monotonic() - began, 15)
        opened[0].close()
        self.greeted(self.ann)


class Bounds(Events):
    def test_there_is_nothing_to_say(self):
        for kind in (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY):
            for text in ("ping", ""):
                ann = self.greeted(self.ann)
                ann.socket.send(text, kind)
                self.assertEqual(ann.end(), 1008)

    def test_pings_are_answered_and_floods_of_them_are_not(self):
        ann, other = self.greeted(self.ann), self.greeted(self.ann)
        ann.socket.ping("x")
        kind, data = ann.socket.recv_data(control_frame=True)
        self.assertEqual((kind, data), (websocket.ABNF.OPCODE_PONG, b"x"))
        try:
            for _ in range(20_000):
                ann.socket.ping("x" * 125)
        except (OSError, websocket.WebSocketException):
            pass
        self.assertIn(ann.end(), (1006, 1008))
        made = self.campaign(self.ann)
        self.assertEqual(other.next()["campaign"]["id"], made)

    def test_so_many_sockets_of_a_user_and_no_more(self):
        opened = [self.greeted(self.ann) for _ in range(50)]
        refused = self.live(self.ann)
        self.assertEqual(refused.next()["problem"]["code"], "too_many_requests")
        self.assertEqual(refused.end(), 1013)
        self.greeted(self.bob)
        opened[0].close()
        self.until(lambda: self.live(self.ann).next()["type"] == "hello", "room")

    def test_a_flood_of_sockets_without_a_token_passes(self):
        flood = [self.live() for _ in range(300)]
        ann = self.greeted(self.ann)
        made = self.campaign(self.ann)
        self.assertEqual(ann.next()["campaign"]["id"], made)
        self.assertEqual({one.end() for one in flood}, {1008})

    def test_what_is_no_frame_ends_it(self):
        for data in (b"\x00" * 64, b"\xff" * 64, b"\x81\x05hello", b"\x89\xfe\xff\xff" * 4):
            ann = self.greeted(self.ann)
            ann.socket.sock.sendall(data)
            self.assertIn(ann.end(), (1002, 1006, 1007, 1008, 1009))

    def test_slow_and_silent_clients_are_dropped_while_others_go_on(self):
        little = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)
        slow = self.greeted(self.ann, sockopt=little)  # Says that it is there, and reads nothing.
        silent = self.greeted(self.bob)  # Takes in what comes, and answers no ping.
        silent.socket.sock.setblocking(False)
        quick = self.greeted(self.ann)
        made = self.campaign(self.ann)
        quick.next()
        told, is_there = 0, True
        began = time.monotonic()
        while is_there or time.monotonic() - began < 15:
            told += 1
            self.ok(self.ann.ask("PATCH", f"/api/campaigns/{made}", {"description": f"{told % 10}" * LARGE}))
            self.assertEqual(quick.next()["campaign"]["description"][0], str(told % 10))
            try:
                slow.socket.pong()
            except OSError:
                pass
            try:
                is_there = is_there and silent.socket.sock.recv(4096) != b""
            except BlockingIOError:
                pass
            self.assertLess(time.monotonic() - began, 60)
        # What was under way to it arrives yet, and that is far from all; then it is over.
        got = 0
        slow.socket.sock.settimeout(5)
        try:
            while data := slow.socket.sock.recv(65536):
                got += len(data)
        except ConnectionError:
            pass
        self.assertLess(got, told * LARGE / 2)
        quick.close()


class Ending(Events):
    def test_it_says_that_it_goes(self):
        opened = [self.greeted(self.ann), self.greeted(self.bob), self.live()]
        self.assertEqual(self.stopped_within(20), 0)
        self.assertEqual([one.end() for one in opened], [1001, 1001, 1001])

    def test_it_does_not_wait_for_who_does_not_answer(self):
        deaf = [self.greeted(self.ann) for _ in range(20)]
        self.assertEqual(self.stopped_within(20), 0)
        self.assertEqual({one.end() for one in deaf}, {1001})

    def stopped_within(self, seconds):
        began = time.monotonic()
        status = self.server.stop()
        self.assertLess(time.monotonic() - began, seconds)
        return status


class EndingAtOnce(Ending):
    options = ("--drain", "0")

    def test_who_is_just_coming_is_told_too_unless_nobody_has_looked_yet(self):
        request = ("GET /api/events HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   f"Authorization: Bearer {self.tokens[self.ann]}\r\n\r\n").encode()
        coming = [socket.create_connection(("127.0.0.1", self.server.port), 20) for _ in range(40)]
        for one in coming:
            self.addCleanup(one.close)
            one.sendall(request)
        self.assertTrue(coming[0].recv(1, socket.MSG_PEEK))
        self.assertEqual(self.stopped_within(20), 0)
        for one in coming:
            got = b""
            try:
                while data := one.recv(65536):
                    got += data
            except ConnectionError:
                pass
            if got:
                self.assertTrue(got.startswith(b"HTTP/1.1 101 "), got)
                self.assertIn(b"\x03\xe9the server ends", got)  # 1001.


if __name__ == "__main__":
    unittest.main()
