"""The assessment: what a signer says about a scan, as an in-toto predicate.

The whole report stands in the signed bytes except its evidence, which is most of the bulk and
travels as a file of its own; the signed bytes hold its digests. Blocks beside ``report``
repeat what readers of other tools look for under the customary names. They are made by
``summary`` from the report alone, and a verifier makes them again: the two can never disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from posture_scan.errors import AnswerIsNoError
from posture_scan.model.codec import CodecError, decode
from posture_scan.model.scope import Scope
from posture_scan.trust import canonical
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.keys import SigningKey
from posture_scan.trust.statement import ASSESSMENT, Statement, Subject
from posture_scan.trust.times import from_text, to_text

SCHEMA_VERSION: Final = "1.0"
"""Within 1.x new blocks may be added; those of 1.0 keep their meaning."""
VALID_FOR: Final = timedelta(days=90)
"""How long a report serves for a new quote; it stays authentic for ever."""
MAX_SKEW: Final = timedelta(seconds=300)
"""How far the clocks of scanner, signer and verifier may differ."""
EVIDENCE_NAME: Final = "evidence.json"
EVIDENCE_FORMAT: Final = "canonical-json-list-1"
SIGNER_ROLES: Final = ("agent", "contractor", "sme")
"""Those who can have made an assessment; an underwriter receives it."""


@dataclass(frozen=True)
class Assessed:
    """What a verifier has to know of a report to judge its use."""

    report_id: str
    scope: Scope
    started_at: datetime
    finished_at: datetime


def build(
    report: Mapping[str, Any],
    *,
    signers: Sequence[SigningKey],
    signed_at: datetime,
    unreconciled: bool = False,
) -> tuple[Statement, bytes]:
    """Turn a report into the statement to sign and its evidence file.

    A report in which an answer contradicts what was seen is signed only as ``unreconciled``,
    and says so inside the signed bytes.

    Raises:
        UsageError: E-OUT-001 for a value without an exact form, E-OUT-002 for a member that is
            missing or wrong, E-OUT-003 for signers who cannot sign this together.
        AnswerIsNoError: E-OUT-004 for contradictions nobody agreed to sign.
    """
    _judge_signers(signers)
    records, bare = _without_evidence(report)
    assessed = _readable(bare, records)
    open_points = contradicted(bare)
    if open_points and not unreconciled:
        raise refusal("E-OUT-004", criteria=", ".join(open_points)[:200])
    if assessed.finished_at - signed_at > MAX_SKEW:
        raise refusal("E-OUT-002", member="report.finished_at")
    evidence = canonical.dumps(records)
    digest = canonical.digests(evidence)
    predicate = {
        **summary(bare),
        "signers": [{"role": key.role, "keyid": key.keyid, "name": key.name} for key in signers],
        "evidence": {
            "name": EVIDENCE_NAME, "format": EVIDENCE_FORMAT, "records": len(records),
            "digest": digest,
        },
        "signedAt": to_text(signed_at),
        "expiresAt": to_text(assessed.finished_at + VALID_FOR),
        "report": bare,
    }  # fmt: skip
    return Statement(ASSESSMENT, (Subject(EVIDENCE_NAME, digest),), predicate), evidence


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks beside the report, made from it alone (schema 1.0)."""
    scope = report["scope"]
    rating = report.get("rating")
    return {
        "schemaVersion": SCHEMA_VERSION,
        "assessmentId": report["report_id"],
        "parties": {
            "assessedOrganisation": {"name": scope["organisation"]},
            "authorisedBy": {"name": scope["authorised_by"]},
        },
        "authorisation": {
            "organisation": scope["organisation"],
            "authorisedBy": scope["authorised_by"],
            "validFrom": scope["valid_from"],
            "validUntil": scope["valid_until"],
            "targets": scope["targets"],
            "exclude": scope.get("exclude", []),
            "intensity": scope.get("intensity", "light"),
            "scopeFile": {"sha256": digest} if (digest := scope.get("digest")) else None,
        },
        "clock": {"startedAt": report["started_at"], "finishedAt": report["finished_at"]},
        "coverage": _coverage(report),
        "tool": report.get("tool"),
        "packs": report.get("packs", []),
        "profile": rating.get("profile") if isinstance(rating, dict) else None,
        "limits": report.get("limits", []),
        "unreconciled": list(contradicted(report)),
    }


