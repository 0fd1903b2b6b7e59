"""What the hammer strikes on: a PostgreSQL server of its own, whose sessions are ended at random and which
crashes once, behind a network that hangs for half of the processes, with a host beside the library that works
in plain SQL.
"""

import collections
import pathlib
import random
import re
import sys
import threading
import time

import server_history
from psql import Gone, Session
from slow_network import SlowNetwork

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "postgres"))
from with_server import Server  # noqa: E402

ANYBODY = "SELECT * FROM users ORDER BY random() LIMIT 1"
ACTIVE = "status IN ('initiated', 'ringing', 'in_progress')"
A_NUMBER = "'+4941' || (random() * 1000000000)::bigint"
A_QUEUED_ROW = "SELECT id FROM call_queue WHERE status = 'queued' ORDER BY random() LIMIT 1"
ID = re.compile("[0-9a-f-]{36}")
# A host's own calls: they may exceed a limit, unless it takes the claim's lock and looks.
CALL_FREELY = f"""
  INSERT INTO calls (user_id, phone_number, status, leased_by)
    SELECT id, {A_NUMBER}, 'in_progress', 'host-free' FROM ({ANYBODY}) u"""
CALL_WITH_ROOM = f"""BEGIN; SELECT callqueue_lock();
  INSERT INTO calls (user_id, phone_number, status, leased_by)
    SELECT id, {A_NUMBER}, 'in_progress', 'host-locked' FROM ({ANYBODY}) u
    WHERE count_active_calls(id) < concurrent_calls_limit AND count_system_active_calls() < least(
      system_concurrent_calls_limit, (SELECT system_limit FROM callqueue_settings)); COMMIT"""
HANG_UP = f"UPDATE calls SET status = 'completed', ended_at = now() WHERE leased_by LIKE 'host-%' AND {ACTIVE}"
DEEDS = [
    CALL_FREELY, CALL_WITH_ROOM, CALL_WITH_ROOM, CALL_WITH_ROOM,
    f"{HANG_UP} AND random() < 0.7", f"{HANG_UP} AND random() < 0.7", f"{HANG_UP} AND random() < 0.7",
    "UPDATE call_queue SET status = 'cancelled' WHERE status = 'queued' AND id = '{row}'",
    "UPDATE call_queue SET priority = priority + 1 WHERE status = 'queued' AND id = '{row}'",
    f"""BEGIN; SELECT callqueue_lock(); UPDATE call_campaigns SET status = 'paused' WHERE status = 'active'
      AND id = (SELECT id FROM call_campaigns WHERE status = 'active' ORDER BY random() LIMIT 1); COMMIT""",
    "UPDATE call_campaigns SET status = 'active' WHERE status = 'paused'",
    # Nobody may ever tell of a direct call: its hour passes.
    f"""UPDATE calls SET lease_expires_at = clock_timestamp() WHERE {ACTIVE} AND call_type = 'direct'
      AND queue_id IS NOT NULL AND submitted_at < clock_timestamp() - interval '10 seconds'""",
    # An import whose process is gone is given up after ten minutes: they pass.
    """UPDATE callqueue_imports SET heartbeat_at = heartbeat_at - interval '10 minutes'
      WHERE heartbeat_at < clock_timestamp() - interval '5 seconds'""",
]
WAITS = """SELECT CASE wait_event WHEN 'advisory' THEN 'claims_waited' ELSE 'others_waited' END
  FROM pg_stat_activity WHERE wait_event_type = 'Lock'"""
TERMINATE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'callqueue' AND state <> 'idle' ORDER BY random() LIMIT 1"""

# What is open, and what keeps it from being claimed, if anything does.
LEFT = f"""SELECT count(*), q.status, q.ready, p.status AS campaign, l.stale, l.import_id IS NOT NULL AS staged,
    l.opens_at <= now() AND l.closes_at >= now() AS open, t.in_turn, t.wake_at - now() AS wakes,
    min(q.scheduled_for - now()) AS due, c.status AS call, min(c.lease_expires_at - now()) AS lapses,
    r.sweep, (SELECT count(*) FROM callqueue_signals) AS signals, (SELECT count(*) FROM calls WHERE {ACTIVE}) AS active
  FROM call_queue q LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id LEFT JOIN callqueue_turns t ON t.user_id = q.user_id
    LEFT JOIN call_campaigns p ON p.id = q.campaign_id LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
    LEFT JOIN calls c ON c.id = q.call_id
  WHERE q.status IN ('queued', 'processing')
  GROUP BY q.status, q.ready, p.status, l.stale, 6, 7, t.in_turn, t.wake_at, c.status, r.sweep LIMIT 20"""


class Host:
    """Writes to the tables as a host's own programs do."""

    def __init__(self, url, seed, journal):
        self.session, self.random, self.journal = Session(url, "host"), random.Random(seed), journal
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.over.wait(0.03):
            try:
                self.do(self.random.choice(DEEDS))
            except Gone:
                pass

    def do(self, deed):
        if "{row}" in deed:
            # Beside an answer a session may say that it is about to end.
            rows = [line for line in self.session.ask(A_QUEUED_ROW) if ID.fullmatch(line)]
            if not rows:
                return
            with open(self.journal, "a", encoding="utf-8") as journal:
                journal.write(f"touched {rows[0]}\n")
            deed = deed.replace("{row}", rows[0])
        self.session.ask(deed)

    def leave(self):
        self.over.set()
        self.thread.join()
        self.session.ask(HANG_UP)
        self.session.close()


