"""Signing a report: two files that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from posture_scan.trust import assessment, canonical, dsse
from posture_scan.trust.keys import SigningKey
from posture_scan.trust.statement import PAYLOAD_TYPE

SIGNED_SUFFIX: Final = ".signed.json"
EVIDENCE_SUFFIX: Final = ".evidence.json"


@dataclass(frozen=True)
class SignedBundle:
    """What to hand over: the signed envelope and the evidence its digests stand for."""

    envelope: bytes
    """Goes into ``<report>.signed.json``."""
    evidence: bytes
    """Goes into ``<report>.evidence.json``."""
    payload_sha256: str
    """The report's name for all who refer to it; the envelope's own digest names nothing."""


def sign_with(
    report: Mapping[str, Any],
    signers: Sequence[SigningKey],
    *,
    now: datetime,
    unreconciled: bool = False,
) -> SignedBundle:
    """Sign a report with opened keys, say of the agent and of the contractor.

    Args:
        report: the report as plain JSON values, evidence included.
        signers: the opened private keys, each with the role its holder signs in.
        now: the moment of signing, stated but not proven.
        unreconciled: sign although answers contradict what was seen, and say so inside.

    Raises:
        PostureError: E-OUT codes for the report.
    """
    statement, evidence = assessment.build(
        report, signers=signers, signed_at=now, unreconciled=unreconciled
    )
    payload = statement.to_bytes()
    envelope = dsse.sign(PAYLOAD_TYPE, payload, signers).to_bytes()
    return SignedBundle(envelope, evidence, canonical.sha256(payload))
