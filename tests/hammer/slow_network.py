"""A network between workers and a PostgreSQL server that stops forwarding now and then, without hanging up: what
was on its way comes late, or is lost together with its connections.
"""

import os
import selectors
import shutil
import socket
import tempfile
import threading
import time

SOCKET = ".s.PGSQL.5432"
STUCK = 5.0  # Seconds after which one end is given up that does not take what it is sent.


class SlowNetwork:
    def __init__(self, server_folder):
        self.to = os.path.join(server_folder, SOCKET)
        self.folder = tempfile.mkdtemp(prefix="callqueue-net-", dir="/tmp")  # A socket's path must be short.
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.folder, SOCKET))
        self.listener.listen(64)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.other = {}  # Of each end of a connection.
        self.hung_until, self.loses = 0.0, False
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def hang(self, seconds, loses):
        self.loses, self.hung_until = loses, time.monotonic() + seconds

    def close(self):
        self.over.set()
        self.thread.join()
        self.lose_all()
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def serve(self):
        while not self.over.is_set():
            left = self.hung_until - time.monotonic()
            if left > 0:
                self.over.wait(left)
                continue
            if self.loses:
                self.loses = False
                self.lose_all()
            for key, _ in self.selector.select(0.05):
                if key.fileobj is self.listener:
                    self.welcome()
                elif key.fileobj in self.other:
                    self.carry(key.fileobj)

    def welcome(self):
        client, _ = self.listener.accept()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.to)
        except OSError:  # It is down.
            client.close()
            server.close()
            return
        for end, other in ((client, server), (server, client)):
            end.settimeout(STUCK)
            self.other[end] = other
            self.selector.register(end, selectors.EVENT_READ)

    def carry(self, end):
        try:
            data = end.recv(65536)
            self.other[end].sendall(data)
        except OSError:
            data = b""
        if not data:
            self.lose(end)

    def lose(self, end):
        for gone in (end, self.other[end]):
            self.selector.unregister(gone)
            self.other.pop(gone)
            gone.close()

    def lose_all(self):
        while self.other:
            self.lose(next(iter(self.other)))
