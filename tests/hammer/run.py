"""Hammers one SQLite file with several processes that are killed all the time.

    run.py --worker PROGRAM [--rows N] [--processes N] [--seed N] [--keep FOLDER] [--brief]

Workers do what hosts do; each is killed at a failpoint of its own or at random and started again,
until every failpoint was hit and every row is done. Then check.py replays the history that the
database itself kept, and what was dialed. At the end the checker has to find faults that are planted
into that history (see planted.py). Exit status 0: all promises held, there was contention, and each
planted fault was found. With --brief only the promises count.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import check
import planted

HERE = pathlib.Path(__file__).resolve().parent


class Worker:
    """A process that is started again whenever it dies."""

    def __init__(self, hammer, number):
        self.hammer, self.number = hammer, number
        self.failpoint = None
        self.start()

    def start(self):
        hammer = self.hammer
        hammer.started += 1
        role = "process" if self.number == 0 else "work"
        environment = dict(os.environ)
        environment.pop("CALLQUEUE_FAILPOINT", None)
        self.failpoint = hammer.next_failpoint(self.number)
        if self.failpoint:
            environment["CALLQUEUE_FAILPOINT"] = f"{self.failpoint}:{hammer.random.randint(1, 5)}"
        self.born = time.monotonic()
        self.life = hammer.random.uniform(0.5, 4.0) if not self.failpoint else 20.0
        name = f"worker-{self.number}-{hammer.started}"
        self.process = subprocess.Popen(
            [hammer.program, role, hammer.database, str(hammer.random.randint(1, 1 << 30)), name,
             hammer.begin],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def listen(self, output):
        for line in output:
            if line.startswith("empty"):
                self.hammer.empty_claims += 1
            else:
                self.hammer.errors.append(line.strip())

    def look_after(self):
        code = self.process.poll()
        if code is None:
            if time.monotonic() - self.born > self.life:
                self.kill()
            return
        if code == -signal.SIGKILL and self.failpoint:
            self.hammer.hits[self.failpoint] = self.hammer.hits.get(self.failpoint, 0) + 1
        elif code != -signal.SIGKILL:
            self.hammer.errors.append(f"a worker ended by itself with {code}")
        self.start()

    def kill(self):
        # Killed by us: not to be taken for its failpoint.
        if self.process.poll() is None:
            self.failpoint = None
            self.process.kill()
            self.process.wait()
            self.hammer.kills += 1

    def finish(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Hammer:
    # Only the processor passes them; the others are in the store, for everybody.
    OF_PROCESSOR = {"after_claim", "after_begin_dial", "after_dial", "after_accept",
                    "before_report", "after_report"}

    def __init__(self, options, folder):
        self.program, self.options = options.worker, options
        self.database = str(folder / "hammer.db")
        self.random = random.Random(options.seed)
        self.started = self.kills = self.empty_claims = 0
        self.errors, self.hits, self.samples = [], {}, []
        self.failpoints = [] if options.brief else self.call("failpoints").split()
        self.begin = self.call("setup", self.database, str(options.rows)).strip()
        self.reader = sqlite3.connect(self.database, timeout=60, isolation_level=None)
        self.reader.executescript((HERE / "audit.sql").read_text())

    def call(self, *words):
        return subprocess.run([self.program, *words], check=True, capture_output=True,
                              text=True).stdout

    def next_failpoint(self, number):
        missing = [name for name in self.failpoints if name not in self.hits
                   and (name in self.OF_PROCESSOR) == (number == 0)]
        return self.random.choice(missing) if missing and self.random.random() < 0.7 else None

    def sample(self):
        """The campaigns' columns and the place in the history, read in one snapshot."""
        self.reader.execute("BEGIN")
        seq = self.reader.execute("SELECT max(seq) FROM audit").fetchone()[0]
        counters = check.read_counters(self.reader)
        open_rows = self.reader.execute(
            "SELECT count(*) FROM call_queue WHERE status IN ('queued', 'processing')"
        ).fetchone()[0]
        active = self.reader.execute(
            "SELECT count(*) FROM calls WHERE status IN ('initiated', 'ringing', 'in_progress')"
        ).fetchone()[0]
        self.reader.execute("COMMIT")
        self.samples.append({"seq": seq, "campaigns": counters})
        return open_rows, active

    def run(self):
        until = time.monotonic() + self.options.timeout
        while True:
            workers = [Worker(self, number) for number in range(self.options.processes)]
            self.work_off(workers, until)
            for worker in workers:
                worker.finish()
            # The last thing one of them did may be to queue more, or to reserve a slot.
            if self.errors or self.sample() == (0, 0):
                return

    def work_off(self, workers, until):
        while not self.errors and time.monotonic() < until:
            for worker in workers:
                worker.look_after()
            open_rows, active = self.sample()
            if open_rows == 0 and len(self.hits) < len(self.failpoints):
                self.call("add", self.database, "20", self.begin)
            elif open_rows == 0 and active == 0:
                return
            time.sleep(0.05)
        if not self.errors:
            self.errors.append(f"not done in time: {self.sample()}, not hit: "
                               f"{set(self.failpoints) - set(self.hits)}")

    def load_journal(self):
        """What was dialed, beside the history."""
        journal = pathlib.Path(self.database + ".dialed")
        calls = journal.read_text().split() if journal.exists() else []
        self.reader.execute("CREATE TABLE dialed (call TEXT NOT NULL)")
        self.reader.executemany("INSERT INTO dialed VALUES (?)", ((call,) for call in calls))
        self.reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def verdict(self):
        faults = list(self.errors)
        found, seen = check.check(self.database, self.samples)
        faults += found
        seen |= {"kills": self.kills, "failpoints": self.hits, "empty_claims": self.empty_claims,
                 "started": self.started}
        print(json.dumps(seen, sort_keys=True))
        if self.options.brief:
            return faults
        needed = {"user_limit_reached": 50, "system_limit_reached": 20, "ceiling_reached": 20,
                  "contested_dealings": 100, "busy_numbers_passed_over": 20, "samples": 20,
                  "kills": 5, "empty_claims": 5, "lapsed_undialed": 1, "unknown": 1, "put_back": 1,
                  "reserved": 1, "cancelled": 1, "completed": 100, "failed": 1,
                  "rows": self.options.rows, "dialed": self.options.rows // 2}
        faults += [f"too little happened: {name} {seen.get(name, 0)}, wanted {least}"
                   for name, least in needed.items() if seen.get(name, 0) < least]
        faults += [f"failpoint {name} was never hit" for name in self.failpoints
                   if name not in self.hits]
        return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", required=True)
    is_long = os.environ.get("CALLQUEUE_LONG") == "1"
    parser.add_argument("--rows", type=int, default=10_000 if is_long else 1_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20260112)
    parser.add_argument("--timeout", type=int, default=3600 if is_long else 400)
    parser.add_argument("--keep", help="a folder in which the database is left")
    parser.add_argument("--brief", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callqueue-hammer-") as temporary:
        folder = pathlib.Path(options.keep or temporary)
        hammer = Hammer(options, folder)
        begin = time.monotonic()
        hammer.run()
        hammer.load_journal()
        print(f"{options.processes} processes, {time.monotonic() - begin:.0f} s")
        faults = hammer.verdict()
        if not faults and not options.brief and not is_long:  # A long history takes long to falsify.
            faults = planted.missed(hammer.database, hammer.samples, folder)
        hammer.reader.close()
    for fault in faults[:50]:
        print(fault, file=sys.stderr)
    print("1 failed" if faults else "1 passed", "(hammer)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
