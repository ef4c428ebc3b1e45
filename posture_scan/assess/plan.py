"""What to fix next, from a report or a worksheet: its standing, its tasks, its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from posture_scan.assess.lift import RIGHTS, right_of
from posture_scan.assess.worksheet import rate_sheet
from posture_scan.model.answer import Answers
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.exact import plain
from posture_scan.rating.load import load_profile
from posture_scan.rating.plan.planner import plan_of
from posture_scan.rating.plan.prices import Prices, read_prices
from posture_scan.rating.plan.result import Plan
from posture_scan.rating.plan.tasks import Tasks, tasks_of
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating
from posture_scan.rating.reports import Pricing, nouns_of, rate_json


@dataclass(frozen=True)
class Standing:
    """A rating and the findings behind it; a worksheet has none."""

    rating: Rating
    findings: tuple[Finding, ...] = ()

    @property
    def profile(self) -> Profile:
        """The rules it was rated by."""
        return self.rating.profile

    def tasks(self, prices: Prices | None = None) -> Tasks:
        """Return what each open criterion takes, by a contractor's prices where there are any."""
        statuses = {status.id: status for status in self.rating.statuses}
        return tasks_of(self.profile, statuses, self.findings, prices)

    def rights(self, criterion: str) -> tuple[str, ...]:
        """Return the rights on a computer that would let a criterion's checks see more."""
        known = self.profile.criterion(criterion)
        checks = {check for rule in known.machine for check in rule.checks} if known else set()
        return tuple(sorted({
            right for item in self.findings
            if item.check in checks and item.status is Status.UNKNOWN
            and (right := right_of(item)) in RIGHTS
        }))  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is asked of a plan beside the next levels."""

    target_premium: Decimal | None = None
    budget: Decimal | None = None
    hours: Decimal | None = None
    prices: Path | None = None


def sheet_standing(data: bytes, profile: str, pricing: Pricing | None) -> Standing:
    """Return how a worksheet stands under a profile, by default the one it names.

    Raises:
        UsageError: naming what is wrong with the worksheet, and where.
    """
    return Standing(rate_sheet(data, profile, pricing))


def report_standing(
    report: Mapping[str, Any],
    profile: str,
    *,
    now: datetime,
    answers: Answers | None = None,
    pricing: Pricing | None = None,
) -> Standing:
    """Return how a report stands under a profile as of ``now``.

    Raises:
        UsageError: no such profile, or the report's nouns cannot be read.
        MistakesError: the profile has mistakes.
    """
    rules = load_profile(profile)
    rating = rate_json(rules, report, now=now, answers=answers, pricing=pricing)
    return Standing(rating, nouns_of(report).findings)


def make_plan(standing: Standing, asked: Asked) -> tuple[Plan, dict[str, Any]]:
    """Return the plan, and its JSON with the rights that would prove what is unknown.

    Raises:
        PostureError: a price file that cannot be used; a budget without prices.
    """
    rating = standing.rating
    prices = read_prices(asked.prices, rating.profile) if asked.prices else None
    found = plan_of(
        rating, standing.findings, prices=prices, target_premium=asked.target_premium,
        budget=asked.budget, hours=asked.hours,
    )  # fmt: skip
    result = found.to_json()
    for step in result["fixes"]:
        step["rights"] = list(standing.rights(step["criterion"]))
    result["base_source"] = rating.base.source
    result["hourly_rate"] = None if prices is None else plain(prices.hourly_rate)
    return found, result
