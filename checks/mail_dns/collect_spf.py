"""Who may send mail in a domain's name (SPF, RFC 7208): the record and all that it leads to."""

from __future__ import annotations

from dataclasses import dataclass, field

from posture_scan.checks.mail_dns.names import beginning, exists, kept
from posture_scan.checks.mail_dns.spf_parse import IS_RECORD, parse_spf
from posture_scan.checks.mail_dns.spf_tree import SpfTree, follow

from posture_scan.sdk import PASSIVE, Domain, Facts, Net, collector


@dataclass(frozen=True)
class SpfRecord(Facts):
    """A domain's SPF record, and what following it brought."""

    no_name: bool = False
    """DNS knows no such domain."""
    records: tuple[str, ...] = ()
    """The records that claim to be SPF; only one may."""
    nobody: bool = False
    """It names nobody who may send."""
    tree: SpfTree = field(default_factory=SpfTree)
    """Empty unless there is exactly one record."""


@collector(on=Domain(), intrusiveness=PASSIVE)
def spf_record(domain: str, net: Net) -> SpfRecord:
    """Read the record; a single one is followed through everything it names."""
    if not exists(domain, net):
        return SpfRecord(no_name=True)
    found = beginning(net.lookup(domain, "TXT"), IS_RECORD)
    shown = tuple(kept(text) for text in found[:5])
    if len(found) != 1:
        return SpfRecord(records=shown)
    return SpfRecord(
        records=shown, nobody=parse_spf(found[0]).nobody, tree=follow(domain, found[0], net)
    )
