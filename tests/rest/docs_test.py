#!/usr/bin/env python3
"""docs/rest_api.md: what it tells people to type works, and it names every route."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import signing
from server import Case

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "rest_api.md").read_text()


class Page(Case):
    @staticmethod
    def script(language):
        return "\n".join(re.findall(rf"<!-- run by [^>]* -->\n```{language}\n(.*?)```", PAGE, re.S))

    def environment(self):
        return {**os.environ, "CALLQUEUE_TOKEN": self.ann.headers["Authorization"].split()[1],
                "CALLQUEUE_WEBHOOK_SECRET": signing.SECRET, "CALLQUEUE_URL": f"http://127.0.0.1:{self.server.port}"}

    def test_live_events_with_python(self):
        with subprocess.Popen([sys.executable, "-c", self.script("python")], stdout=subprocess.PIPE, text=True,
                              env=self.environment()) as listening:
            self.addCleanup(listening.kill)
            self.assertEqual(json.loads(listening.stdout.readline())["type"], "hello")
            made = self.campaign(self.ann)
            self.assertEqual(json.loads(listening.stdout.readline())["campaign"]["id"], made)
            listening.kill()

    def test_what_it_tells_to_type(self):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.script("sh")], cwd=self.folder, capture_output=True,
                              text=True, env=self.environment(), check=False)
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
