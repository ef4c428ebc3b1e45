"""First answers of foreign protocols, for asking every recogniser about each of them.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

SMTP = b"220 mail.example.jp ESMTP Postfix (Debian/GNU)\r\n"

SAMPLES: dict[str, tuple[bytes, ...]] = {
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
