"""What a look at one computer found weak or could not see, and which right would let it see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.assess.machine import Surveyed
from posture_scan.engine.judge import judge
from posture_scan.model.evidence import Attempt
from posture_scan.model.finding import Finding, Status
from posture_scan.model.product import NO_DATA, ProductData

_DENIED: Final = f"attempt.{Attempt.PERMISSION_DENIED.value}"
ADMINISTRATOR: Final = "administrator"
RIGHTS: Final = (ADMINISTRATOR, "full_disk_access", "journal_group")
"""What a person can grant; everything else that stayed unseen is listed without a right."""


@dataclass(frozen=True)
class Lift:
    """One right, and the checks that end ``unknown`` for want of it."""

    right: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Unseen:
    """What is weak on one computer, and what stayed unknown."""

    weak: tuple[Finding, ...]
    lifts: tuple[Lift, ...]
    """By right, the one that lifts most first."""
    others: tuple[Finding, ...]
    """Unknown for another reason."""


def unseen(surveyed: Surveyed, products: ProductData = NO_DATA) -> Unseen:
    """Judge what was collected and sort the unknowns by the right that would lift them.

    ``products`` is what is known of products here; a client's computer has none of it, and what
    needs it is judged where its evidence is merged.
    """
    asset = surveyed.asset
    moments = [record.observed_at for record in surveyed.evidence]
    if not moments:
        return Unseen((), (), ())
    found = judge(surveyed.packs, surveyed.evidence, (asset,), now=max(moments), products=products)
    open_ones = [item for item in found if item.asset == asset.id and item.status is Status.UNKNOWN]
    by_right = {right: _checks(open_ones, right) for right in RIGHTS}
    if surveyed.elevated:
        by_right.pop(ADMINISTRATOR)
    lifts = [Lift(right, checks) for right, checks in by_right.items() if checks]
    lifted = {check for lift in lifts for check in lift.checks}
    weak = [item for item in found if item.asset == asset.id and item.status is Status.FAIL]
    return Unseen(
        tuple(weak),
        tuple(sorted(lifts, key=lambda lift: -len(lift.checks))),
        tuple(item for item in open_ones if item.check not in lifted),
    )


def _checks(findings: Sequence[Finding], right: str) -> tuple[str, ...]:
    return tuple(sorted({item.check for item in findings if right_of(item) == right}))


def right_of(finding: Finding) -> str:
    """Return the right that would let a finding see what it could not; empty for none."""
    if finding.reason == _DENIED:
        return ADMINISTRATOR
    return str(finding.values.get("lift", ""))
