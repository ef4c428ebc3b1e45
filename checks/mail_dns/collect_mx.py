"""Whether a domain takes mail and where (MX, RFC 5321 section 5.1; null MX, RFC 7505)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.names import bare, beginning, exists, is_name, kept
from posture_scan.checks.mail_dns.spf_parse import IS_RECORD, parse_spf

from posture_scan.sdk import PASSIVE, AttemptError, Context, Domain, Facts, Net, collector

MOST_HOSTS: Final = 10
"""Mail servers of one domain whose addresses are asked for."""


@dataclass(frozen=True)
class MailUse(Facts):
    """Where a domain's mail goes, and whether it says that none is sent in its name."""

    no_name: bool = False
    """DNS knows no such domain."""
    hosts: tuple[str, ...] = ()
    """Mail servers as MX names them, without the one of the null MX."""
    null: bool = False
    """A null MX: the domain says that it takes no mail."""
    address: bool = False
    """Without MX: the domain itself has an address, which then counts as its mail server."""
    senders: str = ""
    """By SPF: ``nobody`` may send, ``somebody`` may, ``unsaid``, or ``not_read``."""
    lost: tuple[str, ...] = ()
    """Mail servers without any address."""
    aliases: tuple[str, ...] = ()
    """Mail servers whose name is only another name (RFC 2181 section 10.3)."""
    literal: tuple[str, ...] = ()
    """Mail servers given as an address, where a name must stand."""
    unread: tuple[str, ...] = ()
    """Mail servers that DNS gave no answer about."""

    @property
    def takes_none(self) -> bool:
        """Whether no mail can reach the domain, as it says itself or as nothing is there."""
        return not self.no_name and not self.hosts and (self.null or not self.address)

    @property
    def sends_none(self) -> bool:
        """Whether it takes no mail and says that nobody may send any in its name."""
        return self.takes_none and self.senders == "nobody"

    @property
    def unused(self) -> bool:
        """Whether it takes no mail and names nobody who sends: a domain without mail."""
        return self.takes_none and self.senders in {"nobody", "unsaid"}


def mail_use(context: Context) -> MailUse | None:
    """What is known of the domain's mail beside the evidence, or None."""
    return next((facts for facts in context.beside if isinstance(facts, MailUse)), None)


def mx_hosts(records: tuple[str, ...]) -> tuple[str, ...]:
    """The servers that MX records name, best first; the null MX is an empty name."""
    pairs = [text.split(None, 1) for text in records]
    known = [(int(p[0]) if p[0].isdecimal() else 65_535, bare(p[1])) for p in pairs if len(p) > 1]
    return tuple(dict.fromkeys(name for _, name in sorted(known)))


@collector(on=Domain(), intrusiveness=PASSIVE)
def mail_servers(domain: str, net: Net) -> MailUse:
    """Read where mail for the domain goes, and look each server's addresses up."""
    if not exists(domain, net):
        return MailUse(no_name=True)
    named = mx_hosts(net.lookup(domain, "MX").records)
    hosts = tuple(name for name in named if name)
    look = _Look([], [], [], [])
    for host in hosts[:MOST_HOSTS]:
        look.at(host, net)
    return MailUse(
        hosts=tuple(kept(name) for name in hosts[:MOST_HOSTS]),
        null="" in named,
        address=not named and _has_address(domain, net),
        senders=_senders(domain, net),
        lost=tuple(look.lost),
        aliases=tuple(look.aliases),
        literal=tuple(look.literal),
        unread=tuple(look.unread),
    )


@dataclass
class _Look:
    lost: list[str]
    aliases: list[str]
    literal: list[str]
    unread: list[str]

    def at(self, host: str, net: Net) -> None:
        """Look one server's addresses up and note what is wrong with it."""
        if _is_address(host):
            self.literal.append(host)
            return
        if not is_name(host):
            self.lost.append(kept(host))
            return
        try:
            first = net.lookup(host, "A")
            if not first.records and not net.lookup(host, "AAAA").records:
                self.lost.append(kept(host))
            elif first.alias:
                self.aliases.append(kept(host))
        except AttemptError:
            self.unread.append(kept(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _has_address(domain: str, net: Net) -> bool:
    return any(net.lookup(domain, kind).records for kind in ("A", "AAAA"))


def _senders(domain: str, net: Net) -> str:
    try:
        found = beginning(net.lookup(domain, "TXT"), IS_RECORD)
    except AttemptError:
        return "not_read"
    if not found:
        return "unsaid"
    return "nobody" if len(found) == 1 and parse_spf(found[0]).nobody else "somebody"
