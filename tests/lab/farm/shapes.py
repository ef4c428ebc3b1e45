"""Sound answers in unusual shapes: small pieces, pauses, records of one byte; through a relay."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.lab.daemon import free_port
from tests.lab.farm.model import Server, Start, findings
from tests.lab.farm.openssl import SERVERS as OPENSSL
from tests.lab.farm.python import MODERN

PATIENCE: Final = 20.0
HANDSHAKE: Final = 22
HEADER: Final = 5
PACKET: Final = 1_460
"""Bytes of TCP data that one Ethernet frame holds."""

Cut = Callable[[bytes], Iterator[bytes]]
"""Takes the next bytes of an answer and yields what is sent, one piece after the other."""


def pieces(size: int, pause: float) -> Callable[[], Cut]:
    """Pieces of this size with a pause after each."""

    def cut(data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), size):
            yield data[at : at + size]
            time.sleep(pause)

    return lambda: cut


@dataclass
class ShortRecords:
    """Puts each byte of the messages sent in clear into a record of its own (RFC 5246 6.2.1)."""

    waiting: bytes = b""
    clear: bool = True

    def __call__(self, data: bytes) -> Iterator[bytes]:
        self.waiting += data
        while len(self.waiting) >= HEADER:
            end = HEADER + int.from_bytes(self.waiting[3:HEADER], "big")
            if len(self.waiting) < end:
                return
            record, self.waiting = self.waiting[:end], self.waiting[end:]
            self.clear = self.clear and record[0] == HANDSHAKE
            yield self.split(record) if self.clear else record

    @staticmethod
    def split(record: bytes) -> bytes:
        head = record[:3] + b"\0\1"
        return b"".join(head + bytes([byte]) for byte in record[HEADER:])


def relayed(start: Start, cut: Callable[[], Cut]) -> Start:
    """The same server, its answers cut up."""

    @contextlib.contextmanager
    def begin(folder: Path, address: str, port: int) -> Iterator[object]:
        behind = free_port(address)

        def attend(client: socket.socket) -> None:
            _relay(client, (address, behind), cut())

        with start(folder, address, behind) as process, listening(address, port) as listener:
            threading.Thread(target=_accept, args=(listener, attend), daemon=True).start()
            yield process

    return begin


@contextlib.contextmanager
def listening(address: str, port: int) -> Iterator[socket.socket]:
    listener = socket.create_server((address, port), backlog=128)
    try:
        yield listener
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, attend: Callable[[socket.socket], None]) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=attend, args=(client,), daemon=True).start()


def _relay(client: socket.socket, to: tuple[str, int], cut: Cut) -> None:
    with client, contextlib.suppress(OSError), socket.create_connection(to, PATIENCE) as server:
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asking = threading.Thread(target=_ask, args=(client, server), daemon=True)
        asking.start()
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                for piece in cut(data):
                    client.sendall(piece)
        # a mere close would wait for the other thread, which waits for the client
        client.shutdown(socket.SHUT_RDWR)
        asking.join(PATIENCE)


def _ask(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(65_536):
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)


def short_hellos_only(start: Start) -> Start:
    """The same server behind a box that cannot bear a first message of two packets."""

    @contextlib.contextmanager
    def begin(folder: Path, address: str, port: int) -> Iterator[object]:
        behind = free_port(address)

        def pass_on(client: socket.socket) -> None:
            client.settimeout(PATIENCE)
            with contextlib.suppress(OSError):
                if len(client.recv(65_536, socket.MSG_PEEK)) <= PACKET:
                    _relay(client, (address, behind), pieces(65_536, 0.0)())
            client.close()

        with start(folder, address, behind) as process, listening(address, port) as listener:
            threading.Thread(target=_accept, args=(listener, pass_on), daemon=True).start()
            yield process

    return begin


def shaped(model: str, name: str, cut: Callable[[], Cut]) -> Server:
    """One of the servers of ``openssl.py``, relayed."""
    known = next(one for one in OPENSSL if one.id == model)
    return replace(known, id=name, start=relayed(known.start, cut))


SERVERS: Final = (
    # a sender of single bytes may be cut off after 512 of them, and that is meant
    shaped("openssl_ecdsa", "in_pieces_of_32_bytes", pieces(32, 0.0)),
    shaped("openssl_tls10_to_13", "in_small_pieces_slowly", pieces(200, 0.02)),
    replace(
        MODERN[0], id="behind_a_box_for_short_hellos", start=short_hellos_only(MODERN[0].start),
        unseen=findings("tls.no_post_quantum"), facts={"post_quantum": "unseen"},
    ),
    shaped("openssl_tls12_only", "in_records_of_one_byte", ShortRecords),
)  # fmt: skip
