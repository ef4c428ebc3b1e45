"""Mailboxes (IMAP and POP3): whether passwords can travel unencrypted.

The server's own list of abilities tells (RFC 3501 section 6.1.1 and RFC 2449); nobody logs on.
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

_IMAP: Final = re.compile(rb"\A\* (?:OK|PREAUTH|BYE)(?=[ \r\n])")
_POP3: Final = re.compile(rb"\A\+OK(?: [\t\x20-\xff]{0,500})?(?:\r?\n)?\Z")
_CLEAR: Final = frozenset({"PLAIN", "LOGIN"})
_TAG: Final = "p1"


@dataclass(frozen=True)
class ImapOffer(Facts):
    """What an IMAP server offers before anything is encrypted."""

    tls_from_the_start: bool = False
    turned_away: bool = False
    """The server said BYE, or refused to list its abilities."""
    starttls: bool = False
    login_disabled: bool = False
    clear_logins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pop3Offer(Facts):
    """What a POP3 server offers before anything is encrypted."""

    tls_from_the_start: bool = False
    listed: bool = False
    """Whether the server has a list of abilities; servers from before 1998 do not."""
    stls: bool = False
    clear_logins: tuple[str, ...] = ()
    """``USER``, ``PLAIN`` and ``LOGIN`` where they are offered unencrypted."""


@protocol("imap", ports=(143, 993), nmap=("imap", "imaps"))
def imap(answer: bytes) -> bool:
    """An untagged greeting (RFC 3501 section 7.1)."""
    return _IMAP.match(answer) is not None


@protocol("pop3", ports=(110, 995), nmap=("pop3", "pop3s"))
def pop3(answer: bytes) -> bool:
    """A positive greeting of one line (RFC 1939 section 4)."""
    return _POP3.match(answer[:600]) is not None


@collector(on=Service("imap"), intrusiveness=HANDSHAKE)
def imap_offer(service: Service, net: Net) -> ImapOffer:
    """Read the greeting, ask for the abilities, leave."""
    if service.tls:
        return ImapOffer(tls_from_the_start=True)
    with net.connect(service) as channel:
        greeting = line(channel)
        if not imap.recognise(greeting.encode("latin-1") + b"\r\n"):
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no IMAP greeting")
        if greeting.startswith("* BYE"):
            return ImapOffer(turned_away=True)
        channel.send(f"{_TAG} CAPABILITY\r\n".encode())
        done, abilities = _imap_abilities(channel)
        channel.send(b"p2 LOGOUT\r\n")
    if not done:
        return ImapOffer(turned_away=True)
    return ImapOffer(
        starttls="STARTTLS" in abilities,
        login_disabled="LOGINDISABLED" in abilities,
        clear_logins=tuple(
            sorted(name for name in _CLEAR if f"AUTH={name}" in abilities)
        ),
    )  # fmt: skip


def _imap_abilities(channel: Channel) -> tuple[bool, frozenset[str]]:
    """Read up to the tagged end: whether it is OK, and the abilities listed before it."""
    found: set[str] = set()
    for _ in range(LINES):
        text = line(channel).upper()
        if text.startswith("* CAPABILITY "):
            found.update(text.split()[2:])
        elif text.startswith(f"{_TAG.upper()} "):
            return text.split()[1:2] == ["OK"] and bool(found), frozenset(found)
        elif not text.startswith("* "):
            break
    raise endless()


@collector(on=Service("pop3"), intrusiveness=HANDSHAKE)
def pop3_offer(service: Service, net: Net) -> Pop3Offer:
    """Read the greeting, ask for the abilities, leave."""
    if service.tls:
        return Pop3Offer(tls_from_the_start=True)
    with net.connect(service) as channel:
        if not line(channel).startswith("+OK"):
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no POP3 greeting")
        channel.send(b"CAPA\r\n")
        listed, abilities = _pop3_abilities(channel)
        channel.send(b"QUIT\r\n")
    mechanisms = {word for words in abilities if words[0] == "SASL" for word in words[1:]}
    logins = mechanisms & _CLEAR | ({"USER"} if ["USER"] in abilities else set())
    return Pop3Offer(listed=listed, stls=["STLS"] in abilities, clear_logins=tuple(sorted(logins)))


def _pop3_abilities(channel: Channel) -> tuple[bool, list[list[str]]]:
    """Read the list up to its full stop (RFC 2449 section 5); none where CAPA is refused."""
    first = line(channel)
    if first.startswith("-ERR"):
        return False, []
    if not first.startswith("+OK"):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no POP3 reply")
    found: list[list[str]] = []
    for _ in range(LINES):
        text = line(channel)
        if text == ".":
            return True, found
        words = text.upper().split()
        if words:
            found.append(words)
    raise endless()
