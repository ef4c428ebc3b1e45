"""Rate a bare worksheet: criterion statuses without a scan."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from posture_scan.assess.again import DEFAULT_PROFILE
from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.rating.premium import facts_carried
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating
from posture_scan.rating.reports import Pricing
from posture_scan.rating.value import sentence
from posture_scan.rating.worksheet import Worksheet, rate_worksheet, read_worksheet
from posture_scan.rating.worksheet import is_worksheet as has_statuses

MOST_ADVICE: Final = 5


def is_worksheet(data: bytes) -> bool:
    """Tell whether these bytes are a worksheet rather than a report."""
    try:
        return has_statuses(json.loads(data))
    except (ValueError, RecursionError):
        return False


def rate_sheet(data: bytes, profile: str = "", pricing: Pricing | None = None) -> Rating:
    """Return the rating of a worksheet under a profile, by default the one it names.

    What ``pricing`` states wins over the worksheet. Under another profile than its own the
    worksheet's figures count as far as they mean something there (see ``sheet_under``).

    Raises:
        UsageError: naming what is wrong with the worksheet, and where.
    """
    sheet = read_worksheet(data)
    rules = load_profile(profile or sheet.profile or DEFAULT_PROFILE)
    sheet = sheet_under(rules, sheet)
    if pricing is not None:
        stated = pricing.base_premium
        sheet = dataclasses.replace(
            sheet,
            base_premium=sheet.base_premium if stated is None else stated,
            group_discount=sheet.group_discount or pricing.group_discount,
            certificates=pricing.certificates or sheet.certificates,
            facts={**sheet.facts, **pricing.facts},
        )
    return rate_worksheet(rules, sheet)


def sheet_under(profile: Profile, sheet: Worksheet) -> Worksheet:
    """Return a worksheet with those of its figures that mean something under a profile.

    Certificates and industries of another insurer's lists say nothing here, and amounts in the
    currency of the built-in profile that it names are none in another one.
    """
    if sheet.profile in {"", profile.id} or sheet.profile not in list_profiles():
        return sheet
    currency = load_profile(sheet.profile).currency
    known = {item.id for item in profile.certificates}
    return dataclasses.replace(
        sheet,
        base_premium=sheet.base_premium if currency == profile.currency else None,
        certificates=tuple(name for name in sheet.certificates if name in known),
        facts=facts_carried(profile, sheet.facts, currency),
    )


def advice(rating: Rating, language: str) -> tuple[str, ...]:
    """Return what is worth doing, one sentence with its yen each, the most urgent first."""
    worthwhile = [item for item in rating.fixes if item.yen > 0 or item.gate]
    return tuple(sentence(rating.profile, item, language) for item in worthwhile[:MOST_ADVICE])
