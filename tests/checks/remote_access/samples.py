"""First answers of many protocols, for asking every recogniser about every other one.

Built from the specifications; those of SSH, RFB, SMB, MariaDB, PostgreSQL, Redis and telnet have
the form that Debian 12's own daemons gave on loopback (see ``tests/lab``).
"""

from __future__ import annotations

import struct

FTP = b"220 ProFTPD Server (Debian) [::ffff:192.0.2.7]\r\n"
SMTP = b"220 mail.example.jp ESMTP Postfix (Debian/GNU)\r\n"
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


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + b"\x00" + body


SMB2 = bytes.fromhex("00000080fe534d4240000000000000000000010001000000") + bytes(104)
SMB1 = bytes.fromhex("00000025ff534d4272000000009853c80000000000000000000000000000fffe00000000")
MSSQL_BODY = bytes.fromhex("00000b00060100110001ff") + b"\x0f\x00\x10\x0c\x00\x00\x02"
MSSQL = struct.pack(">BBHHBB", 4, 1, 8 + len(MSSQL_BODY), 0, 1, 0) + MSSQL_BODY
PPTP = struct.pack(">HHIHH", 156, 1, 0x1A2B3C4D, 2, 0) + bytes(144)

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "rdp": (
        bytes.fromhex("030000130ed000001234000209080002000000"),
        bytes.fromhex("030000130ed000001234000300080005000000"),
        bytes.fromhex("0300000b06d00000123400"),
    ),
    "vnc": (b"RFB 003.008\n", b"RFB 003.003\n", b"RFB 003.889\n"),
    "telnet": (
        bytes.fromhex("fffd18fffd20fffd23fffd27"),
        b"\r\nFGT60D login: ",
        b"MikroTik v6.42\r\nLogin: ",
    ),
    "ssh": (
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n",
        b"Welcome\r\nSSH-1.99-Cisco-1.25\n",
    ),
    "radmin": (bytes.fromhex("0100000009") + bytes(12),),
    "teamviewer": (bytes.fromhex("17241104000000000000"), bytes.fromhex("11300a000000")),
    "x11": (
        b"\x00\x16\x0b\x00\x00\x00\x06\x00No protocol specified\n\x00\x00",
        b"\x01\x00\x0b\x00\x00\x00\x10\x01" + bytes(64),
    ),
    "pptp": (PPTP,),
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
    "smtp": (SMTP, b"220 example.jp FTP-free ESMTP ready\r\n"),
    "http": (
        b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<p>login:",
        b"HTTP/1.0 400 Bad Request\r\n\r\nlogin: ",
    ),
    "imap": (b"* OK [CAPABILITY IMAP4rev1] Dovecot ready. password:",),
    "pop3": (b"+OK Dovecot ready. login:",),
    "tls": (bytes.fromhex("160303003d0200003903035f"), bytes.fromhex("15030300020228")),
    "nothing": (b"", b"\x00", b"\xff", b"\x03\x00", b"\x00\x00\x00\x00", b"ok", b"\n"),
}  # fmt: skip
