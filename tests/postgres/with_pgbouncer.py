#!/usr/bin/env python3
"""with_pgbouncer.py COMMAND…: runs the command with PgBouncer between it and the server.

The server is the one of CALLQUEUE_TEST_POSTGRES; in the command's environment that names PgBouncer, which hands server
connections out per transaction, and CALLQUEUE_TEST_POOLED is set. Exit status 77: PgBouncer is not installed.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import threading


def start(folder, server_socket):
    config = os.path.join(folder, "pgbouncer.ini")
    with open(config, "w", encoding="utf-8") as text:
        text.write(f"""[databases]
* = host={server_socket} user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
auth_type = any
listen_addr =
unix_socket_dir = {folder}
""")
    command = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:  # It refuses to run as root.
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        os.chmod(folder, 0o755)
        command += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    pooler = subprocess.Popen([*command, program(), config], cwd=folder, stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
    said = []
    for line in pooler.stderr:
        said.append(line)
        if "process up" in line:
            break
    else:
        sys.exit("with_pgbouncer.py: PgBouncer does not start:\n" + "".join(said))
    # What it goes on to say must not fill the pipe.
    threading.Thread(target=pooler.stderr.read, daemon=True).start()
    return pooler


def program():
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not program():
        print("with_pgbouncer.py: skipped: PgBouncer is not installed", file=sys.stderr)
        return 77
    server_socket = re.search(r"host=([^&]+)", os.environ["CALLQUEUE_TEST_POSTGRES"]).group(1)
    folder = tempfile.mkdtemp(prefix="callqueue-pgb-", dir="/tmp")  # A socket's path must be short.
    pooler = start(folder, server_socket)
    try:
        url = f"postgresql://postgres@/postgres?host={folder}&port=6432"
        return subprocess.call(sys.argv[1:], env={**os.environ, "CALLQUEUE_TEST_POSTGRES": url,
                                                  "CALLQUEUE_TEST_POOLED": "1"})
    finally:
        pooler.terminate()
        pooler.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
