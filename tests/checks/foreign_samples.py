"""First answers of foreign protocols, for asking every recogniser about each of them.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "http": (
        b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<p>login:",
        b"HTTP/1.0 400 Bad Request\r\n\r\nlogin: ",
    ),
    "tls": (bytes.fromhex("160303003d0200003903035f"), bytes.fromhex("15030300020228")),
    "nothing": (b"", b"\x00", b"\xff", b"\x03\x00", b"\x00\x00\x00\x00", b"ok", b"\n"),
}  # fmt: skip
