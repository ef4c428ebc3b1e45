"""What a verification found: every step by name and code, and the report if all is well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from posture_scan.errors import PostureError
from posture_scan.trust.codes import Value, printable, refusal
from posture_scan.trust.store import TrustedKey

CheckStatus = Literal["pass", "fail", "note", "skip"]


@dataclass(frozen=True)
class CheckLine:
    """One step of a verification; notes and failures carry the code of their sentence."""

    step: str
    status: CheckStatus
    code: str = ""
    values: dict[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "step": self.step, "status": self.status, "code": self.code, "values": self.values,
        }  # fmt: skip


@dataclass(frozen=True)
class Verified:
    """A report out of bytes that its signers signed; nothing else makes one."""

    report: dict[str, Any]
    """With its ``evidence`` where the evidence file was given and fits, else without."""
    facts: dict[str, Any]
    """What the signed statement says about itself; see ``verify.facts_of``."""
    signers: tuple[TrustedKey, ...]
    checks: tuple[CheckLine, ...]

    @property
    def payload_sha256(self) -> str:
        """The report's name for all who refer to it."""
        return str(self.facts["payload_sha256"])

    @property
    def notes(self) -> tuple[CheckLine, ...]:
        """What is true beside the yes, and a reader should know."""
        return tuple(line for line in self.checks if line.status == "note")


@dataclass(frozen=True)
class Examination:
    """A verification that does not raise: for those who show every step, good or bad."""

    checks: tuple[CheckLine, ...]
    verified: Verified | None = None
    error: PostureError | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, deterministic for the same input, store, policy and clock."""
        return {
            "verdict": "valid" if self.error is None else "refused",
            "exit_code": 0 if self.error is None else self.error.exit_code,
            "checks": [line.to_json() for line in self.checks],
            "facts": self.verified.facts if self.verified else {},
        }


class Protocol:
    """The steps of one verification, in the order they were taken."""

    def __init__(self) -> None:
        """Start with no step taken."""
        self.lines: list[CheckLine] = []

    def passed(self, step: str) -> None:
        """Record a step that went well."""
        self.lines.append(CheckLine(step, "pass"))

    def note(self, step: str, code: str, **values: Value) -> None:
        """Record something a reader should know beside the verdict."""
        self.lines.append(CheckLine(step, "note", code, printable(values)))

    def refuse_unless(self, allowed: bool, step: str, code: str, **values: Value) -> None:  # noqa: FBT001 -- reads as a sentence
        """Raise a refusal, or only note it where the policy allows it."""
        if not allowed:
            raise refusal(code, **values)
        self.note(step, code, **values)
