"""How often something can be done in a second."""

from __future__ import annotations

import time
from collections.abc import Callable

_ROUNDS = 5
_ROUND_SECONDS = 0.5


def per_second(action: Callable[[], object]) -> float:
    """Best of several rounds, in calls a second."""
    best = 0.0
    for _ in range(_ROUNDS):
        started, calls = time.perf_counter(), 0
        while time.perf_counter() - started < _ROUND_SECONDS:
            action()
            calls += 1
        best = max(best, calls / (time.perf_counter() - started))
    return best
