"""Whether a domain asks to be told of failed encryption (SMTP TLS Reporting, RFC 8460)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.names import beginning, exists, kept, tags

from posture_scan.sdk import PASSIVE, Domain, Facts, Net, collector

_IS_RECORD: Final = re.compile(r"v=TLSRPTv1 *(?:;|\Z)")


@dataclass(frozen=True)
class TlsReporting(Facts):
    """The TLS-RPT record of a domain."""

    no_name: bool = False
    """DNS knows no such domain."""
    count: int = 0
    """How many records claim to be it; only one may (section 3)."""
    text: str = ""
    reported_to: bool = False
    """It names a place for reports: ``mailto:`` or ``https:``."""


@collector(on=Domain(), intrusiveness=PASSIVE)
def tls_reporting(domain: str, net: Net) -> TlsReporting:
    """Read the record."""
    if not exists(domain, net):
        return TlsReporting(no_name=True)
    found = beginning(net.lookup(f"_smtp._tls.{domain}", "TXT"), _IS_RECORD)
    if len(found) != 1:
        return TlsReporting(count=len(found), text=kept(found[0]) if found else "")
    places = dict(tags(found[0])).get("rua", "").lower().split(",")
    good = any(re.match(r" *(?:mailto:[^@ ]+@.|https://.)", place) for place in places)
    return TlsReporting(count=1, text=kept(found[0]), reported_to=good)
