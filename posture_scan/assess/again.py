"""A finished report rated again: as of another time, or under another profile."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from posture_scan.assess.document import Pricing, Terms, rate_facts
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.codec import CodecError, decode, encode
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope

if TYPE_CHECKING:
    from posture_scan.rating.profile import Profile

DEFAULT_PROFILE: Final = "jp-sme"
"""What is rated by where nobody names a profile."""


def rate_again(
    report: Mapping[str, Any],
    profile: str,
    *,
    now: datetime,
    answers: Answers | None = None,
    pricing: Pricing | None = None,
    rules: Profile | None = None,
) -> dict[str, Any]:
    """Return the report rated under a profile as of ``now``; its evidence stays as it is.

    The base premium, group discount and certificates of the report's own rating hold unless
    others are given, and so do its answers, as far as they mean something under this profile (see
    ``pricing_under`` and ``answers_under``). ``rules`` is the profile, where it was read already.

    Raises:
        UsageError: when the report's nouns cannot be read.
    """
    from posture_scan.rating.load import load_profile
    from posture_scan.report.document import report_id

    nouns = nouns_of(report)
    given = answers or nouns.answers
    known = rules or load_profile(profile)
    read = answers or answers_under(known, report, nouns.answers)
    terms = Terms(profile, read, pricing or pricing_under(known, report), known)
    rated = rate_facts(terms, nouns.findings, nouns.assets, nouns.scope, now)
    again = {**report, "answers": encode(given), **rated}
    return {**again, "report_id": report_id(again)}


def own_profile(report: Mapping[str, Any] | None) -> str:
    """Return the built-in profile that a report was rated under; the default without a report.

    A profile's id in a stranger's report is never taken for the path of a file.

    Raises:
        UsageError: ``report.own_profile``, where it is none that ships with the program.
    """
    from posture_scan.rating.load import list_profiles

    if report is None:
        return DEFAULT_PROFILE
    name = str(report["rating"]["profile"]["id"])
    if name not in list_profiles():
        raise UsageError("report.own_profile", profile=name[:60])
    return name


@dataclass(frozen=True)
class Nouns:
    """What a report is rated by."""

    findings: tuple[Finding, ...]
    assets: tuple[Asset, ...]
    scope: Scope
    answers: Answers | None


def nouns_of(report: Mapping[str, Any]) -> Nouns:
    """Read the nouns of a report.

    Raises:
        UsageError: one of them cannot be read.
    """
    try:
        return Nouns(
            tuple(decode(Finding, item) for item in report["findings"]),
            tuple(decode(Asset, item) for item in report["assets"]),
            decode(Scope, report["scope"]),
            decode(Answers | None, report["answers"]),
        )
    except (CodecError, KeyError) as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error


def pricing_under(profile: Profile, report: Mapping[str, Any]) -> Pricing:
    """Return what a report was priced by, as far as it means something under a profile.

    A certificate that the profile does not know belongs to another insurer's scheme and earns
    nothing here; a premium in another currency is no premium here.
    """
    pricing = pricing_of(report)
    known = {item.id for item in profile.certificates}
    held = tuple(name for name in pricing.certificates if name in known)
    same = report["rating"].get("currency") == profile.currency
    base = pricing.base_premium if same else None
    return dataclasses.replace(pricing, certificates=held, base_premium=base)


def answers_under(
    profile: Profile, report: Mapping[str, Any], answers: Answers | None
) -> Answers | None:
    """Return a report's answers with those of its declared facts that a profile can read."""
    if answers is None or answers.profile == profile.id:
        return answers
    from posture_scan.rating.load import list_profiles, load_profile
    from posture_scan.rating.premium import facts_carried

    currency = str(report["rating"].get("currency", ""))
    if answers.profile in list_profiles():
        currency = load_profile(answers.profile).currency
    facts = facts_carried(profile, answers.facts, currency)
    return dataclasses.replace(answers, facts=facts)


def pricing_of(report: Mapping[str, Any]) -> Pricing:
    """Return the base premium, group discount and certificates of a report's own rating."""
    rating = report.get("rating", {})
    known = rating.get("base_source") == "given"
    return Pricing(
        Decimal(rating["base_premium"]) if known else None,
        bool(rating.get("group_discount")),
        tuple(rating.get("certificates", ())),
        modification=Decimal(rating.get("modification", "0")),
    )