def contradicted(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the criteria in which an answer and what was seen contradict each other."""
    criteria = report.get("criteria", [])
    if not isinstance(criteria, list):
        return ()
    return tuple(
        str(item.get("id", "-"))
        for item in criteria
        if isinstance(item, dict) and item.get("status") == "contradicted"
    )


def read(report: Mapping[str, Any]) -> Assessed:
    """Read what every assessment must say.

    Raises:
        AnswerIsNoError: E-TYP-005, naming the member that is missing or wrong.
    """
    report_id = report.get("report_id")
    if not isinstance(report_id, str) or not report_id:
        raise refusal("E-TYP-005", member="report.report_id")
    try:
        scope: Scope = decode(Scope, report.get("scope"), "scope")
    except CodecError as error:
        raise refusal("E-TYP-005", member="report.scope") from error
    for name in ("assets", "findings"):
        listed = report.get(name)
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise refusal("E-TYP-005", member=f"report.{name}")
    started = from_text(report.get("started_at"), "report.started_at")
    finished = from_text(report.get("finished_at"), "report.finished_at")
    if finished < started:
        raise refusal("E-TYP-005", member="report.finished_at")
    return Assessed(report_id, scope, started, finished)


def refuse_missing_evidence(report: Mapping[str, Any], records: Sequence[Any]) -> None:
    """Refuse findings that rest on evidence nobody can look at.

    Raises:
        AnswerIsNoError: E-EVD-003, naming the finding; E-TYP-005 for unreadable records.
    """
    known: set[str] = set()
    for number, record in enumerate(records):
        name = record.get("id") if isinstance(record, dict) else None
        if not isinstance(name, str) or name in known:
            raise refusal("E-TYP-005", member=f"evidence[{number}].id")
        known.add(name)
    for number, finding in enumerate(report["findings"]):
        cited = finding.get("evidence", [])
        if not isinstance(cited, list):
            raise refusal("E-TYP-005", member=f"report.findings[{number}].evidence")
        for item in cited:
            if not isinstance(item, str) or item not in known:
                check, asset = finding.get("check", "-"), finding.get("asset", "-")
                raise refusal(
                    "E-EVD-003", finding=f"{check}/{asset}"[:120], evidence=str(item)[:40]
                )


def _readable(report: Mapping[str, Any], records: Sequence[Any]) -> Assessed:
    """Judge a report as a verifier will, but as the signer's own mistake."""
    try:
        assessed = read(report)
        refuse_missing_evidence(report, records)
    except AnswerIsNoError as error:
        if error.code != "E-TYP-005":
            raise
        raise refusal("E-OUT-002", member=str(error.values["member"])) from error
    return assessed


def _without_evidence(report: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    records = report.get("evidence", [])
    if not isinstance(records, list):
        raise refusal("E-OUT-002", member="evidence")
    return records, {name: value for name, value in report.items() if name != "evidence"}


def _coverage(report: Mapping[str, Any]) -> dict[str, Any]:
    """Counts that show what was not seen; missing data must never look like good news."""
    statuses = Counter(str(finding.get("status")) for finding in report["findings"])
    return {
        "assets": len(report["assets"]),
        "assetsReached": sum(1 for asset in report["assets"] if asset.get("reached") is True),
        "findings": len(report["findings"]),
        "byStatus": dict(statuses),
    }


def _judge_signers(signers: Sequence[SigningKey]) -> None:
    if not signers:
        raise refusal("E-OUT-003", role="-", keyid="-")
    seen: set[str] = set()
    for key in signers:
        if key.role not in SIGNER_ROLES or key.keyid in seen:
            raise refusal("E-OUT-003", role=key.role, keyid=short(key.keyid))
        seen.add(key.keyid)
