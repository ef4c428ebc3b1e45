"""The promises for checks on domains: what DNS was not seen to say earns nothing.

The rest of the firm is just sound enough for a discount, away from floors and caps: so what is said
of its domains shows in the price (``test_the_trial_is_a_fair_one``).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from posture_scan.model.answer import Answer
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.profile import Criterion
from posture_scan.rating.rate import Rating
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating import firm
from tests.rating.firm import DOMAINS, assert_no_better, overclaimed, pairs, verdict
from tests.rating.samples import NOW, SME, STRICT, answers, document, finding

PAIRS = pairs("domain")
OURS = tuple(map(firm.domain, DOMAINS))
CRITERION = "EML-AUTH"
PROFILES = pytest.mark.parametrize("profile", firm.PROFILES)
EXAMPLES = settings(max_examples=60, deadline=None)
NOWHERE = "stranger.example"
FAIL = Status.FAIL
Said = Answer | None


MUST_HOLD = {c.id for c in STRICT.criteria if c.gate or c.id in STRICT.minimum_set}
"""Without these there is no discount at all; the rest is weak, or limits would hide a change."""
_SOUND = {
    check for criterion in SME.criteria if criterion.id in MUST_HOLD
    for rule in criterion.observed for check in rule.checks
}  # fmt: skip
REST = [
    verdict(pair, Status.PASS if pair[0] in _SOUND else Status.FAIL)
    for pair in pairs("address", "host")
]


def _answered(criterion: Criterion) -> Answer:
    """The best answer with a document, or an honest no."""
    good = criterion.id in MUST_HOLD
    assert criterion.question is not None
    paths = {path.id: "all" if good else "none" for path in criterion.question.paths}
    return Answer(criterion.id, paths or {"": "yes" if good else "no"}, "", document())


SHEET = [_answered(one) for one in SME.criteria if one.question and one.id != CRITERION]


def rated(
    profile: str, found: Iterable[Finding], said: Said = None,
    assets: Iterable[Asset] = OURS,
) -> Rating:  # fmt: skip
    """Rate the firm with these findings about domains and this answer about mail."""
    sheet = answers(*SHEET, *([said] if said else []))
    return firm.rated(profile, ([*REST, *found], sheet), (*firm.ASSETS, *assets))


def mail(rating: Rating) -> CriterionStatus:
    """What became of the criterion about domains."""
    return next(one for one in rating.statuses if one.id == CRITERION)


def value(rating: Rating) -> tuple[object, ...]:
    """What the rating is worth: the price, the discount and every score."""
    return rating.price.premium, rating.price.discount, rating.scores.verified, rating.scores.score


def sound() -> list[Finding]:
    return [verdict(pair) for pair in PAIRS]


@dataclass(frozen=True)
class Change:
    """One verdict that is not the sound one; what fails a test is printed from these."""

    number: int
    status: Status
    confidence: int
    days: int


WHICH = st.integers(0, len(PAIRS) - 1)
LOOKS = st.lists(
    st.builds(
        Change, WHICH, st.sampled_from([FAIL, FAIL, *Status]), st.sampled_from([95, 95, 30]),
        st.sampled_from([0, 0, 0, 400]),
    ),
    max_size=4, unique_by=lambda one: one.number,
)  # fmt: skip
"""Sound domains with a few verdicts changed, most of them weak, some unsure or old."""
Look = list[Change]


def seen(look: Look) -> list[Finding]:
    """A finding for each pair, as this look had it."""
    found = sound()
    for one in look:
        found[one.number] = dataclasses.replace(
            found[one.number], status=one.status, confidence=one.confidence,
            observed_at=NOW - timedelta(days=one.days),
        )  # fmt: skip
    return found


@st.composite
def said(draw: st.DrawFn) -> Said:
    choice = draw(st.sampled_from(["", "yes", "partly", "no"]))
    paper = document() if draw(st.booleans()) else None
    return Answer(CRITERION, {"": choice}, "", paper) if choice else None


def changed(found: list[Finding], number: int, **change: Any) -> list[Finding]:
    """The same findings with one of them changed."""
    one = dataclasses.replace(found[number], **change)
    return [*found[:number], one, *found[number + 1 :]]


@PROFILES
def test_the_trial_is_a_fair_one(profile: str) -> None:
    """Sound domains are worth money, and what was not seen of them is worth none."""
    best, none = rated(profile, sound()), rated(profile, [])
    assert {"spf.missing", "spf.soft", "dmarc.missing", "dmarc.not_enforced"} <= dict(PAIRS).keys()
    assert (mail(best).status, mail(best).evidence_class) == (State.MET, EvidenceClass.VERIFIED)
    assert (mail(none).status, mail(none).evidence_class) == (State.UNKNOWN, EvidenceClass.NONE)
    assert (best.price.status, none.price.status) == ("ok", "ok")
    assert value(best) != value(none)
    weak = rated(profile, changed(sound(), PAIRS.index(("spf.missing", DOMAINS[0])), status=FAIL))
    assert value(weak) == value(none), "a failed check costs what an unseen one does"
    if profile == "jp-sme":  # the strict profile's floor leaves domains no part in the price
        assert best.price.premium < none.price.premium


@PROFILES
@EXAMPLES
@given(LOOKS, said(), WHICH, st.sampled_from(["removed", Status.ERROR, Status.UNKNOWN]))
def test_hiding_an_observation_never_pays(
    profile: str, look: Look, answer: Said, number: int, how: str | Status
) -> None:
    found = seen(look)
    before = rated(profile, found, answer)
    assume(not overclaimed(before))
    after = changed(found, number, status=how)
    if how == "removed":
        del after[number]
    assert_no_better(rated(profile, after, answer), before)


@PROFILES
@EXAMPLES
@given(LOOKS, said(), WHICH, st.sampled_from([Status.UNKNOWN, Status.ERROR]))
def test_one_more_look_that_saw_nothing_never_pays(
    profile: str, look: Look, answer: Said, number: int, status: Status
) -> None:
    found = seen(look)
    before = rated(profile, found, answer)
    places = {number, *(one.number for one in look)}
    blind = [dataclasses.replace(found[place], status=status) for place in places]
    assert_no_better(rated(profile, [*found, *blind], answer), before)


@PROFILES
@EXAMPLES
@given(LOOKS, said(), WHICH, st.sampled_from([FAIL, Status.UNKNOWN, Status.ERROR]))
def test_a_better_verdict_never_costs(
    profile: str, look: Look, answer: Said, number: int, status: Status
) -> None:
    found = seen(look)
    before = rated(profile, changed(found, number, status=status), answer)
    after = rated(profile, changed(found, number, status=Status.PASS), answer)
    assume(status is FAIL or not overclaimed(after))
    assert_no_better(before, after)


@PROFILES
@EXAMPLES
@given(LOOKS, said(), WHICH)
def test_a_surer_look_at_the_same_fact_never_costs(
    profile: str, look: Look, answer: Said, number: int
) -> None:
    found = seen(look)
    after = rated(profile, changed(found, number, confidence=95), answer)
    assume(not overclaimed(after))
    before = rated(profile, changed(found, number, confidence=30), answer)
    assert_no_better(before, after)


UNSEEN: dict[str, Callable[[Finding], list[Finding]]] = {
    "removed": lambda _one: [],
    "error": lambda one: [dataclasses.replace(one, status=Status.ERROR)],
    "unknown": lambda one: [dataclasses.replace(one, status=Status.UNKNOWN)],
    "unsure": lambda one: [dataclasses.replace(one, confidence=30)],
    "old": lambda one: [dataclasses.replace(one, observed_at=NOW - timedelta(days=400))],
    "undated": lambda one: [dataclasses.replace(one, observed_at=None)],
    "inside": lambda one: [dataclasses.replace(one, vantage=Vantage.LAN)],
}
"""What keeps a sound verdict from being seen; in an office a resolver may have an inner view."""


@PROFILES
@EXAMPLES
@given(LOOKS, WHICH, st.sampled_from(sorted(UNSEEN)))
def test_what_was_not_seen_earns_nothing(profile: str, look: Look, number: int, how: str) -> None:
    """Without an answer, one check unseen on one domain is as good as no look at all."""
    found = seen(look)
    after = [*found[:number], *UNSEEN[how](verdict(PAIRS[number])), *found[number + 1 :]]
    rating = rated(profile, after)
    assert mail(rating).status in {State.UNKNOWN, State.NOT_MET}
    assert value(rating) == value(rated(profile, []))


@PROFILES
@EXAMPLES
@given(LOOKS, said(), st.sampled_from([NOWHERE, "192.0.2.1", "pc-1"]))
def test_a_sound_domain_of_somebody_else_changes_nothing(
    profile: str, look: Look, answer: Said, place: str
) -> None:
    """Neither a name that is no asset of the firm, nor an asset that is no domain."""
    found = seen(look)
    more = [finding(check, asset=place) for check in sorted({check for check, _ in PAIRS})]
    assert told(rated(profile, [*found, *more], answer)) == told(rated(profile, found, answer))
    alone = rated(profile, more, None, ())
    assert mail(alone).status is State.UNKNOWN
    assert value(alone) == value(rated(profile, []))


@PROFILES
@EXAMPLES
@given(LOOKS, LOOKS, said(), st.sampled_from([OURS, (*OURS, firm.domain(NOWHERE))]))
def test_one_more_domain_never_pays(
    profile: str, look: Look, others: Look, answer: Said, assets: tuple[Asset, ...]
) -> None:
    """Of the firm or, with a weakness, of anybody: it takes the worst of them."""
    found = [f for f in seen(look) if f.status is not Status.NOT_APPLICABLE]
    before = rated(profile, found, answer)
    assume(mail(before).status is not State.UNKNOWN or answer is None or answer.paths[""] != "no")
    third = [dataclasses.replace(f, asset=NOWHERE) for f in seen(others) if f.asset == DOMAINS[0]]
    assert_no_better(rated(profile, [*found, *third], answer, assets), before)


@PROFILES
@EXAMPLES
@given(LOOKS, said())
def test_a_domain_says_nothing_of_computers_or_addresses(
    profile: str, look: Look, answer: Said
) -> None:
    """Whatever DNS says decides the one criterion that is about it."""
    found = seen(look)
    one, other = rated(profile, found, answer), rated(profile, [])
    assert [s for s in one.statuses if s.id != CRITERION] == [
        s for s in other.statuses if s.id != CRITERION
    ]


@EXAMPLES
@given(LOOKS, said(), st.randoms(use_true_random=False))
def test_order_makes_no_difference_to_the_bytes(look: Look, answer: Said, random: Random) -> None:
    found = seen(look)
    shuffled, assets = list(found), list(OURS)
    random.shuffle(shuffled)
    random.shuffle(assets)
    assert told(rated("jp-sme", shuffled, answer, assets)) == told(rated("jp-sme", found, answer))


def told(rating: Rating) -> str:
    return json.dumps(rating.to_json())
