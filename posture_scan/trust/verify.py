"""Verification of a signed assessment: it gives the report, or says by code why not.

The order matters. Nothing of the payload is read before a trusted key is known to have signed
it; what was signed is judged before what it is still good for; and the verdict is an exception
or a ``Verified``, never a truth value somebody could forget to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from posture_scan.errors import PostureError
from posture_scan.trust import (
    assessment,
    canonical,
    dsse,
    permission,
    signatures,
    statement,
    strict_json,
)
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.outcome import CheckLine, Examination, Protocol, Verified
from posture_scan.trust.policy import Policy
from posture_scan.trust.signing import EVIDENCE_SUFFIX
from posture_scan.trust.store import TrustedKey, TrustStore
from posture_scan.trust.times import from_text, to_text


@dataclass(frozen=True)
class _Signed:
    """What the signed bytes say, once their signatures are known to be good."""

    envelope: dsse.Envelope
    statement: statement.Statement
    signers: tuple[TrustedKey, ...]
    report: dict[str, Any]
    assessed: assessment.Assessed
    signed_at: datetime
    expires_at: datetime


def verify(
    data: bytes,
    store: TrustStore,
    *,
    now: datetime,
    evidence: bytes | None = None,
    policy: Policy | None = None,
) -> Verified:
    """Verify a signed report.

    Args:
        data: the bytes of ``<report>.signed.json``.
        store: whom the reader trusts.
        now: the moment to judge at.
        evidence: the bytes of ``<report>.evidence.json``, if handed over.
        policy: what to ask for; the default trusts the store and asks for no evidence.

    Raises:
        PostureError: with the code of what is wrong; its class gives the exit code.
    """
    examination = examine(data, store, now=now, evidence=evidence, policy=policy)
    if examination.error is not None:
        raise examination.error
    if examination.verified is None:
        raise AssertionError("an examination without verdict")
    return examination.verified


def examine(
    data: bytes,
    store: TrustStore,
    *,
    now: datetime,
    evidence: bytes | None = None,
    policy: Policy | None = None,
) -> Examination:
    """Do what ``verify`` does and keep every step, the failed one too, instead of raising."""
    rules = policy or Policy()
    protocol = Protocol()
    try:
        signed = _authentic(data, store, rules, protocol)
        records = _evidence(signed, evidence, rules, protocol)
        _usable(signed, records, now, rules, protocol)
    except PostureError as error:
        failed = CheckLine("verdict", "fail", error.code, _plain(error.values))
        return Examination((*protocol.lines, failed), error=error)
    checks = tuple(protocol.lines)
    report = signed.report if records is None else {**signed.report, "evidence": records}
    facts = facts_of(signed, now, store, evidence_checked=records is not None)
    return Examination(checks, Verified(report, facts, signed.signers, checks))


def facts_of(
    signed: _Signed, now: datetime, store: TrustStore, *, evidence_checked: bool
) -> dict[str, Any]:
    """What a receipt or a screen shows of a verified statement, as plain JSON values."""
    predicate = signed.statement.predicate
    return {
        "payload_sha256": canonical.sha256(signed.envelope.payload),
        "report_id": signed.assessed.report_id,
        "predicate_type": signed.statement.predicate_type,
        "organisation": signed.assessed.scope.organisation,
        "authorised_by": signed.assessed.scope.authorised_by,
        "started_at": to_text(signed.assessed.started_at),
        "finished_at": to_text(signed.assessed.finished_at),
        "signed_at": to_text(signed.signed_at),
        "expires_at": to_text(signed.expires_at),
        "signers": [
            {"role": entry.role, "name": entry.name, "keyid": entry.key.keyid,
             "algorithm": entry.key.algorithm, "vetted": entry.vetted}
            for entry in signed.signers
        ],
        "tool": predicate.get("tool"),
        "profile": predicate.get("profile"),
        "evidence_records": predicate["evidence"]["records"],
        "evidence_checked": evidence_checked,
        "trust_store_digest": store.digest,
        "verified_at": to_text(now),
    }  # fmt: skip


def _authentic(data: bytes, store: TrustStore, policy: Policy, protocol: Protocol) -> _Signed:
    """Everything up to the point where the signed bytes may be believed to be the signer's."""
    envelope = dsse.parse(data)
    if envelope.unknown_members:
        protocol.note("input", "E-IN-013", members=", ".join(envelope.unknown_members)[:200])
    protocol.passed("input")
    if envelope.payload_type != statement.PAYLOAD_TYPE:
        raise refusal("E-TYP-001", got=envelope.payload_type[:120], expected=statement.PAYLOAD_TYPE)
    protocol.passed("payload_type")
    accepted = signatures.made_by_trusted(envelope, store, policy, protocol)
    if not policy.allow_foreign_layout and envelope.to_bytes() != data:
        raise refusal("E-IN-007")
    protocol.passed("signature")
    said = statement.parse(envelope.payload, expected=statement.ASSESSMENT)
    protocol.passed("statement")
    named = signatures.named_signers(said.predicate)
    signatures.judge(accepted, named, envelope=envelope, store=store, policy=policy)
    protocol.passed("signers")
    signed = _contents(envelope, said, accepted)
    protocol.passed("report")
    return signed


