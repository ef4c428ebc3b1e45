"""A sound firm for the promises: its assets, a sound finding for each check on them, its rating."""

from __future__ import annotations

from collections.abc import Iterable

from posture_scan.model.answer import Answers
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.rate import Rating, rate_report
from tests.rating.samples import BASE, NOW, SME, STRICT, address, finding, host, scope

ADDRESSES, HOSTS = ("192.0.2.1", "192.0.2.2"), ("pc-1", "srv-1")
DOMAINS = ("example.jp", "example.co.jp")
ASSETS = (*map(address, ADDRESSES), host("pc-1"), host("srv-1", "server"))
"""All but the domains: see ``domain``."""
_PLACES = {"address": ADDRESSES, "host": HOSTS, "domain": DOMAINS}
PROFILES = {profile.id: profile for profile in (SME, STRICT)}
"""By their ids: a failing example prints its arguments, and a profile is long."""
Pair = tuple[str, str]
"""A check and the asset that it is about."""
Report = tuple[list[Finding], Answers]


def domain(name: str) -> Asset:
    """A domain of the firm, of which DNS told something."""
    return Asset(name, "domain", names=(name,), reached=True)


def pairs(*kinds: str) -> list[Pair]:
    """Each check that a machine's own rules read, on each asset of the kinds it is about.

    Files that are handed in have tests of their own (``test_papers``).
    """
    return sorted({
        (check, asset)
        for criterion in SME.criteria
        for rule in criterion.observed
        for kind in set(rule.assets) & set(kinds)
        for check in rule.checks
        for asset in _PLACES[kind]
    })  # fmt: skip


def verdict(pair: Pair, status: Status = Status.PASS, confidence: int = 95) -> Finding:
    """What a scan says of this check on this asset: from outside, or of a computer from inside."""
    check, asset = pair
    vantage = Vantage.HOST if asset in HOSTS else Vantage.EXTERNAL
    return finding(check, status, asset, vantage=vantage, confidence=confidence)


def rated(profile: str, report: Report, assets: Iterable[Asset] = ASSETS) -> Rating:
    """Rate the firm, which declares the two computers that it has."""
    found, given = report
    return rate_report(
        PROFILES[profile],
        found,
        tuple(assets),
        scope(2, 1),
        given,
        NOW,
        BASE,
        certificates=("sa2",),
    )


def overclaimed(rating: Rating) -> bool:
    """Whether an answer says more than was seen: the one hole that is left open by design."""
    return any(s.disagreement and s.disagreement.kind != "understated" for s in rating.statuses)


def assert_no_better(after: Rating, before: Rating) -> None:
    """Neither the price, nor the discount, nor any score may have become better."""
    assert after.price.premium >= before.price.premium
    assert after.price.discount <= before.price.discount
    for name in ("verified", "score", "declared"):
        new, old = getattr(after.scores, name), getattr(before.scores, name)
        assert new is None or (old is not None and new <= old), name
