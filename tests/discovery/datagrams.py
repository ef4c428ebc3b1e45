"""UDP sockets for tests: they count what comes, and answer it or keep silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Post:
    """What one UDP port received so far."""

    address: str
    port: int
    received: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def answering(
    address: str, port: int = 0, answer: Callable[[bytes], bytes | None] = lambda _data: None
) -> Iterator[Post]:
    """Count the datagrams to this port; ``answer`` gives the reply, or None for silence."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as listener:
        listener.bind((address, port))
        listener.settimeout(0.05)
        post = Post(address, int(listener.getsockname()[1]))
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    data, sender = listener.recvfrom(65_535)
                    post.received.append(data)
                    reply = answer(data)
                    if reply is not None:
                        listener.sendto(reply, sender)

        worker = threading.Thread(target=serve)
        worker.start()
        try:
            yield post
        finally:
            ended.set()
            worker.join(5)


def closed_port(address: str) -> int:
    """Return a UDP port on which nothing listens."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
