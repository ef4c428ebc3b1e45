"""SoftEther VPN (and its sister PacketiX VPN), which names its version on its own path.

It hides behind the 403 page of no web server in particular; only there, on its usual ports, or
where the page names it, is one request made to the path on which its clients begin. Nothing
after that is sent: the client's next message would be its authentication.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Facts, HttpResponse, Net, Service, collector, printable

USUAL_PORTS: Final = (992, 1194, 5555)
_PATH: Final = "/vpnsvc/connect.cgi"
_FRONT_LIMIT: Final = 4096
_ANSWER_LIMIT: Final = 16_384
_OK: Final = 200
_MOST: Final = 32
_LONGEST: Final = 4096
_INTEGER, _DATA, _TEXT, _UNICODE, _LONG = range(5)


@dataclass(frozen=True)
class SoftetherAnswer(Facts):
    """Whether a web service is a SoftEther VPN server, and which."""

    found: bool
    asked: bool
    """False where nothing hinted at it."""
    product: str = ""
    version: str = ""
    build: int = 0


@collector(on=Service("http", tls=True), max_connections=2)
def softether_hello(service: Service, net: Net) -> SoftetherAnswer:
    """Ask for the version where the front page or the port hints at SoftEther."""
    if service.port not in USUAL_PORTS and not _hinted(_front(service, net)):
        return SoftetherAnswer(found=False, asked=False)
    answer = net.http(
        service, _PATH, method="POST", headers={"Content-Type": "image/jpeg"}, body=b"VPNCONNECT",
        follow=0, limit=_ANSWER_LIMIT,
    )  # fmt: skip
    return read_hello(answer)


def read_hello(answer: HttpResponse) -> SoftetherAnswer:
    """Read the server's greeting: its name, its version times hundred, and its build."""
    pack = read_pack(answer.body) if answer.status == _OK else {}
    hello, version, build = (pack.get(name) for name in ("hello", "version", "build"))
    if not isinstance(hello, bytes) or not isinstance(version, int) or not isinstance(build, int):
        return SoftetherAnswer(found=False, asked=True)
    shown = f"{version // 100}.{version % 100:02d}"
    return SoftetherAnswer(
        found=True, asked=True, product=printable(hello), version=shown, build=build
    )


def _front(service: Service, net: Net) -> bytes:
    """Return the front page as discovery read it, or read it now."""
    if service.greeting.startswith(b"HTTP/"):
        return service.greeting
    page = net.http(service, "/", follow=0, limit=_FRONT_LIMIT)
    server = b"Server: " + page.header("server").encode() if page.header("server") else b""
    return b"HTTP/1.1 %d\r\n%s\r\n\r\n%s" % (page.status, server, page.body)


def _hinted(front: bytes) -> bool:
    lower = front.lower()
    nameless = b" 403" in lower[:16] and b"\nserver:" not in lower
    return (
        (nameless and b"http server at" in lower) or b"softether" in lower or b"packetix" in lower
    )


def read_pack(data: bytes) -> dict[str, int | bytes]:
    """Read SoftEther's PACK: the first value of each element, as far as the bytes make sense."""
    found: dict[str, int | bytes] = {}
    reader = _Reader(data)
    try:
        for _ in range(min(reader.number(), _MOST)):
            name = reader.piece(reader.number() - 1).decode("ascii", "replace")
            kind, count = reader.number(), reader.number()
            values = [reader.value(kind) for _ in range(min(count, _MOST))]
            if values:
                found.setdefault(name, values[0])
    except ValueError:
        pass
    return found


class _Reader:
    """Numbers and pieces one after another; ValueError where they end or make no sense."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def piece(self, length: int) -> bytes:
        """Return the next bytes."""
        end = self._at + length
        if not 0 <= length <= _LONGEST or end > len(self._data):
            raise ValueError(length)
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self) -> int:
        """Return a number of four bytes."""
        return int(struct.unpack(">I", self.piece(4))[0])

    def value(self, kind: int) -> int | bytes:
        """Return a value of this kind."""
        if kind == _INTEGER:
            return self.number()
        if kind in {_DATA, _TEXT, _UNICODE}:
            return self.piece(self.number())
        if kind == _LONG:
            return int.from_bytes(self.piece(8), "big")
        raise ValueError(kind)
