"""What must hold for every worksheet: hiding never pays, fixing never costs."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.rating.arithmetic import price
from posture_scan.rating.load import load_profile, parse_profile
from posture_scan.rating.priced import Price, RatingStatus, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import rate
from posture_scan.rating.score import scores
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import BASE, SME, STRICT, changed

CLASSES = (EvidenceClass.ATTESTED, EvidenceClass.DOCUMENTED, EvidenceClass.VERIFIED)
DEBIT = parse_profile(
    changed(
        "weight = 5\nr_met = 0.970",
        "weight = 5\nr_met = 0.970\nr_not = 1.08\nr_unknown = 1.10",
        changed("factor_max = 1.00", "factor_max = 1.50"),
    )
)
"""A profile in which silence costs more than a known failure, to hold the promises to."""
HELD = (SME, STRICT, DEBIT, *map(load_profile, ("jp-sme-debit", "us-filed", "uk-cyber-essentials")))
PROFILES = pytest.mark.parametrize(
    "profile", HELD, ids=[*(p.id for p in HELD[:2]), "debit", *(p.id for p in HELD[3:])]
)
IDS = sorted({criterion.id for profile in HELD for criterion in profile.criteria})
Sheet = dict[str, CriterionStatus]


Codes = dict[str, tuple[State, EvidenceClass]]


def sheets(*, well_known: bool = False) -> st.SearchStrategy[Codes]:
    states = [State.MET, State.MET, State.MET, State.PARTIAL] if well_known else list(State)
    entry = st.tuples(st.sampled_from(states), st.sampled_from(CLASSES))
    return st.fixed_dictionaries(dict.fromkeys(IDS, entry))


ANY = st.one_of(sheets(), sheets(well_known=True))
"""Half of the sheets are good ones: on random sheets some gate is nearly always open."""
TERMS = st.builds(
    Terms,
    st.integers(min_value=1, max_value=10**8).map(Decimal),
    st.booleans(),
    st.lists(st.sampled_from([c.id for c in SME.certificates]), max_size=4).map(tuple),
    st.sampled_from([Decimal(m) for m in ("0", "-0.4", "-0.1", "0.25", "0.4")]),
)
NAMES = st.sampled_from(IDS)


def as_sheet(codes: Codes) -> Sheet:
    return {name: CriterionStatus(name, *code) for name, code in codes.items()}


def priced(profile: Profile, sheet: Sheet, terms: Terms) -> Price:
    """Price the criteria and certificates that the profile has."""
    known = {item.id for item in profile.certificates}
    held = tuple(name for name in terms.certificates if name in known)
    own = {item.id for item in profile.criteria}
    statuses = {name: status for name, status in sheet.items() if name in own}
    return price(profile, statuses, dataclasses.replace(terms, certificates=held))


def assert_no_better(profile: Profile, after: Sheet, before: Sheet, terms: Terms) -> None:
    """Price not lower, score and discount not higher."""
    new, old = priced(profile, after, terms), priced(profile, before, terms)
    assert new.premium >= old.premium
    assert new.discount <= old.discount
    assert old.status is RatingStatus.OK or new.status is not RatingStatus.OK
    for name in ("verified", "score", "declared"):
        ours, theirs = getattr(scores(new), name), getattr(scores(old), name)
        assert ours is None or (theirs is not None and ours <= theirs), name


@PROFILES
@settings(max_examples=150, deadline=None)
@given(ANY, NAMES, TERMS)
def test_removing_an_observation_never_pays(
    profile: Profile, codes: Codes, name: str, terms: Terms
) -> None:
    sheet = as_sheet(codes)
    removed = {key: value for key, value in sheet.items() if key != name}
    assert_no_better(profile, removed, sheet, terms)


@PROFILES
@settings(max_examples=150, deadline=None)
@given(ANY, NAMES, TERMS)
def test_an_honest_no_never_costs_more_than_silence(
    profile: Profile, codes: Codes, name: str, terms: Terms
) -> None:
    sheet = as_sheet(codes)
    silent = {**sheet, name: CriterionStatus(name, State.UNKNOWN)}
    honest = {**sheet, name: CriterionStatus(name, State.NOT_MET, EvidenceClass.ATTESTED)}
    assert priced(profile, honest, terms).premium <= priced(profile, silent, terms).premium


@PROFILES
@settings(max_examples=150, deadline=None)
@given(ANY, NAMES, TERMS, st.sampled_from(CLASSES))
def test_a_fix_never_raises_the_price(
    profile: Profile,
    codes: Codes,
    name: str,
    terms: Terms,
    based_on: EvidenceClass,
) -> None:
    sheet = as_sheet(codes)
    ladder = [
        CriterionStatus(name, State.NOT_MET, based_on),
        CriterionStatus(name, State.PARTIAL, based_on),
        CriterionStatus(name, State.MET, based_on),
    ]
    prices = [priced(profile, {**sheet, name: step}, terms).premium for step in ladder]
    assert prices == sorted(prices, reverse=True)


@PROFILES
@settings(max_examples=150, deadline=None)
@given(ANY, NAMES, TERMS, st.sampled_from(list(State)))
def test_better_evidence_for_the_same_fact_never_raises_the_price(
    profile: Profile,
    codes: Codes,
    name: str,
    terms: Terms,
    state: State,
) -> None:
    sheet = as_sheet(codes)
    prices = [
        priced(profile, {**sheet, name: CriterionStatus(name, state, based_on)}, terms).premium
        for based_on in CLASSES
    ]
    assert prices == sorted(prices, reverse=True)


@settings(max_examples=40, deadline=None)
@given(ANY, st.randoms(use_true_random=False))
def test_order_makes_no_difference_and_the_bytes_are_the_same(codes: Codes, random: Random) -> None:
    sheet = [status for name, status in as_sheet(codes).items() if SME.criterion(name)]
    shuffled = list(sheet)
    random.shuffle(shuffled)
    once, again = (
        json.dumps(
            rate(SME, given, base_premium=BASE, certificates=("sa2", "pmark")).to_json(),
            sort_keys=True,
        )
        for given in (sheet, shuffled)
    )
    assert once == again


@settings(max_examples=60, deadline=None)
@given(ANY, TERMS)
def test_the_range_holds_todays_price_and_no_factor_is_a_float(codes: Codes, terms: Terms) -> None:
    sheet = [status for name, status in as_sheet(codes).items() if SME.criterion(name)]
    result = rate(SME, sheet, base_premium=terms.base_premium)
    assert result.range.best.premium <= result.price.premium <= result.range.worst.premium
    assert result.range.worst.discount <= result.price.discount <= result.range.best.discount
    assert "float" not in _types(result.to_json())


def _types(value: object) -> set[str]:
    if isinstance(value, dict):
        return {name for item in value.values() for name in _types(item)}
    if isinstance(value, list):
        return {name for item in value for name in _types(item)}
    return {type(value).__name__}
