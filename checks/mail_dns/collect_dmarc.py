"""What receivers do with mail that only pretends to come from the domain (DMARC, RFC 9989)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.mail_dns.dmarc_parse import IS_RECORD, DmarcPolicy, parse_dmarc
from posture_scan.checks.mail_dns.names import beginning, exists, kept, upwards

from posture_scan.sdk import PASSIVE, DnsAnswer, Domain, Facts, Net, collector

MOST_STEPS: Final = 8
"""RFC 9989 section 4.10: a tree walk asks eight times at most."""


@dataclass(frozen=True)
class DmarcRecord(Facts):
    """The DMARC record that counts for a domain, and where it was found."""

    no_name: bool = False
    """DNS knows no such domain."""
    found_at: str = ""
    """The domain whose record counts: this one or one above it; empty where there is none."""
    inherited: bool = False
    text: str = ""
    policy: DmarcPolicy = field(default_factory=DmarcPolicy)
    several: int = 0
    """How many records the domain itself has, where it is more than one: they count for none."""
    alias: str = ""
    """Where the domain's own record really stands, if elsewhere (CNAME)."""

    @property
    def effective(self) -> str:
        """What is asked for mail from this very domain."""
        own: str = self.policy.own
        return (self.policy.below or own) if self.inherited else own

    @property
    def below(self) -> str:
        """The weakest that is asked for subdomains, whether they exist or not."""
        existing: str = self.policy.below or self.policy.own
        return "none" if "none" in (existing, self.policy.nowhere or existing) else existing


def steps(domain: str) -> tuple[str, ...]:
    """The names of the tree walk: the domain, then from seven labels on upwards."""
    names = upwards(domain)
    return (names[0], *names[max(1, len(names) - (MOST_STEPS - 1)) :])


@collector(on=Domain(), intrusiveness=PASSIVE)
def dmarc_record(domain: str, net: Net) -> DmarcRecord:
    """Ask at the domain itself, and above it where it says nothing."""
    if not exists(domain, net):
        return DmarcRecord(no_name=True)
    own, answer = _at(domain, net)
    several = len(own) if len(own) > 1 else 0
    if len(own) == 1:
        return _record(domain, own[0], alias=answer.alias)
    found = _above(domain, net)
    if not found:
        return DmarcRecord(several=several, alias=kept(answer.alias))
    return _record(*found, inherited=True, several=several, alias=answer.alias)


def _record(
    name: str, text: str, *, inherited: bool = False, several: int = 0, alias: str = ""
) -> DmarcRecord:
    policy = parse_dmarc(text)
    return DmarcRecord(
        found_at=name, inherited=inherited, text=kept(text), policy=policy, several=several,
        alias=kept(alias),
    )  # fmt: skip


def _at(name: str, net: Net) -> tuple[tuple[str, ...], DnsAnswer]:
    answer = net.lookup(f"_dmarc.{name}", "TXT")
    return beginning(answer, IS_RECORD), answer


def _above(domain: str, net: Net) -> tuple[str, str] | None:
    """Find the organisation's record by walking upwards (sections 4.10.1 and 4.10.2).

    The record nearest to the root counts, unless one on the way says that it is the top
    (``psd=n``), or that it belongs to a registry (``psd=y``): then the one below it counts.
    """
    found: list[tuple[str, str]] = []
    names = steps(domain)
    for name in names[1:]:
        texts, _ = _at(name, net)
        if len(texts) != 1:
            continue
        registry = parse_dmarc(texts[0]).registry
        if registry == "n":
            return name, texts[0]
        if registry == "y":
            top = upwards(domain)[-len(name.split(".")) - 1]
            below = next((pair for pair in found if pair[0] == top), None)
            return below or (name, texts[0])
        found.append((name, texts[0]))
    return found[-1] if found else None
