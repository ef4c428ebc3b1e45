"""The answer to an SSL 2.0 CLIENT-HELLO, read from bytes alone (SSL 2.0 specification, C.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.encryption.protocol.hello import SSL2, SSL3
from posture_scan.checks.encryption.protocol.messages import (
    LARGEST_ANSWER,
    Answer,
    Cursor,
    FlawError,
    ServerHello,
)
from posture_scan.checks.encryption.protocol.wire import ALERT, HANDSHAKE, Reader

_SERVER_HELLO: Final = 4
_SMALLEST_HELLO: Final = 11
_TWO_BYTE_HEADER: Final = 0x80


@dataclass
class Ssl2Reader:
    """Collects one server's answer to an SSL 2.0 CLIENT-HELLO."""

    _data: bytearray = field(default_factory=bytearray)
    _answer: Answer | None = None

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return whether more could still teach something."""
        self._data += data
        if self._answer is None:
            self._answer = read_ssl2(bytes(self._data[:LARGEST_ANSWER]))
        return self._answer is None

    def answer(self) -> Answer:
        """Return what was learnt; an answer cut short proves nothing."""
        return self._answer or Answer(flaw="short_message" if self._data else "")


def read_ssl2(data: bytes) -> Answer | None:
    """Read a SERVER-HELLO, or what a server without SSL 2.0 says instead; None if incomplete."""
    if len(data) < 3:  # noqa: PLR2004 -- header and message type
        return None
    if data[0] in (ALERT, HANDSHAKE) and data[1] == SSL3 >> 8:
        reader = Reader()
        return None if reader.feed(data) else reader.answer()
    if not data[0] & _TWO_BYTE_HEADER:
        return Answer(flaw="not_ssl2")
    length = int.from_bytes(data[:2], "big") & 0x7FFF
    if data[2] != _SERVER_HELLO or length < _SMALLEST_HELLO:
        return Answer(flaw="not_ssl2")
    return _ssl2_hello(data[2 : 2 + length]) if len(data) >= 2 + length else None


def _ssl2_hello(body: bytes) -> Answer:
    cursor = Cursor(body)
    try:
        cursor.take(3)
        version = cursor.number(2)
        certificate, kinds, connection = (cursor.number(2) for _ in range(3))
        leaf, listed = cursor.take(certificate), cursor.take(kinds)
        cursor.take(connection)
    except FlawError as error:
        return Answer(flaw=str(error))
    if version != SSL2 or kinds % 3:
        return Answer(flaw="not_ssl2")
    offered = tuple(int.from_bytes(listed[at : at + 3], "big") for at in range(0, kinds, 3))
    chain = (leaf,) if leaf else ()
    return Answer(hello=ServerHello(SSL2), chain=chain, finished=True, ssl2_kinds=offered)
