"""Replays a database's own history and checks the promises of a call queue.

    check.py DATABASE [--samples FILE]

Shares no code with the library: it knows the tables, the words of the design, and nothing of how a
claim works. The history is the table `audit` (see audit.sql, server_history.py); what was dialed is the
table `dialed`, which no process of the library wrote. Says what it saw as one JSON object;
exit status 1 and one line per broken promise on standard error when there is any.

On a server transactions run side by side, and one that was committed just before a claim may have come
too late for it. A claim is held to what was committed SLACK before its lock, and to what was changed under
the same lock at once: to every call of the library's, and to calls of a host that took the lock.
Rows that somebody may have held locked (`touched`) may be passed over.
"""

import argparse
import bisect
import collections
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "core"))
from zoneinfo_check import Rules  # noqa: E402

ACTIVE = {"initiated", "ringing", "in_progress"}
OPEN = {"queued", "processing"}
COUNTERS = ("total", "completed", "successful", "failed")
SLACK = 250_000  # Microseconds.
CAMPAIGN_STEPS = {
    ("draft", "scheduled"), ("draft", "active"), ("draft", "cancelled"), ("scheduled", "draft"),
    ("scheduled", "active"), ("scheduled", "paused"), ("scheduled", "completed"),
    ("scheduled", "cancelled"), ("active", "paused"), ("active", "completed"), ("active", "cancelled"),
    ("paused", "active"), ("paused", "scheduled"), ("paused", "completed"), ("paused", "cancelled"),
}
ROW_STEPS = {
    ("queued", "processing"), ("queued", "cancelled"), ("queued", "skipped"), ("queued", "failed"),
    ("processing", "completed"), ("processing", "failed"), ("processing", "cancelled"),
    ("processing", "skipped"), ("processing", "queued"), ("failed", "completed"),
}


