#!/usr/bin/env python3
"""What docs/operations.md says of a restored database holds for an SQLite file as well, by its statements as they stand."""
import contextlib
import pathlib
import re
import sqlite3
import unittest

from tool import Case

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def statement(name):
    return re.search(rf"```sql\n *-- {name}:[^\n]*\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]


class Restored(Case):
    def sql(self, script):
        """As the `sqlite3` shell would run it."""
        with contextlib.closing(sqlite3.connect(self.folder / "queue.db")) as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.executescript(script)

    def test_nobody_is_called_twice(self):
        self.someone()
        self.ok("user", "limits", self.user, "--concurrent", 1)
        campaign = self.imported().line
        self.ok("campaign", "start", campaign)
        self.interrupted(1, "run", "--exec", "cat >/dev/null", "--stop-deadline", "0")
        self.sql("UPDATE calls SET submitted_at = NULL")  # The backup was taken a moment before it was dialed.

        self.sql(statement("after_restore"))
        self.assertEqual(self.ok("campaign", "show", campaign, "--json").json["status"], "paused")
        cancel = re.sub(r"DO \$\$.*?\$\$;", "", statement("called_since"), flags=re.DOTALL)
        self.sql(statement("called_since_list") + "INSERT INTO called_since VALUES ('+4930231250001');"
                 + re.sub(r"callqueue_dialed\(([^()]+)\)", r"\1", cancel))
        self.ok("verify")
        self.ok("campaign", "resume", campaign)
        self.ok("run", "--simulate", "--until-idle", "--answered", 1)
        rows = {row["phone_number"]: (row["status"], row["failure_reason"])
                for row in self.ok("queue", "list", "--json").json}
        self.assertEqual(rows, {"+4930231250001": ("cancelled", "restored"), "+4930231250002": ("failed", "restored"),
                                "+4930231250003": ("completed", None)})
        self.ok("verify")


if __name__ == "__main__":
    unittest.main()
