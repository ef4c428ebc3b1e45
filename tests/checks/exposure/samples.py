"""First answers of this pack's protocols, for asking every recogniser about every other one.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

import struct

FTP = b"220 ProFTPD Server (Debian) [::ffff:192.0.2.7]\r\n"
MYSQL_BODY = (
    b"\x0a5.5.5-10.11.19-MariaDB-0+deb12u1\x00\x05\x00\x00\x00abcdefgh\x00\xfe\xf7"
    b"-\x02\x00\xff\x81\x15\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00abcdefghijkl\x00"
    b"mysql_native_password\x00"
)
MYSQL_REFUSED = b"\xff\x6a\x04Host '192.0.2.9' is not allowed to connect to this MariaDB server"
MONGO = b"\x08isWritablePrimary\x00\x01\x10maxWireVersion\x00\x15\x00\x00\x00"
POSTGRES = (
    b"E\x00\x00\x00\x9aSFATAL\x00VFATAL\x00C0A000\x00Munsupported frontend protocol 1.0: "
    b"server supports 3.0 to 3.0\x00Fpostmaster.c\x00\x00"
)
SMB2 = bytes.fromhex("00000080fe534d4240000000000000000000010001000000") + bytes(104)
SMB1 = bytes.fromhex("00000025ff534d4272000000009853c80000000000000000000000000000fffe00000000")
MSSQL_BODY = bytes.fromhex("00000b00060100110001ff") + b"\x0f\x00\x10\x0c\x00\x00\x02"
MSSQL = struct.pack(">BBHHBB", 4, 1, 8 + len(MSSQL_BODY), 0, 1, 0) + MSSQL_BODY


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + b"\x00" + body


SAMPLES: dict[str, tuple[bytes, ...]] = {
    "smb": (SMB2, SMB1 + b"\x11\x00\x00\x03"),
    "mysql": (framed(MYSQL_BODY), framed(MYSQL_REFUSED)),
    "postgresql": (
        POSTGRES,
    ),
    "mssql": (MSSQL,),
    "redis": (b"+PONG\r\n", b"-NOAUTH Authentication required.\r\n",
              b"-DENIED Redis is running in protected mode because"),
    "mongodb": (
        struct.pack("<iiii", 16 + len(MONGO), 77, 1, 2013) + MONGO,
    ),
    "memcached": (b"VERSION 1.6.18\r\n",),
    "ftp": (FTP, b"220-Welcome\r\n220 FTP server ready.\r\n", b"220 (vsFTPd 3.0.3)\r\n"),
    "mqtt": (b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00"),
}  # fmt: skip
