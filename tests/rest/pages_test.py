#!/usr/bin/env python3
"""The pages that the server shows: what was in the folder at its start, and nothing else on the machine."""
import gzip
import http.client
import os
import pathlib
import socket
import subprocess
import tempfile
import unittest

from server import PATIENCE, SERVER, Case

PAGE = "<!doctype html><title>Pages</title>"
SCRIPT = "console.log('pages')\n" * 50


class Pages(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.outside = pathlib.Path(folder.name)
        self.pages = self.outside / "pages"
        (self.pages / "assets").mkdir(parents=True)
        (self.outside / "secret.txt").write_text("secret")
        (self.pages / "index.html").write_text(PAGE)
        (self.pages / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        (self.pages / "assets" / "app-1a2b3c4d.js").write_text(SCRIPT)
        (self.pages / "assets" / "app-1a2b3c4d.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
        (self.pages / ".hidden").write_text("secret")
        (self.pages / "{id}.html").write_text("secret")
        os.symlink(self.outside / "secret.txt", self.pages / "link.txt")
        os.symlink(self.outside, self.pages / "up")
        self.options = ("--pages", str(self.pages))
        super().setUp()

    def fetch(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def test_anybody_gets_a_page_that_runs_nothing_of_others(self):
        status, headers, body = self.fetch("/")
        self.assertEqual((status, body.decode()), (200, PAGE))
        self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(headers["Cache-Control"], "no-cache")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "connect-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            self.assertIn(part, policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(self.fetch("/?a=b")[0], 200)

    def test_a_name_that_changes_with_its_content_is_kept(self):
        status, headers, body = self.fetch("/assets/app-1a2b3c4d.js")
        self.assertEqual((status, body.decode(), headers["Content-Encoding"]), (200, SCRIPT, None))
        self.assertEqual(headers.get_all("Cache-Control"), ["public, max-age=31536000, immutable"])
        self.assertEqual(headers["Content-Type"], "text/javascript; charset=utf-8")

    def test_it_is_compressed_for_who_takes_that(self):
        plain = self.fetch("/assets/app-1a2b3c4d.js")[1]["ETag"]
        for accept, takes in (("gzip, deflate, br", True), ("br;q=1.0, gzip;q=0.8", True), ("*", True), ("identity", False),
                              ("gzip;q=0", False), ("gzip;q=0.000", False), ("", False), ("xgzip", False)):
            with self.subTest(accept=accept):
                status, headers, body = self.fetch("/assets/app-1a2b3c4d.js", Accept_Encoding=accept)
                self.assertEqual(status, 200)
                self.assertEqual(headers["Vary"], "Accept-Encoding")
                self.assertEqual(headers["Content-Encoding"], "gzip" if takes else None)
                self.assertEqual((gzip.decompress(body) if takes else body).decode(), SCRIPT)
                self.assertEqual(headers["ETag"] == plain, not takes)
        self.assertIsNone(self.fetch("/", Accept_Encoding="gzip")[1]["Content-Encoding"])

    def test_what_the_client_has_already_is_not_sent_again(self):
        etag = self.fetch("/")[1]["ETag"]
        for known in (etag, "W/" + etag, '"x", ' + etag, "*"):
            status, headers, body = self.fetch("/", If_None_Match=known)
            self.assertEqual((status, body, headers["ETag"]), (304, b"", etag))
        self.assertEqual(self.fetch("/", If_None_Match='"x"')[0], 200)
        compressed = self.fetch("/assets/app-1a2b3c4d.js", Accept_Encoding="gzip")[1]["ETag"]
        self.assertEqual(self.fetch("/assets/app-1a2b3c4d.js", If_None_Match=compressed)[0], 200)
        # The connection goes on behind an answer without a body.
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        for headers, status in (({"If-None-Match": etag}, 304), ({}, 200)):
            connection.request("GET", "/", headers=headers)
            answer = connection.getresponse()
            self.assertEqual(answer.status, status)
            answer.read()
        connection.close()

    def test_head_and_other_methods(self):
        status, headers, body = self.fetch("/assets/app-1a2b3c4d.js", "HEAD")
        self.assertEqual((status, headers["Content-Length"], body), (200, str(len(SCRIPT)), b""))
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            status, headers, _ = self.fetch("/", method)
            self.assertEqual((status, headers["Allow"]), (405, "GET"))

    def test_nothing_else_can_be_asked_for(self):
        def status(target):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as connection:
                connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            self.assertNotEqual(answer.split(b"\r\n\r\n", 1)[1], b"secret")
            return int(answer.split(b" ", 2)[1])

        for target in (b"/../secret.txt", b"/%2e%2e/secret.txt", b"/..%2fsecret.txt", b"/assets/../../secret.txt",
                       b"/assets/%2e%2e%2f%2e%2e%2fsecret.txt", b"/..%5csecret.txt", b"//etc/passwd", b"/etc/passwd",
                       b"/up/secret.txt", b"/link.txt", b"/.hidden", b"/%7bid%7d.html", b"/anything.html", b"/assets", b"/assets/",
                       b"/assets/app-1a2b3c4d.js.gz", b"/assets//app-1a2b3c4d.js", b"//", b"/.", b"/./", b"/index.html/",
                       b"/assets/app-1a2b3c4d.js/", b"/" + b"../" * 2000, b"/secret.txt" + b"%20"):
            with self.subTest(target=target[:60]):
                self.assertEqual(status(target), 404)
        for target in (b"/assets/app-1a2b3c4d.js%00", b"/%ff", b"/%zz", b"assets/app-1a2b3c4d.js"):
            with self.subTest(target=target):
                self.assertEqual(status(target), 400)

    def test_a_file_that_comes_later_is_not_there(self):
        (self.pages / "later.html").write_text(PAGE)
        (self.pages / "index.html").write_text("changed")
        self.assertEqual(self.fetch("/later.html")[0], 404)
        self.assertEqual(self.fetch("/")[2].decode(), PAGE)

    def test_the_api_is_where_it_was(self):
        self.ok(self.ann.get("/api/me"))
        self.refused(self.client().get("/api/me"), 401, "unauthorized")
        self.assertEqual(self.ann.get("/healthz").headers["Cache-Control"], "no-store")


class Address(Case):
    def test_a_start_ends_with_the_address_to_open(self):
        (self.folder / "pages").mkdir()
        (self.folder / "pages" / "index.html").write_text(PAGE)
        pages = str(self.folder / "pages")
        for options, form in ((("--demo",), r"open http://127\.0\.0\.1:\d+/#/sign-in\?token=cq_\S+"),
                              ((), r"open http://127\.0\.0\.1:\d+/")):
            with subprocess.Popen([SERVER, "--db", f"sqlite:{self.folder}/demo.db", "--port", "0", "--log-level", "off", "--pages",
                                   pages, *options], stdout=subprocess.PIPE, text=True) as process:
                said = []
                for line in process.stdout:
                    said.append(line.rstrip("\n"))
                    if line.startswith("open "):
                        break
                process.terminate()
                self.assertRegex(said[-1], "^" + form + "$")

    def test_a_folder_without_pages_is_refused_at_the_start(self):
        for folder in (self.folder, self.folder / "nowhere"):
            done = subprocess.run([SERVER, "--db", f"sqlite:{self.folder}/x.db", "--port", "0", "--pages", folder],
                                  capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(folder), done.stderr)


if __name__ == "__main__":
    unittest.main()
