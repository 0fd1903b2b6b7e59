"""Hammers one database with several processes that are killed all the time.

    run.py --worker PROGRAM [--on file|server] [--rows N] [--processes N] [--seed N] [--keep FOLDER]
           [--brief]

The database is a SQLite file, or lies on a PostgreSQL server that is disturbed as well (see on_file.py,
on_server.py). Workers do what hosts do; each is killed at a failpoint of its own or at random and started
again, until every failpoint was hit and every row is done. Then check.py replays the history that the
database itself kept, and what was dialed. At the end the checker has to find faults that are planted
into that history (see planted.py). Exit status 0: all promises held, there was contention, and each
planted fault was found. Where chance brought too little contention to show anything, it hammers again,
with another seed. With --brief only the promises count.
"""

import argparse
import collections
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
from on_file import OnFile
from on_server import OnServer


GONE_AWAY = 4  # What a worker ends with that finds no database when it starts.
MORE = 4  # How many times each thread of a worker may queue more rows.
ROUNDS = 3  # At most, until there was contention enough.


class Worker:
    """A process that is started again whenever it dies."""

    def __init__(self, hammer, number):
        self.hammer, self.number = hammer, number
        self.failpoint = None
        self.start()

    def start(self):
        hammer = self.hammer
        hammer.started += 1
        role = "process" if self.number < hammer.ground.processors else "work"
        self.failpoint = hammer.next_failpoint(self.number)
        self.born = time.monotonic()
        self.life = hammer.random.uniform(*hammer.ground.life) if not self.failpoint else 20.0
        name = f"worker-{self.number}-{hammer.started}"
        self.process = subprocess.Popen(
            [hammer.program, role, hammer.ground.url_of(self.number), hammer.journal,
             str(hammer.random.randint(1, 1 << 30)), name, hammer.begin, str(self.more())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=hammer.armed(self.failpoint),
        )
        threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def more(self):
        # A slow machine would queue more than it works off; but some failpoints lie where rows are queued.
        enough = self.hammer.rows > self.hammer.options.rows * 5 // 4
        return MORE if "import" in (self.failpoint or "") or not enough else 0

    def listen(self, output):
        for line in output:
            word = line.split()[0]
            if word in ("empty", "twice", "disorder", "late") or (
                    word == "away" and self.hammer.ground.may_go_away):
                self.hammer.said[word] += 1
            else:
                self.hammer.errors.append(line.strip())

    def look_after(self):
        code = self.process.poll()
        if code is None:
            if time.monotonic() - self.born > self.life:
                self.kill()
            return
        if code == -signal.SIGKILL and self.failpoint:
            self.hammer.hits[self.failpoint] += 1
        elif code in (0, GONE_AWAY) and self.hammer.ground.may_go_away:
            pass
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
        self.ground = {"file": OnFile, "server": OnServer}[options.on](folder, options.seed)
        self.journal = str(folder / "journal")
        self.random = random.Random(options.seed)
        self.started = self.kills = 0
        self.rows = options.rows  # Of any state.
        self.errors, self.hits, self.said = [], collections.Counter(), collections.Counter()
        self.failpoints = [] if options.brief else self.call("failpoints").split()
        self.begin = self.call("setup", self.ground.url, str(options.rows)).strip()
        self.ground.begin()

    def call(self, *words):
        return subprocess.run([self.program, *words], check=True, capture_output=True,
                              text=True).stdout

    def armed(self, failpoint):
        """The environment of a process that is to die there."""
        environment = {name: value for name, value in os.environ.items() if name != "CALLQUEUE_FAILPOINT"}
        if failpoint:
            environment["CALLQUEUE_FAILPOINT"] = f"{failpoint}:{self.random.randint(1, 3)}"
        return environment

    def missing(self):
        return [name for name in self.failpoints if name not in self.hits]

    def next_failpoint(self, number):
        missing = [name for name in self.missing()
                   if (name in self.OF_PROCESSOR) == (number < self.ground.processors)]
        return self.random.choice(missing) if missing and self.random.random() < 0.7 else None

    def run(self):
        until = time.monotonic() + self.options.timeout
        while True:
            workers = [Worker(self, number) for number in range(self.options.processes)]
            self.work_off(workers, until)
            for worker in workers:
                worker.finish()
            # The last thing one of them did may be to queue more, or to reserve a slot.
            if self.errors or self.ground.look()[:2] == (0, 0):
                return

    def work_off(self, workers, until):
        while not self.errors and time.monotonic() < until:
            for worker in workers:
                worker.look_after()
            open_rows, active, self.rows = self.ground.look()
            self.ground.disturb(1 - open_rows / self.options.rows)
            if open_rows == 0 and self.missing():
                self.add()
            elif open_rows == 0 and active == 0:
                return
            time.sleep(0.1)
        if not self.errors:
            self.errors.append(f"not done in time: {self.ground.look()}, not hit: "
                               f"{self.missing()}")
            self.errors += self.ground.left()

    def add(self):
        """Queues more rows. Whoever does so may be killed at a failpoint that lies there."""
        failpoint = next((name for name in self.missing() if "import" in name), None)
        done = subprocess.run([self.program, "add", self.ground.url, "20", self.begin], check=False,
                              env=self.armed(failpoint))
        if failpoint and done.returncode == -signal.SIGKILL:
            self.hits[failpoint] += 1
        elif done.returncode not in (0, GONE_AWAY) or (done.returncode and not self.ground.may_go_away):
            self.errors.append(f"rows could not be added: {done.returncode}")

    def history(self):
        """The file that the database's history is in, with what was dialed, and touched, beside it."""
        self.ground.leave()
        path = self.ground.history()
        journal = pathlib.Path(self.journal)
        noted = [line.split() for line in journal.read_text().splitlines()] if journal.exists() else []
        file = sqlite3.connect(path)
        for table, column in ("dialed", "call"), ("touched", "row"):
            file.execute(f"CREATE TABLE {table} ({column} TEXT NOT NULL)")
            file.executemany(f"INSERT INTO {table} VALUES (?)",
                             ((identity,) for what, identity in noted if what == table))
        file.commit()
        file.close()
        return path

    def verdict(self, history):
        """What was wrong, and what happened too seldom to tell."""
        found, seen = check.check(history, self.ground.samples)
        faults = self.errors + found
        seen |= {"kills": self.kills, "failpoints": self.hits, "started": self.started,
                 **{f"said_{word}": times for word, times in self.said.items()}, **self.ground.seen()}
        print(json.dumps(seen, sort_keys=True))
        if self.options.brief:
            return faults, []
        needed = {"kills": 5, "said_empty": 5, "said_twice": 20, "said_disorder": 20,
                  "user_limit_changes": 5, "system_limit_changes": 5, "lapsed_undialed": 1,
                  "unknown": 1, "put_back": 1, "reserved": 1, "cancelled": 1, "completed": 100,
                  "failed": 1, "rows": self.options.rows, "dialed": self.options.rows // 2,
                  **self.ground.needed}
        too_little = [f"too little happened: {name} {seen.get(name, 0)}, wanted {least}"
                      for name, least in needed.items() if seen.get(name, 0) < least]
        too_little += [f"failpoint {name} was never hit" for name in self.missing()]
        return faults, too_little


def hammer_once(options, folder, is_long):
    hammer = Hammer(options, folder)
    try:
        begin = time.monotonic()
        hammer.run()
        print(f"{options.processes} processes, {time.monotonic() - begin:.0f} s")
        history = hammer.history()
        faults, too_little = hammer.verdict(history)
        # A long history takes long to falsify.
        if not faults and not too_little and not options.brief and not is_long:
            faults = planted.missed(history, hammer.ground.samples, folder)
    finally:
        hammer.ground.close()
    return faults, too_little


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", required=True)
    is_long = os.environ.get("CALLQUEUE_LONG") == "1"
    parser.add_argument("--on", choices=["file", "server"], default="file")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20260112)
    parser.add_argument("--timeout", type=int, default=3600 if is_long else 900)
    parser.add_argument("--keep", help="a folder in which the database is left")
    parser.add_argument("--brief", action="store_true")
    options = parser.parse_args()
    if options.rows is None:
        short, long = (1_000, 10_000) if options.on == "file" else (600, 20_000)
        options.rows = long if is_long else short
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="callqueue-hammer-") as temporary:
            folder = pathlib.Path(options.keep or temporary) / str(number)
            folder.mkdir(parents=True)
            faults, too_little = hammer_once(options, folder, is_long)
        if faults or not too_little:
            break
        print(*too_little, f"with the seed {options.seed}", sep="\n")
        options.seed += 1
    faults += too_little
    for fault in faults[:50]:
        print(fault, file=sys.stderr)
    print("1 failed" if faults else "1 passed", "(hammer)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
