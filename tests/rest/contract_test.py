#!/usr/bin/env python3
"""openapi.yaml is complete and true: it has every route, and each of its operations does what it says."""
import json
import subprocess
import unittest

import jsonschema

import contract
import signing
from server import SERVER, Case

LIST = "phone_number,name\n+12025550101,Ann\n"


class Contract(Case):
    def test_it_has_every_route_and_no_other(self):
        routes = subprocess.run([SERVER, "--routes"], capture_output=True, text=True, check=True).stdout.splitlines()
        self.assertEqual(sorted(routes), sorted(f"{method} {path}" for method, path in contract.operations()))

    def test_it_is_served(self):
        self.assertIn("openapi: 3.1.0", self.client().get("/openapi.yaml").text)

    def inputs(self):
        """(path, body or form) of each operation, in an order that makes them succeed."""
        user, agent = self.ann, self.agent(self.ann)
        people = [self.contact(user, f"+1202555010{i}") for i in range(9)]
        new = {"name": "Spring", "agent_id": agent, "start_date": "2024-01-01", "first_call_time": "00:00",
               "last_call_time": "24:00", "rules": {"timezone": "Europe/Berlin", "clock": "campaign", "spread": False}}
        made = self.ok(user.post("/api/campaigns/bulk-call", {**new, "contact_ids": people[:2]}), 201)["id"]
        one = "/api/campaigns/" + made
        direct = {"contact_id": people[3], "agent_id": agent, "user_data": {"a": 1}}
        row = self.ok(user.get(one + "/queue"))["items"][0]["id"]
        form = (("settings", json.dumps({**new, "start": False})), ("file", LIST, "list.csv"))
        late = {"contact_id": people[4], "agent_id": agent, "scheduled_for": "2098-01-01T00:00:00Z",
                "not_after": "2099-01-01T00:00:00Z"}
        waiting = self.ok(user.post("/api/calls", late), 202)["id"]
        yield "getHealth", "/healthz", None
        yield "getReadiness", "/readyz", None
        yield "getDescription", "/openapi.yaml", None
        yield "getCaller", "/api/me", None
        yield "listCampaigns", "/api/campaigns?status=draft&limit=1", None
        yield "createCampaign", "/api/campaigns", new
        yield "getSummary", "/api/campaigns/summary", None
        yield "callContacts", "/api/campaigns/bulk-call", {**new, "contact_ids": people[5:6], "start": False}
        yield "previewForecast", "/api/campaigns/forecast", {**new, "contacts": 9, "call_duration_seconds": 30,
                                                             "concurrent_calls_limit": 1}
        yield "uploadCsv", "/api/campaigns/upload-csv", form
        yield "previewCsv", "/api/campaigns/preview-csv", form[1:]
        yield "getTemplate", "/api/campaigns/csv-template?kind=advanced", None
        yield "getCampaign", one, None
        yield "replaceCampaign", one, new
        yield "changeCampaign", one, {"description": None, "rules": {"spread": True}}
        yield "startCampaign", one + "/start", None
        yield "pauseCampaign", one + "/pause", None
        yield "resumeCampaign", one + "/resume", None
        yield "getCampaignStatistics", one + "/statistics", None
        yield "getCampaignAnalytics", one + "/analytics", None
        yield "getCampaignForecast", one + "/forecast", None
        yield "explainCampaign", one + "/explain", None
        yield "exportCampaign", one + "/export.csv", None
        yield "exportErrors", one + "/errors.csv", None
        yield "listQueueOfCampaign", one + "/queue", None
        yield "listQueue", "/api/queue?status=queued,processing", None
        yield "listQueue", "/api/queue?order=position", None
        yield "getQueueStatistics", "/api/queue/statistics", None
        yield "cancelQueuedCalls", "/api/queue/cancel", {"ids": [row]}
        yield "getQueuedCall", "/api/queue/" + row, None
        yield "cancelQueuedCall", "/api/queue/" + waiting, None
        yield "call", "/api/calls", direct
        yield "listCalls", "/api/calls?order=newest", None
        yield "reportCallEvents", "/webhooks/calls", json.dumps({"call_id": self.a_call(), "status": "ringing"}).encode()
        yield "getCall", lambda: "/api/calls/" + self.a_call(), None
        yield "endCall", lambda: f"/api/calls/{self.a_call()}/end", {"status": "unknown", "reason": "nobody knows"}
        yield "listContacts", "/api/contacts?search=+1202", None
        yield "createContact", "/api/contacts", {"phone_number": "+12025550199", "name": None}
        yield "getContact", "/api/contacts/" + people[7], None
        yield "changeContact", "/api/contacts/" + people[7], {"notes": "n"}
        yield "deleteContact", "/api/contacts/" + people[7], None
        yield "listAgents", "/api/agents", None
        yield "createAgent", "/api/agents", {"name": "Voice"}
        yield "getAgent", "/api/agents/" + agent, None
        yield "getConcurrency", "/api/settings/concurrency", None
        yield "setConcurrency", "/api/settings/concurrency", {"system_limit": 9}
        yield "listUsers", "/api/users", None
        yield "getMetrics", "/metrics", None
        yield "cancelCampaign", one + "/cancel", None
        yield "deleteCampaign", lambda: self.with_no_call_in_flight(one), None

    def a_call(self):
        return self.until(lambda: self.ok(self.ann.get("/api/calls"))["items"], "a call")[0]["id"]

    def with_no_call_in_flight(self, path):
        # Talk takes its time: another one, then.
        return "/api/campaigns/" + self.campaign(self.ann)

    def test_each_operation_does_what_it_says(self):
        by_id = {contract.DOCUMENT["paths"][path][method.lower()]["operationId"]: (method, path)
                 for method, path in contract.operations()}
        walked = set()
        for name, path, body in self.inputs():
            with self.subTest(operation=name):
                method, template = by_id[name]
                operation = contract.DOCUMENT["paths"][template][method.lower()]
                path = path() if callable(path) else path
                administrators = "administrators" in operation.get("summary", "")
                client = self.administrator if administrators else self.ann
                if isinstance(body, tuple):
                    answer = client.form(path, *body)
                elif isinstance(body, bytes):
                    answer = self.client().ask(method, path, body, signing.headers(body))
                else:
                    if isinstance(body, dict):
                        schema = operation["requestBody"]["content"]["application/json"]["schema"]
                        jsonschema.Draft202012Validator({**schema, "components": contract.DOCUMENT["components"]}).validate(body)
                    answer = client.ask(method, path, body if body is not None else b"")
                self.assertLess(answer.status, 300, answer)
                self.assertEqual(contract.check(method, path, answer), (method, template))
                walked.add(name)
                if isinstance(body, dict):
                    self.refused(client.ask(method, path, {**body, "surprise": 1}), 422, "invalid_argument", "surprise")
        # WebSockets: events_test.py holds each message against the document.
        self.assertEqual(walked | {"getEvents", "getUserEvents"}, set(by_id))

    def test_it_would_notice(self):
        """Answers that are not what the document says."""
        class Wrong:
            status, headers, text = 200, {"Content-Type": "application/json"}, "{}"
            json = {}

        for method, path, status, type_, text in (
                ("GET", "/api/me", 200, "application/json", '{"id": 1}'),
                ("GET", "/api/me", 200, "text/html", "x"), ("GET", "/api/me", 299, "application/json", "{}"),
                ("DELETE", "/api/contacts/x", 204, "text/plain", "x"), ("GET", "/api/nothing", 200, "text/plain", "x"),
                ("GET", "/api/me", 404, "application/problem+json", '{"status": 404}')):
            wrong = Wrong()
            wrong.status, wrong.headers, wrong.text = status, {"Content-Type": type_}, text
            wrong.json = json.loads(text) if text.startswith("{") else None
            with self.assertRaises((AssertionError, jsonschema.ValidationError)):
                contract.check(method, path, wrong)


if __name__ == "__main__":
    unittest.main()
