#!/usr/bin/env python3
"""with_databases.py [--all] TOOL RUNNER [OPTION…] FILE…: runs RUNNER [OPTION…] STORE FILE on the PostgreSQL server that
CALLQUEUE_TEST_POSTGRES names. In STORE, a URL, `{}` stands for the number of a case, counted from 1: there is a database
for each, empty, and migrated by TOOL (the command line tool) unless the case does that itself.

Databases by the dozen take their time. So FILE holds every third case of the files, which ones the runner's name decides;
all of them with --all, or where CALLQUEUE_LONG is 1.
"""

import json
import os
import subprocess
import sys
import tempfile
import zlib
from urllib.parse import urlsplit, urlunsplit


def url_of(database):
    """The server's URL with another database."""
    return urlunsplit(urlsplit(os.environ["CALLQUEUE_TEST_POSTGRES"])._replace(path="/" + database))


def run_sql(*statements):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", os.environ["CALLQUEUE_TEST_POSTGRES"]],
                   input=";\n".join(statements) + ";\n", text=True, check=True)


def chosen(files, runner, everything):
    cases = [case for file in files for case in json.load(open(file, encoding="utf-8"))]
    if everything or os.environ.get("CALLQUEUE_LONG") == "1":
        return cases
    return cases[zlib.crc32(os.path.basename(runner).encode()) % 3::3]


def main():
    words = sys.argv[1:]
    everything = words[0] == "--all"
    tool, runner, *rest = words[1:] if everything else words
    cases = chosen([word for word in rest if not word.startswith("--")], runner, everything)
    prefix = f"scenarios_{os.getpid()}_"
    run_sql(f"CREATE DATABASE {prefix}migrated")
    subprocess.run([tool, "--db", url_of(prefix + "migrated"), "migrate"], check=True, stdout=subprocess.DEVNULL)
    templates = [f"{prefix}migrated" if case.get("migrate", True) else "template1" for case in cases]
    run_sql(*(f"CREATE DATABASE {prefix}{number} TEMPLATE {template}" for number, template in enumerate(templates, 1)))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(cases, file)
        file.flush()
        options = [word for word in rest if word.startswith("--")]
        return subprocess.run([*runner.split(), *options, url_of(prefix + "{}"), file.name]).returncode


if __name__ == "__main__":
    sys.exit(main())
