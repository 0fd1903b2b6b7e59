#!/usr/bin/env python3
"""binding_cost.py PROGRAM: what a call from Python costs more than the same call in C++ (bench/binding_cost.cpp is PROGRAM).

Run it with the built package on PYTHONPATH, on an otherwise idle machine. The aim: 2 µs a call and 1 µs a row.
"""

import datetime as dt
import subprocess
import sys
import time

import callqueue as cq

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.timezone.utc)


def measure(times, work):
    """Nanoseconds a call, the best of sixty rounds."""
    best = float("inf")
    for _ in range(60):
        begun = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - begun) / times * 1e9)
    return best


def in_python():
    store = cq.open("sqlite::memory:", clock=cq.ManualClock(NOON))
    store.migrate()
    user = store.create_user(cq.User(name="Ann")).id
    rows = [("phone_number", "name"), *((f"+1415{2_000_000 + i}", f"Person {i}") for i in range(1000))]
    cq.import_contacts_csv(store, user, rows)
    rules = cq.CallingRules(windows=cq.every_day(cq.CallingWindow(opens="09:00", closes="18:00")))
    queue = cq.CallQueue(store)
    return {
        "now": measure(2_000, store.now),
        "is_open": measure(2_000, lambda: cq.is_open(rules, "Europe/Berlin", NOON)),
        "find_user": measure(500, lambda: store.find_user(user)),
        "claim_nothing": measure(200, queue.claim),
        "list_1": measure(200, lambda: store.list_contacts(user, limit=1)),
        "list_1000": measure(5, lambda: store.list_contacts(user, limit=1000)),
    }


def main():
    program, = sys.argv[1:]
    said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    cpp = {name: float(took) for name, took in (line.split() for line in said.splitlines())}
    python = in_python()
    print(f"{'operation':<14} {'C++ µs':>10} {'Python µs':>10} {'more µs':>9} {'ratio':>6}")
    for name, took in python.items():
        print(f"{name:<14} {cpp[name] / 1e3:>10.2f} {took / 1e3:>10.2f} {(took - cpp[name]) / 1e3:>9.2f} "
              f"{took / cpp[name]:>6.2f}")
    a_row = ((python["list_1000"] - cpp["list_1000"]) - (python["list_1"] - cpp["list_1"])) / 999
    print(f"a row costs {a_row / 1e3:.2f} µs more")


if __name__ == "__main__":
    main()
