"""The product data to judge by, and telling what is wrong with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posture_scan.cli.options import now
from posture_scan.cli.spoken import tell

if TYPE_CHECKING:
    from posture_scan.model.product import ProductData
    from posture_scan.products.place import Chosen


def chosen_data(named: Path | None = None, *, quiet: bool = False) -> Chosen:
    """Return the data in use and where it came from; a broken file of the user's is told.

    Raises:
        PostureError: when the file that somebody named cannot be used.
    """
    from posture_scan.products.place import choose

    chosen = choose(named, os.environ, sys.platform, now().date())
    if chosen.passed_over is not None and not quiet:
        error = chosen.passed_over
        tell(f"error.{error.code}", err=True, **error.values)
        tell("products.builtin_used", err=True)
    return chosen


def product_data(named: Path | None = None) -> ProductData:
    """Return the data to judge by; data too old to rely on is told, too.

    Raises:
        PostureError: when the file that somebody named cannot be used.
    """
    data = chosen_data(named).data
    if not data.fresh(now().date()):
        tell("products.stale", err=True)
    return data
