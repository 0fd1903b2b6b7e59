#!/usr/bin/env python3
"""A backend that embeds the call queue: the standard library's web server, SQLite, a dialer and a webhook of its own.

    python3 examples/embed.py [PORT] [DATABASE]

    curl -X POST localhost:8000/lists --data-binary @contacts.csv   # a list of people: a campaign calls them
    curl localhost:8000/campaigns/ID                                # how it goes
    curl -X POST localhost:8000/webhook -d '{"call_id": …, "status": "completed"}'   # what the provider tells

A backend that exists already keeps its framework and its users; what it adds is what you see in `Calls`. Try it without
a telephone provider: the one here answers by itself, through the webhook, as a real one would.
"""

import io
import json
import sys
import threading
import urllib.request
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import callqueue as cq


class Calls:
    """All that this backend knows about calling people."""

    def __init__(self, database, provider):
        # One store for the whole process; any thread may use it. `migrate` makes the tables, and does nothing when they
        # are there. On PostgreSQL the URL is postgresql://…, and nothing else changes.
        self.store = cq.open(database)
        self.store.migrate()
        self.campaigns = cq.CallCampaigns(self.store)
        # A user is a tenant: whoever your own accounts belong to. An agent is who speaks.
        self.user = next(self.store.users(), None) or self.store.create_user(
            cq.User(name="The shop", timezone="Europe/Berlin", concurrent_calls_limit=3)
        )
        self.agent = next(self.store.agents(self.user.id), None) or self.store.create_agent(
            cq.Agent(user_id=self.user.id, name="Surveyor")
        )
        # The processor claims calls when they may start (limits, calling hours, turns) and hands them to the dialer,
        # in threads of its own. Several processes may run one each over the same database.
        self.provider = provider
        self.processor = cq.Processor(self.store, self.dial)

    def dial(self, call):
        """The dialer: asks the provider to place one call, and returns once it has answered, not once people have
        talked. `call.call.id` goes with it as the idempotency key. Should this raise, nobody knows whether the phone
        rings: the call is not placed again by itself."""
        order = {"id": str(call.call.id), "to": call.queued.phone_number, "say": call.next_action}
        answer = self.provider.place(order)
        if answer is None:
            return cq.DialResult.rejected("the provider has no line free", retryable=True)
        return cq.DialResult.accepted(answer)

    def call_list(self, file):
        """A list of contacts becomes a campaign that starts at once."""
        campaign = self.campaigns.create(
            cq.CallCampaign(
                user_id=self.user.id,
                agent_id=self.agent.id,
                name="Survey",
                next_action="Ask how the delivery went",
                start_date=date(2026, 1, 1),
                # People are called in these hours of their own day: 00:00 to 24:00, so that you can try it at night.
                first_call_time="00:00",
                last_call_time="24:00",
                rules=cq.CampaignRules(
                    retry=cq.RetryPolicy(outcomes=["busy", "no_answer", "rejected"], max_attempts=3,
                                         delays=[timedelta(minutes=10)])
                ),
            )
        )
        report = cq.import_csv(self.store, self.user.id, campaign.id, file, default_region="DE")
        if report.imported:
            self.campaigns.start(self.user.id, campaign.id)
        return {"campaign": str(campaign.id), **report.to_dict()}

    def progress(self, campaign_id):
        statistics = self.campaigns.get_statistics(self.user.id, campaign_id)
        reasons = self.campaigns.explain(self.user.id, campaign_id)
        return {**statistics.to_dict(), "because": [reason.text for reason in reasons]}

    def heard(self, body):
        """The provider tells how a call goes: in any order, as often as it likes. A slot that it frees is used again at
        once, for the processor hears of it, too."""
        event = cq.call_event(body)
        event.user_id = self.user.id
        report, = self.processor.report([event])
        if isinstance(report, cq.Error):
            raise report
        return {"changed": report.changed}


class ToyProvider:
    """Stands for a telephone provider: takes orders, and tells by webhook how each call ended."""

    def __init__(self, webhook):
        self.webhook = webhook

    def place(self, order):
        said = {"call_id": order["id"], "status": "completed", "duration_seconds": 42}
        threading.Thread(target=urllib.request.urlopen, args=(self.webhook, json.dumps(said).encode())).start()
        return "toy-" + order["id"]


class Handler(BaseHTTPRequestHandler):
    """The backend's routes. An error of the library names the field, and becomes a status of HTTP."""

    STATUS = {cq.NotFound: 404, cq.Conflict: 409, cq.InvalidArgument: 422, cq.Unavailable: 503}

    def answer(self, work):
        try:
            status, body = 200, work()
        except cq.Error as error:
            status, body = self.STATUS.get(type(error), 500), error.to_dict()
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.answer(lambda: self.server.calls.progress(self.path.removeprefix("/campaigns/")))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/webhook":  # A real one checks the provider's signature first.
            self.answer(lambda: self.server.calls.heard(body))
        else:
            self.answer(lambda: self.server.calls.call_list(io.BytesIO(body)))


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    database = sys.argv[2] if len(sys.argv) > 2 else "sqlite:embed.db"
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.calls = Calls(database, ToyProvider(f"http://127.0.0.1:{server.server_port}/webhook"))
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    with server.calls.store, server.calls.processor:  # Leaving stops the processor, then closes the store.
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
