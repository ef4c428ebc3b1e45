"""Mail servers that take mail in (SMTP): the greeting, and what they can do.

RFC 5321 section 4.1.1.1 and RFC 3207. After EHLO the connection is closed in order: no sender,
no recipient, no VRFY or EXPN, no logon and no try whether mail would be passed on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.network_service.dialogue import LINES, endless, line

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
    rb"\A(?:220|421|554)[ -].{0,1500}?(?:\bE?SMTP\b|Postfix|Exim|Sendmail|qmail|MailEnable)",
    re.IGNORECASE | re.DOTALL,
)
_HELLO: Final = b"EHLO posture-scan.invalid\r\n"
"""Our name, under a domain that never exists (RFC 6761 section 6.4)."""
_READY, _DONE = 220, 250
_CODE: Final = 3
_CLEAR: Final = frozenset({"PLAIN", "LOGIN"})
"""Ways to log on that hand over the password itself (RFC 4616)."""


@dataclass(frozen=True)
class SmtpOffer(Facts):
    """What a mail server offers before anything is encrypted."""

    tls_from_the_start: bool = False
    greeting_code: int = 0
    hello_code: int = 0
    """What EHLO was answered with; 250 where the list of abilities was read."""
    starttls: bool = False
    clear_logins: tuple[str, ...] = ()
    """``PLAIN`` and ``LOGIN`` where they are offered unencrypted."""


@protocol("smtp", ports=(25, 465, 587, 2525), nmap=("smtp", "smtps", "submission"))
def smtp(answer: bytes) -> bool:
    """A greeting that names SMTP or a well-known mail server."""
    return _GREETING.match(answer[:2048]) is not None


@collector(on=Service("smtp"), intrusiveness=HANDSHAKE)
def smtp_offer(service: Service, net: Net) -> SmtpOffer:
    """Read the greeting, say hello, read what is offered, leave."""
    if service.tls:
        return SmtpOffer(tls_from_the_start=True)
    with net.connect(service, timeout=10.0) as channel:  # many greet late, to put off spammers
        greeting, _ = _reply(channel)
        if greeting != _READY:
            return SmtpOffer(greeting_code=greeting)
        channel.send(_HELLO)
        code, lines = _reply(channel)
        channel.send(b"QUIT\r\n")
    offers = [text.upper().replace("=", " ").split() for text in lines[1:]]
    logins = {word for words in offers if words[:1] == ["AUTH"] for word in words[1:]}
    return SmtpOffer(
        greeting_code=greeting,
        hello_code=code,
        starttls=code == _DONE and any(words[:1] == ["STARTTLS"] for words in offers),
        clear_logins=tuple(sorted(logins & _CLEAR)) if code == _DONE else (),
    )


def _reply(channel: Channel) -> tuple[int, list[str]]:
    """Read one reply over all of its lines (RFC 5321 section 4.2.1)."""
    lines: list[str] = []
    for _ in range(LINES):
        text = line(channel)
        if not re.fullmatch(r"[2-5]\d\d(?:[ -].*)?", text, re.DOTALL | re.ASCII):
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no reply code")
        lines.append(text[_CODE + 1 :])
        if text[_CODE : _CODE + 1] != "-":
            return int(text[:_CODE]), lines
    raise endless()
