"""A check's verdict about one asset, with everything needed to question it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Vantage


class Status(StrEnum):
    """The verdict. ``fail`` means that the weakness the check is named after is there."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    WAIVED = "waived"


class Severity(StrEnum):
    """How much a weakness matters to an attacker, strongest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


Value = str | int | bool
"""What a reason may carry: ids and values, never sentences."""


@dataclass(frozen=True)
class Verdict:
    """What a check returns; the engine makes it a finding."""

    status: Status
    reason: str
    values: tuple[tuple[str, Value], ...] = ()
    actual: str = ""
    expected: str = ""
    method: Method | None = None
    """A weaker (or stronger) method than the evidence's own, where the judgement needs it."""


@dataclass(frozen=True)
class Finding:
    """One check's verdict about one asset, as it stands in the report."""

    check: str
    check_version: int
    asset: str
    status: Status
    reason: str
    values: dict[str, Value] = field(default_factory=dict)
    actual: str = ""
    expected: str = ""
    confidence: int = 0
    method: Method = Method.HINT
    severity: Severity = Severity.INFO
    effort_hours: str = "0"
    """Decimal hours as text; facts that may be signed carry no floats."""
    evidence: tuple[str, ...] = ()
    vantage: Vantage = Vantage.EXTERNAL
    address: str = ""
    port: int = 0
    transport: str = ""
    observed_at: datetime | None = None
    valid_until: datetime | None = None
