"""MySQL and MariaDB: they speak first, and one connection is all that a run makes.

The server counts every connection that is dropped before the logon and shuts an address out
after a hundred (max_connect_errors), so the greeting heard in discovery is used again.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from posture_scan.checks.database.answer import (
    NONE,
    OFFERED,
    SHOWN,
    UNSEEN,
    DatabaseAnswer,
    expect,
)

from posture_scan.sdk import BANNER, Net, Service, collector, printable, protocol

_PROTOCOL: Final = 10
_ERROR: Final = 0xFF
_HEADER: Final = 4
_LONGEST: Final = 1024
_REFUSALS: Final = {
    1040: b"Too many connections",
    1129: b"is blocked because",
    1130: b"to connect to this M",
    1203: b"max_user_connections",
}
"""Errors sent in place of the greeting, with words of their message (MySQL error reference)."""
_NOT_ALLOWED: Final = 1130
_VERSION_TEXT: Final = re.compile(rb"[0-9][0-9A-Za-z.+~:_-]{0,80}")
_REPLICATION_PREFIX: Final = b"5.5.5-"
"""What MariaDB writes before its own version for old replicas."""
_TO_CAPABILITIES: Final = 13
"""Thread id (4), first part of the scramble (8) and a zero, after the version's end."""
_CLIENT_SSL: Final = 0x0800


@protocol("mysql", ports=(3306, 33060), nmap=("mysql",))
def mysql(answer: bytes) -> bool:
    """A first packet of MySQL or MariaDB: the greeting, or a refusal in its place."""
    if len(answer) <= _HEADER + 2 or answer[3] != 0:
        return False
    length = int.from_bytes(answer[:3], "little")
    if length + _HEADER < len(answer) or length < 3:  # noqa: PLR2004
        return False
    if answer[_HEADER] == _ERROR:
        code = int.from_bytes(answer[_HEADER + 1 : _HEADER + 3], "little")
        words = _REFUSALS.get(code)
        return words is not None and words in answer
    if answer[_HEADER] != _PROTOCOL:
        return False
    version, end, _ = answer[_HEADER + 1 :].partition(b"\x00")
    return bool(end) and _VERSION_TEXT.fullmatch(version) is not None


@collector(on=Service("mysql"), intrusiveness=BANNER)
def mysql_greeting(service: Service, net: Net) -> DatabaseAnswer:
    """Read the greeting of MySQL or MariaDB, the one already heard where there is one."""
    greeting = service.greeting
    if not mysql.recognise(greeting):
        with net.connect(service) as channel:
            header = channel.receive_exactly(_HEADER)
            length = min(int.from_bytes(header[:3], "little"), _LONGEST)
            greeting = header + channel.receive_exactly(length)
    expect(mysql.recognise(greeting))
    body = greeting[_HEADER:]
    if body[0] == _ERROR:
        product = "mariadb" if b"MariaDB" in body else "mysql"
        code = int.from_bytes(body[1:3], "little")
        return DatabaseAnswer(product, host_refused=code == _NOT_ALLOWED)
    raw, _, rest = body[1:].partition(b"\x00")
    version = printable(raw.removeprefix(_REPLICATION_PREFIX), SHOWN)
    product = "mariadb" if "MariaDB" in version else "mysql"
    return DatabaseAnswer(product, version=version, tls=_encryption(rest))


def _encryption(rest: bytes) -> str:
    """Read the capability bit CLIENT_SSL (MySQL protocol, HandshakeV10)."""
    state: str = UNSEEN
    if len(rest) >= _TO_CAPABILITIES + 2:
        flags: int = struct.unpack_from("<H", rest, _TO_CAPABILITIES)[0]
        state = OFFERED if flags & _CLIENT_SSL else NONE
    return state