class Witness:
    """Looks all the time who waits for a lock."""

    def __init__(self, url):
        self.session, self.over = Session(url, "witness"), threading.Event()
        self.counted = collections.Counter()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.over.wait(0.02):
            try:
                self.counted.update(line for line in self.session.ask(WAITS) if line.endswith("_waited"))
            except Gone:
                pass

    def leave(self):
        self.over.set()
        self.thread.join()
        self.session.close()


class OnServer:
    processors = 2
    may_go_away = True
    life = 3.0, 10.0
    needed = {"contested_dealings": 20, "user_limit_reached": 100, "system_limit_reached": 10, "ceiling_reached": 5,
              "busy_numbers_passed_over": 20, "handovers": 100, "recounts": 1000, "claims_waited": 10,
              "others_waited": 1, "terminated": 10, "hung": 2, "crashes": 1, "host-free": 10, "host-locked": 10,
              "host_over_a_limit": 1, "campaigns_paused": 10, "campaigns_cancelled": 1,
              "campaigns_completed": 50, "said_away": 5, "said_late": 1}

    def __init__(self, folder, seed):
        self.folder, self.seed = folder, seed
        self.server = Server()
        self.server.start()
        self.url = self.server.url
        self.network = SlowNetwork(self.server.folder)
        self.random = random.Random(seed)
        self.observer = Session(self.url, "observer")
        self.samples = []  # Not needed: the history tells of every commit.
        self.counted = {"terminated": 0, "crashes": 0, "hung": 0}
        self.terminate_at = time.monotonic()
        self.hang_at = time.monotonic() + 5
        self.written = self.host = self.witness = None

    def begin(self):
        self.written = server_history.History(self.folder / "history.db", self.url)
        self.host = Host(self.url, self.seed, self.folder / "journal")
        self.witness = Witness(self.url)

    def url_of(self, number):
        """Every second process is far away."""
        return self.network.url if number % 2 else self.url

    def numbers(self, sql):
        return [int(text) for text in self.observer.ask(sql)[0].split("|")]

    def look(self):
        """Open rows and imports that hold their campaigns open, active calls that are not the host's own, and
        all rows."""
        return tuple(self.numbers(f"""SELECT
          (SELECT count(*) FROM call_queue WHERE status IN ('queued', 'processing'))
            + (SELECT count(*) FROM callqueue_imports WHERE campaign_id IS NOT NULL),
          (SELECT count(*) FROM calls WHERE {ACTIVE} AND leased_by IS DISTINCT FROM 'host-free'
             AND leased_by IS DISTINCT FROM 'host-locked'),
          (SELECT count(*) FROM call_queue)"""))

    def left(self):
        """Why it does not end, for whoever reads this."""
        return ["left: " + line for line in self.observer.ask("\\pset tuples_only off\n" + LEFT)]

    def disturb(self, share_done):
        if time.monotonic() > self.terminate_at:
            self.terminate_at = time.monotonic() + 0.5
            self.counted["terminated"] += self.observer.ask(TERMINATE).count("t")
        if time.monotonic() > self.hang_at:
            # A lease lasts two seconds.
            self.network.hang(self.random.uniform(0.5, 4), loses=self.random.random() < 0.5)
            self.hang_at = self.network.hung_until + self.random.uniform(3, 6)
            self.counted["hung"] += 1
        if share_done > 0.4 and not self.counted["crashes"]:
            self.counted["crashes"] += 1
            self.server.crash()
            self.server.start()
            self.observer.close()

    def leave(self):
        if self.host:
            self.host.leave()
            self.witness.leave()
            self.counted |= self.witness.counted
            self.host = None

    def history(self):
        self.written.complete()
        self.written.file.close()
        return self.folder / "history.db"

    def seen(self):
        return self.counted

    def close(self):
        self.leave()
        self.network.close()
        self.observer.close()
        self.server.stop()
