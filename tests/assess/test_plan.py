"""A plan of a report: which rights on a computer would let its checks see more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.assess.plan import Standing
from posture_scan.model.finding import Finding, Status
from posture_scan.rating import load_profile, rate


def unseen(reason: str, **values: str) -> Standing:
    """An unknown check of END-EDR, under a rating that knows nothing."""
    rating = rate(load_profile("jp-sme"), [], base_premium=Decimal(120_000))
    finding = Finding(
        "malware_protection.off", 1, "host:pc", Status.UNKNOWN, reason, values=dict(values)
    )
    return Standing(rating, (finding,))


def test_a_right_that_was_refused_is_named() -> None:
    assert unseen("attempt.permission_denied").rights("END-EDR") == ("administrator",)
    assert unseen("not_seen", lift="full_disk_access").rights("END-EDR") == ("full_disk_access",)
    assert unseen("attempt.permission_denied").rights("BKP-JOB") == ()


@pytest.mark.parametrize("lift", ["again", "systemd", "tool", "somebody_elses_word", ""])
def test_what_nobody_can_grant_is_no_right(lift: str) -> None:
    assert unseen("not_seen", lift=lift).rights("END-EDR") == ()
