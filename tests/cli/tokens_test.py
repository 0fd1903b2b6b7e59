#!/usr/bin/env python3
"""Access tokens: made, listed, revoked; a secret is shown once."""
import unittest
import uuid

from tool import Case


class Tokens(Case):
    def test_a_token_is_made_and_its_secret_shown_once(self):
        self.someone()
        made = self.ok("token", "create", "--user", "ann@example.com", "--name", "backend")
        self.assertEqual(len(made.out.splitlines()), 1)
        self.assertRegex(made.line, r"^cq_[0-9a-f-]{36}_[A-Za-z0-9_-]{43}$")
        self.assertIn("once", made.err)
        self.assertIn(made.line[3:39], made.err)
        self.assertNotIn(made.line[40:], made.err)
        listed = self.ok("token", "list", "--json")
        self.assertEqual([(t["id"], t["user_id"], t["role"], t["name"], t["expires_at"], t["revoked_at"])
                          for t in listed.json],
                         [(made.line[3:39], self.user, "user", "backend", None, None)])
        for shown in (listed.out, self.ok("token", "list").out):
            self.assertIn("backend", shown)
            self.assertNotIn(made.line[40:], shown)
            self.assertNotIn("hash", shown)

    def test_an_administrators_token_has_no_user(self):
        self.someone()
        made = self.ok("token", "create", "--administrator", "--name", "operations", "--expires-in", "30d",
                       "--json").json
        self.assertEqual((made["role"], made["user_id"]), ("administrator", None))
        self.assertTrue(made["secret"].startswith(f"cq_{made['id']}_"))
        self.assertGreater(made["expires_at"], made["created_at"])
        self.ok("token", "create", "--user", self.user, "--name", "backend")
        self.assertEqual([t["name"] for t in self.ok("token", "list", "--json").json], ["operations", "backend"])
        self.assertEqual([t["name"] for t in self.ok("token", "list", "--user", self.user, "--json").json],
                         ["backend"])

    def test_a_token_is_revoked(self):
        self.someone()
        token = self.ok("token", "create", "--user", self.user, "--name", "lost", "--json").json["id"]
        self.assertEqual(self.ok("token", "revoke", token).line, "revoked")
        revoked_at = self.ok("token", "list", "--json").json[0]["revoked_at"]
        self.assertIsNotNone(revoked_at)
        self.assertEqual(self.ok("token", "revoke", token, "--json").json["revoked_at"], revoked_at)
        self.bad(1, "token", "revoke", str(uuid.uuid4()), says="no such access token")
        self.bad(2, "token", "revoke", "nonsense", says="UUID")

    def test_what_makes_no_token(self):
        self.someone()
        for whose in ([], ["--user", self.user, "--administrator"]):
            self.bad(2, "token", "create", "--name", "x", *whose, says="--administrator")
        self.bad(2, "token", "create", "--user", self.user, says="--name")
        self.bad(2, "token", "create", "--user", self.user, "--name", "x", "--expires-in", "soon", says="30d")
        self.bad(2, "token", "create", "--user", self.user, "--name", "x", "--expires-in", "0", says="expires_at")
        self.bad(2, "token", "create", "--user", self.user, "--name", "x", "--expires-in", "40000d",
                 says="hundred years")
        self.bad(2, "token", "create", "--user", self.user, "--name", " ", says="name")
        self.bad(1, "token", "create", "--user", "nobody@example.com", "--name", "x")
        self.assertEqual(self.ok("token", "list", "--json").json, [])


if __name__ == "__main__":
    unittest.main()
