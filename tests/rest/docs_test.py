#!/usr/bin/env python3
"""docs/rest_api.md: what it tells people to type works, and it names every route."""
import os
import pathlib
import re
import subprocess
import unittest

import signing
from server import Case

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "rest_api.md").read_text()


class Page(Case):
    def test_what_it_tells_to_type(self):
        script = "\n".join(re.findall(r"<!-- run by .*? -->\n```sh\n(.*?)```", PAGE, re.S))
        token = self.ann.headers["Authorization"].split()[1]
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "CALLQUEUE_TOKEN": token, "CALLQUEUE_WEBHOOK_SECRET": signing.SECRET,
                                   "CALLQUEUE_URL": f"http://127.0.0.1:{self.server.port}"}, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = done.stdout
        self.assertIn('{"result":"applied",', lines)
        self.assertIn('"status":"busy"}\nfailed: busy\n', lines)
        self.assertIn("line 4: ", lines)
        self.assertIn(',"12,Nobody,"', lines)
        self.assertIn("\nactive\n", lines)
        self.assertRegex(lines, r"Ann: \w+\nBob: \w+\n")
        self.assertIn("phone_number,contact_name,status\n+12025550101,Ann,", lines)
        self.assertIn("\ncancelled\n", lines)
        self.assertIn('"total_contacts":2', lines)


if __name__ == "__main__":
    unittest.main()
