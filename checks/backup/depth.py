"""How far restore points reach back: 14 days with one each, or 30 days, make versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

DEEP_DAYS: Final = 14
_DEEP_SPAN: Final = timedelta(days=30)
_ENOUGH: Final = {"daily": DEEP_DAYS, "weekly": 5, "monthly": 2, "yearly": 1}
"""Points of each kind that reach back as far: five weeks, two months."""


def is_deep(points: Sequence[datetime]) -> bool:
    """Tell whether restore points reach back 14 different days or 30 days."""
    if not points:
        return False
    days = {moment.date() for moment in points}
    return len(days) >= DEEP_DAYS or max(points) - min(points) >= _DEEP_SPAN


def keeps_enough(keep: Mapping[str, int]) -> bool | None:
    """Tell whether a retention rule keeps 14 daily points or 30 days; None without a rule."""
    if not keep:
        return None
    return any(keep.get(name, 0) >= count for name, count in _ENOUGH.items())
