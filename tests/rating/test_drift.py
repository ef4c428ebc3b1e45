"""How criteria move between two ratings: better, worse, out of sight are three things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.rating.drift import Change, Move, Standing, changes, standings
from posture_scan.rating.status import EvidenceClass, State

V, D, A, N = (
    EvidenceClass.VERIFIED, EvidenceClass.DOCUMENTED, EvidenceClass.ATTESTED, EvidenceClass.NONE,
)  # fmt: skip
MIRROR = {
    Move.IMPROVED: Move.WORSENED, Move.WORSENED: Move.IMPROVED, Move.LOST: Move.SEEN,
    Move.SEEN: Move.LOST, Move.PROVEN_BETTER: Move.PROVEN_LESS,
    Move.PROVEN_LESS: Move.PROVEN_BETTER, Move.OTHERWISE: Move.OTHERWISE,
}  # fmt: skip

one = st.builds(
    Standing, st.just("X"), st.sampled_from(list(State)), st.sampled_from(list(EvidenceClass))
)
firm = st.lists(one, max_size=4).map(
    lambda items: {
        f"C-{number}": Standing(f"C-{number}", item.state, item.evidence_class)
        for number, item in enumerate(items)
    }
)


def moved(before: Standing, after: Standing) -> Change | None:
    found = changes({"X": before}, {"X": after})
    return found[0] if found else None


@pytest.mark.parametrize(
    ("before", "after", "move", "lapsed"),
    [
        ((State.MET, V), (State.NOT_MET, V), Move.WORSENED, "weak"),
        ((State.MET, V), (State.CONTRADICTED, V), Move.WORSENED, "weak"),
        ((State.PARTIAL, V), (State.NOT_MET, V), Move.WORSENED, "weak"),
        ((State.MET, V), (State.PARTIAL, V), Move.WORSENED, ""),
        ((State.MET, V), (State.UNKNOWN, N), Move.LOST, "unseen"),
        ((State.NOT_MET, V), (State.UNKNOWN, N), Move.LOST, ""),
        ((State.MET, V), (State.NOT_APPLICABLE, V), Move.OTHERWISE, "not_applicable"),
        ((State.NOT_MET, V), (State.NOT_APPLICABLE, V), Move.IMPROVED, ""),
        ((State.NOT_APPLICABLE, V), (State.NOT_MET, V), Move.WORSENED, ""),
        ((State.UNKNOWN, N), (State.NOT_MET, V), Move.SEEN, ""),
        ((State.UNKNOWN, N), (State.MET, A), Move.SEEN, ""),
        ((State.MET, V), (State.MET, A), Move.PROVEN_LESS, ""),
        ((State.MET, A), (State.MET, D), Move.PROVEN_BETTER, ""),
        ((State.NOT_MET, A), (State.MET, A), Move.IMPROVED, ""),
    ],
)
def test_a_move_has_a_name(
    before: tuple[State, EvidenceClass], after: tuple[State, EvidenceClass], move: Move, lapsed: str
) -> None:
    found = moved(Standing("X", *before), Standing("X", *after))
    assert found is not None
    assert (found.move, found.lapsed) == (move, lapsed)


def test_how_a_weakness_became_known_is_no_change() -> None:
    assert moved(Standing("X", State.NOT_MET, A), Standing("X", State.NOT_MET, V)) is None


def test_what_is_weak_on_the_first_look_is_bad_and_what_is_lost_is_unseen() -> None:
    first = moved(Standing("X", State.UNKNOWN), Standing("X", State.NOT_MET, V))
    lost = moved(Standing("X", State.MET, V), Standing("X", State.UNKNOWN))
    assert first is not None
    assert lost is not None
    assert (first.bad, first.unseen, lost.bad, lost.unseen) == (True, False, False, True)


def test_a_criterion_that_one_of_the_two_does_not_name_is_unknown_there() -> None:
    known = standings([{"id": "X", "status": "met", "evidence_class": "verified"}])
    assert [item.move for item in changes(known, {})] == [Move.LOST]
    assert [item.move for item in changes({}, known)] == [Move.SEEN]


@given(firm)
def test_nothing_moved_against_itself(statuses: dict[str, Standing]) -> None:
    assert changes(statuses, statuses) == ()


@given(firm, firm)
def test_swapped_every_move_is_turned_round(
    before: dict[str, Standing], after: dict[str, Standing]
) -> None:
    there = {item.after.id: item.move for item in changes(before, after)}
    back = {item.after.id: MIRROR[item.move] for item in changes(after, before)}
    assert there == back


@given(one, one)
def test_what_is_not_seen_now_is_neither_better_nor_worse(before: Standing, now: Standing) -> None:
    found = moved(before, Standing("X", State.UNKNOWN, now.evidence_class))
    assert found is None or found.move is Move.LOST
    assert found is None or not found.bad
