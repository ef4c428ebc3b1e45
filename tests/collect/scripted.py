"""Small hostile servers on loopback: each answers every connection with one given function."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(answer: Answer, address: str = "127.50.1.1", port: int = 0) -> Iterator[int]:
    """Serve until the block ends; gives the port."""
    # A sweep of a thousand ports may all lead here: what the kernel holds back looks silent.
    listener = socket.create_server((address, port), backlog=2048)
    listener.settimeout(0.05)
    stop = threading.Event()
    workers: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            answer(connection)

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            worker = threading.Thread(target=handle, args=(connection,), daemon=True)
            workers.append(worker)
            worker.start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        thread.join(2)
        listener.close()
        for worker in workers:
            worker.join(6)


def says(*parts: bytes) -> Answer:
    """A server that sends this and waits for the other side to close."""

    def answer(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
        while connection.recv(4096):
            pass

    return answer


def replies(data: bytes) -> Answer:
    """A server that waits for a message, sends this and closes."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(data)

    return answer


def silent(connection: socket.socket) -> None:
    """Accept, read and never say a word."""
    while connection.recv(4096):
        pass


def hangs_up(connection: socket.socket) -> None:
    """Close at once."""
    connection.close()
