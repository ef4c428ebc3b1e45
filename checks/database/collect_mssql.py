"""SQL Server: the message before the logon (MS-TDS 2.2.6.5) tells version and encryption."""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.checks.database.answer import (
    NONE,
    OFFERED,
    REQUIRED,
    UNSEEN,
    DatabaseAnswer,
    heard,
)

from posture_scan.sdk import HANDSHAKE, Net, Service, collector, protocol

_REPLY: Final = 0x04
_HEADER: Final = 8
_VERSION, _ENCRYPTION, _END = 0, 1, 0xFF
_OPTION: Final = 5
_MOST_OPTIONS: Final = 16
_STATES: Final = {0: OFFERED, 1: REQUIRED, 2: NONE, 3: REQUIRED}
"""ENCRYPT_OFF (the logon alone is encrypted), ENCRYPT_ON, ENCRYPT_NOT_SUP, ENCRYPT_REQ, as
answered to a client that says ENCRYPT_OFF."""


def mssql_prelogin() -> bytes:
    """Return a TDS pre-login message with version and encryption options."""
    options = bytes.fromhex("00000b00060100110001ff")
    data = bytes(6) + b"\x00"
    return struct.pack(">BBHHBB", 0x12, 1, 8 + len(options) + len(data), 0, 1, 0) + options + data


@protocol("mssql", sends=mssql_prelogin(), ports=(1433,), nmap=("ms-sql-s",))
def mssql(answer: bytes) -> bool:
    """A TDS response that starts with the version option."""
    if len(answer) <= _HEADER or answer[0] != _REPLY or answer[1] > 1:
        return False
    length = int.from_bytes(answer[2:4], "big")
    return length == len(answer) and answer[_HEADER] == _VERSION


@collector(on=Service("mssql"), intrusiveness=HANDSHAKE)
def mssql_prelogin_answer(service: Service, net: Net) -> DatabaseAnswer:
    """Read SQL Server's version and encryption from the message before the logon."""
    found = _options(heard(mssql, service, net)[_HEADER:])
    raw = found.get(_VERSION, b"")
    version = f"{raw[0]}.{raw[1]}.{int.from_bytes(raw[2:4], 'big')}" if len(raw) >= 4 else ""  # noqa: PLR2004
    state = found.get(_ENCRYPTION, b"")
    tls = _STATES.get(state[0], UNSEEN) if state else UNSEEN
    return DatabaseAnswer("mssql", version=version, tls=tls)


def _options(body: bytes) -> dict[int, bytes]:
    """Read the list of options: token, offset and length, up to the end mark."""
    found: dict[int, bytes] = {}
    for at in range(0, _MOST_OPTIONS * _OPTION, _OPTION):
        entry = body[at : at + _OPTION]
        if len(entry) < _OPTION or entry[0] == _END:
            break
        token, offset, length = struct.unpack(">BHH", entry)
        found.setdefault(token, body[offset : offset + length])
    return found
