#!/usr/bin/env python3
"""Who may do what: tokens, other people's rows, limits."""
import json
import subprocess
import time
import unittest
import uuid

import contract
from server import SERVER, Case, POSTGRES, psql


class Access(Case):
    def test_tokens(self):
        nobody = self.client()
        for client in (nobody, self.client("x"), self.client("cq_" + str(uuid.uuid4()) + "_" + "a" * 43),
                       self.client("a" * 5000)):
            answer = client.get("/api/campaigns")
            self.refused(answer, 401, "unauthorized")
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        token = self.token("--user", self.ann_id)
        self.ok(self.client(token).get("/api/me"))
        self.ok(self.client(headers={"authorization": "bearer " + token}).get("/api/me"))
        for listed in self.tool("token", "list", "--json").splitlines():
            self.assertNotIn(token.split("_")[2], listed)

    def test_a_revoked_token_is_none_after_two_seconds(self):
        token = self.token("--user", self.ann_id)
        client = self.client(token)
        self.ok(client.get("/api/me"))
        self.tool("token", "revoke", token.split("_")[1])
        self.until(lambda: client.get("/api/me").status == 401, "the refusal")

    def test_no_page_of_another_site_may_ask(self):
        origin = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
        for method in ("GET", "OPTIONS"):
            answer = self.ann.ask(method, "/api/me", None, origin)
            self.assertFalse([name for name in answer.headers if name.startswith("Access-Control")])

    def test_nobody_reaches_another_users_rows(self):
        person = self.contact(self.ann, "+12025550101")
        agent = self.agent(self.ann)
        campaign = self.ok(self.ann.post("/api/campaigns/bulk-call", {
            **self.settings(self.ann), "contact_ids": [person]}), 201)["id"]
        row = self.ok(self.ann.get(f"/api/campaigns/{campaign}/queue"))["items"][0]["id"]
        direct = self.ann.post("/api/calls", {"contact_id": person, "agent_id": agent})
        self.assertIn(direct.status, (201, 202))
        call = self.until(lambda: self.ok(self.ann.get("/api/calls"))["items"], "the call")[0]["id"]

        others = [("GET", f"/api/contacts/{person}", None), ("PATCH", f"/api/contacts/{person}", {"name": "x"}),
                  ("DELETE", f"/api/contacts/{person}", None), ("GET", f"/api/agents/{agent}", None),
                  ("GET", f"/api/queue/{row}", None), ("DELETE", f"/api/queue/{row}", None),
                  ("GET", f"/api/calls/{call}", None), ("POST", f"/api/calls/{call}/end", {"status": "unknown"}),
                  ("POST", "/api/calls", {"contact_id": person, "agent_id": agent}),
                  ("PATCH", f"/api/campaigns/{campaign}", {"name": "x"}),
                  ("PUT", f"/api/campaigns/{campaign}", self.settings(self.bob)),
                  ("DELETE", f"/api/campaigns/{campaign}", None)]
        others += [("GET", f"/api/campaigns/{campaign}{what}", None)
                   for what in ("", "/queue", "/statistics", "/analytics", "/explain", "/forecast", "/export.csv",
                                "/errors.csv")]
        others += [("POST", f"/api/campaigns/{campaign}/{what}", None)
                   for what in ("start", "pause", "resume", "cancel")]
        with_an_id = {(method, path) for method, path in contract.operations() if "{" in path}
        tried = {(method, contract.operation_of(method, path)[0]) for method, path, _ in others}
        self.assertEqual(with_an_id - tried, set())
        # And what is named in a body.
        mine = self.settings(self.bob)
        others += [("POST", "/api/campaigns", {**mine, "agent_id": agent}),
                   ("POST", "/api/campaigns/bulk-call", {**mine, "contact_ids": [person]}),
                   ("POST", "/api/campaigns/bulk-call", {**mine, "agent_id": agent,
                                                         "contact_ids": [self.contact(self.bob, "+12025550109")]})]
        before = self.ok(self.ann.get(f"/api/campaigns/{campaign}"))
        for method, path, body in others:
            with self.subTest(method=method, path=path):
                answer = self.bob.ask(method, path, body if body is not None else b"")
                self.assertEqual((answer.status, answer.json["code"]), (404, "not_found"), answer)
        into = ("settings", json.dumps({"campaign_id": campaign}))
        self.refused(self.bob.form("/api/campaigns/upload-csv", into, ("file", "phone_number\n+12025550108\n", "x.csv")), 404,
                     "not_found", "campaign_id")
        for of in (f"campaign_id={campaign}", f"contact_id={person}"):
            self.assertEqual(self.ok(self.bob.get("/api/queue?" + of))["items"], [], of)
        for of in (f"campaign_id={campaign}", f"queue_id={row}"):
            self.assertEqual(self.ok(self.bob.get("/api/calls?" + of))["items"], [], of)
        self.assertEqual(self.ok(self.bob.get("/api/campaigns?agent_id=" + agent))["items"], [])
        refused = self.ok(self.bob.post("/api/queue/cancel", {"ids": [row]}))["refused"]
        self.assertEqual([r["code"] for r in refused], ["not_found"])
        self.assertEqual(self.ok(self.ann.get(f"/api/campaigns/{campaign}")), before)
        for path in ("campaigns", "contacts", "agents", "queue", "calls"):
            items = self.ok(self.bob.get("/api/" + path))["items"]
            self.assertEqual([i for i in items if i["user_id"] != self.bob_id], [], path)

    def test_an_administrator_names_the_user(self):
        self.refused(self.administrator.get("/api/campaigns"), 422, "invalid_argument", "X-User-Id")
        acting = {"X-User-Id": self.ann_id}
        self.ok(self.administrator.ask("GET", "/api/campaigns", None, acting))
        self.refused(self.administrator.ask("GET", "/api/me", None, {"X-User-Id": "x"}), 422, "invalid_argument",
                     "X-User-Id")
        self.refused(self.administrator.ask("GET", "/api/campaigns", None, {"X-User-Id": str(uuid.uuid4())}), 404,
                     "not_found", "X-User-Id")
        self.refused(self.bob.ask("GET", "/api/campaigns", None, acting), 403, "forbidden", "X-User-Id")

    def test_limits_are_the_administrators(self):
        path = "/api/settings/concurrency"
        self.refused(self.ann.ask("PUT", path, {"system_limit": 3}), 403, "forbidden")
        self.refused(self.ann.get("/api/users"), 403, "forbidden")
        self.ok(self.administrator.ask("PUT", path, {"user_id": self.ann_id, "concurrent_calls_limit": 7,
                                                     "system_limit": 5}), 204)
        limits = self.ok(self.ann.get(path))
        self.assertEqual((limits["concurrent_calls_limit"], limits["system"]["limit"]), (7, 5))
        self.refused(self.administrator.ask("PUT", path, {"concurrent_calls_limit": 7}), 422, "invalid_argument",
                     "user_id")
        self.refused(self.administrator.ask("PUT", path, {"user_id": self.ann_id, "concurrent_calls_limit": -1}), 422,
                     "invalid_argument", "concurrent_calls_limit")
        users = self.ok(self.administrator.get("/api/users"))["items"]
        self.assertEqual({u["name"]: u["concurrent_calls_limit"] for u in users}, {"Ann": 7, "Bob": 2})


