"""What a TLS server says in answer to a ClientHello, read from bytes alone (no input or output).

Up to TLS 1.2 that is what it sends in clear; of TLS 1.3 also the certificate, which is sealed
under keys that the hello itself agreed on (``tls13``). ``Reader`` takes bytes as they come, in
any pieces, and ends in one ``Answer``. Everything a server may send gives an answer: what does
not follow the protocol is named in ``flaw``. Record layout: RFC 8446 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.encryption.protocol.hello import SSL3, TLS13, ClientHello
from posture_scan.checks.encryption.protocol.messages import (
    LARGEST_ANSWER,
    Answer,
    Cursor,
    FlawError,
    ServerHello,
    read_certificates,
    read_key_exchange,
    read_sealed_certificates,
    read_server_hello,
)
from posture_scan.checks.encryption.protocol.shares import NoShareError, agree
from posture_scan.checks.encryption.protocol.tls13 import Opener, SealedError, opener

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
_ENCRYPTED_EXTENSIONS: Final = 8
_CERTIFICATE: Final = 11
_KEY_EXCHANGE: Final = 12
_CERTIFICATE_REQUEST: Final = 13
_SERVER_DONE: Final = 14


@dataclass
class Reader:
    """Collects one server's answer to one ClientHello of SSL 3.0 to TLS 1.3."""

    asked: ClientHello | None = None
    """The hello that is answered; without it nothing of TLS 1.3 can be opened."""
    _records: bytearray = field(default_factory=bytearray)
    _messages: bytearray = field(default_factory=bytearray)
    _total: int = 0
    _hello: ServerHello | None = None
    _chain: tuple[bytes, ...] = ()
    _dh_bits: int = 0
    _dh_name: str = ""
    _group: int = 0
    _opener: Opener | None = None
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
            dh_name=self._dh_name,
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
        if self._opener is not None and kind == CHANGE_CIPHER:
            return  # sent for old boxes in between; it means nothing (RFC 8446 D.4)
        if self._opener is not None and kind == APPLICATION:
            kind, body = self._opened(self._opener, body)
        if kind == ALERT:
            self._take_alert(body)
        elif kind == HANDSHAKE:
            self._messages += body
            while not self._over() and self._next_message():
                pass
        else:
            raise FlawError("bad_record")

    def _opened(self, by: Opener, body: bytes) -> tuple[int, bytes]:
        try:
            opened: tuple[int, bytes] = by.open(body)
        except SealedError as error:
            raise FlawError(str(error)) from error
        return opened

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
        whole = bytes(self._messages[: _MESSAGE_HEADER + length])
        del self._messages[: _MESSAGE_HEADER + length]
        if self._opener is not None:
            self._sealed_message(kind, body)
        elif self._hello is None and kind == _SERVER_HELLO:
            self._server_hello(body, whole)
        else:
            self._message(kind, body)
        return True

    def _server_hello(self, body: bytes, whole: bytes) -> None:
        hello = self._hello = read_server_hello(body)
        if hello.version < TLS13:
            return
        self._group = hello.group
        asked = self.asked
        if hello.retry or asked is None or hello.group not in asked.shares:
            self._finished = True
            return
        try:
            secret = agree(hello.group, hello.share)
            self._opener = opener(hello.suite, secret, asked.to_bytes()[_RECORD_HEADER:] + whole)
        except (NoShareError, SealedError):
            self._finished = True

    def _sealed_message(self, kind: int, body: bytes) -> None:
        """What precedes the certificate is passed over: extensions, a wish for one of ours."""
        if kind == _CERTIFICATE:
            self._chain = read_sealed_certificates(body)
            self._finished = True
        elif kind not in {_ENCRYPTED_EXTENSIONS, _CERTIFICATE_REQUEST}:
            raise FlawError("bad_message")

    def _message(self, kind: int, body: bytes) -> None:
        if kind == _HELLO_REQUEST:
            return
        if self._hello is None or kind == _SERVER_HELLO:
            raise FlawError("bad_message")
        if kind == _CERTIFICATE:
            self._chain = read_certificates(body)
        elif kind == _KEY_EXCHANGE:
            found = read_key_exchange(body, self._hello.suite)
            self._dh_bits, self._dh_name, self._group = found
        elif kind == _SERVER_DONE:
            self._finished = True
