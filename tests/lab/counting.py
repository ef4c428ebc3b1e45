"""Listeners that count who comes: alone with a fixed answer, or in front of a real server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
PATIENCE = 20.0
"""Seconds after which a connection on which nothing happens is dropped."""


@dataclass
class Counted:
    """What a listener saw so far."""

    connections: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def one_more(self) -> None:
        """Count a connection."""
        with self._lock:
            self.connections += 1


@contextlib.contextmanager
def counting(address: str, port: int, forward: tuple[str, int] | None = None) -> Iterator[Counted]:
    """Count the connections to this port; hand them on, or answer as a small web server."""
    counted = Counted()
    listener = socket.create_server((address, port), backlog=128)
    workers: list[threading.Thread] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                counted.one_more()
                connection.settimeout(PATIENCE)
                work = threading.Thread(target=_attend, args=(connection, forward))
                work.start()
                workers.append(work)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield counted
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for work in workers:
            work.join(PATIENCE)


def _attend(connection: socket.socket, forward: tuple[str, int] | None) -> None:
    with connection, contextlib.suppress(OSError):
        if forward is None:
            if connection.recv(4096):
                connection.sendall(ANSWER)
            return
        with socket.create_connection(forward, PATIENCE) as behind:
            back = threading.Thread(target=_pipe, args=(behind, connection))
            back.start()
            _pipe(connection, behind)
            back.join(PATIENCE)


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way until that side is done, then tell the other side."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
