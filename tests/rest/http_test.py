#!/usr/bin/env python3
"""The wire: what is no request, what is too much, what takes too long, and the end."""
import http.client
import json
import socket
import threading
import time
import unittest
import uuid

from server import Case, Server


class Wire(Case):
    def raw(self, data, patience=30):
        """What comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=patience) as connection:
            connection.sendall(data)
            answer = b""
            while True:
                got = connection.recv(65536)
                if not got:
                    return answer
                answer += got

    def status(self, data):
        return int(self.raw(data).split(b" ", 2)[1])

    def authorized(self):
        return ("Authorization: " + self.ann.headers["Authorization"] + "\r\n").encode()

    def test_health(self):
        nobody = self.client()
        self.assertEqual(self.ok(nobody.get("/healthz")), {"status": "ok"})
        self.assertEqual(self.ok(nobody.get("/readyz")), {"status": "ready"})
        head = nobody.ask("HEAD", "/healthz")
        self.assertEqual((head.status, head.text), (200, ""))
        self.assertTrue(head.headers["X-Request-Id"])

    def test_paths_and_methods(self):
        self.refused(self.ann.get("/"), 404, "not_found")
        self.refused(self.ann.get("/api/campaigns/"), 404, "not_found")
        answer = self.ann.ask("DELETE", "/api/campaigns")
        self.refused(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "POST, GET")
        self.refused(self.ann.get("/api/campaigns/not-an-id"), 404, "not_found", "id")
        self.refused(self.ann.get("/api/campaigns?name=%zz"), 400, "bad_request")
        self.refused(self.ann.get("/api/%00"), 400, "bad_request")

    def test_what_is_no_request(self):
        for data in (b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /a b HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nno colon\r\n\r\n"):
            with self.subTest(data=data):
                self.assertIn(self.status(data), (400, 404))
        self.assertEqual(self.status(b"GET /healthz HTTP/1.1\r\n\r\n"), 400)
        self.assertEqual(self.status(b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), 400)
        self.assertEqual(self.status(b"GET /healthz HTTP/1.0\r\n\r\n"), 200)
        self.assertEqual(self.status(b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200)
        self.assertEqual(self.status(b"GET / HTTP/1.1\r\nx: " + b"y" * 20000 + b"\r\n\r\n"), 431)
        self.ok(self.ann.get("/api/me"))

    def test_bodies_that_are_too_large(self):
        head = b"POST /api/contacts HTTP/1.1\r\nHost: x\r\n" + self.authorized()
        self.assertEqual(self.status(head + b"Content-Length: 99999999\r\n\r\n"), 413)
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        self.assertEqual(self.status(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20), 413)

    def test_json_that_is_none(self):
        for body in (b"", b"{", b"[]", b"null", b'{"a":1}x', b"[" * 100_000, b'{"name":"\xff"}', b'{"a":1,"a":2}'):
            with self.subTest(body=body[:20]):
                answer = self.ann.ask("POST", "/api/contacts", body)
                self.assertEqual((answer.status, answer.json["code"]), (422, "invalid_argument"), answer)
        self.assertEqual(self.ok(self.ann.get("/api/contacts"))["items"], [])

    def test_expect_continue(self):
        body = json.dumps({"name": "Voice"}).encode()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(b"POST /api/agents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
                               + self.authorized() + f"Content-Length: {len(body)}\r\n\r\n".encode())
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 100 "))
            connection.sendall(body)
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 201 "))

    def test_many_requests_on_one_connection(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        self.assertEqual(self.raw(one * 99 + last).count(b"HTTP/1.1 200 "), 100)

    def test_an_upload_that_breaks_off_leaves_nothing(self):
        settings = json.dumps(self.settings(self.ann))
        form = (f'--b\r\nContent-Disposition: form-data; name="settings"\r\n\r\n{settings}\r\n'
                '--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\nphone_number\n').encode()
        rows = b"".join(b"+1202%07d\n" % (5550000 + i) for i in range(20_000))
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(b"POST /api/campaigns/upload-csv HTTP/1.1\r\nHost: x\r\n" + self.authorized()
                               + b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000000\r\n\r\n"
                               + form + rows)
        self.until(lambda: not self.ok(self.ann.get("/api/campaigns"))["items"], "the end of the campaign")
        self.assertEqual(self.ok(self.ann.get("/api/queue"))["items"], [])

    def test_it_ends_requests_and_then_itself(self):
        answers = []
        path = "/api/calls"
        person, agent = self.contact(self.ann, "+12025550101"), self.agent(self.ann)
        later = {"contact_id": person, "agent_id": agent}
        idle = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        asking = threading.Thread(target=lambda: answers.append(self.ann.post(path, later)))
        asking.start()
        asking.join()
        began = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - began, 45)
        self.assertIn(answers[0].status, (201, 202))
        self.assertEqual(idle.recv(1), b"")
        idle.close()


class Logs(Case):
    def test_a_line_for_each_request_says_nothing_of_people(self):
        log = open(self.folder / "log", "w+", encoding="utf-8")
        self.addCleanup(log.close)
        self.server.stop()
        self.server = Server(self.database.url, "--log-level", "info", log=log)
        self.addCleanup(self.server.stop)
        client = self.client(self.token("--user", self.ann_id))
        number = "+12025550177"
        answers = [(client.ask(*asked), asked) for asked in (
            ("POST", "/api/contacts", {"phone_number": number, "name": "Zoë Secret"}), ("GET", "/api/contacts?search=0177"),
            ("GET", "/api/contacts/" + str(uuid.uuid4())), ("POST", "/api/contacts", {"phone_number": number + "x"}),
            ("GET", "/healthz"))]
        self.assertEqual(self.server.stop(), 0)
        log.seek(0)
        text = log.read()
        lines = [json.loads(line) for line in text.splitlines()]
        by_id = {line["request_id"]: line for line in lines}
        self.assertEqual(len(by_id), len(answers))
        for answer, (method, target, *_) in answers:
            line = by_id[answer.headers["X-Request-Id"]]
            self.assertEqual((line["method"], line["path"], line["status"], line["level"]),
                             (method, target.split("?")[0], answer.status, "info"))
            self.assertGreaterEqual(line["milliseconds"], 0)
        for private in ("0177", "Zoë", "Secret", client.headers["Authorization"].split("_")[-1]):
            self.assertNotIn(private, text)


class Draining(Case):
    def test_who_is_on_the_line_when_it_ends_is_hung_up_on(self):
        self.administrator.ask("PUT", "/api/settings/concurrency", {"user_id": self.ann_id, "concurrent_calls_limit": 4})
        people = [self.contact(self.ann, f"+1202555010{i}") for i in range(6)]
        campaign = self.ok(self.ann.post("/api/campaigns/bulk-call", {
            **self.settings(self.ann), "contact_ids": people, "start": True}), 201)["id"]
        calls = lambda: self.ok(self.ann.get("/api/calls?campaign_id=" + campaign))["items"]
        self.until(lambda: sum(1 for call in calls() if call["provider_call_id"] and not call["ended_at"]) == 4, "four calls")
        before = {call["id"] for call in calls()}
        self.assertEqual(self.server.stop(), 0)
        self.tool("campaign", "pause", campaign)
        self.server = Server(self.database.url)
        self.addCleanup(self.server.stop)
        self.ann = self.client(self.token("--user", self.ann_id))
        self.assertEqual(sorted(call["id"] for call in calls() if call["ended_at"] is None), [])
        self.assertGreaterEqual({call["id"] for call in calls()}, before)


class Ending(Case):
    options = ("--drain", "0")

    def test_an_upload_is_done_and_answered_or_leaves_nothing(self):
        settings = {**self.settings(self.ann), "start": True}
        rows = "phone_number\n" + "".join(f"+1202{5550000 + i:07d}\n" for i in range(30_000))
        answers = []

        def upload():
            try:
                answers.append(self.ann.form("/api/campaigns/upload-csv", ("settings", json.dumps(settings)),
                                             ("file", rows, "x.csv")).status)
            except (OSError, http.client.HTTPException):
                answers.append(None)

        asking = threading.Thread(target=upload)
        asking.start()
        self.until(lambda: self.ok(self.ann.get("/api/campaigns"))["items"], "the import")
        self.assertEqual(self.server.stop(), 0)
        asking.join()
        left = [c["total_contacts"] for c in json.loads(self.tool("campaign", "list", "--json"))]
        self.assertEqual(left, [30_000] if answers == [201] else [], answers)


if __name__ == "__main__":
    unittest.main()
