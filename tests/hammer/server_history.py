"""Writes down what a PostgreSQL server itself remembers: every committed transaction, in the order of commit.

The history comes from logical decoding (a slot of test_decoding), which reads the server's log. It goes into
a file of the shape that check.py reads, beside what the checker has to know of rules and zones.
"""

import datetime
import json
import os
import re
import sqlite3
import subprocess

SLOT = "hammer"
SETTINGS = "-c TimeZone=UTC -c DateStyle=ISO"
# What the checker calls them, and which of their columns it looks at.
TABLES = {
    "callqueue_settings": ("settings", "id", {"system_limit": "system_limit"}),
    "users": ("users", "id", {"limit": "concurrent_calls_limit", "ceiling": "system_concurrent_calls_limit"}),
    "call_campaigns": ("campaigns", "id", {
        "user": "user_id", "status": "status", "total": "total_contacts", "completed": "completed_calls",
        "successful": "successful_calls", "failed": "failed_calls", "completed_at": "completed_at"}),
    "callqueue_lanes": ("lanes", "lane_id", {
        "stale": "stale", "import": "import_id", "closes_at": "closes_at"}),
    "call_queue": ("call_queue", "id", {
        "user": "user_id", "campaign": "campaign_id", "number": "phone_number", "status": "status",
        "priority": "priority", "position": "position", "created_at": "created_at",
        "scheduled_for": "scheduled_for", "ready": "ready", "lane": "lane_id", "attempts": "attempts",
        "call": "call_id", "success": "success", "contact": "contact_id"}),
    "calls": ("calls", "id", {
        "user": "user_id", "row": "queue_id", "campaign": "campaign_id", "number": "phone_number",
        "status": "status", "attempt": "attempt", "worker": "leased_by", "created_at": "created_at",
        "submitted_at": "submitted_at", "lease_expires_at": "lease_expires_at",
        "provider": "provider_call_id", "reason": "failure_reason"}),
}
CHANGE = re.compile(r"table \w+\.(\w+): (INSERT|UPDATE|DELETE): (.*)")
COLUMN = re.compile(r"\"?(\w+)\"?\[([^\]]*)\]:('(?:[^']|'')*'|\S+)")
COMMIT = re.compile(r"COMMIT (\d+) \(at ([^)]*)\)")


def rows_of(url, sql):
    """What a query returns, one list of texts a row."""
    with subprocess.Popen(["psql", "-X", "-A", "-t", "-F", "\t", "-v", "FETCH_COUNT=1000", "-d", url, "-c", sql], text=True,
                          stdout=subprocess.PIPE, env={**os.environ, "PGOPTIONS": SETTINGS}) as process:
        for line in process.stdout:
            yield line.rstrip("\n").split("\t")
    if process.returncode:
        raise RuntimeError(f"psql failed: {sql}")


def begin(url):
    """From now on the server keeps what it needs to tell the history."""
    list(rows_of(url, f"SELECT pg_create_logical_replication_slot('{SLOT}', 'test_decoding')"))