def _contents(
    envelope: dsse.Envelope, said: statement.Statement, accepted: tuple[TrustedKey, ...]
) -> _Signed:
    predicate = said.predicate
    version = predicate.get("schemaVersion")
    major = assessment.SCHEMA_VERSION.split(".", maxsplit=1)[0]
    if not isinstance(version, str) or version.split(".", maxsplit=1)[0] != major:
        raise refusal("E-TYP-004", got=str(version)[:20], expected=f"{major}.x")
    report = predicate.get("report")
    if not isinstance(report, dict) or "evidence" in report:
        raise refusal("E-TYP-005", member="predicate.report")
    assessed = assessment.read(report)
    for name, block in assessment.summary(report).items():
        if name != "schemaVersion" and predicate.get(name) != block:
            raise refusal("E-TYP-006", member=f"predicate.{name}")
    _judge_evidence_block(said)
    return _Signed(
        envelope, said, accepted, report, assessed,
        signed_at=from_text(predicate.get("signedAt"), "predicate.signedAt"),
        expires_at=min(
            from_text(predicate.get("expiresAt"), "predicate.expiresAt"),
            # A signer may promise less than the schema grants, not more.
            assessed.finished_at + assessment.VALID_FOR,
        ),
    )  # fmt: skip


def _judge_evidence_block(said: statement.Statement) -> None:
    """The evidence stands in the statement twice, for two kinds of readers; both must agree."""
    block = said.predicate.get("evidence")
    if not isinstance(block, dict) or type(block.get("records")) is not int:
        raise refusal("E-TYP-005", member="predicate.evidence")
    if block.get("format") != assessment.EVIDENCE_FORMAT:
        raise refusal("E-TYP-005", member="predicate.evidence.format")
    subject = next((item for item in said.subjects if item.name == block.get("name")), None)
    if subject is None or subject.digest != block.get("digest"):
        raise refusal("E-TYP-006", member="predicate.evidence")


def _evidence(
    signed: _Signed, evidence: bytes | None, policy: Policy, protocol: Protocol
) -> list[Any] | None:
    block = signed.statement.predicate["evidence"]
    if evidence is None:
        protocol.refuse_unless(
            not policy.evidence_required, "evidence", "E-EVD-005", records=block["records"]
        )
        return None
    expected, actual = block["digest"], canonical.digests(evidence)
    if any(expected.get(name) != digest for name, digest in actual.items()):
        raise refusal("E-EVD-001", got=short(actual["sha256"]), expected=short(expected["sha256"]))
    records = strict_json.loads(evidence, EVIDENCE_SUFFIX)
    if not isinstance(records, list) or len(records) != block["records"]:
        raise refusal("E-TYP-006", member="predicate.evidence.records")
    assessment.refuse_missing_evidence(signed.report, records)
    protocol.passed("evidence")
    return records


def _usable(
    signed: _Signed, records: list[Any] | None, now: datetime, policy: Policy, protocol: Protocol
) -> None:
    """What an authentic report is still good for."""
    _judge_clock(signed, now)
    protocol.note("time", "E-TIM-001", got=to_text(signed.signed_at))
    permission.judge(signed.assessed, signed.report, records or [])
    protocol.passed("authorisation")
    if all(entry.role != "sme" for entry in signed.signers):
        protocol.note(
            "authorisation", "E-AUT-001", organisation=signed.assessed.scope.organisation or "-"
        )
    open_points = assessment.contradicted(signed.report)
    if open_points:
        protocol.note("contradictions", "E-ACK-003", criteria=", ".join(open_points)[:200])
    if now > signed.expires_at:
        protocol.refuse_unless(
            policy.allow_expired, "freshness", "E-FRS-003", got=to_text(signed.expires_at)
        )
    age = now - signed.assessed.finished_at
    if policy.max_age is not None and age > policy.max_age:
        protocol.refuse_unless(
            policy.allow_expired, "freshness", "E-FRS-002", got=age.days,
            expected=policy.max_age.days,
        )  # fmt: skip
    protocol.passed("freshness")


def _judge_clock(signed: _Signed, now: datetime) -> None:
    """Times must be in order, and each key its owner's when it signed and now.

    A key whose period is over could have signed yesterday under an old date: without a time
    stamp there is no telling, so it is refused.
    """
    for earlier, later in (
        (signed.assessed.finished_at, signed.signed_at),
        (signed.signed_at, now),
    ):
        if earlier - later > assessment.MAX_SKEW:
            raise refusal("E-TIM-006", got=to_text(earlier), expected=to_text(later))
    for entry in signed.signers:
        if not (entry.holds_at(signed.signed_at) and entry.holds_at(now)):
            raise refusal(
                "E-KEY-004", keyid=short(entry.key.keyid), name=entry.name,
                start=to_text(entry.valid_from),
                end=to_text(entry.valid_until) if entry.valid_until else "-",
            )  # fmt: skip


def _plain(values: dict[str, object]) -> dict[str, str | int | bool]:
    return {
        name: value if isinstance(value, str | int | bool) else str(value)
        for name, value in values.items()
    }
