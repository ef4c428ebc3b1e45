"""What a check says: the four verdicts it can return, each with a reason that its words explain."""

from __future__ import annotations

from posture_scan.model.confidence import Method
from posture_scan.model.finding import Status, Value, Verdict


def ok(
    reason: str,
    *,
    actual: str = "",
    expected: str = "",
    method: Method | None = None,
    **values: Value,
) -> Verdict:
    """The weakness is not there; ``reason`` names a sentence in the check's words."""
    return Verdict(Status.PASS, reason, tuple(values.items()), actual, expected, method)


def fail(
    reason: str,
    *,
    actual: str = "",
    expected: str = "",
    method: Method | None = None,
    **values: Value,
) -> Verdict:
    """The weakness is there."""
    return Verdict(Status.FAIL, reason, tuple(values.items()), actual, expected, method)


def unknown(reason: str, *, actual: str = "", expected: str = "", **values: Value) -> Verdict:
    """It cannot be told from this evidence; the reason's sentence says what would settle it."""
    return Verdict(Status.UNKNOWN, reason, tuple(values.items()), actual, expected)


def not_applicable(reason: str, *, method: Method | None = None, **values: Value) -> Verdict:
    """The question does not arise here, and that was seen, not assumed."""
    return Verdict(Status.NOT_APPLICABLE, reason, tuple(values.items()), method=method)
