"""Signing a report: two files that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.trust import assessment, canonical, dsse
from posture_scan.trust.codes import refusal
from posture_scan.trust.keys import ROLES, SigningKey, open_key
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


def sign_report(
    report: Mapping[str, Any],
    key: Path,
    passphrase: str,
    *,
    now: datetime,
    role: str = "",
) -> SignedBundle:
    """Sign a report with the private key in a file.

    Args:
        report: the report as plain JSON values, evidence included.
        key: the private key; its ``.pub.json`` stands beside it.
        passphrase: opens the key.
        now: the moment of signing, stated but not proven.
        role: sign in this role instead of the one the key was made for.

    Raises:
        UsageError: E-KEY codes for the key, E-OUT codes for the report.
    """
    signer = open_key(key, passphrase)
    if role and role not in ROLES:
        raise refusal("E-KEY-013", got=role[:40], expected=" ".join(ROLES))
    return sign_with(report, [replace(signer, role=role or signer.role)], now=now)


def sign_with(
    report: Mapping[str, Any],
    signers: Sequence[SigningKey],
    *,
    now: datetime,
) -> SignedBundle:
    """Sign a report with several opened keys, say of the agent and of the contractor."""
    statement, evidence = assessment.build(report, signers=signers, signed_at=now)
    payload = statement.to_bytes()
    envelope = dsse.sign(PAYLOAD_TYPE, payload, signers).to_bytes()
    return SignedBundle(envelope, evidence, canonical.sha256(payload))
