"""Shows that the tests can fail: breaks the code in small ways and expects a test to notice.

    run.py GROUP [--only NAME] [--jobs N] [--compiler CXX] [--build FOLDER] [--ninja NINJA] [--work FOLDER]

GROUP.toml holds the mutants. Each replaces one piece of text, which must occur exactly once in one
file, and names the test that has to fail then:

    [[mutant]]
    name = "window_end_is_exclusive"
    file = "include/callqueue/detail/calling_rules_impl.hpp"
    search = "closing_of(window, date) >= first"
    replace = "closing_of(window, date) > first"
    sources = ["tests/core/calling_rules_test.cpp"]   # Compiled by themselves: header-only code.
    test = "calling_rules/*"               # Optional: the test cases to run; a template's come along.

Instead of `sources`, for what has to be linked, a program of the build that is there already:

    target = "conformance_tests"           # May stand once for all, at the head of the list, as may:
    without = "*/*PostgresBackend*"        # Instances of test templates that are left out.
    compile = ["src/sqlite/claim.cpp"]     # Where `file` is a header: who includes it.

Optional:

    script = "tests/hammer/run.py"         # A script that is given the program as --worker.
    pytest = "tests/python/csv_test.py"    # For the Python package: see packaged.py.
    page = true                            # For the dashboard: see paged.py.
    http = "tests/rest/queue_test.py"      # A script that is given the program as the server, and the tool; `test` is one of its.
    arguments = ["--rows", "150"]          # Of the script or the program.
    environment = {RC_PARAMS = "seed=1"}
    says = "without room"                  # What the test has to say when it fails.
    timeout = 10                           # Seconds; a test that hangs has noticed.
    always = true                          # In every run.
    long = true                            # Only with CALLQUEUE_LONG=1.

A run takes every fourth mutant of the list and those that are to be taken always; with CALLQUEUE_LONG=1
all of them. The text of each has to be there in any case. Each test is run on the unchanged code first, where it has to pass. A mutant that does not compile is
an error: nothing was shown. Exit status 0: every mutant was caught.
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import time
import tomllib

from common import ROOT, Broken, find_text, passes
from header_only import HeaderOnly
from linked import Linked
from packaged import Packaged
from paged import Paged


SAMPLE = 4


def is_wanted(mutant, place, only):
    if only:
        return mutant["name"] == only
    if os.environ.get("CALLQUEUE_LONG") == "1":
        return True
    return not mutant.get("long") and (mutant.get("always") or place % SAMPLE == 0)


def read_list(group, only, build):
    listed = tomllib.loads((pathlib.Path(__file__).parent / f"{group}.toml").read_text())
    for place, mutant in enumerate(listed["mutant"]):
        find_text(mutant)
        if not is_wanted(mutant, place, only):
            continue
        if "page" in listed and "target" not in mutant:
            mutant["page"] = True
        elif "pytest" in listed or "pytest" in mutant:
            mutant.setdefault("pytest", listed.get("pytest"))
        elif "sources" not in mutant:
            mutant.setdefault("target", listed.get("target"))
            if "without" in listed:
                mutant["without"] = listed["without"]
        mutant["tool"] = build / "callqueue"
        mutant["server"] = build / "callqueue_rest_server"
        mutant["tests"] = [mutant["test"]] if "test" in mutant else []
        yield mutant


def controls(mutants):
    """What has to pass unchanged: for each program, the tests of all its mutants at once."""
    programs = {}
    for mutant in mutants:
        key = [mutant.get(name) for name in
               ("target", "sources", "script", "http", "pytest", "page", "arguments", "environment")]
        key.append(bool(mutant["tests"]))  # None named: all of them.
        same = programs.setdefault(repr(key), {**mutant, "tests": []})
        same["tests"] += [test for test in mutant["tests"] if test not in same["tests"]]
    return programs.values()


def report(name, work):
    """Runs one step; returns what is wrong with it, or None."""
    begin = time.monotonic()
    try:
        fault = work()
    except Broken as broken:
        fault = str(broken)
    took = time.monotonic() - begin
    print(f"{'FAIL' if fault else 'ok':4}  {name} ({took:.1f} s){': ' + fault if fault else ''}",
          flush=True)
    return fault


def each(steps, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda step: report(*step), steps))


def survives(way, mutant):
    return passes(way.changed(mutant), mutant, says=mutant.get("says", ""))


def check_all(mutants, way, jobs):
    if not mutants:
        return []
    way.prepare()
    # The unchanged code first: without it, no failure means anything.
    faults = each([
        (f"{mutant.get('http') or mutant.get('pytest') or ('page' in mutant and 'dashboard') or mutant.get('script') or mutant.get('target') or mutant['sources'][0]}, unchanged",
         lambda mutant=mutant:
         None if passes(way.unchanged(mutant), mutant) else "the test fails without a mutant")
        for mutant in controls(mutants)
    ], jobs)
    if any(faults):
        return faults
    return faults + each([
        (mutant["name"],
         lambda mutant=mutant: "no test noticed" if survives(way, mutant) else None)
        for mutant in mutants
    ], jobs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("group")
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--ninja", default="ninja")
    parser.add_argument("--work", type=pathlib.Path)
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.work = (options.work or options.build / "mutants" / options.group).resolve()
    options.work.mkdir(parents=True, exist_ok=True)

    mutants = list(read_list(options.group, options.only, options.build))
    begin = time.monotonic()
    faults = check_all([m for m in mutants if "sources" in m], HeaderOnly(options), options.jobs)
    faults += check_all([m for m in mutants if "target" in m], Linked(options), options.jobs)
    faults += check_all([m for m in mutants if "pytest" in m], Packaged(options), options.jobs)
    faults += check_all([m for m in mutants if "page" in m], Paged(options), options.jobs)
    wrong = sum(fault is not None for fault in faults)
    print(f"{len(mutants)} mutants, {wrong} faults, {time.monotonic() - begin:.0f} s")
    return 1 if wrong or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
