"""Sieves for states: drop each one that another one beats in every respect."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from operator import itemgetter, le
from typing import Final, NamedTuple

_MOST: Final = 4
"""States that others are held against where more than two things count. Keeping one that is
beaten costs time, never the result; more than these few seldom beat another."""


class State(NamedTuple):
    """What a choice takes and lacks, as far as it has been made; less is better in all it counts.

    A search makes very many of them, as bare tuples in this order.
    """

    key: int = 0
    gain: int = 0
    """What is lacking of the gain that is of any use, every credit counted."""
    seen: int = 0
    """The same, attested credits left out."""
    weight: int = 0
    """What is lacking of the weight needed."""
    raw: int = 0
    raw_seen: int = 0
    """Raw gains in the group that is not finished, below zero."""
    money: int = 0
    least: int = 0
    """Its part in the bound."""
    shared: int = 0
    """Shared tasks it pays that open fixes need too."""
    chosen: int = 0


Bare = tuple[int, int, int, int, int, int, int, int, int, int]
"""A state as a bare tuple."""
LEAST: Final = State._fields.index("least")
SHARED: Final = State._fields.index("shared")


def thinned(states: list[Bare], counts: Sequence[int], *, shared: bool) -> list[Bare]:
    """Return the states that no other beats: none takes less or as much and lacks no more.

    ``counts`` are the places of what counts beside the key; ``shared`` says that some differ in
    the shared tasks they pay, which are held against their like alone.
    """
    states.sort()
    if not shared:
        return _sieve(states, counts)
    found: list[Bare] = []
    by_shared: dict[int, list[Bare]] = {}
    for state in states:
        by_shared.setdefault(state[SHARED], []).append(state)
    for group in by_shared.values():
        found += _sieve(group, counts)
    return found


def _sieve(states: list[Bare], counts: Sequence[int]) -> list[Bare]:
    """Sieve states in the order of their keys."""
    if not counts:
        return states[:1]
    if len(counts) == 1:
        return _one(states, counts[0])
    return _two(states, *counts) if len(counts) == 2 else _several(states, counts)  # noqa: PLR2004


def _one(states: list[Bare], at: int) -> list[Bare]:
    found: list[Bare] = []
    best = states[0][at] + 1 if states else 0
    for state in states:
        if state[at] < best:
            best = state[at]
            found.append(state)
    return found


def _two(states: list[Bare], first: int, second: int) -> list[Bare]:
    """Hold each against the stairs of the best pairs: the first rising, the second falling."""
    found: list[Bare] = []
    rising: list[int] = []
    falling: list[int] = []
    for state in states:
        x, y = state[first], state[second]
        at = bisect_right(rising, x)
        if at and falling[at - 1] <= y:
            continue
        found.append(state)
        end = at
        while end < len(falling) and falling[end] >= y:
            end += 1
        rising[at:end] = [x]
        falling[at:end] = [y]
    return found


def _several(states: list[Bare], counts: Sequence[int]) -> list[Bare]:
    """Hold each against those few that the bound finds most promising."""
    pick: Callable[[Bare], tuple[int, ...]] = itemgetter(*counts)
    found: list[Bare] = []
    strong: list[tuple[int, tuple[int, ...]]] = []
    for state in states:
        own = pick(state)
        for _, other in strong:
            if all(map(le, other, own)):
                break
        else:
            found.append(state)
            insort(strong, (state[LEAST], own))
            del strong[_MOST:]
    return found
