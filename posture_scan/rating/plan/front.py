"""Which states of the search are worth keeping: none that another one beats in every respect."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from operator import ge
from typing import Final, NamedTuple

_MOST: Final = 48
"""States that others are held against where more than two things count. Keeping one that is
beaten costs time, never the result."""

Goods = tuple[int, ...]


class State(NamedTuple):
    """What a choice takes and gives, as far as it has been made."""

    key: int = 0
    charge: int = 0
    """Its part in the bound: shared tasks split, money at its price."""
    gain: int = 0
    seen: int = 0
    weight: int = 0
    money: int = 0
    shared: int = 0
    """Shared tasks it pays that open fixes need too."""
    raw: int = 0
    raw_seen: int = 0
    """Raw gains in the group that is not finished."""
    chosen: int = 0


def thinned(states: Sequence[State], *, spend: int | None) -> list[State]:
    """Return the states that no other beats: none takes less or as much and gives more or as much.

    ``spend`` says that money has a limit of its own and so counts beside the key.
    """
    by_shared: dict[int, list[State]] = {}
    for state in states:
        by_shared.setdefault(state.shared, []).append(state)
    found: list[State] = []
    for group in by_shared.values():
        found += _thinned(group, money=spend is not None)
    return found


def _thinned(states: list[State], *, money: bool) -> list[State]:
    columns = [
        [state.gain for state in states],
        [state.seen for state in states],
        [state.weight for state in states],
        [state.raw for state in states],
        [state.raw_seen for state in states],
    ]
    if money:
        columns.append([-state.money for state in states])
    varied = list({tuple(column) for column in columns if len(set(column)) > 1})
    goods = list(zip(*varied, strict=True)) if varied else [()] * len(states)
    order = sorted(range(len(states)), key=lambda n: (states[n].key, [-x for x in goods[n]]))
    beaten = _beaten([max(column) - min(column) for column in varied])
    return [states[n] for n in order if not beaten(goods[n])]


def _beaten(spans: list[int]) -> Callable[[Goods], bool]:
    """Return a judge of states in the order of their keys: whether one before it is as good."""
    if not spans:
        return _Any()
    if len(spans) == 1:
        return _One()
    return _Two() if len(spans) == 2 else _Several(spans)  # noqa: PLR2004


class _Any:
    def __init__(self) -> None:
        self.seen = False

    def __call__(self, _goods: Goods) -> bool:
        before, self.seen = self.seen, True
        return before


class _One:
    def __init__(self) -> None:
        self.best = -(1 << 4096)

    def __call__(self, goods: Goods) -> bool:
        if goods[0] <= self.best:
            return True
        self.best = goods[0]
        return False


class _Two:
    """The stairs of the best pairs: the first good rising, the second falling."""

    def __init__(self) -> None:
        self.stairs: list[Goods] = []

    def __call__(self, goods: Goods) -> bool:
        stairs = self.stairs
        at = bisect_left(stairs, goods)
        if at < len(stairs) and stairs[at][1] >= goods[1]:
            return True
        start = at
        while start and stairs[start - 1][1] <= goods[1]:
            start -= 1
        stairs[start:at] = [goods]
        return False


class _Several:
    """A few of the strongest, by the sum of their goods, each relative to how far it ranges."""

    def __init__(self, spans: list[int]) -> None:
        self.spans = spans
        self.strong: list[tuple[int, Goods]] = []

    def __call__(self, goods: Goods) -> bool:
        for _, other in self.strong:
            if all(map(ge, other, goods)):
                return True
        strength = sum((x << 32) // span for x, span in zip(goods, self.spans, strict=True))
        insort(self.strong, (-strength, goods))
        del self.strong[_MOST:]
        return False
