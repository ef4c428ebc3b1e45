"""Signatures on mail (DKIM, RFC 6376): keys under the names that mail services usually give them.

Which names (selectors) a domain uses cannot be asked; a list of usual ones is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.dkim_parse import DkimKey, parse_dkim
from posture_scan.checks.mail_dns.names import blanks, exists

from posture_scan.sdk import PASSIVE, AttemptError, Domain, Facts, Net, collector

SELECTORS: Final = (
    "default", "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2", "dkim", "dkim1",
    "dkim2", "mail", "smtp", "mx", "key1", "key2", "sig1", "fm1", "fm2", "fm3", "protonmail",
    "protonmail2", "mandrill", "zoho", "zmail", "mxvault", "everlytickey1",
)  # fmt: skip
"""What Google, Microsoft, mailing services and common server software call theirs."""


@dataclass(frozen=True)
class DkimKeys(Facts):
    """The keys found under the usual selectors."""

    no_name: bool = False
    """DNS knows no such domain."""
    keys: tuple[DkimKey, ...] = ()
    asked: int = 0
    unread: int = 0
    """Selectors that the resolver gave no answer for."""

    @property
    def in_use(self) -> tuple[DkimKey, ...]:
        """The keys that receivers can check signatures with."""
        return tuple(key for key in self.keys if key.kind in {"rsa", "ed25519"})


@collector(on=Domain(), intrusiveness=PASSIVE)
def dkim_keys(domain: str, net: Net) -> DkimKeys:
    """Ask for a key under each usual selector."""
    if not exists(domain, net):
        return DkimKeys(no_name=True)
    keys: list[DkimKey] = []
    failed: list[AttemptError] = []
    for selector in SELECTORS:
        try:
            answer = net.lookup(f"{selector}._domainkey.{domain}", "TXT")
        except AttemptError as error:
            failed.append(error)
            continue
        read = (parse_dkim(selector, blanks(text)) for text in answer.records[:5])
        keys += [key for key in read if key is not None]
    if len(failed) == len(SELECTORS):
        raise failed[0]
    return DkimKeys(keys=tuple(keys), asked=len(SELECTORS), unread=len(failed))
