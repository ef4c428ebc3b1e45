"""The steps of a filed schedule: the tables looked up, the blocks, the one rounding."""

from __future__ import annotations

from posture_scan.rating.exact import ZERO, plain
from posture_scan.rating.priced import Credit, GroupFactor, Price, RatingStatus, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.schedule import Manual, Risk
from posture_scan.rating.step import Step, final_premium, fixed, long, unit, verdict


def filed_base(risk: Risk, manual: Manual, source: str) -> Step:
    """Return the step that looks the firm up in the filed tables."""
    values = {
        "source": source,
        "exposure": plain(risk.exposure),
        "base": long(manual.base),
        "industry": risk.industry,
        "industry_factor": plain(manual.industry),
        "limit": plain(risk.limit),
        "retention": plain(risk.retention),
        "layer": long(manual.layer),
        "multiplier": plain(manual.multiplier),
        "base_premium": long(manual.premium),
    }
    return Step("base_example_schedule" if source == "example" else "base_schedule", values)


def weighed(credit: Credit) -> Step:
    """Return what one criterion adds to the score of its block."""
    values = {
        "criterion": credit.criterion.id,
        "group": credit.criterion.group,
        "status": credit.status.status.value,
        "evidence_class": credit.status.evidence_class.value,
        "weight": plain(credit.criterion.weight),
        "z": plain(credit.weight),
        "h": plain(credit.share),
        "points": plain(credit.criterion.weight * credit.weight * credit.share),
    }
    return Step("points" if credit.share else "no_points", values)


def scheduled_steps(profile: Profile, price: Price, terms: Terms) -> tuple[Step, ...]:
    """Return the steps after the criteria: blocks, verdict, factor, premium."""
    suspended = price.status is not RatingStatus.OK
    return (
        verdict(profile, price),
        *(_block(block, suspended=suspended) for block in price.groups),
        _factor(profile, price),
        *_judgement(price, terms),
        *_premiums(profile, price, terms),
    )


def _block(block: GroupFactor, *, suspended: bool) -> Step:
    score = "" if block.score is None else fixed(block.score, 2)
    values = {
        "group": block.group, "score": score, "level": block.level, "factor": plain(block.factor),
    }  # fmt: skip
    if block.score is None:
        return Step("block_nothing", values)
    return Step("block_held" if suspended else "block", values)


def _factor(profile: Profile, price: Price) -> Step:
    values = {
        "f_all": long(price.f_all),
        "f_verified": long(price.f_verified),
        "attested_cap": plain(profile.limits.attested_cap),
        "f": long(price.factor),
    }
    bound = "attested_cap" if price.factor != price.f_all else ""
    return Step("blocks", values, bound, long(price.factor - price.f_all))


def _judgement(price: Price, terms: Terms) -> tuple[Step, ...]:
    if not terms.modification:
        return ()
    values = {"asked": plain(terms.modification), "counted": plain(price.modification)}
    held = price.modification != terms.modification
    suspended = price.status is not RatingStatus.OK and terms.modification < ZERO
    bound = ("suspended" if suspended else "modification_cap") if held else ""
    lost = plain(price.modification - terms.modification)
    return (Step("judgement", values, bound, lost),)


def _premiums(profile: Profile, price: Price, terms: Terms) -> tuple[Step, ...]:
    first = {
        "base_premium": long(terms.base_premium),
        "f": long(price.factor),
        "modification": plain(price.modification),
        "premium": plain(price.after_group),
        "currency": profile.currency,
    }
    return (
        Step("premium_filed", first, rounding=unit(profile)),
        final_premium(profile, price),
    )
