"""Where a criterion stands and what that rests on: the bridge from findings to prices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """The status of one criterion of a profile."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    CONTRADICTED = "contradicted"


class EvidenceClass(StrEnum):
    """What a status rests on, strongest first."""

    VERIFIED = "verified"
    """Seen by the machine, from a vantage the criterion accepts, sure enough, not expired."""
    DOCUMENTED = "documented"
    """A named document with its SHA-256 and date."""
    ATTESTED = "attested"
    """A named person's answer."""
    NONE = ""
    """Nothing: the criterion is unknown."""


@dataclass(frozen=True)
class Reason:
    """Why a criterion stands where it stands: an id under ``rating.reason`` and its places."""

    id: str
    check: str = ""
    asset: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the reason as JSON values."""
        return {"id": self.id, "check": self.check, "asset": self.asset}


@dataclass(frozen=True)
class Disagreement:
    """An answer and a machine observation that do not say the same."""

    kind: str
    """``contradicted`` (priced as not met), ``overstated`` (the machine saw it only partly
    met, and that counts) or ``understated`` (the machine saw better, and that counts)."""
    answer: str
    seen: str
    path: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriterionStatus:
    """One criterion's status, what it rests on, and the findings and reasons behind it."""

    id: str
    status: State
    evidence_class: EvidenceClass = EvidenceClass.NONE
    findings: tuple[str, ...] = ()
    """References of the form ``check@asset`` or ``check@asset:port``."""
    reasons: tuple[Reason, ...] = ()
    disagreement: Disagreement | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of ``criteria`` in a report."""
        return {
            "id": self.id,
            "status": self.status.value,
            "evidence_class": self.evidence_class.value,
            "findings": list(self.findings),
            "reasons": [reason.to_json() for reason in self.reasons],
        }


def unknown(criterion: str) -> CriterionStatus:
    """Return the status of a criterion about which nothing is known."""
    return CriterionStatus(criterion, State.UNKNOWN)
