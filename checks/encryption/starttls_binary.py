"""Asking for TLS in binary protocols: PostgreSQL, LDAP, MySQL and Remote Desktop.

Each answer says its own length or has a fixed one, and exactly so much is read.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.checks.encryption.starttls_text import NotOfferedError, strange, turned_away

from posture_scan.sdk import Channel, Service

# --- PostgreSQL ------------------------------------------------------------------------------

_SSL_REQUEST: Final = bytes.fromhex("0000000804d2162f")


def postgresql(_service: Service, channel: Channel) -> None:
    """Lead PostgreSQL's connection to TLS (SSLRequest, "SSL Session Encryption").

    One byte is the whole answer; more behind it (CVE-2021-23222) is left where it is.
    """
    channel.send(_SSL_REQUEST)
    answer = channel.receive_exactly(1)
    if answer == b"N":
        raise NotOfferedError("N")
    if answer == b"E":
        raise turned_away("error")  # it could not start a process, or is full
    if answer != b"S":
        raise strange("no answer")


# --- LDAP ------------------------------------------------------------------------------------

_MESSAGE: Final = 1
_START_TLS: Final = b"1.3.6.1.4.1.1466.20037"
_SEQUENCE, _INTEGER, _ENUMERATED = 0x30, 0x02, 0x0A
_EXTENDED_REQUEST, _REQUEST_NAME, _EXTENDED_RESPONSE = 0x77, 0x80, 0x78
_NO_TLS: Final = frozenset({2, 10, 12, 52, 53})
"""protocolError, referral, unavailableCriticalExtension, unavailable, unwillingToPerform:
the ways in which RFC 4511 section 4.14.2 and servers say that they have none."""
_LONGEST_ANSWER: Final = 4096
_LONG_FORM: Final = 0x80
_LENGTH_BYTES: Final = 4


def _element(tag: int, value: bytes) -> bytes:
    return bytes([tag, len(value)]) + value


def ldap(_service: Service, channel: Channel) -> None:
    """Lead a directory's connection to TLS (StartTLS, RFC 4511 section 4.14)."""
    request = _element(_EXTENDED_REQUEST, _element(_REQUEST_NAME, _START_TLS))
    channel.send(_element(_SEQUENCE, _element(_INTEGER, bytes([_MESSAGE])) + request))
    code = _result(_message(channel))
    if code in _NO_TLS:
        raise NotOfferedError(f"result {code}")
    if code:
        raise turned_away(f"result {code}")


def _message(channel: Channel) -> bytes:
    """Read one LDAP message to its end and return what is in it."""
    head = channel.receive_exactly(2)
    if head[0] != _SEQUENCE:
        raise strange("no LDAP message")
    length = head[1]
    if length >= _LONG_FORM:
        size = length - _LONG_FORM
        if not 1 <= size <= _LENGTH_BYTES:
            raise strange("no length")
        length = int.from_bytes(channel.receive_exactly(size), "big")
    if length > _LONGEST_ANSWER:
        raise strange("too long")
    return channel.receive_exactly(length)


def _take(data: bytes) -> tuple[int, bytes, bytes]:
    """Return the first element's tag and value, and what follows it."""
    if len(data) < 2:  # noqa: PLR2004 -- a tag and a length
        raise strange("cut off")
    size = max(0, data[1] - _LONG_FORM) if data[1] >= _LONG_FORM else 0
    start = 2 + size
    length = int.from_bytes(data[2:start], "big") if data[1] >= _LONG_FORM else data[1]
    if size > _LENGTH_BYTES or start + length > len(data):
        raise strange("cut off")
    return data[0], data[start : start + length], data[start + length :]


def _result(message: bytes) -> int:
    """Return the result code of the extended response to our request."""
    tag, number, rest = _take(message)
    kind, answer, _ = _take(rest)
    if tag != _INTEGER or kind != _EXTENDED_RESPONSE:
        raise strange("no extended response")
    if not any(number):  # RFC 4511 section 4.4.1: unasked, before it hangs up
        raise turned_away("notice of disconnection")
    if int.from_bytes(number, "big") != _MESSAGE:
        raise strange("another message")
    tag, code, _ = _take(answer)
    if tag != _ENUMERATED or len(code) != 1:
        raise strange("no result")
    return code[0]


