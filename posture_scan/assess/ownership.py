"""Whether a domain is the organisation's: a record that only its owner can put into DNS.

The scope file carries a random text; the record's content follows from that text, from the
organisation's name and from the domain. Whoever copies the record, or publishes it for somebody
else's scope, proves nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from posture_scan.assess.domains import Lookup
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import Attempt, DomainProof, Evidence, Facts
from posture_scan.model.scope import Scope
from posture_scan.model.world import AttemptError

PREFIX: Final = "posture-scan-scope="
_LABEL: Final = "_posture-scan"
_LENGTH: Final = 32
"""Letters of the record's content: 160 bits, in the alphabet of RFC 4648 section 6."""


def record_name(domain: str) -> str:
    """Return the name under which the record has to stand (RFC 8552: a name of its own)."""
    return f"{_LABEL}.{domain}"


def record_text(scope: Scope, domain: str) -> str:
    """Return what the TXT record has to say for this scope and domain."""
    parts = ("posture-scan ownership 1", scope.proof, scope.organisation, domain.lower())
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return PREFIX + base64.b32encode(digest).decode().lower()[:_LENGTH]


def look(scope: Scope, domain: str, lookup: Lookup) -> DomainProof:
    """Look whether the record stands there.

    Raises:
        AttemptError: DNS gave no answer; nothing is proven and nothing disproven.
    """
    wanted = record_text(scope, domain)
    found = lookup(record_name(domain), "TXT").records
    return DomainProof(record_name(domain), wanted, found=wanted in found)


def proofs(
    scope: Scope, domains: Sequence[str], lookup: Lookup, clock: Callable[[], datetime]
) -> list[Evidence]:
    """Return a record for each domain; none for a scope that carries no text to prove by."""
    if not scope.proof:
        return []
    return [_evidence(scope, domain, lookup, clock) for domain in domains]


def _evidence(scope: Scope, domain: str, lookup: Lookup, clock: Callable[[], datetime]) -> Evidence:
    facts: Facts | None = None
    attempt, detail = Attempt.OK, ""
    try:
        facts = look(scope, domain, lookup)
    except AttemptError as error:
        attempt, detail = error.attempt, error.detail
    return with_id(
        Evidence(
            "", "core.DomainProof", domain, scope.vantage, "discovery.ownership", 1, clock(),
            attempt, DomainProof.method, facts, detail, names=(domain,),
        )
    )  # fmt: skip
