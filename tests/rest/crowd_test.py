#!/usr/bin/env python3
"""A thousand WebSockets at once, and what they cost."""
import pathlib
import resource
import selectors
import unittest

from live import Live
from server import Case

SOCKETS, USERS = 1000, 25


class Crowd(Case):
    def setUp(self):
        super().setUp()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, SOCKETS + 500), most))

    def test_all_are_served_in_64_mebibytes(self):
        users = [self.client(self.token("--user", self.tool("user", "add", "--name", f"User {i}"))) for i in range(USERS)]
        sockets = [self.opened(users[i % USERS]) for i in range(SOCKETS)]
        made = {self.campaign(user) for user in users}
        told = []
        with selectors.DefaultSelector() as ready:
            for one in sockets:
                ready.register(one.socket.sock, selectors.EVENT_READ, one)
            while ready.get_map():
                for key, _ in ready.select():
                    ready.unregister(key.fileobj)
                    told.append(key.data.next("campaign")["campaign"]["id"])
        self.assertEqual({campaign: told.count(campaign) for campaign in made},
                         {campaign: SOCKETS / USERS for campaign in made})
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        highest = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
        self.assertLess(highest / 1024, 64)

    def opened(self, user):
        one = Live(self.server.port, user.headers["Authorization"].split()[1]).greeted()
        self.addCleanup(one.socket.shutdown)
        return one


if __name__ == "__main__":
    unittest.main()
