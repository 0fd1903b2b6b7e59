#!/usr/bin/env python3
"""with_databases.py TOOL RUNNER [OPTION…] FILE…: runs RUNNER [OPTION…] STORE FILE… on the PostgreSQL server that
CALLQUEUE_TEST_POSTGRES names. In STORE, a URL, `{}` stands for the number of a case, counted from 1 over the files: there is a
database for each, empty, and migrated by TOOL (the command line tool) unless the case does that itself. To copy a
migrated database takes a tenth of the time that the migrations take.
"""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit


def url_of(database):
    """The server's URL with another database."""
    return urlunsplit(urlsplit(os.environ["CALLQUEUE_TEST_POSTGRES"])._replace(path="/" + database))


def run_sql(*statements):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", os.environ["CALLQUEUE_TEST_POSTGRES"]],
                   input=";\n".join(statements) + ";\n", text=True, check=True)


def main():
    tool, runner = sys.argv[1:3]
    files = [word for word in sys.argv[3:] if not word.startswith("--")]
    options = [word for word in sys.argv[3:] if word.startswith("--")]
    prefix = f"scenarios_{os.getpid()}_"
    run_sql(f"CREATE DATABASE {prefix}migrated")
    subprocess.run([tool, "--db", url_of(prefix + "migrated"), "migrate"], check=True, stdout=subprocess.DEVNULL)
    cases = [case for file in files for case in json.load(open(file, encoding="utf-8"))]
    templates = [f"{prefix}migrated" if case.get("migrate", True) else "template1" for case in cases]
    run_sql(*(f"CREATE DATABASE {prefix}{number} TEMPLATE {template}" for number, template in enumerate(templates, 1)))
    return subprocess.run([*runner.split(), *options, url_of(prefix + "{}"), *files]).returncode


if __name__ == "__main__":
    sys.exit(main())
