"""What holds for every test: how results are judged, and in which order files run."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import settings

# Hypothesis judges results, never the time a machine took.
settings.register_profile("posture_scan", deadline=None)
settings.load_profile("posture_scan")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files of the lab, which wait for servers, evenly among those that compute.

    Side by side they keep the cores busy, and none of the long ones is left for the end.
    """
    files = [list(own) for _, own in groupby(items, key=lambda item: item.path)]
    waiting = [own for own in files if "lab" in own[0].path.parts]
    computing = [own for own in files if "lab" not in own[0].path.parts]
    places = [
        *((number / max(len(waiting), 1), 0, own) for number, own in enumerate(waiting)),
        *((number / max(len(computing), 1), 1, own) for number, own in enumerate(computing)),
    ]
    places.sort(key=lambda place: place[:2])
    items[:] = [item for _, _, own in places for item in own]
