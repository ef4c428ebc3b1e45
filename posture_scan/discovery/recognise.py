"""Recognising TLS and HTTP by their first bytes: the two protocols that wrap all others."""

from __future__ import annotations

import re
import struct
from typing import Final

HTTP: Final = "http"
TLS: Final = "tls"

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] \d{3}[ \r\n]")
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO: Final = 2
_RECORD_HEAD: Final = 5

_SUITES: Final = (
    0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC009, 0xC013,
    0xC00A, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035, 0x003C, 0x003D, 0x009E, 0x0033, 0x0039,
    0x000A, 0x0005, 0x0004, 0x00FF,
)  # fmt: skip
"""IANA numbers from TLS 1.3 down to RC4, and the renegotiation marker (RFC 5746)."""
_GROUPS: Final = (0x001D, 0x0017, 0x0018, 0x0019)
_SIGNATURES: Final = (
    0x0403,
    0x0804,
    0x0401,
    0x0503,
    0x0805,
    0x0501,
    0x0806,
    0x0601,
    0x0203,
    0x0201,
)
_VERSIONS: Final = (0x0304, 0x0303, 0x0302, 0x0301)


def client_hello(name: str = "") -> bytes:
    """A ClientHello that servers from TLS 1.0 to 1.3 answer (RFC 8446 section 4.1.2).

    The random is a fixed one and no key share is sent: it is a question whether TLS is spoken
    here, and the connection ends with the first answer.
    """
    suites = b"".join(struct.pack(">H", suite) for suite in _SUITES)
    extensions = _extension(10, _numbers(_GROUPS)) + _extension(11, b"\x01\x00")
    extensions += _extension(13, _numbers(_SIGNATURES))
    versions = b"".join(struct.pack(">H", version) for version in _VERSIONS)
    extensions += _extension(43, bytes([len(versions)]) + versions)
    extensions += _extension(51, b"\x00\x00") + _extension(0xFF01, b"\x00")
    if name and len(name) < 254 and name.isascii() and not _is_address(name):  # noqa: PLR2004
        host = name.encode("ascii")
        entry = b"\x00" + struct.pack(">H", len(host)) + host
        extensions += _extension(0, struct.pack(">H", len(entry)) + entry)
    random = bytes(range(0x40, 0x60))
    body = b"\x03\x03" + random + b"\x00" + struct.pack(">H", len(suites)) + suites + b"\x01\x00"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def _numbers(values: tuple[int, ...]) -> bytes:
    packed = b"".join(struct.pack(">H", value) for value in values)
    return struct.pack(">H", len(packed)) + packed


def _extension(number: int, data: bytes) -> bytes:
    return struct.pack(">HH", number, len(data)) + data


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdecimal()


def is_tls(answer: bytes) -> bool:
    """Tell whether an answer to a ClientHello is a TLS ServerHello or alert record."""
    if len(answer) < _RECORD_HEAD + 1 or answer[1] != 3 or answer[2] > 4:  # noqa: PLR2004
        return False
    if answer[0] == _ALERT:
        return answer[3:5] == b"\x00\x02"
    return answer[0] == _HANDSHAKE and answer[5] == _SERVER_HELLO


def http_request(host: str, agent: str) -> bytes:
    """The plain request for the first page that every web server answers."""
    shown = f"[{host}]" if ":" in host else host
    lines = (
        "GET / HTTP/1.1", f"Host: {shown}", f"User-Agent: {agent}", "Accept: */*",
        "Connection: close", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode("ascii", "replace")


def is_http(answer: bytes) -> bool:
    """Tell whether an answer begins with an HTTP/1 status line."""
    return _STATUS_LINE.match(answer) is not None


def looks_like_http(message: bytes) -> bool:
    """Tell whether a protocol's first message is itself an HTTP request."""
    return re.match(rb"[A-Z_]{3,16} \S+ HTTP/1\.[01]\r\n", message) is not None