class Outage(Case):
    options = ("--metrics-interval", "0")

    @unittest.skipUnless(POSTGRES, "A file cannot go away")
    def test_who_was_known_sees_that_the_database_is_down(self):
        self.assertIn("callqueue_database_up 1\n", self.administrator.get("/metrics").text)
        psql(f"ALTER DATABASE {self.database.name} ALLOW_CONNECTIONS false")
        psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database.name}'")
        trusted_until = time.monotonic() + 2  # A token is not asked about as long.
        self.until(lambda: time.monotonic() > trusted_until, "that it is asked about")
        answer = self.administrator.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("callqueue_database_up 0\n", answer.text)
        self.refused(self.ann.get("/api/me"), 503, "unavailable")
        psql(f"ALTER DATABASE {self.database.name} ALLOW_CONNECTIONS true")
        self.until(lambda: self.ann.get("/api/me").status == 200, "the database")


class OtherSites(Case):
    options = ("--cors-origin", "https://app.example.com", "--cors-origin", "http://localhost:5173")

    def test_pages_of_sites_that_are_named_may_ask(self):
        for origin in ("https://app.example.com", "http://localhost:5173"):
            asked = self.client().ask("OPTIONS", "/api/campaigns", None, {
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization"})
            self.assertEqual(asked.status, 204)
            self.assertEqual(asked.headers["Access-Control-Allow-Origin"], origin)
            self.assertIn("Authorization", asked.headers["Access-Control-Allow-Headers"])
            self.assertIn("POST", asked.headers["Access-Control-Allow-Methods"])
            for answer in (self.ann.ask("GET", "/api/me", None, {"Origin": origin}),
                           self.client().ask("GET", "/api/me", None, {"Origin": origin})):
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
                self.assertEqual(answer.headers["Vary"], "Origin")
                self.assertIsNone(answer.headers["Access-Control-Allow-Credentials"])

    def test_others_may_not(self):
        for origin in ("https://evil.example.com", "https://app.example.com.evil.example", "null", ""):
            asked = self.client().ask("OPTIONS", "/api/campaigns", None, {
                "Origin": origin, "Access-Control-Request-Method": "POST"})
            self.assertEqual(asked.status, 405)
            answer = self.ann.ask("GET", "/api/me", None, {"Origin": origin})
            for seen in (asked, answer):
                self.assertIsNone(seen.headers["Access-Control-Allow-Origin"])


class WrongSites(Case):
    def test_a_site_that_no_browser_names_so_is_refused_at_the_start(self):
        for origin in ("https://app.example.com/", "https://app.example.com/app", "app.example.com", "https://App.example.com",
                       "https://app.example.com:443", "http://app.example.com:80", "https://", "https://app.example.com:",
                       "https://a@app.example.com", "https://app.example.com?x", "https://müller.example", "*", "null", "",
                       " https://app.example.com", "https://app.example.com\n"):
            with self.subTest(origin=origin):
                done = subprocess.run([SERVER, "--routes", "--cors-origin", origin], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2, done)
                self.assertIn("--cors-origin", done.stderr)
        for origin in ("https://app.example.com", "http://localhost:5173", "http://127.0.0.1:8080",
                       "http://[::1]:3000", "https://xn--mller-kva.example", "http://app.example.com:443"):
            done = subprocess.run([SERVER, "--routes", "--cors-origin", origin], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done)


class Rates(Case):
    options = ("--rate", "5")

    def test_who_asks_too_often_is_told_when_to_come_back(self):
        answers = [self.ann.get("/api/me") for _ in range(40)]
        refused = [a for a in answers if a.status == 429]
        self.assertTrue(refused)
        self.refused(refused[0], 429, "too_many_requests")
        self.assertGreaterEqual(int(refused[0].headers["Retry-After"]), 1)
        self.ok(self.bob.get("/api/me"))
        self.until(lambda: self.ann.get("/api/me").status == 200, "the next turn")


if __name__ == "__main__":
    unittest.main()
