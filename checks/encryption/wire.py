"""What a TLS server says before encryption starts, read from bytes alone (no input or output).

``Reader`` takes bytes as they come, in any pieces, and ends in one ``Answer``. Everything a
server may send gives an answer: what does not follow the protocol is named in ``flaw``.
Record layout: RFC 8446 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.encryption.hello import SSL3, TLS13
from posture_scan.checks.encryption.messages import (
    LARGEST_ANSWER,
    Answer,
    Cursor,
    FlawError,
    ServerHello,
    read_certificates,
    read_key_exchange,
    read_server_hello,
)

LARGEST_RECORD: Final = 16_384 + 2_048
MOST_WARNINGS: Final = 16

CHANGE_CIPHER: Final = 20
ALERT: Final = 21
HANDSHAKE: Final = 22
APPLICATION: Final = 23

_FATAL: Final = 2
_CLOSE_NOTIFY: Final = 0
_RECORD_HEADER: Final = 5
_MESSAGE_HEADER: Final = 4

_HELLO_REQUEST: Final = 0
_SERVER_HELLO: Final = 2
_CERTIFICATE: Final = 11
_KEY_EXCHANGE: Final = 12
_SERVER_DONE: Final = 14


@dataclass
class Reader:
    """Collects one server's answer to one ClientHello of SSL 3.0 to TLS 1.3."""

    _records: bytearray = field(default_factory=bytearray)
    _messages: bytearray = field(default_factory=bytearray)
    _total: int = 0
    _hello: ServerHello | None = None
    _chain: tuple[bytes, ...] = ()
    _dh_bits: int = 0
    _group: int = 0
    _alert: int = -1
    _warnings: list[int] = field(default_factory=list)
    _flaw: str = ""
    _finished: bool = False

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return whether more could still teach something."""
        self._total += len(data)
        self._records += data
        try:
            while not self._over() and self._next_record():
                pass
        except FlawError as error:
            self._flaw = str(error)
        if not self._over() and self._total >= LARGEST_ANSWER:
            self._flaw = "too_long"
        return not self._over()

    def answer(self) -> Answer:
        """Return what has been learnt so far."""
        return Answer(
            hello=self._hello,
            chain=self._chain,
            dh_bits=self._dh_bits,
            group=self._group,
            alert=self._alert,
            warnings=tuple(self._warnings),
            flaw=self._flaw,
            finished=self._finished,
        )

    def _over(self) -> bool:
        return self._finished or self._alert >= 0 or bool(self._flaw)

    def _next_record(self) -> bool:
        head = self._records
        if head and head[0] not in (CHANGE_CIPHER, ALERT, HANDSHAKE, APPLICATION):
            raise FlawError("not_tls")
        if len(head) > 1 and head[1] != SSL3 >> 8:
            raise FlawError("not_tls")
        if len(head) < _RECORD_HEADER:
            return False
        length = int.from_bytes(head[3:_RECORD_HEADER], "big")
        if length > LARGEST_RECORD:
            raise FlawError("bad_record")
        if len(head) < _RECORD_HEADER + length:
            return False
        kind, body = head[0], bytes(head[_RECORD_HEADER : _RECORD_HEADER + length])
        del self._records[: _RECORD_HEADER + length]
        self._record(kind, body)
        return True

    def _record(self, kind: int, body: bytes) -> None:
        if kind == ALERT:
            self._take_alert(body)
        elif kind == HANDSHAKE:
            self._messages += body
            while not self._over() and self._next_message():
                pass
        else:
            raise FlawError("bad_record")

    def _take_alert(self, body: bytes) -> None:
        cursor = Cursor(body)
        level, number = cursor.number(1), cursor.number(1)
        # RFC 8446 6: the level is only a habit; close_notify ends the talk at either level
        if level == _FATAL or number == _CLOSE_NOTIFY:
            self._alert = number
        elif len(self._warnings) < MOST_WARNINGS:
            self._warnings.append(number)

    def _next_message(self) -> bool:
        if len(self._messages) < _MESSAGE_HEADER:
            return False
        length = int.from_bytes(self._messages[1:_MESSAGE_HEADER], "big")
        if length > LARGEST_ANSWER:
            raise FlawError("bad_message")
        if len(self._messages) < _MESSAGE_HEADER + length:
            return False
        kind, body = (
            self._messages[0],
            bytes(self._messages[_MESSAGE_HEADER : _MESSAGE_HEADER + length]),
        )
        del self._messages[: _MESSAGE_HEADER + length]
        self._message(kind, body)
        return True

    def _message(self, kind: int, body: bytes) -> None:
        if kind == _HELLO_REQUEST:
            return
        if (kind == _SERVER_HELLO) == (self._hello is not None):
            raise FlawError("bad_message")
        if self._hello is None:
            self._hello = read_server_hello(body)
            # from TLS 1.3 on, everything after this message is encrypted
            self._finished = self._hello.version >= TLS13
        elif kind == _CERTIFICATE:
            self._chain = read_certificates(body)
        elif kind == _KEY_EXCHANGE:
            self._dh_bits, self._group = read_key_exchange(body, self._hello.suite)
        elif kind == _SERVER_DONE:
            self._finished = True