class Checker:
    def __init__(self, database):
        self.database = database
        self.faults = []
        self.users = {}
        self.campaigns = {}
        self.lanes = {}
        self.rows = {}
        self.calls = {}
        self.system_limit = 0
        # What limits were before, and until when, by user; the system's by None.
        self.former_limits = collections.defaultdict(lambda: collections.deque(maxlen=100))
        self.active = collections.Counter()      # By user.
        self.busy = collections.Counter()        # By user and number.
        self.active_of_row = collections.Counter()
        self.lost_calls = set()                  # Rows with a call that became unknown.
        self.spent = collections.Counter()       # Attempts by row that were not taken back.
        self.queued = collections.defaultdict(list)  # By user, in claim order.
        self.dealt_last = {}                     # By user, the number of its last dealing.
        self.eligible_since = {}                 # By user, the first dealing of its stretch.
        self.last_worker = None
        self.committed_at = 0                    # Of the transaction; 0: nobody else was under way.
        self.changed_at = {}                     # By what was changed.
        self.late_calls = {}                     # Active calls that took no lock: user, committed_at.
        self.released = collections.deque(maxlen=100)  # The last ends of calls: user, committed_at.
        self.changed_campaigns = set()           # By this transaction.
        self.open_rows = collections.Counter()   # By campaign.
        self.counters = collections.defaultdict(collections.Counter)
        self.seen = collections.Counter()
        self.open_at, self.is_open_there = None, {}  # At one instant, by campaign and zone.
        self.calling_rules = {}                  # By campaign and zone.
        self.budgets = dict(database.execute(
            "SELECT campaign_id, retry_max_attempts FROM callqueue_campaign_rules"))
        self.rules = self.read_rules()
        self.zones_of_users = dict(database.execute("SELECT id, timezone FROM users"))
        self.zones_of_contacts = dict(database.execute("SELECT id, timezone FROM contacts"))
        self.touched = {row for (row,) in database.execute("SELECT row FROM touched")}

    def fault(self, seq, text):
        self.faults.append(f"at {seq}: {text}")

    def read_rules(self):
        def of_day(text):
            parts = [int(part) for part in text.split(":")]
            return sum(part * unit for part, unit in zip(parts, (3600, 60, 1)))

        rules = {}
        for campaign, zone, clock, weekly, excluded, first, last, start, end in (
                self.database.execute(
                    "SELECT r.campaign_id, r.timezone, r.clock, r.weekly_windows, r.excluded_dates, "
                    "c.first_call_time, c.last_call_time, c.start_date, c.end_date "
                    "FROM callqueue_campaign_rules r JOIN call_campaigns c ON c.id = r.campaign_id")):
            windows = json.loads(weekly) if weekly else [[[first, last]]] * 7
            rules[campaign] = {
                "zone": zone, "by_contact": clock == "contact", "start": start, "end": end,
                "excluded": json.loads(excluded),
                "windows": [[(of_day(opens), of_day(closes)) for opens, closes in day]
                            for day in windows],
            }
        return rules

    # --- What may start -------------------------------------------------------------------------

    def zone_of(self, row):
        rules = self.rules[row["campaign"]]
        contacts = self.zones_of_contacts.get(row["contact"]) if rules["by_contact"] else None
        return contacts or rules["zone"] or self.zones_of_users.get(row["user"]) or "UTC"

    def is_open(self, row, at):
        """Whether a row of a campaign may be called, by Python's own reading of time zones."""
        if at != self.open_at:
            self.open_at, self.is_open_there = at, {}
        key = row["campaign"], self.zone_of(row)
        if key not in self.is_open_there:
            if key not in self.calling_rules:
                self.calling_rules[key] = Rules({**self.rules[key[0]], "zone": key[1]})
            self.is_open_there[key] = self.calling_rules[key].is_open(at)
        return self.is_open_there[key]

    def changes(self, *thing):
        self.changed_at[thing] = self.committed_at

    def is_settled(self, at, *things):
        """Whether a claim that took its lock at an instant saw the last change of all these."""
        return all(self.changed_at.get(thing, 0) <= at - SLACK for thing in things)

    def claimable(self, row, at):
        campaign = row["campaign"]
        if row["scheduled_for"] > max(at, self.committed_at):
            return False
        if campaign is not None:
            lane = self.lanes.get(str(row["lane"]), {"stale": 1, "import": None})
            if self.campaigns[campaign]["status"] != "active" or lane["stale"] or lane["import"]:
                return False
            if not self.is_open(row, at):
                return False
            # Nobody has looked for its next interval yet: it is closed.
            if lane.get("closes_at") is not None and lane["closes_at"] < at:
                self.seen["lanes_rolled_late"] += 1
                return False
        if self.busy[row["user"], row["number"]]:
            self.seen["busy_numbers_passed_over"] += 1
            return False
        return True

    def is_staged(self, row):
        """Whether nobody has published it yet, and so cannot have seen it published."""
        return (self.lanes.get(str(row["lane"])) or {}).get("import") is not None

    def is_settled_row(self, identity, at):
        row = self.rows[identity]
        return identity not in self.touched and self.is_settled(
            at, ("row", identity), ("lane", str(row["lane"])), ("campaign", row["campaign"]),
            ("number", row["user"], row["number"]))

    def has_row(self, user, at):
        """Whether a claim could not but find a row of the user's."""
        return any(self.claimable(self.rows[identity], at) and self.is_settled_row(identity, at)
                   for _, identity in self.queued[user])

    def row_is_in_order(self, seq, user, claimed, at):
        for _, identity in self.queued[user]:
            if identity == claimed:
                if self.is_staged(self.rows[identity]) or (
                        not self.claimable(self.rows[identity], at) and self.is_settled_row(identity, at)):
                    self.fault(seq, f"row {identity} is claimed although it may not start")
                return
            if self.claimable(self.rows[identity], at) and self.is_settled_row(identity, at):
                break
        self.fault(seq, f"row {claimed} is claimed out of order")

    def over(self, user, at):
        """Which limit keeps the user from another call; None if it has room."""
        limits = self.users[user]
        late = [of for of, committed_at in self.late_calls.values() if committed_at > at - SLACK]
        total = sum(self.active.values()) - len(late)
        if self.active[user] - late.count(user) >= limits["limit"]:
            return "user limit"
        if total >= self.system_limit:
            return "system limit"
        return "user's own system limit" if total >= limits["ceiling"] else None

    def is_eligible(self, user, served, at):
        """Whether a claim that dealt to one user could not but find that another has room, and a row."""
        # It may have come too early for slots that had just been released.
        late = [of for of, committed_at in self.released if committed_at > at - SLACK]
        # Whichever limits it saw.
        own, system = self.limits_seen(user, self.users[user], at), self.limits_seen(None, self.system_limit, at)
        ceiling = min(*(limits["ceiling"] for limits in own), *system)
        bound = min(max(limits["ceiling"] for limits in self.limits_seen(served, self.users[served], at)), max(system))
        # But it did find room below the bound of the one that it served.
        has_room = ceiling >= bound or sum(self.active.values()) + len(late) < ceiling
        return (has_room and self.active[user] + late.count(user) < min(limits["limit"] for limits in own)
                and self.has_row(user, at))

    def limits_seen(self, of, present, at):
        return [present, *(limits for until, limits in self.former_limits[of] if until > at - SLACK)]

    # --- Calls ----------------------------------------------------------------------------------

    def call_starts(self, seq, identity, call):
        user, at = call["user"], call["created_at"]
        over = self.over(user, at)
        if call["worker"] == "host-free":
            self.seen["host_over_a_limit"] += over is not None
            self.late_calls[identity] = user, self.committed_at
        elif over:
            self.fault(seq, f"call {identity} starts without room: over the {over}")
        if self.busy[user, call["number"]]:
            self.fault(seq, f"call {identity}: its number has an active call already")
        if call["row"] is None:
            self.seen["reserved" if call["worker"] == "host" else str(call["worker"])] += 1
        else:
            self.row_is_dealt(seq, call, at)
            self.seen["handovers"] += self.last_worker not in (None, call["worker"])
            self.last_worker = call["worker"]
        self.active[user] += 1
        self.busy[user, call["number"]] += 1
        self.active_of_row[call["row"]] += 1 if call["row"] else 0
        self.seen["user_limit_reached"] += self.active[user] == self.users[user]["limit"]
        total = sum(self.active.values())
        ceiling = self.users[user]["ceiling"]
        self.seen["ceiling_reached"] += total == ceiling < self.system_limit
        self.seen["system_limit_reached"] += total == self.system_limit

    def row_is_dealt(self, seq, call, at):
        user, identity = call["user"], call["row"]
        row = self.rows[identity]
        self.seen["dealings"] += 1
        if row["status"] != "queued":
            self.fault(seq, f"row {identity} is claimed while {row['status']}")
        if self.active_of_row[identity]:
            self.fault(seq, f"row {identity} is claimed twice at once")
        if identity in self.lost_calls:
            self.fault(seq, f"row {identity} is called again although it may have been called")
        if row["campaign"] and not self.is_open(row, at):
            self.fault(seq, f"row {identity} is called outside its window")
        self.spent[identity] += 1
        budget = self.budgets[row["campaign"]] if row["campaign"] else 1
        if self.spent[identity] > budget:
            self.fault(seq, f"row {identity} is tried more often than its campaign allows")
        if call["attempt"] != self.spent[identity]:
            self.fault(seq, f"row {identity}: attempt {call['attempt']} is the "
                            f"{self.spent[identity]}. one")
        self.row_is_in_order(seq, user, identity, at)
        self.share_is_fair(seq, user, at)

    def share_is_fair(self, seq, served, at):
        """Between two users that stay eligible, the slots dealt differ by at most one: of two
        dealings to the one, at least one to the other lies between."""
        dealing = self.seen["dealings"]
        for user in self.users:
            if self.is_eligible(user, served, at):
                self.eligible_since.setdefault(user, dealing)
            else:
                self.eligible_since.pop(user, None)
        before = self.dealt_last.get(served, 0)
        if before and self.eligible_since.get(served, dealing) <= before:
            for other, since in self.eligible_since.items():
                if other == served or since > before:
                    continue
                self.seen["contested_dealings"] += 1
                if self.dealt_last.get(other, 0) < before:
                    self.fault(seq, f"users {served, other} differ by more than one slot")
        self.dealt_last[served] = dealing

    def call_changes(self, seq, identity, before, call):
        was, is_now = before["status"] in ACTIVE, call["status"] in ACTIVE
        if not was and is_now:
            self.fault(seq, f"call {identity} takes its slot back")
        if was and not is_now:
            self.call_ends(seq, identity, before, call)
        elif before["status"] != call["status"] and not was and before["status"] != "unknown":
            self.fault(seq, f"call {identity} goes from {before['status']} to {call['status']}")

    def call_ends(self, seq, identity, before, call):
        user, row = before["user"], before["row"]
        self.released.append((user, self.committed_at))
        self.changes("number", user, before["number"])
        self.late_calls.pop(identity, None)
        self.active[user] -= 1
        self.busy[user, before["number"]] -= 1
        self.seen["ended"] += 1
        if row is None:
            return
        self.active_of_row[row] -= 1
        if call["status"] == "unknown":
            self.lost_calls.add(row)
            self.seen["unknown"] += 1
        if call["reason"] == "lease_lapsed":
            self.seen["lapsed_undialed"] += 1
            if before["submitted_at"] is not None:
                self.fault(seq, f"call {identity} may have been placed and goes back to the queue")
        if call["status"] == "cancelled" and before["provider"] is None:
            self.spent[row] -= 1
            self.seen["put_back"] += 1

    # --- Rows -----------------------------------------------------------------------------------

    @staticmethod
    def order(identity, row):
        return ((row["campaign"] is not None, -row["priority"], row["position"],
                 row["created_at"], identity), identity)

    def index(self, identity, row, add):
        if row is None or row["status"] != "queued" or not row["ready"]:
            return
        key, listed = self.order(identity, row), self.queued[row["user"]]
        place = bisect.bisect_left(listed, key)
        if add:
            listed.insert(place, key)
        else:
            del listed[place]

    def count(self, row, by):
        if row is None or row["campaign"] is None:
            return
        self.changed_campaigns.add(row["campaign"])
        self.open_rows[row["campaign"]] += by * (row["status"] in OPEN)
        counter = self.counters[row["campaign"]]
        counter["total"] += by
        counter["completed"] += by * (row["status"] == "completed")
        counter["successful"] += by * (row["status"] == "completed" and row["success"] == 1)
        counter["failed"] += by * (row["status"] == "failed")

    def row_changes(self, seq, identity, row):
        before = self.rows.get(identity)
        if before and row and before["status"] != row["status"]:
            if (before["status"], row["status"]) not in ROW_STEPS:
                self.fault(seq, f"row {identity} goes from {before['status']} to {row['status']}")
            if row["status"] == "queued" and self.active_of_row[identity]:
                self.fault(seq, f"row {identity} is queued while its call is active")
        if row is None and before is not None and before["status"] == "processing":
            self.fault(seq, f"row {identity} is deleted while it is called")
        self.changes("row", identity)
        self.index(identity, before, add=False)
        self.count(before, -1)
        if row is None:
            self.rows.pop(identity, None)
        else:
            self.rows[identity] = row
        self.index(identity, row, add=True)
        self.count(row, +1)

    # --- The replay -----------------------------------------------------------------------------

    def campaign_changes(self, seq, identity, campaign):
        before = self.campaigns.get(identity, campaign)["status"]
        if before != campaign["status"]:
            if (before, campaign["status"]) not in CAMPAIGN_STEPS:
                self.fault(seq, f"campaign {identity} goes from {before} to {campaign['status']}")
            self.seen["campaigns_" + campaign["status"]] += 1
        self.changes("campaign", identity)
        self.changed_campaigns.add(identity)
        self.campaigns[identity] = campaign

    def transaction_ends(self, seq):
        """What a campaign's row says of its calls, at every commit of which the history tells."""
        for identity in self.changed_campaigns:
            campaign = self.campaigns.get(identity, {})
            if "total" not in campaign:
                continue
            self.seen["recounts"] += 1
            self.compare_counters(seq, identity, [campaign[name] for name in COUNTERS])
            if campaign["completed_at"] is not None and self.open_rows[identity]:
                self.fault(seq, f"campaign {identity} is completed with open rows")
        self.changed_campaigns.clear()

    def apply(self, seq, what, identity, data):
        if what == "transaction":
            self.transaction_ends(seq)
            self.committed_at = data["committed_at"]
            self.seen["transactions"] += 1
        elif what == "settings":
            self.seen["system_limit_changes"] += data["system_limit"] != self.system_limit
            self.former_limits[None].append((self.committed_at, self.system_limit))
            self.system_limit = data["system_limit"]
        elif what == "users":
            self.seen["user_limit_changes"] += data["limit"] != self.users.get(identity, data)["limit"]
            if identity in self.users:
                self.former_limits[identity].append((self.committed_at, self.users[identity]))
            self.users[identity] = data
        elif what == "campaigns":
            self.campaign_changes(seq, identity, data)
        elif what == "lanes":
            self.lanes[identity] = data
            self.changes("lane", identity)
            if data is None:
                del self.lanes[identity]
        elif what == "call_queue":
            self.row_changes(seq, identity, data)
        elif what == "calls":
            before = self.calls.get(identity)
            if data is None:
                self.fault(seq, f"call {identity} is deleted")
            elif before is None:
                self.call_starts(seq, identity, data)
            else:
                self.call_changes(seq, identity, before, data)
            self.calls[identity] = data

    def replay(self, samples):
        samples = sorted(samples, key=lambda sample: sample["seq"])
        history = self.database.execute("SELECT seq, what, id, data FROM audit ORDER BY seq")
        for seq, what, identity, data in history:
            while samples and samples[0]["seq"] < seq:
                self.compare(samples.pop(0))
            self.apply(seq, what, identity, json.loads(data) if data else None)
            self.seen["changes"] += 1
        self.transaction_ends("the end")
        for sample in samples:
            self.compare(sample)

    def compare(self, sample):
        """The campaigns' columns, read at one moment of the run, against the history until then."""
        self.seen["samples"] += 1
        for campaign, columns in sample["campaigns"].items():
            self.compare_counters(sample["seq"], campaign, columns)

    def compare_counters(self, seq, campaign, columns):
        recount = [self.counters[campaign][name] for name in COUNTERS]
        if columns != recount:
            self.fault(seq, f"campaign {campaign}: its statistics are {columns}, a recount {recount}")

    def final_state(self):
        """Nothing is lost: what the history left is what is there, and all of it is done."""
        there = dict(self.database.execute("SELECT id, status FROM call_queue"))
        for identity in self.rows.keys() | there.keys():
            status = self.rows[identity]["status"] if identity in self.rows else None
            if there.get(identity) != status:
                self.fault("the end", f"row {identity} is {there.get(identity)}, by its history {status}")
            elif status in OPEN:
                self.fault("the end", f"row {identity} is still {status}")
        active = sum(self.active.values())
        if active:
            self.fault("the end", f"{active} calls still hold a slot")
        self.compare({"seq": "the end", "campaigns": read_counters(self.database)})
        self.what_was_dialed()
        for identity, campaign in self.campaigns.items():
            # One without any calls waits for some.
            if campaign["status"] in ("active", "paused") and self.counters[identity]["total"]:
                self.fault("the end", f"campaign {identity} is {campaign['status']} and has no rows left")
        self.seen["rows"] = len(self.rows)
        for row in self.rows.values():
            self.seen[row["status"]] += 1

    def what_was_dialed(self):
        """What the provider was asked against what the database says of it."""
        dialed = collections.Counter(
            call for (call,) in self.database.execute("SELECT call FROM dialed"))
        self.seen["dialed"] = len(dialed)
        for identity, times in dialed.items():
            call = self.calls.get(identity)
            if times > 1:
                self.fault("the end", f"call {identity} is dialed twice")
            if call is None or call["submitted_at"] is None:
                self.fault("the end", f"call {identity} is dialed without a mark")
            elif call["status"] == "cancelled":
                self.fault("the end", f"call {identity} was dialed and is put back")


def read_counters(database):
    return {
        campaign: columns for campaign, *columns in database.execute(
            "SELECT id, total_contacts, completed_calls, successful_calls, failed_calls "
            "FROM call_campaigns")
    }


def check(path, samples):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    checker = Checker(database)
    checker.replay(samples)
    checker.final_state()
    database.close()
    return checker.faults, dict(checker.seen)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--samples")
    options = parser.parse_args()
    samples = []
    if options.samples:
        with open(options.samples, encoding="utf-8") as file:
            samples = json.load(file)
    faults, seen = check(options.database, samples)
    print(json.dumps(seen, sort_keys=True))
    for fault in faults[:100]:
        print(fault, file=sys.stderr)
    if len(faults) > 100:
        print(f"and {len(faults) - 100} more", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
