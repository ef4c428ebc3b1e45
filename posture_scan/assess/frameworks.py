"""What a profile asks of other frameworks, and what a report shows of them as of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from posture_scan.assess.again import own_profile, rate_again
from posture_scan.rating.frameworks.data import VIEWS, framework
from posture_scan.rating.frameworks.ipa25 import Score, score
from posture_scan.rating.frameworks.security_action import declaration
from posture_scan.rating.frameworks.view import FrameworkView, view
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State

SECURITY_ACTION: Final = "security-action"
CHOICES: Final = (*VIEWS, SECURITY_ACTION)
"""All that can be asked for, in the order it is shown."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the report: which frameworks, and what the firm says itself."""

    of: tuple[str, ...] = CHOICES
    answers: Mapping[str, str] | None = None
    """Answers to IPA's 25 questions by number; None without a file."""
    declared_id: str = ""


def framework_views(
    wanted: Wanted, *, profile: str, report: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any]:
    """Return the frameworks as JSON values; without a report only what maps to what.

    The report is rated again under the profile as of ``now``, so that old evidence counts for
    nothing here either. Without a name the profile is the report's own.

    Raises:
        UsageError: no such profile, or the report's own is none that ships with the program.
        MistakesError: the profile has mistakes.
    """
    rules = load_profile(profile or own_profile(report))
    known = None if report is None else _statuses(report, profile or rules.id, now)
    sheet = _Sheet(rules, known, wanted.answers)
    declared = SECURITY_ACTION in wanted.of or wanted.declared_id
    plain = [name for name in VIEWS if name in wanted.of]
    return {
        "profile": {"id": rules.id, "version": rules.version, "digest": rules.digest},
        "report_id": None if report is None else report["report_id"],
        "at": now.isoformat(timespec="seconds"),
        "frameworks": [sheet.view(name).to_json() for name in plain],
        "ipa25": sheet.score().to_json() if "ipa25" in plain and sheet.rated else None,
        "security_action": _declaration(sheet, wanted) if declared else None,
    }


@dataclass(frozen=True)
class _Sheet:
    profile: Profile
    statuses: Mapping[str, CriterionStatus] | None
    answers: Mapping[str, str] | None
    _views: dict[str, FrameworkView] = field(default_factory=dict)

    @property
    def rated(self) -> bool:
        """Whether there is anything by which the questions can be scored."""
        return self.statuses is not None or self.answers is not None

    def view(self, name: str) -> FrameworkView:
        if name not in self._views:
            self._views[name] = view(framework(name), self.profile, self.statuses)
        return self._views[name]

    def score(self) -> Score:
        return score(self.view("ipa25"), self.answers or {})


def _declaration(sheet: _Sheet, wanted: Wanted) -> dict[str, Any]:
    return declaration(
        sheet.score(), sheet.view("scs3"), declared_id=wanted.declared_id, rated=sheet.rated
    ).to_json()


def _statuses(report: Mapping[str, Any], profile: str, now: datetime) -> dict[str, CriterionStatus]:
    again = rate_again(report, profile, now=now)
    return {
        item["id"]: CriterionStatus(
            item["id"], State(item["status"]), EvidenceClass(item["evidence_class"])
        )
        for item in again["criteria"]
    }
