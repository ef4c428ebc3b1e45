"""First answers of this pack's protocols, for asking every recogniser about every other one.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

import struct

MYSQL_BODY = (
    b"\x0a5.5.5-10.11.19-MariaDB-0+deb12u1\x00\x05\x00\x00\x00abcdefgh\x00\xfe\xf7"
    b"-\x02\x00\xff\x81\x15\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00abcdefghijkl\x00"
    b"mysql_native_password\x00"
)
MYSQL_REFUSED = b"\xff\x6a\x04Host '192.0.2.9' is not allowed to connect to this MariaDB server"
MYSQL_BLOCKED = (
    b"\xff\x69\x04Host '192.0.2.9' is blocked because of many connection errors; unblock with "
    b"'mysqladmin flush-hosts'"
)
MYSQL_FULL = b"\xff\x10\x04Too many connections"
MONGO = b"\x08isWritablePrimary\x00\x01\x10maxWireVersion\x00\x15\x00\x00\x00"
POSTGRES = (
    b"E\x00\x00\x00\x9aSFATAL\x00VFATAL\x00C0A000\x00Munsupported frontend protocol 1.0: "
    b"server supports 3.0 to 3.0\x00Fpostmaster.c\x00\x00"
)


def mssql(encryption: int = 0, *, version: bytes = b"\x0f\x00\x10\x0c\x00\x00") -> bytes:
    """A TDS answer to the pre-login message."""
    body = bytes.fromhex("00000b00060100110001ff") + version + bytes([encryption])
    return struct.pack(">BBHHBB", 4, 1, 8 + len(body), 0, 1, 0) + body


def mongo(level: int = 21) -> bytes:
    """An answer to ``hello`` with this level of the wire protocol."""
    body = MONGO[:-4] + struct.pack("<i", level)
    return struct.pack("<iiii", 16 + len(body), 77, 1, 2013) + body


def framed(body: bytes) -> bytes:
    """A packet of MySQL's with the number 0."""
    return struct.pack("<I", len(body))[:3] + b"\x00" + body


SAMPLES: dict[str, tuple[bytes, ...]] = {
    "mysql": tuple(map(framed, (MYSQL_BODY, MYSQL_REFUSED, MYSQL_BLOCKED, MYSQL_FULL))),
    "postgresql": (POSTGRES,),
    "mssql": (mssql(),),
    "redis": (b"+PONG\r\n", b"-NOAUTH Authentication required.\r\n",
              b"-DENIED Redis is running in protected mode because",
              b"-NOPERM this user has no permissions to run the 'ping' command\r\n"),
    "mongodb": (mongo(),),
    "memcached": (b"VERSION 1.6.18\r\n",),
}  # fmt: skip
