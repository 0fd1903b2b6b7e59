#!/usr/bin/env python3
"""No part of a password is said, however the URL is written: encoded, not encoded, or as libpq's keywords."""
import os
import unittest
import urllib.parse

from tool import Case, Run

# Each of them begins and ends with a word that occurs nowhere else.
PASSWORDS = [f"zebra{sign}quail" for sign in ("/", "@", ":", "#", "?", "%", " ", "&", "=", ",", "[", "//", "@/", "/@", "?@",
                                              "/?", "@?", "%2", "%zz", "/?user=", "@?user=", "?user=a/", "'", "\\")]
PASSWORDS += ["77/quail", "zebra@", "/zebra", "@zebra", "77/zebra?user=quail", "77/zebra?dbname=quail"]
WORDS = ("zebra", "quail", "77")
if "CALLQUEUE_SANITIZE" in os.environ:  # Programs start slowly then.
    PASSWORDS = PASSWORDS[::6]

# Nobody listens there.
PLACE = "127.0.0.1:1/calls"


def urls(password):
    """The ways in which people write it down."""
    encoded = urllib.parse.quote(password, safe="")
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    yield f"postgresql://ann:{password}@{PLACE}"
    yield f"postgresql://ann:{encoded}@{PLACE}"
    if "@" not in password:  # Else what is behind the @ is a host.
        yield f"postgresql://ann:{password}/calls"
    yield f"postgresql://{PLACE}?user=ann&password={password}"
    yield f"host=127.0.0.1 port=1 user=ann password={password}"
    yield f"password={password} host=127.0.0.1 port=1"
    yield f"host=127.0.0.1 port=1 user=ann password='{quoted}'"
    yield f"ann:{password}@{PLACE}"
    yield f"{password}@{PLACE}"


class Secrets(Case):
    def test_no_part_of_a_password_is_said(self):
        for password in PASSWORDS:
            for url in urls(password):
                with self.subTest(url=url):
                    run = Run("user", "list", "--db", url)
                    self.assertIn(run.status, (1, 2), run.out)
                    self.assertEqual(run.out, "")
                    self.assertEqual(len(run.err.splitlines()), 1, run.err)
                    for word in WORDS:
                        self.assertNotIn(word, run.err)

    def test_who_runs_or_migrates_says_none_either(self):
        for command in (["migrate"], ["preflight"], ["verify"], ["run", "--exec", "cat"], ["migrate", "--sql"]):
            for password in ("zebra/quail", "zebra@quail"):
                run = Run(*command, "--db", f"postgresql://ann:{password}@{PLACE}")
                for word in WORDS:
                    self.assertNotIn(word, run.err)

    def test_how_to_write_a_password_is_said(self):
        for password in ("zebra/quail", "zebra@quail", "zebra%quail"):
            run = self.bad(2, "user", "list", "--db", f"postgresql://ann:{password}@{PLACE}", db=False)
            self.assertIn("/ as %2F, @ as %40", run.err)
        self.bad(1, "user", "list", "--db", f"postgresql://ann:zebra@?user=quail@{PLACE}", db=False, says="as %40")
        self.bad(2, "user", "list", "--db", "password=zebra:quail", db=False, says="sqlite:PATH or postgresql://")

    def test_a_parameter_that_there_is_not_is_named_where_it_is_no_part_of_a_password(self):
        for url in (f"postgresql://ann:zebra@{PLACE}?sslmod=require", f"postgresql://{PLACE}?sslmod=require",
                    f"postgresql:///calls?host=/nowhere&sslmod=require&connect_timeout=1",
                    f"postgresql://{PLACE}?ssl=true&sslmod=require"):
            said = self.bad(2, "user", "list", "--db", url, db=False, says="a parameter that there is not: sslmod (").err
            self.assertNotIn("zebra", said)
        for url in (f"postgresql://{PLACE}?password=zebra&quail=x", f"postgresql://{PLACE}?sslpassword=zebra&quail=x",
                    "postgresql://ann:zebra?quail=x/calls", "postgresql://ann:77?quail=x/calls",
                    "postgresql://ann:zebra?quail=x", "postgresql://ann:zebra&x=1?quail=x/calls", f"postgresql://ann:zebra/x?quail=x@{PLACE}"):
            said = self.bad(2, "user", "list", "--db", url, db=False, says="parameters are those of libpq").err
            for word in WORDS:
                self.assertNotIn(word, said)

    def test_a_url_that_is_well_written_says_what_is_wrong(self):
        self.db = f"postgresql://ann:zebra%2Fquail%40@{PLACE}"
        self.bad(1, "user", "list", says="Connection refused")
        self.db = f"postgresql://{PLACE}?user=ann%40corner&password=zebra"
        self.bad(1, "user", "list", says="Connection refused")
        self.db = "postgresql://ann@127.0.0.1:1,127.0.0.1:2/calls"
        self.bad(1, "user", "list", says="port 2 failed")


if __name__ == "__main__":
    unittest.main()
