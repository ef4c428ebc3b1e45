"""A finished report as JSON values: what it is rated by, and its rating under a profile."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.codec import CodecError, decode
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.rating.ledger import number
from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.rating.premium import facts_carried
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating, rate_report


@dataclass(frozen=True)
class Pricing:
    """What the premium depends on beside the security of the firm."""

    base_premium: Decimal | None = None
    group_discount: bool = False
    certificates: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """Declared figures for the estimate; they win over those in the answers."""
    modification: Decimal = Decimal(0)
    """A person's judgement under a filed schedule, as a share of one."""

    def over(self, other: Pricing) -> Pricing:
        """Return what is stated here, and the other's where nothing is."""
        return Pricing(
            other.base_premium if self.base_premium is None else self.base_premium,
            self.group_discount or other.group_discount,
            self.certificates or other.certificates,
            {**other.facts, **self.facts},
            self.modification or other.modification,
        )


def rate_json(
    profile: Profile,
    report: Mapping[str, Any],
    *,
    now: datetime,
    answers: Answers | None = None,
    pricing: Pricing | None = None,
) -> Rating:
    """Return the rating of a report under a profile as of ``now``; pure, nothing is written.

    ``report`` is what ``json.loads`` makes of a report file; whether it is authentic is for
    ``posture-scan verify`` to say. Base premium, group discount, certificates and answers of the
    report's own rating each hold unless another is given, as far as they mean something under
    this profile (see ``pricing_under`` and ``answers_under``).

    Raises:
        UsageError: when a member of the report that it is rated by cannot be read, or an amount,
            a fact or a certificate cannot be used.
    """
    nouns = nouns_of(report)
    read = answers or answers_under(profile, report, nouns.answers)
    stated = (pricing or Pricing()).over(pricing_under(profile, report))
    return rate_nouns(profile, nouns, read, stated, now)


def rate_nouns(
    profile: Profile, nouns: Nouns, answers: Answers | None, pricing: Pricing, now: datetime
) -> Rating:
    """Return the rating of a report's nouns by these answers and figures.

    Raises:
        UsageError: an amount, a fact or a certificate that the profile cannot use.
    """
    if pricing.facts:
        given = answers or Answers(profile.id, "", "", now.date())
        answers = dataclasses.replace(given, facts={**given.facts, **pricing.facts})
    return rate_report(
        profile, nouns.findings, nouns.assets, nouns.scope, answers, now, pricing.base_premium,
        group_discount=pricing.group_discount, certificates=pricing.certificates,
        modification=pricing.modification,
    )  # fmt: skip


@dataclass(frozen=True)
class Nouns:
    """What a report is rated by."""

    findings: tuple[Finding, ...]
    assets: tuple[Asset, ...]
    scope: Scope | None
    answers: Answers | None


def nouns_of(report: Mapping[str, Any]) -> Nouns:
    """Read the nouns of a report.

    Raises:
        UsageError: one of them cannot be read.
    """
    with _reading():
        return Nouns(
            tuple(decode(Finding, item) for item in report["findings"]),
            tuple(decode(Asset, item) for item in report["assets"]),
            decode(Scope, report["scope"]),
            decode(Answers | None, report["answers"]),
        )


@contextmanager
def _reading() -> Iterator[None]:
    """Say of members that are not what a report has that they cannot be read."""
    try:
        yield
    except (CodecError, LookupError, AttributeError, TypeError) as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error


def pricing_under(profile: Profile, report: Mapping[str, Any]) -> Pricing:
    """Return what a report's own rating was priced by, as far as a profile can use it.

    A certificate that the profile does not know belongs to another insurer's scheme and earns
    nothing here; a premium in another currency is no premium here.
    """
    with _reading():
        rating = report["rating"]
        known = {item.id for item in profile.certificates}
        same = rating.get("currency") == profile.currency
        given = same and rating.get("base_source") == "given"
        return Pricing(
            number(rating["base_premium"]) if given else None,
            bool(rating.get("group_discount")),
            tuple(name for name in rating.get("certificates", ()) if name in known),
            modification=number(rating.get("modification", "0")),
        )


def answers_under(
    profile: Profile, report: Mapping[str, Any], answers: Answers | None
) -> Answers | None:
    """Return a report's answers with those of its declared facts that a profile can read."""
    if answers is None or answers.profile == profile.id:
        return answers
    with _reading():
        currency = str(report["rating"].get("currency", ""))
    if answers.profile in list_profiles():
        currency = load_profile(answers.profile).currency
    facts = facts_carried(profile, answers.facts, currency)
    return dataclasses.replace(answers, facts=facts)
