"""The data that ships, as if it were new: for tests of judging rather than of age."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from posture_scan.model.product import ProductData
from posture_scan.products.place import builtin


def young(now: datetime) -> ProductData:
    day = now.date()
    return dataclasses.replace(builtin(), as_of=day, exploited_as_of=day)
