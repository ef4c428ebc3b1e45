"""Directories (LDAP, Active Directory): a question about the directory itself.

The root entry is read without a logon, as RFC 4511 section 4.2 and RFC 4512 section 5.1 provide
for. Only the kind of one attribute is asked for (``typesOnly``), not a value, so that no name
of the firm is sent back. Over UDP the same question is an LDAP ping without a body (RFC 1798).
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.network_service.ber import (
    OCTETS,
    SEQUENCE,
    children,
    integer,
    number,
    read,
    write,
)

from posture_scan.sdk import protocol

_TCP, _UDP = 0x704C, 0x7043
"""Message numbers to know our answers by."""
_SEARCH, _ENTRY, _DONE = 0x63, 0x64, 0x65
_ENUMERATED, _BOOLEAN, _PRESENT = 0x0A, 0x01, 0x87
_SECONDS: Final = 5


def question(message: int) -> bytes:
    """Return the search for the root entry (RFC 4511 section 4.5.1)."""
    search = write(
        _SEARCH, write(OCTETS), write(_ENUMERATED, b"\x00"), write(_ENUMERATED, b"\x00"),
        integer(1), integer(_SECONDS), write(_BOOLEAN, b"\xff"),
        write(_PRESENT, b"objectClass"), write(SEQUENCE, write(OCTETS, b"supportedLDAPVersion")),
    )  # fmt: skip
    return bytes(write(SEQUENCE, integer(message, 2), search))


def answers(answer: bytes, message: int) -> bool:
    """Tell whether a message is the entry, or the end of the search, that we asked for."""
    parts = children(answer, SEQUENCE)
    if len(parts) < 2 or number(parts[0]) != message:  # noqa: PLR2004
        return False
    inside = read(parts[1].value)
    if parts[1].tag == _ENTRY:
        return len(inside) == 2 and inside[0] == (OCTETS, b"")  # noqa: PLR2004
    return parts[1].tag == _DONE and bool(inside) and inside[0].tag == _ENUMERATED


@protocol(
    "ldap", sends=question(_TCP), ports=(389, 636, 3268, 3269), nmap=("ldap", "globalcatLDAP")
)
def ldap(answer: bytes) -> bool:
    """The answer to our search over TCP."""
    return answers(answer, _TCP)


@protocol("cldap", sends=question(_UDP), ports=(389,), transport="udp")
def cldap(answer: bytes) -> bool:
    """The answer to our search over UDP."""
    return answers(answer, _UDP)
