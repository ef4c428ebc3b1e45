"""Whether a domain's answers are signed (DNSSEC, RFC 4033 to 4035), seen by a resolver."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.mail_dns.names import exists, kept, upwards

from posture_scan.sdk import PASSIVE, Domain, Facts, Net, collector


@dataclass(frozen=True)
class DnssecState(Facts):
    """The zone a domain stands in, and whether its answers were validated."""

    no_name: bool = False
    """DNS knows no such domain."""
    zone: str = ""
    """The zone that the domain belongs to; empty where none was found."""
    keys_above: int = 0
    """DS records in the zone above: they hand the trust down."""
    authenticated: bool = False
    """The resolver says that it validated the zone's answer."""
    validates: bool = False
    """Whether the resolver validates at all: it does so for the root."""


def validating(net: Net) -> bool:
    """Tell whether this resolver validates: the root has been signed since 2010."""
    return net.lookup(".", "SOA").authenticated


@collector(on=Domain(), intrusiveness=PASSIVE)
def dnssec_state(domain: str, net: Net) -> DnssecState:
    """Find the zone, its DS records, and whether the resolver vouches for its answers."""
    validates = validating(net)
    if not exists(domain, net):
        return DnssecState(no_name=True, validates=validates)
    for name in upwards(domain):
        answer = net.lookup(name, "SOA")
        if answer.records:
            keys = len(net.lookup(name, "DS").records)
            return DnssecState(
                zone=kept(name), keys_above=keys, authenticated=answer.authenticated,
                validates=validates,
            )  # fmt: skip
    return DnssecState(validates=validates)
