"""What the hammer strikes on: a SQLite file. Its history is kept by triggers (audit.sql)."""

import pathlib
import shutil
import sqlite3
import time

import check

HERE = pathlib.Path(__file__).resolve().parent


class OnFile:
    processors = 1  # How many of the processes work through a Processor.
    may_go_away = False
    life = 0.5, 4.0  # Seconds until a process is killed.
    # What must have happened.
    needed = {"contested_dealings": 100, "user_limit_reached": 50, "system_limit_reached": 20, "ceiling_reached": 20,
              "samples": 20, "busy_numbers_passed_over": 20}

    def __init__(self, folder, _):
        self.path = folder / "hammer.db"
        self.url = f"sqlite:{self.path}"
        self.samples = []
        self.reader = None

    def begin(self):
        self.reader = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        self.reader.executescript((HERE / "audit.sql").read_text())

    def url_of(self, _):
        return self.url

    def look(self):
        """Open rows and imports that hold their campaigns open, active calls and all rows; also the campaigns' columns
        and the place in the history, read in one snapshot."""
        self.reader.execute("BEGIN")
        seq = self.reader.execute("SELECT max(seq) FROM audit").fetchone()[0]
        counters = check.read_counters(self.reader)
        open_rows, rows = self.reader.execute(
            "SELECT count(*) FILTER (WHERE status IN ('queued', 'processing')), count(*) FROM call_queue").fetchone()
        imports = self.reader.execute("SELECT count(*) FROM callqueue_imports WHERE campaign_id IS NOT NULL").fetchone()[0]
        active = self.reader.execute(
            "SELECT count(*) FROM calls WHERE status IN ('initiated', 'ringing', 'in_progress')").fetchone()[0]
        self.reader.execute("COMMIT")
        self.samples.append({"seq": seq, "campaigns": counters})
        return open_rows + imports, active, rows

    def left(self):
        return []

    def disturb(self, _):
        """The processes disturb each other enough. An import whose process is gone is given up after ten minutes: once
        the next one into the campaign might take it back, they pass."""
        silent = int((time.time() - 30) * 1_000_000)
        if self.reader.execute("SELECT 1 FROM callqueue_imports WHERE heartbeat_at < ?", (silent,)).fetchone():
            self.reader.execute("UPDATE callqueue_imports SET heartbeat_at = heartbeat_at - 600000000 WHERE heartbeat_at < ?",
                                (silent,))

    def leave(self):
        """Nobody else is here."""

    def history(self):
        """The file that check.py reads."""
        self.reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.reader.close()
        copy = self.path.with_name("history.db")
        shutil.copy(self.path, copy)
        return copy

    def seen(self):
        return {}

    def close(self):
        """The file goes with its folder."""
