"""First answers of this pack's protocols, for asking every recogniser about every other one.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

FTP = b"220 ProFTPD Server (Debian) [::ffff:192.0.2.7]\r\n"
SMB2 = bytes.fromhex("00000080fe534d4240000000000000000000010001000000") + bytes(104)
SMB1 = bytes.fromhex("00000025ff534d4272000000009853c80000000000000000000000000000fffe00000000")

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "smb": (SMB2, SMB1 + b"\x11\x00\x00\x03"),
    "ftp": (FTP, b"220-Welcome\r\n220 FTP server ready.\r\n", b"220 (vsFTPd 3.0.3)\r\n"),
    "mqtt": (b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00"),
}
