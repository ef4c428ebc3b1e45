"""Rate a bare worksheet: criterion statuses without a scan."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from posture_scan.assess.again import DEFAULT_PROFILE
from posture_scan.assess.document import Pricing
from posture_scan.rating.load import load_profile
from posture_scan.rating.rate import Rating
from posture_scan.rating.value import sentence
from posture_scan.rating.worksheet import is_worksheet as has_statuses
from posture_scan.rating.worksheet import rate_worksheet, read_worksheet

MOST_ADVICE: Final = 5


def is_worksheet(data: bytes) -> bool:
    """Tell whether these bytes are a worksheet rather than a report."""
    try:
        return has_statuses(json.loads(data))
    except (ValueError, RecursionError):
        return False


def rate_sheet(data: bytes, profile: str = "", pricing: Pricing | None = None) -> Rating:
    """Return the rating of a worksheet under a profile, by default the one it names.

    What ``pricing`` states wins over the worksheet.

    Raises:
        UsageError: naming what is wrong with the worksheet, and where.
    """
    sheet = read_worksheet(data)
    if pricing is not None:
        stated = pricing.base_premium
        sheet = dataclasses.replace(
            sheet,
            base_premium=sheet.base_premium if stated is None else stated,
            group_discount=sheet.group_discount or pricing.group_discount,
            certificates=pricing.certificates or sheet.certificates,
            facts={**sheet.facts, **pricing.facts},
        )
    return rate_worksheet(load_profile(profile or sheet.profile or DEFAULT_PROFILE), sheet)


def advice(rating: Rating, language: str) -> tuple[str, ...]:
    """Return what is worth doing, one sentence with its yen each, the most urgent first."""
    worthwhile = [item for item in rating.fixes if item.yen > 0 or item.gate]
    return tuple(sentence(rating.profile, item, language) for item in worthwhile[:MOST_ADVICE])
