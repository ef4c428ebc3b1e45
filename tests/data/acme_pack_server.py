"""A door controller for tests: answers ``DOOR?`` with one line, on a loopback address.

``python acme_pack_server.py ADDRESS PORT [ANSWER]`` serves until it is ended.
"""

from __future__ import annotations

import contextlib
import socketserver
import sys
import threading
from collections.abc import Iterator

ANSWER = "DOOR 1.2 OPEN"
LINE_LIMIT = 64
PATIENCE = 5.0
"""Seconds a caller may take to ask."""


class _Handler(socketserver.StreamRequestHandler):
    timeout = PATIENCE

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            if self.rfile.readline(LINE_LIMIT) == b"DOOR?\r\n":
                server = self.server
                assert isinstance(server, DoorServer)
                self.wfile.write(f"{server.answer}\r\n".encode())


class DoorServer(socketserver.ThreadingTCPServer):
    """Serves one answer to every caller."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: str, port: int = 0, answer: str = ANSWER) -> None:
        self.answer = answer
        super().__init__((address, port), _Handler)


@contextlib.contextmanager
def door(address: str = "127.40.1.1", answer: str = ANSWER) -> Iterator[int]:
    """Run a door until the block ends; gives the port."""
    with DoorServer(address, answer=answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    with DoorServer(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4]) as running:
        running.serve_forever()