# --- MySQL and MariaDB -----------------------------------------------------------------------

_HEADER: Final = 4
_LONGEST_GREETING: Final = 1024
_PROTOCOL, _ERROR = 10, 0xFF
_TO_CAPABILITIES: Final = 13
"""Thread id (4), first part of the scramble (8) and a zero, after the version's end."""
_CLIENT_SSL: Final = 0x0800
_WANTED: Final = 0x0200 | _CLIENT_SSL | 0x8000
"""CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_SECURE_CONNECTION, without which it is no request."""
_LARGEST_PACKET: Final = 1 << 24
_UTF8: Final = 33


def mysql(_service: Service, channel: Channel) -> None:
    """Lead MySQL's or MariaDB's connection to TLS (SSLRequest; no user name is in it).

    The server counts every handshake that is given up, and shuts our address out after
    ``max_connect_errors`` of them in a row, a hundred by default: whoever calls this makes few
    connections.
    """
    head = channel.receive_exactly(_HEADER)
    length = int.from_bytes(head[:3], "little")
    if head[3] or not 1 <= length <= _LONGEST_GREETING:
        raise strange("no greeting")
    body = channel.receive_exactly(length)
    if body[0] == _ERROR:
        raise turned_away(f"error {int.from_bytes(body[1:3], 'little')}")
    _, end, rest = body[1:].partition(b"\x00")
    if body[0] != _PROTOCOL or not end or len(rest) < _TO_CAPABILITIES + 2:
        raise strange("no greeting")
    if not int.from_bytes(rest[_TO_CAPABILITIES : _TO_CAPABILITIES + 2], "little") & _CLIENT_SSL:
        raise NotOfferedError("no CLIENT_SSL")
    request = struct.pack("<IIB23x", _WANTED, _LARGEST_PACKET, _UTF8)
    channel.send(len(request).to_bytes(3, "little") + b"\x01" + request)


# --- Remote Desktop --------------------------------------------------------------------------

_OFFERED: Final = 0x0B
"""TLS, CredSSP and its extended form, all of which begin with a TLS handshake."""
_BEGINS_TLS: Final = frozenset({0x01, 0x02, 0x08})
_LEGACY: Final = 0x00
_RESPONSE, _FAILURE = 0x02, 0x03
_NO_TLS_HERE: Final = frozenset({0x02, 0x03})
"""SSL_NOT_ALLOWED_BY_SERVER and SSL_CERT_NOT_ON_SERVER (MS-RDPBCGR section 2.2.1.2.2)."""
_BARE, _FULL = 11, 19
_CONFIRM: Final = 0xD0


def rdp(_service: Service, channel: Channel) -> None:
    """Lead a Remote Desktop connection to TLS (MS-RDPBCGR section 5.4.5); no cookie is sent.

    Windows and xrdp drop connections that follow one another within 0.2 seconds: whoever calls
    this waits between them.
    """
    negotiation = struct.pack("<BBHI", 1, 0, 8, _OFFERED)
    channel.send(b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00" + negotiation)
    head = channel.receive_exactly(_HEADER)
    length = int.from_bytes(head[2:], "big")
    if head[:2] != b"\x03\x00" or length not in {_BARE, _FULL}:
        raise strange("no connection confirm")
    body = channel.receive_exactly(length - _HEADER)
    if body[0] != length - 5 or body[1] != _CONFIRM:
        raise strange("no connection confirm")
    if length == _BARE:
        raise NotOfferedError("no negotiation")  # older than 2008, or legacy security alone
    kind, _, _, value = struct.unpack("<BBHI", body[_BARE - _HEADER :])
    if (kind, value) == (_RESPONSE, _LEGACY) or (kind == _FAILURE and value in _NO_TLS_HERE):
        raise NotOfferedError("legacy" if kind == _RESPONSE else f"failure {value}")
    if kind == _FAILURE:
        raise turned_away(f"failure {value}")
    if kind != _RESPONSE or value not in _BEGINS_TLS:
        raise strange("no negotiation response")
