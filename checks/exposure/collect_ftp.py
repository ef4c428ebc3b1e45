"""FTP: the greeting, and whether the connection can be encrypted (RFC 4217)."""

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

_GREETING: Final = re.compile(
    rb"\A220[ -].{0,1500}?(?:\bS?FTPD?\b|vsFTPd|ProFTPD|Pure-FTPd|FileZilla|Serv-U)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL: Final = re.compile(rb"\bE?SMTP\b|\bmail\b", re.IGNORECASE)
_LINES: Final = 40
_LINE_LIMIT: Final = 1024
_CODE: Final = 3


@dataclass(frozen=True)
class FtpGreeting(Facts):
    """What an FTP server offers before anyone logs on."""

    tls_reply: int
    """The code that ``AUTH TLS`` was answered with; 234 means it can be encrypted."""
    tls_from_the_start: bool = False


@protocol("ftp", ports=(21, 2121), nmap=("ftp",))
def ftp(answer: bytes) -> bool:
    """A greeting with code 220 that names FTP or a well-known FTP server, and no mail."""
    head = answer[:2048]
    return _GREETING.match(head) is not None and _MAIL.search(head) is None


@collector(on=Service("ftp"), intrusiveness=HANDSHAKE)
def ftp_greeting(service: Service, net: Net) -> FtpGreeting:
    """Read the greeting, ask for encryption, leave. Nobody logs on, not even anonymously."""
    if service.tls:
        return FtpGreeting(tls_reply=0, tls_from_the_start=True)
    with net.connect(service) as channel:
        _reply(channel)
        channel.send(b"AUTH TLS\r\n")
        code = _reply(channel)
        if code != 234:  # noqa: PLR2004 -- after 234 the server waits for a TLS handshake
            channel.send(b"QUIT\r\n")
        return FtpGreeting(tls_reply=code)


def _reply(channel: Channel) -> int:
    """Read one reply, over as many lines as it has (RFC 959 section 4.2)."""
    for _ in range(_LINES):
        line = channel.receive_until(b"\n", _LINE_LIMIT)
        if not line:
            raise AttemptError(Attempt.CLOSED_EARLY, "no reply")
        if line[:_CODE].isdigit() and line[_CODE : _CODE + 1] in {b" ", b"\r", b"\n"}:
            return int(line[:_CODE])
    raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no end of reply")
