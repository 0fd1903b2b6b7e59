#!/usr/bin/env python3
"""Idempotency-Key: what is asked twice is done once."""
import json
import socket
import threading
import unittest

from server import Case, Server

LIST = "phone_number,name\n+12025550101,Ann\n12,Nobody\n"


class Once(Case):
    def keyed(self, path, body, key, client=None):
        return (client or self.ann).ask("POST", path, body, {"Idempotency-Key": key})

    def upload(self, key, settings, text=LIST, port=None):
        """A form; each has another boundary."""
        client = self.client(self.ann.headers["Authorization"].split()[1], {"Idempotency-Key": key})
        client.port = port or client.port
        return client.form("/api/campaigns/upload-csv", ("settings", json.dumps(settings)), ("file", text, "list.csv"))

    def form_with(self, boundary, settings, text):
        return (f'--{boundary}\r\nContent-Disposition: form-data; name="settings"\r\n\r\n{json.dumps(settings)}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n{text}\r\n'
                f'--{boundary}--\r\n').encode()

    def upload_with(self, boundary, key, settings, text):
        return self.ann.ask("POST", "/api/campaigns/upload-csv", self.form_with(boundary, settings, text), {
            "Idempotency-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"})

    def same(self, first, again):
        self.assertEqual((again.status, again.text, again.headers["Location"], again.headers["Content-Type"]),
                         (first.status, first.text, first.headers["Location"], first.headers["Content-Type"]))
        self.assertIsNone(first.headers["Idempotency-Replayed"])
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")

    def count(self, what, client=None):
        return len(self.ok((client or self.ann).get(f"/api/{what}?limit=100"))["items"])

    def test_each_of_them_is_done_once(self):
        agent, person = self.agent(self.ann), self.contact(self.ann, "+12025550101")
        campaign = {"name": "Spring", "agent_id": agent, "start_date": "2024-01-01"}
        later = {"contact_id": person, "agent_id": agent, "scheduled_for": "2098-01-01T00:00:00Z",
                 "not_after": "2099-01-01T00:00:00Z"}
        for path, body, what in (("/api/agents", {"name": "Voice"}, "agents"),
                                 ("/api/contacts", {"phone_number": "+12025550102"}, "contacts"),
                                 ("/api/campaigns", campaign, "campaigns"),
                                 ("/api/campaigns/bulk-call", {**campaign, "contact_ids": [person]}, "campaigns"),
                                 ("/api/calls", later, "queue")):
            with self.subTest(path=path):
                before = self.count(what)
                key = "!" + path + "~"
                first = self.keyed(path, body, key)
                self.assertIn(first.status, (201, 202), first)
                for _ in range(2):
                    self.same(first, self.keyed(path, body, key))
                self.assertEqual(self.count(what), before + 1)
                self.refused(self.keyed(path, {**body, "surprise": 1}, key), 422, "request_key_reused", "Idempotency-Key")
        # The same key with the same body is another request at another path.
        self.refused(self.keyed("/api/contacts", {"name": "Voice"}, "!/api/agents~"), 422, "request_key_reused",
                     "Idempotency-Key")

    def test_an_upload_is_done_once(self):
        settings = self.settings(self.ann)
        text = "phone_number,name\n" + "".join(f"+1202555{i:04d},Person {i}\n" for i in range(3_000))
        first = self.upload("k", settings, text)
        self.assertEqual(self.ok(first, 201)["report"]["imported"], 3_000)
        self.same(first, self.upload("k", settings, text))
        self.assertEqual(self.count("campaigns"), 1)
        for boundary in ("5", "-5"):  # Not even one that stands in the text.
            self.same(first, self.upload_with(boundary, "k", settings, text))
        for other, content in ((settings, text + "+12025559999,Zoe\n"), ({**settings, "name": "Summer"}, text)):
            self.refused(self.upload("k", other, content), 422, "request_key_reused", "Idempotency-Key")
        self.assertEqual(self.count("campaigns"), 1)

    def test_a_boundary_does_not_count_wherever_it_stands(self):
        """The server reads pieces of 16 KiB: the last boundary lies across two of them."""
        settings, boundary = self.settings(self.ann), "b" * 30
        text = "phone_number,name\n+12025550101,"
        text += "x" * (-(len(self.form_with(boundary, settings, text)) - 20) % 16_384)
        at = self.form_with(boundary, settings, text).rindex(b"\r\n--" + boundary.encode())
        self.assertTrue(16_384 - 34 < at % 16_384 < 16_384, at)
        first = self.upload_with(boundary, "k", settings, text)
        self.same(first, self.upload_with("short", "k", settings, text))

    def test_keys_are_each_users_own(self):
        first = self.ok(self.keyed("/api/agents", {"name": "Voice"}, "k"), 201)
        bobs = self.keyed("/api/agents", {"name": "Voice"}, "k", self.bob)
        self.assertNotEqual(self.ok(bobs, 201)["id"], first["id"])
        self.assertIsNone(bobs.headers["Idempotency-Replayed"])
        acting = {"X-User-Id": self.ann_id, "Idempotency-Key": "k"}
        again = self.administrator.ask("POST", "/api/agents", {"name": "Voice"}, acting)
        self.assertEqual(self.ok(again, 201), first)

    def test_what_is_refused_leaves_its_key_free(self):
        self.refused(self.keyed("/api/contacts", {"phone_number": "12"}, "k"), 422, "invalid_argument", "phone_number")
        self.ok(self.keyed("/api/contacts", {"phone_number": "+12025550101"}, "k"), 201)
        settings = self.settings(self.ann)
        self.refused(self.upload("u", settings, "name\nAnn\n"), 422, "invalid_argument", "phone_number")
        self.ok(self.upload("u", settings), 201)

    def test_what_is_no_key(self):
        for key in ("", "a b", "x" * 256, "\xe9"):
            self.refused(self.keyed("/api/agents", {"name": "Voice"}, key), 422, "invalid_argument", "Idempotency-Key")
        self.assertEqual(self.count("agents"), 0)
        # Where nothing is made nobody looks at it.
        self.ok(self.ann.ask("GET", "/api/me", None, {"Idempotency-Key": "a b"}))

    def test_of_many_at_once_one_is_done(self):
        answers = []
        body = {"name": "Voice"}
        threads = [threading.Thread(target=lambda: answers.append(self.keyed("/api/agents", body, "k"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for answer in answers:
            if answer.status != 201:
                self.refused(answer, 409, "request_under_way", "Idempotency-Key")
        self.assertEqual(len({a.json["id"] for a in answers if a.status == 201}), 1)
        self.assertEqual(self.count("agents"), 1)

    def half_an_upload(self, key, settings):
        """@return a connection on which the rest may follow, and the rest."""
        head = (f'--b\r\nContent-Disposition: form-data; name="settings"\r\n\r\n{json.dumps(settings)}\r\n'
                '--b\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n').encode()
        rows = "phone_number,name\n" + "".join(f"+1202{5550000 + i:07d},Person {i}\n" for i in range(30_000))
        body = head + rows.encode() + b"\r\n--b--\r\n"
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        self.addCleanup(connection.close)
        connection.sendall(b"POST /api/campaigns/upload-csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                           + self.ann.headers["Authorization"].encode() + b"\r\nIdempotency-Key: " + key.encode()
                           + b"\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                           + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:len(body) // 2])
        self.until(lambda: self.ok(self.ann.get("/api/campaigns"))["items"], "the import")
        return connection, body[len(body) // 2:], rows

    def test_while_the_first_is_under_way_nobody_else_does_it(self):
        settings = self.settings(self.ann)
        connection, rest, rows = self.half_an_upload("k", settings)
        self.refused(self.upload("k", settings, rows), 409, "request_under_way", "Idempotency-Key")
        connection.sendall(rest)
        answer = b""
        while True:
            piece = connection.recv(65_536)
            if not piece:
                break
            answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 201 "), answer[:300])
        again = self.upload("k", settings, rows)
        self.assertEqual(again.text.encode(), answer.split(b"\r\n\r\n", 1)[1])
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(self.count("campaigns"), 1)

    def test_an_upload_that_breaks_off_leaves_its_key_free(self):
        settings = self.settings(self.ann)
        connection, _, _ = self.half_an_upload("k", settings)
        connection.close()
        self.until(lambda: not self.ok(self.ann.get("/api/campaigns"))["items"], "the end of the campaign")
        answer = self.until(lambda: (lambda a: a.status != 409 and a)(self.upload("k", settings)), "the key")
        self.ok(answer, 201)

    def test_after_a_crash_what_was_done_is_known_and_what_was_not_is_not_done_again(self):
        settings = self.settings(self.ann)
        done = self.upload("done", settings)
        self.ok(done, 201)
        self.ok(self.ann.ask("DELETE", "/api/campaigns/" + done.json["campaign"]["id"]), 204)
        self.half_an_upload("died", settings)
        self.server.process.kill()
        self.server.process.wait()
        another = Server(self.database.url)
        self.addCleanup(another.stop)
        self.same(done, self.upload("done", settings, port=another.port))
        document = self.refused(self.upload("died", settings, port=another.port), 409, "request_under_way",
                                "Idempotency-Key")
        self.assertIn("look before you ask again", document["detail"])


if __name__ == "__main__":
    unittest.main()
