"""Who may issue certificates for a domain (CAA, RFC 8659)."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.mail_dns.names import exists, kept, upwards

from posture_scan.sdk import PASSIVE, Domain, Facts, Net, collector


@dataclass(frozen=True)
class CaaRecords(Facts):
    """The CAA records that count for a domain."""

    no_name: bool = False
    """DNS knows no such domain."""
    found_at: str = ""
    """The domain whose records count: this one or the nearest above that has any."""
    issuers: tuple[str, ...] = ()
    """Who may issue, as written behind ``issue``; empty text means nobody."""
    others: tuple[str, ...] = ()
    """Names of the other properties."""


@collector(on=Domain(), intrusiveness=PASSIVE)
def caa_records(domain: str, net: Net) -> CaaRecords:
    """Ask at the domain, then at each one above it until there is an answer (section 3)."""
    if not exists(domain, net):
        return CaaRecords(no_name=True)
    for name in upwards(domain):
        records = net.lookup(name, "CAA").records
        if records:
            pairs = [_property(text) for text in records]
            issuers = (kept(value) for tag, value in pairs if tag == "issue")
            others = (kept(tag) for tag, _ in pairs if tag != "issue")
            return CaaRecords(found_at=name, issuers=tuple(issuers), others=tuple(others))
    return CaaRecords()


def _property(text: str) -> tuple[str, str]:
    """The tag and, without its parameters, the value of ``0 issue "ca.example; account=1"``."""
    parts = (*text.split(None, 2), "", "", "")
    return parts[1].lower(), parts[2].strip('" ').partition(";")[0].strip()
