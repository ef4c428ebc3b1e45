"""SSH: the banner and the algorithms offered, read before any key exchange happens.

RFC 4253 sections 4.2 and 7.1: both sides send their identification and their list of
algorithms unasked. We send our identification, read both and hang up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Channel,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

IDENTIFICATION: Final = b"SSH-2.0-posture_scan_1.0\r\n"
STRICT_MARKERS: Final = frozenset({"kex-strict-s-v00@openssh.com", "kex-strict-s"})
"""Said by servers that are safe from CVE-2023-48795 (Terrapin) whatever the cipher."""
BOTH_VERSIONS: Final = "1.99"
"""RFC 4253 section 5.1: the version of a server that speaks SSH-2 and, beside it, SSH-1."""

_BANNER: Final = re.compile(rb"SSH-(\d\.\d{1,2})-([^\x00-\x1f\x7f]{0,240})")
_LINE_LIMIT: Final = 1024
_LINES_BEFORE_BANNER: Final = 20
_KEXINIT: Final = 20
_COOKIE_LENGTH: Final = 16
_LISTS: Final = 10
_PACKET_LIMIT: Final = 35_000
"""RFC 4253 section 6.1: the largest packet that every implementation must take."""


@dataclass(frozen=True)
class SshHello(Facts):
    """What an SSH server says before anyone logs on."""

    banner: str
    software: str
    protocol1: bool
    """The outdated SSH-1 is offered (``SSH-1.5`` or ``SSH-1.99``)."""
    kex: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    """Of both directions, in the server's order."""
    macs: tuple[str, ...] = ()
    compression: tuple[str, ...] = ()
    strict_kex: bool = False
    read_algorithms: bool = False
    """Whether the list of algorithms was seen; a server of SSH-1 alone has none."""
    ciphers_in: tuple[str, ...] = ()
    """From the client to the server; empty in records of version 1, like the next three."""
    ciphers_out: tuple[str, ...] = ()
    macs_in: tuple[str, ...] = ()
    macs_out: tuple[str, ...] = ()

    @property
    def directions(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """Ciphers and MACs that can meet in one direction, for each direction.

        An older record does not tell them apart: there both are taken to be alike, as they are
        on every server known.
        """
        if self.ciphers_in or self.ciphers_out:
            return (self.ciphers_in, self.macs_in), (self.ciphers_out, self.macs_out)
        return ((self.ciphers, self.macs),)


@protocol("ssh", ports=(22, 2222), nmap=("ssh",))
def ssh(answer: bytes) -> bool:
    """An SSH identification, possibly after lines of welcome."""
    return any(_BANNER.match(line) for line in answer[:2048].split(b"\n")[:_LINES_BEFORE_BANNER])


@collector(on=Service("ssh"), intrusiveness=HANDSHAKE, version=2)
def ssh_hello(service: Service, net: Net) -> SshHello:
    """Read the banner and the list of algorithms, then hang up."""
    with net.connect(service) as channel:
        version, banner, software = _read_banner(channel)
        protocol1 = version.startswith("1.")
        if protocol1 and version != BOTH_VERSIONS:
            return SshHello(banner, software, protocol1=True)
        try:
            channel.send(IDENTIFICATION)
            lists = read_kexinit(_read_packet(channel))
        except AttemptError:
            if not protocol1:
                raise
            # SSH-1 was announced all the same: what was seen is kept, the list stays unread.
            return SshHello(banner, software, protocol1=True)
    return SshHello(
        banner, software, protocol1,
        kex=lists[0], host_keys=lists[1],
        ciphers=_both(lists[2], lists[3]), macs=_both(lists[4], lists[5]),
        compression=_both(lists[6], lists[7]),
        strict_kex=not STRICT_MARKERS.isdisjoint(lists[0]), read_algorithms=True,
        ciphers_in=lists[2], ciphers_out=lists[3], macs_in=lists[4], macs_out=lists[5],
    )  # fmt: skip


def _read_banner(channel: Channel) -> tuple[str, str, str]:
    for _ in range(_LINES_BEFORE_BANNER):
        line = channel.receive_until(b"\n", _LINE_LIMIT)
        said = _BANNER.match(line)
        if said:
            rest = _plain(said[2].decode("utf-8", "replace")).strip()
            return said[1].decode(), f"SSH-{said[1].decode()}-{rest}", rest.split(" ")[0]
        if not line.endswith(b"\n"):
            break
    raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no SSH identification")


def _read_packet(channel: Channel) -> bytes:
    length = int.from_bytes(channel.receive_exactly(4), "big")
    if not 1 < length <= _PACKET_LIMIT:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "packet length")
    body = channel.receive_exactly(length)
    return body[1 : length - body[0]] if body[0] < length else b""


def read_kexinit(payload: bytes) -> tuple[tuple[str, ...], ...]:
    """Read the ten name lists of a KEXINIT message.

    Raises:
        AttemptError: protocol_mismatch when it is none or is cut short.
    """
    if not payload or payload[0] != _KEXINIT:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no list of algorithms")
    position = 1 + _COOKIE_LENGTH
    lists: list[tuple[str, ...]] = []
    for _ in range(_LISTS):
        length = int.from_bytes(payload[position : position + 4], "big")
        names = payload[position + 4 : position + 4 + length]
        if len(payload) < position + 4 or len(names) != length:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "list cut short")
        text = _plain(names.decode("ascii", "replace"))
        lists.append(tuple(text.split(",")) if text else ())
        position += 4 + length
    return tuple(lists)


def _plain(text: str) -> str:
    """What a terminal would obey or hide becomes a question mark: no algorithm is named so."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _both(inward: tuple[str, ...], outward: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(inward + outward))