def instant(text):
    """Microseconds since 1970."""
    at = datetime.datetime.fromisoformat(text.replace("+00", "+00:00"))
    since = at - datetime.datetime.fromtimestamp(0, datetime.timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def value(kind, text):
    if text == "null":
        return None
    if kind == "boolean":
        return int(text == "true")
    if kind in ("integer", "bigint"):
        return int(text)
    plain = text[1:-1].replace("''", "'")
    return instant(plain) if kind.startswith("timestamp") else plain


def read_change(line):
    """What, id and data of a line of test_decoding; nothing if it tells of a table that does not matter."""
    found = CHANGE.match(line)
    if not found or found[1] not in TABLES:
        return None
    what, key, wanted = TABLES[found[1]]
    columns = {name: (kind, text) for name, kind, text in COLUMN.findall(found[3])}
    identity = str(value(*columns[key]))
    if found[2] == "DELETE":
        return what, identity, None
    return what, identity, {name: value(*columns[column]) for name, column in wanted.items()}


def in_order_of_dealing(changes, known_calls):
    """Claims write all their calls, then all their rows: puts each row behind its call.

    The ids of the calls of one claim rise in the order in which they were dealt."""
    new_calls = {}
    for what, identity, data in changes:
        if what == "calls" and identity not in known_calls and identity not in new_calls:
            new_calls[identity] = data
    rows = {data["row"]: call for call, data in new_calls.items() if data["row"]}
    before, dealt, after = [], {identity: [] for identity in sorted(new_calls)}, []
    for change in changes:
        what, identity, data = change
        if what == "calls" and identity in new_calls:
            dealt[identity].append(change)
        elif what == "call_queue" and data and data["call"] == rows.get(identity, ""):
            dealt[rows[identity]].append(change)
        else:
            (before if not any(dealt.values()) else after).append(change)
    known_calls |= new_calls.keys()
    return before + [change for of_call in dealt.values() for change in of_call] + after


def transactions(url):
    """(transaction, when it was committed, its changes) in the order of commit."""
    changes, known_calls = [], set()
    sql = f"SELECT data FROM pg_logical_slot_get_changes('{SLOT}', NULL, NULL, 'include-timestamp', 'on')"
    for (line,) in rows_of(url, sql):
        if line.startswith("BEGIN"):
            changes = []
        elif line.startswith("COMMIT"):
            number, at = COMMIT.match(line).groups()
            if changes:
                yield number, instant(at), in_order_of_dealing(changes, known_calls)
        elif change := read_change(line):
            changes.append(change)


def before_it_began(url):
    """The rows that are there already, as changes."""
    for table, (what, key, wanted) in TABLES.items():
        columns = ", ".join(f"'{name}', {as_json(column)}" for name, column in wanted.items())
        for identity, data in rows_of(url, f"SELECT {key}, json_build_object({columns}) FROM {table}"):
            yield what, identity, json.loads(data)


def as_json(column):
    """How the value of a column is asked for in the checker's units."""
    if column.endswith("_at") or column == "scheduled_for":
        return f"(extract(epoch FROM {column}) * 1000000)::bigint"
    return f"{column}::integer" if column in ("stale", "ready", "success") else column


class History:
    """The file; made before anybody works, completed at the end."""

    # What the checker asks for, beside the history.
    ASIDE = {
        "users": "id, timezone",
        "contacts": "id, timezone",
        "call_queue": "id, status",
        "call_campaigns": "id, first_call_time, last_call_time, start_date, end_date, total_contacts, "
                          "completed_calls, successful_calls, failed_calls",
        "callqueue_campaign_rules": "campaign_id, retry_max_attempts, timezone, clock, weekly_windows, "
                                    "excluded_dates",
    }

    def __init__(self, path, url):
        self.url = url
        self.file = sqlite3.connect(path)
        self.file.execute("CREATE TABLE audit (seq INTEGER PRIMARY KEY, what TEXT, id TEXT, data TEXT)")
        self.write(before_it_began(url))
        begin(url)

    def write(self, changes):
        self.file.executemany(
            "INSERT INTO audit (what, id, data) VALUES (?, ?, ?)",
            ((what, identity, data and json.dumps(data)) for what, identity, data in changes))

    def complete(self):
        for number, committed_at, changes in transactions(self.url):
            self.write([("transaction", number, {"committed_at": committed_at}), *changes])
        for table, columns in self.ASIDE.items():
            names = columns.split(", ")
            self.file.execute(f"CREATE TABLE {table} ({columns})")
            texts = ", ".join(f"{name}::text" for name in names)
            for (row,) in rows_of(self.url, f"SELECT json_build_array({texts}) FROM {table}"):
                values = [int(text) if name.endswith(("_calls", "_contacts", "_attempts")) else text
                          for name, text in zip(names, json.loads(row))]
                self.file.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
        self.file.commit()
