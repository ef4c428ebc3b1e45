"""The same promises from the findings up: hiding an observation or an answer never pays.

One hole is left open by design: an answer that the scan would have contradicted. Where the
full evidence disagrees with an answer from above, removing an observation is not held to it.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from posture_scan.model.answer import Answer
from posture_scan.model.finding import Status
from tests.rating import firm
from tests.rating.firm import Report, assert_no_better, overclaimed, pairs, rated, verdict
from tests.rating.samples import NOW, SME, answers, document

PAIRS = pairs("address", "host")
"""Domains have promises of their own (``test_promises_of_domains``)."""
ASKED = [c for c in SME.criteria if c.question]
PROFILES = pytest.mark.parametrize("profile", firm.PROFILES)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A sound firm with some things changed: on random findings a gate is nearly always open."""
    found = {pair: verdict(pair) for pair in PAIRS}
    for pair in draw(st.lists(st.sampled_from(PAIRS), max_size=6)):
        status = draw(st.sampled_from(list(Status)))
        confidence = draw(st.sampled_from([95, 95, 30]))
        found[pair] = verdict(pair, status, confidence)
        if draw(st.integers(0, 9)) == 0:
            found[pair] = dataclasses.replace(found[pair], observed_at=NOW - timedelta(days=400))
    return list(found.values()), answers(*(draw(_answers(n)) for n in range(len(ASKED))))


@st.composite
def _answers(draw: st.DrawFn, number: int) -> Answer:
    question = ASKED[number].question
    assert question is not None
    paper = document() if draw(st.booleans()) else None
    paths = {path.id: path.choices for path in question.paths} or {"": question.choices}
    best = {"": "yes"} if question.choices else dict.fromkeys(paths, "all")
    for path, choices in paths.items():
        if draw(st.integers(0, 3)) == 0:
            best[path] = draw(st.sampled_from([*choices, "unanswered"]))
    return Answer(ASKED[number].id, {k: v for k, v in best.items() if v != "unanswered"}, "", paper)


@PROFILES
@settings(max_examples=60, deadline=None)
@given(reports(), st.integers(0, len(PAIRS) - 1), st.sampled_from(["removed", "error"]))
def test_hiding_an_observation_never_pays(
    profile: str, report: Report, number: int, how: str
) -> None:
    before = rated(profile, report)
    assume(not overclaimed(before))
    found = list(report[0])
    hidden = found.pop(number)
    if how == "error":
        found.append(dataclasses.replace(hidden, status=Status.ERROR))
    assert_no_better(rated(profile, (found, report[1])), before)


@PROFILES
@settings(max_examples=60, deadline=None)
@given(reports(), st.sampled_from(ASKED), st.sampled_from(["whole", "one path"]))
def test_leaving_a_question_open_never_pays(
    profile: str, report: Report, asked: object, left_open: str
) -> None:
    found, sheet = report
    left = []
    for answer in sheet.answers:
        if answer.criterion != getattr(asked, "id", ""):
            left.append(answer)
        elif left_open == "one path" and len(answer.paths) > 1:
            paths = dict(list(answer.paths.items())[1:])
            left.append(dataclasses.replace(answer, paths=paths))
    after = rated(profile, (found, dataclasses.replace(sheet, answers=tuple(left))))
    assert_no_better(after, rated(profile, report))


@PROFILES
@settings(max_examples=60, deadline=None)
@given(reports(), st.sampled_from(ASKED))
def test_an_honest_no_never_costs_more_than_silence(
    profile: str, report: Report, asked: object
) -> None:
    found, sheet = report
    name = getattr(asked, "id", "")
    question = next(c.question for c in ASKED if c.id == name)
    assert question is not None
    paths = dict.fromkeys([p.id for p in question.paths], "none") or {"": "no"}
    rest = tuple(a for a in sheet.answers if a.criterion != name)
    silent = dataclasses.replace(sheet, answers=rest)
    honest = dataclasses.replace(sheet, answers=(*rest, Answer(name, paths)))
    assert (
        rated(profile, (found, honest)).price.premium
        <= rated(profile, (found, silent)).price.premium
    )


@PROFILES
@settings(max_examples=60, deadline=None)
@given(reports(), st.integers(0, len(PAIRS) - 1))
def test_a_fix_never_raises_the_price(profile: str, report: Report, number: int) -> None:
    found = list(report[0])
    weak = dataclasses.replace(found[number], status=Status.FAIL)
    found[number] = weak
    before = rated(profile, (found, report[1]))
    found = [dataclasses.replace(f, status=Status.PASS) if f is weak else f for f in found]
    after = rated(profile, (found, report[1]))
    assert after.price.premium <= before.price.premium


@PROFILES
@settings(max_examples=60, deadline=None)
@given(reports(), st.integers(0, len(PAIRS) - 1))
def test_a_surer_look_at_the_same_fact_never_raises_the_price(
    profile: str, report: Report, number: int
) -> None:
    found = list(report[0])
    found[number] = dataclasses.replace(found[number], confidence=30)
    before = rated(profile, (found, report[1]))
    found = list(found)
    found[number] = dataclasses.replace(found[number], confidence=95)
    after = rated(profile, (found, report[1]))
    assume(not overclaimed(after))
    assert after.price.premium <= before.price.premium


@settings(max_examples=25, deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_order_makes_no_difference_to_the_bytes(report: Report, random: Random) -> None:
    found, sheet = report
    shuffled = list(found)
    random.shuffle(shuffled)
    once = json.dumps(rated("jp-sme", report).to_json())
    assert json.dumps(rated("jp-sme", (shuffled, sheet)).to_json()) == once
