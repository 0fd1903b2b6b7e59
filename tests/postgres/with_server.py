#!/usr/bin/env python3
"""with_server.py COMMAND…: runs the command beside a PostgreSQL server of its own.

The server listens on a socket in a temporary folder only and is gone afterwards; the command finds its URL in
CALLQUEUE_TEST_POSTGRES. Where that is set already, the server it names is used, and none is started.
"""

import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

LONGEST_START = 60  # Seconds; only a server that does not come up takes them.


def programs():
    """The folder of the newest server programs."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return os.path.dirname(found) if found else sys.exit("with_server.py: there is no PostgreSQL server")


class Server:
    """A new cluster in a temporary folder; its processes belong to somebody who is not root."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="callqueue-pg-", dir="/tmp")  # A socket's path must be short.
        self.data = os.path.join(self.folder, "data")
        self.owner = None
        if os.geteuid() == 0:
            self.owner = pwd.getpwnam("postgres")
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
            os.chmod(self.folder, 0o755)
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = None

    def start(self):
        self.run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync",
                 "--encoding=UTF8", "--locale=C")
        # Durability is the server's business: it is not what the tests are about.
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off",
                    "full_page_writes": "off", "max_connections": "200", "wal_level": "logical",
                    "shared_buffers": "64MB"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = self.popen("postgres", "-D", self.data, *options)
        until = time.monotonic() + LONGEST_START
        while self.run("pg_isready", "-q", "-h", self.folder, check=False) != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                self.log.seek(0)
                sys.exit("with_server.py: the server does not start:\n" + self.log.read())
            time.sleep(0.02)

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def stop(self):
        if self.process:
            self.process.send_signal(2)  # Ends sessions, then itself.
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def popen(self, program, *arguments):
        # Nothing outlives this program, however it ends.
        command = ["setpriv", "--pdeathsig", "INT"]
        if self.owner:
            command += [f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}", "--clear-groups"]
        return subprocess.Popen([*command, os.path.join(programs(), program), *arguments], cwd=self.folder,
                                env={"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C"},
                                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def run(self, *command, check=True):
        status = self.popen(*command).wait()
        if check and status != 0:
            self.log.seek(0)
            sys.exit(f"with_server.py: {command[0]} failed:\n" + self.log.read())
        return status


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if os.environ.get("CALLQUEUE_TEST_POSTGRES"):
        return subprocess.call(sys.argv[1:])
    server = Server()
    try:
        server.start()
        return subprocess.call(sys.argv[1:], env={**os.environ, "CALLQUEUE_TEST_POSTGRES": server.url})
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
