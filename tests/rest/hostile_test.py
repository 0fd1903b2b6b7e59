#!/usr/bin/env python3
"""Clients that mean harm, or are broken: slow, endless, malformed, many, gone. Others are served all the while."""
import contextlib
import json
import os
import random
import re
import select
import socket
import struct
import time
import unittest

from server import Case, PATIENCE

LONG = os.environ.get("CALLQUEUE_LONG") == "1"


class Hostile(Case):
    options = ("--header-time", "1", "--body-time", "1", "--idle-time", "2", "--connections", "60", "--rate", "10000")

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def head(self, line, *fields):
        lines = [line + " HTTP/1.1", "Host: x", "Authorization: " + self.ann.headers["Authorization"], *fields]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def answer(self, connection):
        """Until the server closes; what was reset counts as closed."""
        got = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                got += piece
        return got

    def ask_raw(self, data):
        connection = self.connect()
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        return self.answer(connection)

    def tearDown(self):
        self.ok(self.client().get("/healthz"))
        self.assertEqual(self.server.stop(), 0)

    def resident(self):
        """Megabytes."""
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    # --- slow

    def closed_although_fed(self, connection, byte):
        """Whether the server gives up on somebody who sends a byte now and then."""
        connection.settimeout(0.2)
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            try:
                connection.sendall(byte)
                if connection.recv(65536) == b"":
                    return True
            except socket.timeout:
                continue
            except ConnectionError:
                return True
        return False

    def test_a_header_that_trickles(self):
        slow = self.connect()
        slow.sendall(b"GET /api/me HTTP/1.1\r\nX: ")
        self.assertTrue(self.closed_although_fed(slow, b"y"))

    def test_a_body_that_stalls(self):
        slow = self.connect()
        slow.sendall(self.head("POST /api/contacts", "Content-Length: 1000") + b"{")
        self.assertNotIn(b" 201 ", self.answer(slow))

    def test_who_sends_more_than_is_wanted_still_hears_why(self):
        for path, length in (("/api/contacts", 50_000_000), ("/api/nothing", 50_000_000), ("/webhooks/calls", 50_000_000)):
            with self.subTest(path=path):
                late = self.connect()
                late.sendall(self.head("POST " + path, f"Content-Length: {length}"))
                late.sendall(b"x" * 20_000_000)  # All of it before the answer is looked at.
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += late.recv(65536)  # Not reset.
                self.assertRegex(answer, rb"^HTTP/1.1 (413|404) ")

    def test_bodies_of_all_clients_together_are_bounded(self):
        senders = []
        for _ in range(50):
            senders.append(self.connect())
            senders[-1].sendall(self.head("POST /webhooks/calls", "Content-Length: 1000000") + b" " * 100)
        for _ in range(18):  # In steps, so that none stalls: 50 times 0.9 MB are more than there is room for.
            for sender in senders:
                with contextlib.suppress(ConnectionError):
                    sender.sendall(b" " * 50_000)
        self.until(lambda: any(select.select(senders, [], [], 0)[0]), "a refusal")
        answers = [sender.recv(65536) for sender in select.select(senders, [], [], 0)[0]]
        self.assertTrue(any(answer.startswith(b"HTTP/1.1 503 ") and b"Retry-After: 1" in answer for answer in answers), answers)
        self.assertLess(self.resident(), 100 if "CALLQUEUE_SANITIZE" not in os.environ else 400)
        for sender in senders:
            sender.close()
        self.until(lambda: self.ann.ask("POST", "/api/contacts", b"{}").status == 422, "room for others")

    def test_an_upload_that_stalls_leaves_nothing(self):
        slow = self.connect()
        slow.sendall(self.upload_head(10**8) + self.upload_begin() + b"+12025550101\n" * 3)
        self.answer(slow)
        self.until(lambda: not self.ok(self.ann.get("/api/campaigns"))["items"], "the end of the campaign")

    def test_who_never_asks_is_shown_the_door(self):
        self.assertEqual(self.answer(self.connect()), b"")

    def test_who_does_not_read_is_left(self):
        for i in range(20):
            self.contact(self.ann, f"+120255501{i:02}", notes="n" * 5000)
        greedy = self.connect()
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(OSError):
            greedy.settimeout(2)
            for _ in range(2000):
                greedy.sendall(self.head("GET /api/contacts"))
        self.assertLess(self.resident(), 250)
        self.ok(self.ann.get("/api/me"))

    # --- many

    def test_more_connections_than_there_may_be(self):
        crowd = [self.connect() for _ in range(60)]
        self.assertEqual(self.ask_raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), b"")
        for connection in crowd:
            connection.close()
        self.until(lambda: b" 200 " in self.ask_raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), "room")

    def test_connections_that_are_reset_leave_nothing_behind(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

        self.ok(self.ann.get("/api/me"))
        before = descriptors()
        for i in range(300):
            connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
            connection.sendall(self.head("POST /api/contacts", "Content-Length: 1000")[:1 + i % 120])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self.until(lambda: descriptors() <= before, "the sockets to go")

    # --- malformed

    def test_two_lengths_are_not_a_request(self):
        smuggled = b"GET /api/me HTTP/1.1\r\nHost: x\r\n\r\n"
        for fields in (("Content-Length: 5", "Content-Length: 6"), ("Content-Length: 5", "Transfer-Encoding: chunked"),
                       ("Content-Length: -1",), ("Content-Length: 1e3",), ("Content-Length: 99999999999999999999",),
                       ("Transfer-Encoding: chunked, identity",)):
            with self.subTest(fields=fields):
                answers = self.ask_raw(self.head("POST /api/contacts", *fields) + b"0\r\n\r\n" + smuggled)
                self.assertEqual(re.findall(rb"^HTTP/1.1 (\d+)", answers, re.M), [b"400"], answers)

    def test_chunks_that_are_none(self):
        for chunks in (b"zz\r\n", b"-1\r\n", b"5\r\nab", b"ffffffffffffffff\r\n", b"5;" + b"x" * 100_000 + b"\r\n",
                       b"1\r\na\r\n" * 3):
            with self.subTest(chunks=chunks[:20]):
                answer = self.ask_raw(self.head("POST /api/contacts", "Transfer-Encoding: chunked") + chunks)
                self.assertNotIn(b" 201 ", answer[:14])
        self.assertEqual(self.ok(self.ann.get("/api/contacts"))["items"], [])

    def test_nothing_of_a_request_becomes_a_header(self):
        for path in ("/api/campaigns?status=%0d%0aX-Evil:%20yes", "/%0d%0aX-Evil:%20yes", "/api/queue?cursor=%0aX-Evil:1",
                     "/api/campaigns/%0d%0aX-Evil:%20yes/export.csv"):
            with self.subTest(path=path):
                answer = self.ask_raw(self.head("GET " + path))
                self.assertNotIn(b"\nX-Evil", answer.partition(b"\r\n\r\n")[0])

    def test_text_that_is_no_utf8(self):
        self.refused(self.ann.ask("POST", "/api/contacts", b'{"phone_number": "+12025550101", "name": "\xff\xfe"}'),
                     422, "invalid_argument", "body")
        for path in (b"/api/contacts?search=%ff%fe", b"/api/contacts?search=\xff"):
            answer = self.ask_raw(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n"
                                  + ("Authorization: " + self.ann.headers["Authorization"]).encode() + b"\r\n\r\n")
            self.assertRegex(answer[:14], rb"^HTTP/1.1 400 ")

    def test_json_that_is_deeper_than_any_stack(self):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            deep = b'{"phone_number": "+12025550101", "notes": ' + opening * 100_000 + b"1" + closing * 100_000 + b"}"
            self.refused(self.ann.ask("POST", "/api/contacts", deep), 422, "invalid_argument", "body")
            with_data = {"contact_id": self.ann_id, "agent_id": self.ann_id}
            body = json.dumps(with_data).encode()[:-1] + b', "user_data": ' + opening * 100_000 + closing * 100_000 + b"}"
            self.assertEqual(self.ann.ask("POST", "/api/calls", body).status // 100, 4)

    # --- uploads

    def upload_head(self, length):
        return self.head("POST /api/campaigns/upload-csv", "Content-Type: multipart/form-data; boundary=b",
                         f"Content-Length: {length}")

    def upload_begin(self):
        settings = json.dumps(self.settings(self.ann))
        return (f'--b\r\nContent-Disposition: form-data; name="settings"\r\n\r\n{settings}\r\n'
                '--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\nphone_number\n').encode()

    def test_a_large_upload_that_breaks_off_leaves_nothing(self):
        rows = b"".join(b"+1%010d\n" % (2025000000 + i) for i in range(1_000_000 if LONG else 60_000))
        form = self.upload_begin() + rows
        connection = self.connect()
        connection.sendall(self.upload_head(2 * len(form)) + form)
        self.until(lambda: self.ok(self.ann.get("/api/campaigns"))["items"], "the import")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self.until(lambda: not self.ok(self.ann.get("/api/campaigns"))["items"], "the end of the campaign")
        self.assertEqual(self.ok(self.ann.get("/api/queue"))["items"], [])
        self.assertLess(self.resident(), 250)

    def test_forms_that_are_damaged(self):
        """Cut, flipped, doubled: each is refused or done, and either way said so."""
        luck = random.Random(20260112)
        whole = self.upload_begin() + b"+12025550101,\n+12025550102,\n\r\n--b--\r\n"
        for _ in range(200 if LONG else 60):
            form = bytearray(whole)
            for _ in range(luck.randint(1, 3)):
                at = luck.randrange(len(form))
                kind = luck.randrange(3)
                if kind == 0:
                    del form[at:at + luck.randint(1, 40)]
                elif kind == 1:
                    form[at] ^= 1 << luck.randrange(8)
                else:
                    form[at:at] = form[at:at + luck.randint(1, 40)]
                form = form or bytearray(b"-")
            answer = self.ask_raw(self.upload_head(len(form)) + bytes(form))
            self.assertRegex(answer[:14], rb"^HTTP/1.1 (201|4\d\d) ", bytes(form))


if __name__ == "__main__":
    unittest.main()
