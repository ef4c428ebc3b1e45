"""Kerberos: recognised without naming anyone or asking for a ticket.

A real request names a principal, which is not ours to do. RFC 5021 section 3 lets a client
announce an extension of the transport in the first four bytes; a server that knows none must
answer with the error KRB_ERR_FIELD_TOOLONG. That is all that is said here.
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.network_service.ber import SEQUENCE, children, number, read

from posture_scan.sdk import protocol

_EXTENSION: Final = b"\x80\x00\x00\x00"
_ERROR: Final = 0x7E
_PREFIX: Final = 4
_VERSION_FIELD, _KIND_FIELD, _CODE_FIELD = 0xA0, 0xA1, 0xA6
_VERSION, _KIND = 5, 30


@protocol(
    "kerberos", sends=_EXTENSION, ports=(88,), nmap=("kerberos-sec", "kerberos"), anywhere=False
)
def kerberos(answer: bytes) -> bool:
    """A KRB-ERROR (RFC 4120 section 5.9.1) behind its length, whatever the code."""
    length = int.from_bytes(answer[:_PREFIX], "big")
    body = children(answer[_PREFIX : _PREFIX + length], _ERROR)
    if not body or body[0].tag != SEQUENCE:
        return False
    fields = {item.tag: read(item.value) for item in read(body[0].value)}
    version, kind = fields.get(_VERSION_FIELD), fields.get(_KIND_FIELD)
    if not version or not kind or not fields.get(_CODE_FIELD):
        return False
    return bool(number(version[0]) == _VERSION and number(kind[0]) == _KIND)
