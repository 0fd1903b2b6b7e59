"""A provider's side of the tests: calls that no carrier knows of, and what is said of them, signed."""
import json
import sqlite3
import subprocess
import time
import uuid

import signing
from server import POSTGRES, Case

PATH = "/webhooks/calls"


class Webhook(Case):
    """Calls are put into the database by hand: no carrier but the test says what becomes of them."""

    def sql(self, statement, *values):
        """Somebody else's SQL; `?` in order stand for the values. @return the first value, as text."""
        if POSTGRES:
            for value in values:
                statement = statement.replace("?", "NULL" if value is None else "'" + str(value) + "'", 1)
            done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.database.url, "-c",
                                   statement], check=True, capture_output=True, text=True)
            return done.stdout.strip()
        connection = sqlite3.connect(self.database.url.removeprefix("sqlite:"), timeout=60, isolation_level=None)
        try:
            row = connection.execute(statement, values).fetchone()
            return None if row is None or row[0] is None else str(row[0])
        finally:
            connection.close()

    def soon(self):
        return "now() + interval '1 hour'" if POSTGRES else str(int((time.time() + 3600) * 1_000_000))

    def call_of(self, user_id, provider_call_id=None, number="+12025550100"):
        """An active call of the host's own, accepted or not."""
        call = str(uuid.uuid4())
        self.sql("INSERT INTO calls (id, user_id, phone_number, status, provider_call_id, lease_expires_at) "
                 f"VALUES (?, ?, ?, 'initiated', ?, {self.soon()})", call, user_id, number, provider_call_id)
        return call

    def accept(self, call, provider_call_id):
        """As another process records it."""
        self.sql("UPDATE calls SET provider_call_id = ? WHERE id = ?", provider_call_id, call)

    def find(self, call, client=None):
        return self.ok((client or self.ann).get("/api/calls/" + call))

    def status(self, call):
        return self.find(call)["status"]

    def send(self, body, headers=None, **how):
        """@return the answer to a signed request; `body` is bytes, or what becomes JSON."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client().ask("POST", PATH, body, {**signing.headers(body, **how), **(headers or {})})

    def applied(self, body, result="applied", **how):
        answer = self.ok(self.send(body, **how))
        self.assertEqual(answer["result"], result, answer)
        return answer
