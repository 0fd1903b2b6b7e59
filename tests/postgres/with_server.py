#!/usr/bin/env python3
"""with_server.py [--durable] COMMAND…: runs the command beside a PostgreSQL server of its own.

The server listens on a socket in a temporary folder only and is gone afterwards; the command finds its URL in
CALLQUEUE_TEST_POSTGRES. Where that is set already, the server it names is used, and none is started. With --durable a
commit waits for the disk, as it does where it matters: for measurements.
"""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


def drain(stream):
    with stream:
        stream.read()


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
        self.process = None
        self.run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync",
                 "--encoding=UTF8", "--locale=C")

    def start(self, durable=False):
        # Durability is the server's business: it is not what the tests are about.
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off",
                    "full_page_writes": "off", "max_connections": "100", "wal_level": "logical",
                    "shared_buffers": "64MB"}
        if durable:
            settings |= {"fsync": "on", "full_page_writes": "on"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = self.popen("postgres", "-D", self.data, *options, output=subprocess.PIPE)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "ready to accept" in line:  # Of a standby: read-only connections.
                break
        else:
            sys.exit("with_server.py: the server does not start:\n" + "".join(said))
        # What it goes on to say must not fill the pipe.
        threading.Thread(target=drain, args=(self.process.stdout,), daemon=True).start()

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def crash(self):
        """Ends at once, as a machine that fails does; `start` recovers."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def stand_by(self):
        """Goes on as a standby does, reading only."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        signal_file = os.path.join(self.data, "standby.signal")
        with open(signal_file, "w"):
            pass
        if self.owner:
            os.chown(signal_file, self.owner.pw_uid, self.owner.pw_gid)
        self.start()

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)  # Ends sessions, then itself.
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def popen(self, program, *arguments, output):
        # Nothing outlives this program, however it ends.
        command = ["setpriv", "--pdeathsig", "INT"]
        if self.owner:
            command += [f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}", "--clear-groups"]
        return subprocess.Popen([*command, os.path.join(programs(), program), *arguments], cwd=self.folder,
                                env={"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C"},
                                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True)

    def run(self, *command):
        process = self.popen(*command, output=subprocess.PIPE)
        said, _ = process.communicate()
        if process.returncode != 0:
            sys.exit(f"with_server.py: {command[0]} failed:\n{said}")


def main():
    durable = sys.argv[1:2] == ["--durable"]
    command = sys.argv[2:] if durable else sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    if os.environ.get("CALLQUEUE_TEST_POSTGRES"):
        return subprocess.call(command)
    server = Server()
    try:
        server.start(durable)
        return subprocess.call(command, env={**os.environ, "CALLQUEUE_TEST_POSTGRES": server.url})
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
