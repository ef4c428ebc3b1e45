"""Times as they stand in signed text: RFC 3339 in UTC with a final Z, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from posture_scan.trust.codes import refusal

_YEARS: Final = range(1970, 9000)
"""Outside these, a sum of two times could fall off the calendar."""


def to_text(moment: datetime) -> str:
    """Write a moment, to the second.

    Raises:
        ValueError: for a time without a zone, which would mean another moment elsewhere.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_text(text: object, member: str) -> datetime:
    """Read such a time.

    Raises:
        AnswerIsNoError: E-TYP-005, naming the member.
    """
    if not isinstance(text, str) or not text.endswith("Z"):
        raise refusal("E-TYP-005", member=member)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise refusal("E-TYP-005", member=member) from error
    if moment.utcoffset() is None or moment.year not in _YEARS:
        raise refusal("E-TYP-005", member=member)
    return moment
