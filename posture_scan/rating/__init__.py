"""Findings to criteria, score, discount and yen; profiles as data.

A library for an underwriter's own system, pure and offline::

    from posture_scan.rating import load_profile, rate, CriterionStatus, State, EvidenceClass

    profile = load_profile("jp-sme")                      # or the path of a profile file
    met = CriterionStatus("EXT-RDP", State.MET, EvidenceClass.VERIFIED)
    rating = rate(profile, [met], base_premium=Decimal(120_000))
    rating.price.premium, rating.scores.score, rating.trace, rating.fixes

``rate`` prices criterion statuses, ``rate_json`` a report file, ``rate_report`` findings and
answers, ``price`` is the bare arithmetic; ``plan_of`` says what to fix next. A profile is read once
and may be used from several threads: everything here is frozen. All numbers are
``decimal.Decimal``; errors are ``posture_scan.errors``.
"""

from __future__ import annotations

from posture_scan.rating.arithmetic import price, price_with
from posture_scan.rating.criteria import decide
from posture_scan.rating.load import lint_profile, list_profiles, load_profile, parse_profile
from posture_scan.rating.plan.planner import plan_of
from posture_scan.rating.plan.prices import Prices, read_prices
from posture_scan.rating.plan.result import Plan
from posture_scan.rating.premium import BasePremium, base_premium
from posture_scan.rating.priced import Price, RatingStatus, Terms
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.rate import Rating, rate, rate_report
from posture_scan.rating.reports import Pricing, rate_json
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from posture_scan.rating.worksheet import Worksheet, rate_worksheet, read_worksheet

__all__ = [
    "BasePremium",
    "Criterion",
    "CriterionStatus",
    "EvidenceClass",
    "Plan",
    "Price",
    "Prices",
    "Pricing",
    "Profile",
    "Rating",
    "RatingStatus",
    "State",
    "Terms",
    "Worksheet",
    "base_premium",
    "decide",
    "lint_profile",
    "list_profiles",
    "load_profile",
    "parse_profile",
    "plan_of",
    "price",
    "price_with",
    "rate",
    "rate_json",
    "rate_report",
    "rate_worksheet",
    "read_prices",
    "read_worksheet",
]
