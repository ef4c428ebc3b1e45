"""Every refusal of this room by its stable code, and what the reader has to do about it.

The class a code belongs to decides the exit code of the program; the sentence stands in
``text/trust.<language>.toml`` under ``error.<code>``.
"""

from __future__ import annotations

from typing import Final

from posture_scan.errors import (
    AnswerIsNoError,
    IncompleteError,
    NotPermittedError,
    NotTrustedError,
    PostureError,
    UsageError,
)

Value = str | int | bool

_INVALID: Final = (
    "E-IN-001", "E-IN-002", "E-IN-003", "E-IN-004", "E-IN-005", "E-IN-006", "E-IN-007",
    "E-IN-008", "E-IN-009", "E-IN-010", "E-IN-011", "E-IN-012",
    "E-TYP-001", "E-TYP-002", "E-TYP-003", "E-TYP-004", "E-TYP-005", "E-TYP-006",
    "E-SIG-001", "E-SIG-002", "E-SIG-003", "E-SIG-005", "E-SIG-006", "E-SIG-008", "E-SIG-009",
    "E-KEY-001", "E-KEY-003", "E-KEY-006",
    "E-EVD-001", "E-EVD-003", "E-OUT-004",
)  # fmt: skip
_USAGE: Final = (
    "E-KEY-002", "E-KEY-007", "E-KEY-008", "E-KEY-009", "E-KEY-010", "E-KEY-011", "E-KEY-012",
    "E-KEY-013", "E-KEY-014", "E-KEY-015", "E-POL-001", "E-OUT-001", "E-OUT-002", "E-OUT-003",
    "E-TRU-002", "E-TRU-003", "E-TRU-004",
)  # fmt: skip
_INCOMPLETE: Final = ("E-EVD-005",)
_NOT_TRUSTED: Final = ("E-SIG-004", "E-KEY-005")
_NOT_PERMITTED: Final = (
    "E-KEY-004", "E-AUT-002", "E-AUT-003", "E-FRS-002", "E-FRS-003", "E-TIM-006",
)  # fmt: skip

CODES: Final[dict[str, type[PostureError]]] = {
    **dict.fromkeys(_INVALID, AnswerIsNoError),
    **dict.fromkeys(_USAGE, UsageError),
    **dict.fromkeys(_INCOMPLETE, IncompleteError),
    **dict.fromkeys(_NOT_TRUSTED, NotTrustedError),
    **dict.fromkeys(_NOT_PERMITTED, NotPermittedError),
}
"""Code → class of the error, and with it the exit code."""

NOTES: Final = ("E-ACK-003", "E-AUT-001", "E-EVD-005", "E-IN-013", "E-SIG-010", "E-TIM-001")
"""Codes that stand beside a verdict without changing it."""


def refusal(code: str, **values: Value) -> PostureError:
    """Build the error of a code, ready to be raised."""
    return CODES[code](code, **printable(values))


def printable(values: dict[str, Value]) -> dict[str, Value]:
    """Escape what could move a cursor or turn text around: values may come from a stranger."""
    return {
        name: value.encode("unicode_escape").decode("ascii")
        if isinstance(value, str) and not value.isprintable()
        else value
        for name, value in values.items()
    }


def short(digest: str) -> str:
    """Shorten a digest or key id to the 12 characters a sentence shows."""
    return digest[:12]
