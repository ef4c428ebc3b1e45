"""The calculation step by step, so that a person with a pocket calculator gets the same yen."""

from __future__ import annotations

from decimal import localcontext

from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain, to_decimals
from posture_scan.rating.premium import BasePremium
from posture_scan.rating.priced import Credit, Price, RatingStatus, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.step import Step, final_premium, fixed, long, unit, verdict
from posture_scan.rating.trace_schedule import filed_base, scheduled_steps, weighed


def steps(profile: Profile, price: Price, terms: Terms, base: BasePremium) -> tuple[Step, ...]:
    """Return every step in the order used."""
    with localcontext(CONTEXT):
        return (
            *_base(profile, base),
            *(_credit(profile, credit) for credit in price.credits),
            *_by_kind(profile, price, terms),
        )


def _by_kind(profile: Profile, price: Price, terms: Terms) -> tuple[Step, ...]:
    if not profile.priced:
        return (verdict(profile, price),)
    if profile.schedule is not None:
        return scheduled_steps(profile, price, terms)
    return (
        *_groups(profile, price),
        _all_groups(profile, price),
        verdict(profile, price),
        _factor(profile, price),
        _certificates(profile, price),
        _discount(profile, price),
        *_premiums(profile, price, terms),
    )


def _base(profile: Profile, base: BasePremium) -> tuple[Step, ...]:
    if base.manual is not None and base.risk is not None:
        return (filed_base(base.risk, base.manual, base.source),)
    if not profile.priced:
        return ()
    sales = "" if base.annual_sales is None else plain(base.annual_sales)
    values = {
        "base_premium": plain(base.amount),
        "currency": profile.currency,
        "source": base.source,
        "industry": base.industry,
        "plan": base.plan,
        "annual_sales": sales,
    }
    rounding = "" if base.source == "given" else unit(profile)
    return (Step(f"base_{base.source}", values, rounding=rounding),)


def _credit(profile: Profile, credit: Credit) -> Step:
    if profile.kind != "discount":
        return weighed(credit)
    values = {
        "criterion": credit.criterion.id,
        "group": credit.criterion.group,
        "status": credit.status.status.value,
        "evidence_class": credit.status.evidence_class.value,
        "r_met": plain(credit.criterion.r_met),
        "z": plain(credit.weight),
        "h": plain(credit.share),
        "r": plain(credit.factor),
    }
    return Step("credit" if credit.share else "no_credit", values)


def _groups(profile: Profile, price: Price) -> tuple[Step, ...]:
    floors = {group.id: group.floor for group in profile.groups}
    found = []
    for group in price.groups:
        values = {
            "group": group.group,
            "product": long(group.product),
            "floor": plain(floors[group.group]),
            "factor": long(group.factor),
        }
        bound = "group_floor" if group.factor != group.product else ""
        found.append(Step("group", values, bound, long(group.factor - group.product)))
    return tuple(found)


def _all_groups(profile: Profile, price: Price) -> Step:
    values = {
        "f_all": long(price.f_all),
        "f_verified": long(price.f_verified),
        "attested_cap": plain(profile.limits.attested_cap),
        "f": long(price.f_limited),
    }
    bound = "attested_cap" if price.f_limited != price.f_all else ""
    return Step("attested", values, bound, long(price.f_limited - price.f_all))


def _factor(profile: Profile, price: Price) -> Step:
    limits, decimals = profile.limits, profile.rounding.factor_decimals
    rounded = to_decimals(price.f_limited, decimals)
    bound = ""
    if price.factor > rounded:
        suspended = price.status is not RatingStatus.OK
        bound = "suspended" if suspended else "factor_min"
    elif price.factor < rounded:
        bound = "factor_max"
    values = {
        "f": long(price.f_limited),
        "factor_min": plain(limits.factor_min),
        "factor_max": plain(limits.factor_max),
        "factor": fixed(price.factor, decimals),
        "controls": fixed(price.controls, decimals),
    }
    return Step("factor", values, bound, plain(price.factor - rounded), f"{decimals} half_up")


def _certificates(profile: Profile, price: Price) -> Step:
    counted = min(price.certificates_claimed, profile.limits.certificates_cap)
    values = {
        "claimed": plain(price.certificates_claimed),
        "cap": plain(profile.limits.certificates_cap),
        "credit": plain(price.certificates),
    }
    bound = ""
    if price.certificates < counted:
        bound = "suspended"
    elif counted < price.certificates_claimed:
        bound = "certificates_cap"
    lost = price.certificates_claimed - price.certificates
    return Step("certificates", values, bound, plain(lost))


def _discount(profile: Profile, price: Price) -> Step:
    wanted = price.controls + price.certificates
    values = {
        "controls": fixed(price.controls, profile.rounding.factor_decimals),
        "certificates": plain(price.certificates),
        "cap": plain(profile.limits.total_cap),
        "discount": fixed(price.discount, profile.rounding.factor_decimals),
    }
    bound = "total_cap" if price.discount < wanted else ""
    return Step("discount", values, bound, plain(wanted - price.discount))


def _premiums(profile: Profile, price: Price, terms: Terms) -> tuple[Step, ...]:
    group = profile.limits.group_discount if terms.group_discount else ZERO
    decimals = profile.rounding.factor_decimals
    first = {
        "base_premium": plain(terms.base_premium),
        "discount": fixed(price.discount, decimals),
        "keep": fixed(ONE - price.discount, decimals),
        "premium": plain(price.after_discount),
        "currency": profile.currency,
    }
    second = {
        "before": plain(price.after_discount),
        "group_discount": plain(group),
        "premium": plain(price.after_group),
        "currency": profile.currency,
    }
    return (
        Step("premium_discounted", first, rounding=unit(profile)),
        Step("premium_group", second, rounding=unit(profile)),
        final_premium(profile, price),
    )
