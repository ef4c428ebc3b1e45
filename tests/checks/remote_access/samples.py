"""First answers of this pack's protocols, for asking every recogniser about every other one.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

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
}  # fmt: skip
