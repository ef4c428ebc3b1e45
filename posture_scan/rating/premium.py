"""The premium before discount: the insurer's own figure, a filed table's, or an estimate.

The estimate's shape (industry x plan x sales to a power) was derived from premium examples an
insurer's agency publishes; its figures and their source stand in the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ZERO, to_unit
from posture_scan.rating.figures import Estimate, Relativity, Schedule
from posture_scan.rating.profile import Profile
from posture_scan.rating.schedule import Manual, Risk, manual, risk_of

_DIGITS: Final = 50
"""Digits carried through the power; far more than ten yen can ever need."""
_MOST: Final = Decimal(10**13)


@dataclass(frozen=True)
class BasePremium:
    """P0 and where it comes from.

    ``given``, ``estimate`` (from declared facts), ``schedule`` (a filed table, from declared
    facts), ``example`` (no figures known), or ``none`` where a profile has no premium.
    """

    amount: Decimal
    source: str
    industry: str = ""
    plan: str = ""
    annual_sales: Decimal | None = None
    risk: Risk | None = None
    manual: Manual | None = None
    """In a filed schedule, what was looked up and the factors it led to."""


def estimate(profile: Profile, *, industry: str, plan: str, annual_sales: Decimal) -> Decimal:
    """Return base x industry x plan x (sales / reference)^exponent, rounded like a premium.

    Sales outside the profile's bounds are taken as the bound.

    Raises:
        UsageError: an industry or plan the profile does not have, sales below zero, or a
            profile that estimates nothing.
    """
    terms = _estimate_of(profile)
    if not annual_sales.is_finite() or annual_sales < 0:
        raise UsageError("rating.amount", key="annual_sales", value=annual_sales)
    sales = min(max(annual_sales, terms.sales_min), terms.sales_max)
    branch = _find("industry", industry, terms.industries)
    cover = _find("plan", plan, terms.plans)
    with localcontext(CONTEXT) as context:
        context.prec = _DIGITS
        size = (sales / terms.reference_sales) ** terms.exponent
        amount = terms.base * branch.factor * cover.factor * size
        return to_unit(amount, profile.rounding.unit, profile.rounding.mode)


def base_premium(profile: Profile, given: Decimal | None, facts: Mapping[str, str]) -> BasePremium:
    """Return the figure given, else what declared facts lead to, else the plain example.

    Raises:
        UsageError: a figure or fact that makes no sense.
    """
    if not profile.priced:
        return BasePremium(ZERO, "none")
    if given is not None:
        return BasePremium(positive("base_premium", given), "given")
    if profile.schedule is not None:
        return _filed(profile.schedule, facts)
    terms = _estimate_of(profile)
    known = bool(facts.get("annual_sales"))
    industry = facts.get("industry") or terms.default_industry
    plan = facts.get("plan") or terms.default_plan
    sales = amount("annual_sales", facts.get("annual_sales") or terms.reference_sales)
    result = estimate(profile, industry=industry, plan=plan, annual_sales=sales)
    return BasePremium(result, "estimate" if known else "example", industry, plan, sales)


def facts_read(profile: Profile) -> tuple[str, ...]:
    """Return the names of the declared facts that a profile asks for or reads."""
    names = [item.id for item in profile.facts]
    if profile.schedule is not None:
        names += [profile.schedule.exposure, "industry", "limit", "retention"]
    elif profile.premium.estimate is not None:
        names += ["industry", "annual_sales", "plan"]
    return tuple(dict.fromkeys(names))


def refuse_unread(
    profiles: Sequence[Profile],
    facts: Iterable[str],
    modification: Decimal = ZERO,
    base: Decimal | None = None,
) -> None:
    """Refuse what was stated on purpose and none of the profiles would read, or not all alike.

    Raises:
        UsageError: ``rating.unread_fact``; ``rating.no_judgement`` where no profile knows a
            person's judgement; ``rating.two_currencies`` for one premium under two of them.
    """
    currencies = dict.fromkeys(item.currency for item in profiles if item.priced)
    if base is not None and len(currencies) > 1:
        raise UsageError("rating.two_currencies", currencies=", ".join(currencies))
    known = list(dict.fromkeys(name for item in profiles for name in facts_read(item)))
    named = ", ".join(item.id for item in profiles)
    for name in facts:
        if name not in known:
            raise UsageError("rating.unread_fact", key=name, profile=named, known=", ".join(known))
    if modification and not any(item.schedule for item in profiles):
        raise UsageError("rating.no_judgement", profile=named)


def facts_carried(profile: Profile, facts: Mapping[str, str], currency: str) -> dict[str, str]:
    """Return those facts, declared for a profile of this currency, that another one can read.

    An industry or a plan of another insurer's list says nothing here, and an amount of another
    currency would be a wrong one.
    """
    rules = profile.schedule or profile.premium.estimate
    choices = {
        "industry": {item.id for item in (rules.industries if rules else ())},
        "plan": {item.id for item in _plans(profile)},
    }
    amounts = {"annual_sales", "limit", "retention"}
    if profile.schedule is not None:
        amounts.add(profile.schedule.exposure)
    foreign = currency != profile.currency
    return {
        name: value for name, value in facts.items()
        if (name not in choices or value in choices[name]) and not (foreign and name in amounts)
    }  # fmt: skip


def _plans(profile: Profile) -> tuple[Relativity, ...]:
    return () if profile.premium.estimate is None else profile.premium.estimate.plans


def _estimate_of(profile: Profile) -> Estimate:
    if profile.premium.estimate is None:
        raise UsageError("rating.no_estimate", profile=profile.id)
    return profile.premium.estimate


def _filed(schedule: Schedule, facts: Mapping[str, str]) -> BasePremium:
    names = (schedule.exposure, "limit", "retention")
    stated = {name: amount(name, facts[name]) for name in names if facts.get(name)}
    risk = risk_of(schedule, stated, facts.get("industry") or "")
    found = manual(schedule, risk)
    source = "schedule" if schedule.exposure in stated else "example"
    return BasePremium(found.premium, source, risk.industry, risk=risk, manual=found)


def amount(key: str, value: object) -> Decimal:
    """Read an amount of money: digits, no sign, at most ten trillion.

    Raises:
        UsageError: naming the key and what was given.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise UsageError("rating.amount", key=key, value=value)
    with localcontext(CONTEXT):
        try:
            number = Decimal(value)
            usable = number.is_finite() and 0 <= number <= _MOST
            exact = usable and number == number.quantize(Decimal("0.01"))
        except InvalidOperation:
            exact = False
    if not exact:
        raise UsageError("rating.amount", key=key, value=value)
    return number


def positive(key: str, value: object) -> Decimal:
    """Read an amount of money that must not be nothing.

    Raises:
        UsageError: naming the key and what was given.
    """
    number = amount(key, value)
    if not number:
        raise UsageError("rating.amount", key=key, value=value)
    return number


def _find(kind: str, name: str, known: tuple[Relativity, ...]) -> Relativity:
    for item in known:
        if item.id == name:
            return item
    listed = ", ".join(item.id for item in known)
    raise UsageError(f"rating.{kind}", id=name, known=listed)
