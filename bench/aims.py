#!/usr/bin/env python3
"""aims.py FILE...: what the project aims at, beside the figures in the JSON files of the benchmarks.

A missed aim is no error: the machine may be slow or busy. What was not measured is left out. Of several
repetitions the fastest counts: what else ran on the machine disturbed it least.
"""

import json
import sys


class Figures:
    """The benchmarks that ran, by name."""

    def __init__(self, files):
        self.runs = {}
        for file in files:
            with open(file, encoding="utf-8") as text:
                for run in json.load(text)["benchmarks"]:
                    if "error_occurred" in run or run["run_type"] != "iteration":
                        continue
                    name = run["name"].split("/iterations:")[0]
                    if name not in self.runs or run["cpu_time"] < self.runs[name]["cpu_time"]:
                        self.runs[name] = run

    def get(self, name, counter):
        return self.runs.get(name, {}).get(counter)

    def ratio(self, counter, of, to):
        above, below = self.get(of, counter), self.get(to, counter)
        return above / below if above and below else None


def postgres_rows(figures):
    rate = "items_per_second"
    batch = figures.get("postgres_claim/depth:10k/batch:100", rate)
    writes = figures.get("postgres_raw_writes/depth:10k/batch:100", rate)
    if batch:
        yield ("PostgreSQL: calls a second, claim and completion, batches of 100", f"{batch:,.0f}", batch >= 8_000,
               "8,000", writes and f"{writes:,.0f}: the same rows written by plain SQL")
    one = figures.get("postgres_claim/depth:10k/batch:1", rate)
    bare = figures.get("postgres_raw/depth:10k", rate)
    if one and bare:
        yield ("PostgreSQL: commits a second one at a time, to the bare update's", f"x {2 * one / bare:.2f}",
               2 * one >= bare / 2, "x 0.5", f"{bare:,.0f} bare one-row updates/s")
    for what, base, case, aim in (("depth 1M against 10k", "depth:10k", "depth:1M", 1.3),
                                  ("depth 10M against 10k", "depth:10k", "depth:10M", 1.3),
                                  ("after 36,000 calls beside a held snapshot", "depth:1M", "depth:1M_snapshot_held", 1.3),
                                  ("1,000 users against 10", "depth:10k", "users:1k", 1.5),
                                  ("100,000 users against 10", "depth:10k", "users:100k", 1.5),
                                  ("10 of 100k users ready, against 10 users", "depth:10k", "10_of_100k_users_ready", 1.5),
                                  ("behind 500k waiting rows", "depth:10k", "behind_500k_waiting", 1.3)):
        ratio = figures.ratio(rate, f"postgres_claim/{base}/batch:100", f"postgres_claim/{case}/batch:100")
        if ratio:
            yield f"PostgreSQL: time of a call, {what}", f"x {ratio:.2f}", ratio <= aim, f"x {aim}", None
    for count in (100_000, 1_000_000):
        ratio = figures.ratio(rate, f"postgres_import/{count}", f"postgres_copy/{count}")
        if ratio:
            yield f"PostgreSQL: import of {count:,} rows, to COPY of the same", f"x {ratio:.2f}", ratio >= 0.8, "x 0.8", None


def rows(figures):
    """Yields (what, figure, whether it is good, aim, raw limit of the same run)."""
    calls = "calls_per_cpu_second"
    commits = figures.get("raw/one_row_update", "items_per_second")
    inserts = figures.get("raw/prepared_insert/batch:100", "items_per_second")
    beside = commits and f"{commits:,.0f} durable one-row updates/s; {inserts:,.0f} bare inserts/s"
    for run, what in (("claim/depth:1M", "claim, then completion"),
                      ("finish_and_claim/depth:1M", "both in one commit"),
                      ("claim/one_user_depth:1M", "one user: claim, then completion")):
        run += "/batch:100"
        for counter, of in ((calls, "of CPU"), ("items_per_second", "that passed")):
            figure = figures.get(run, counter)
            if figure:
                yield (f"{what}: calls a second {of}, batches of 100, depth 1M", f"{figure:,.0f}",
                       figure >= 10_000, "10,000", beside)
    for what, base, case in (
            ("depth 1M against 10k", "depth:10k", "depth:1M"),
            ("behind 500k waiting rows in the lane", "one_user", "one_user_behind_500k_waiting"),
            ("10 of 100k users ready, against 10 users", "10_users_ready", "10_of_100k_users_ready"),
            ("999 of 1,000 campaigns closed", "one_user", "one_user_999_campaigns_closed")):
        ratio = figures.ratio(calls, f"claim/{base}/batch:100", f"claim/{case}/batch:100")
        if ratio:
            yield f"cost of a call, {what}", f"x {ratio:.2f}", ratio <= 1.3, "x 1.3", None
    bare = figures.get("raw/insert_and_notify", "p50_ms")
    latency = figures.get("enqueue_to_dial", "p50_ms")
    if latency:
        yield ("PostgreSQL: enqueue to dial in another process, median", f"{latency:.1f} ms", latency <= 3, "3 ms",
               bare and f"{bare:.1f} ms: a bare insert and notification")
    yield from postgres_rows(figures)
    for name in ("window_check/0", "window_check/1", "window_check/2"):
        figure = figures.get(name, "cpu_time")
        lookup = figures.get("zone_lookup", "cpu_time")
        if figure:
            yield f"{name}", f"{figure:.0f} ns", figure <= 50, "50 ns", f"{lookup:.0f} ns: the zone's own look-up"
    for name in ("allocate/in_turn_order/1000000", "allocate/in_any_order/1000000"):
        figure = figures.get(name, "slot")
        if figure:
            yield f"{name}, a slot", f"{figure * 1e9:.0f} ns", figure <= 200e-9, "200 ns", None
    for count in (1_000_000, 5_000_000):
        name = f"import_into_sqlite/{count}"
        raw = figures.get("prepared_insert/1000000", "rows_per_cpu_second")
        for counter, of in (("rows_per_cpu_second", "of CPU"), ("items_per_second", "that passed")):
            figure = figures.get(name, counter)
            if figure:
                yield (f"CSV import of {count:,} rows: rows a second {of}", f"{figure:,.0f}",
                       figure >= 100_000, "100,000", raw and f"{raw:,.0f} bare inserts/s of CPU")
        memory = figures.get(name, "peak_resident_MiB")
        if memory:
            yield f"CSV import of {count:,} rows: peak resident", f"{memory:.0f} MiB", memory <= 190, "200 MB", None
    wait = figures.get("claims_beside_an_import/300000", "longest_claim_ms")
    if wait:
        yield "longest claim beside a running import", f"{wait:.0f} ms", wait <= 250, "250 ms", None


def main():
    for what, figure, good, aim, raw in rows(Figures(sys.argv[1:])):
        print(f"{what:<72} {figure:>12}  aim {aim:<9} {'met   ' if good else 'MISSED'}"
              + (f"  beside {raw}" if raw else ""))


if __name__ == "__main__":
    main()
