"""What the rating's tests are made of: profiles, statuses, findings, all small and explicit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from posture_scan.model.answer import Answer, Answers, Document
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status, Value
from posture_scan.model.scope import Scope
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating, rate
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State

PROFILES = Path(__file__).parent.parent.parent / "profiles"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SME: Profile = load_profile("jp-sme")
STRICT: Profile = load_profile("jp-sme-strict")
BASE = Decimal(120_000)

_STATES = {"m": State.MET, "p": State.PARTIAL, "n": State.NOT_MET}
_CLASSES = {
    "v": EvidenceClass.VERIFIED,
    "d": EvidenceClass.DOCUMENTED,
    "a": EvidenceClass.ATTESTED,
}

TYPICAL = {
    **dict.fromkeys(("EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV", "VUL-EOL"), "mv"),
    **dict.fromkeys(("BKP-JOB", "HRD-HOST", "NET-TLS"), "mv"),
    **dict.fromkeys(("VUL-PATCH", "END-EDR", "HRD-CFG", "EML-AUTH"), "pv"),
    **dict.fromkeys(("IAM-MFA-REM", "IAM-MFA-CLD", "TRN-AWR", "AST-INV"), "ma"),
    "GOV-POL": "md",
    "EXT-ADM": "nv",
    "BKP-ISO": "na",
}
"""The typical firm of the worked examples; two letters are status and class of evidence."""


def every(code: str, profile: Profile = SME) -> dict[str, str]:
    """Give every criterion the same status."""
    return {criterion.id: code for criterion in profile.criteria}


def statuses(codes: dict[str, str]) -> tuple[CriterionStatus, ...]:
    """Turn codes such as ``mv`` into statuses."""
    return tuple(
        CriterionStatus(name, _STATES[code[0]], _CLASSES[code[1]]) for name, code in codes.items()
    )


def rated(
    codes: dict[str, str],
    *,
    profile: Profile = SME,
    group: bool = True,
    certificates: Iterable[str] = ("sa2",),
) -> Rating:
    """Rate codes at the base premium of the worked examples."""
    return rate(
        profile,
        statuses(codes),
        base_premium=BASE,
        group_discount=group,
        certificates=tuple(certificates),
    )


def address(name: str = "192.0.2.1", *, scanned: bool = True) -> Asset:
    """An address of the firm, scanned to the end."""
    return Asset(name, "address", name, fully_scanned=scanned, reached=True)


def host(name: str = "pc-1", role: str = "computer") -> Asset:
    """A computer of the firm."""
    return Asset(name, "host", role=role)


def finding(
    check: str,
    status: Status = Status.PASS,
    asset: str = "192.0.2.1",
    *,
    vantage: Vantage = Vantage.EXTERNAL,
    confidence: int = 95,
    method: Method = Method.PROTOCOL_HANDSHAKE,
    port: int = 0,
    observed_at: datetime | None = NOW,
    values: dict[str, Value] | None = None,
    reason: str = "test",
) -> Finding:
    """A verdict as the engine makes it."""
    return Finding(
        check=check,
        check_version=1,
        asset=asset,
        status=status,
        reason=reason,
        values=values or {},
        confidence=confidence,
        method=method,
        vantage=vantage,
        port=port,
        observed_at=observed_at,
    )


def scope(
    computers: int = 0,
    servers: int = 0,
    nothing_listens: tuple[str, ...] = (),
    data_on: tuple[str, ...] = (),
) -> Scope:
    """A firm's permission, as far as the rating reads it."""
    return Scope(
        organisation="株式会社例",
        authorised_by="例 太郎",
        valid_from=date(2026, 11, 1),
        valid_until=date(2026, 12, 31),
        targets=("192.0.2.0/24",),
        computers=computers,
        servers=servers,
        nothing_listens=nothing_listens,
        data_on=data_on,
    )


def answers(
    *given: Answer, on: date = date(2026, 11, 20), facts: dict[str, str] | None = None
) -> Answers:
    """A filled-in questionnaire."""
    return Answers("jp-sme", "例 太郎", "代表取締役", on, given, facts or {})


def says(criterion: str, choice: str = "", /, **paths: str) -> Answer:
    """An answer: a plain choice, or one for each path."""
    return Answer(criterion, {"": choice} if choice else dict(paths))


def document(dated: date = date(2026, 10, 1)) -> Document:
    """A document as the questionnaire records it."""
    return Document("記録.pdf", "ab" * 32, dated)


def source(name: str = "jp-sme") -> str:
    """The text of a built-in profile."""
    return (PROFILES / f"{name}.toml").read_text("utf-8")


def changed(before: str, after: str, text: str | None = None) -> str:
    """The text of a profile with one passage changed; the passage must be there."""
    text = source() if text is None else text
    assert before in text, before
    return text.replace(before, after, 1)


def line_of(text: str, passage: str) -> int:
    """The line on which a passage starts."""
    return text.count("\n", 0, text.index(passage)) + 1


def without(pattern: str, text: str) -> str:
    """The text without the first match of a pattern; it must be there."""
    result, count = re.subn(pattern, "", text, count=1, flags=re.DOTALL)
    assert count == 1, pattern
    return result
