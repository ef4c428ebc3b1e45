"""Who earned what: each share of the credit and of the debits, adding up to the last unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain
from posture_scan.rating.priced import Price, Terms, product
from posture_scan.rating.profile import Profile

_DIGITS: Final = 60
"""Digits of the logarithms; remainders are compared long before they run out."""

Factors = Sequence[tuple[str, Decimal]]


def attribution(profile: Profile, price: Price, terms: Terms) -> dict[str, str]:
    """Share the credit for controls, in money, among what earned it.

    What earned it is a criterion of a discount profile, a block of a filed schedule. Share i is
    ln f_i / (sum of ln f) of the total, rounded to one yen (or cent) so that the shares add up
    to the total: the largest remainders are rounded up. Where some factors are debits, they
    share what they add (negative shares) and the others what they would take off without them.
    Nothing is shared where the limit on answers alone left none of the credit.
    """
    unit = min(ONE, profile.rounding.unit)
    blocks = profile.schedule is not None
    factors = (
        [(g.group, g.factor) for g in price.groups] if blocks
        else [(c.criterion.id, c.factor) for c in price.credits]
    )  # fmt: skip
    with localcontext(CONTEXT) as context:
        context.prec = _DIGITS
        total = _whole(terms.base_premium * price.controls, unit)
        credits_ = [(name, f) for name, f in factors if ZERO < f < ONE]
        debits = [(name, f) for name, f in factors if f > ONE]
        taken, added = _sides(total, credits_, debits, terms.base_premium, unit)
        shares = {**_shared(taken, credits_, unit), **_shared(added, debits, unit)}
    return {name: plain(shares[name]) for name, _ in factors if name in shares}


def _sides(
    total: Decimal, credits_: Factors, debits: Factors, base: Decimal, unit: Decimal
) -> tuple[Decimal, Decimal]:
    """Split the total into what was taken off and what was added (a negative amount).

    Credits take off no more than they would alone; what a cap held back is the debits' gain.
    """
    if not debits:
        return max(total, ZERO) if credits_ else ZERO, ZERO
    if not credits_:
        return ZERO, min(total, ZERO)
    added = base * (ONE - product(factor for _, factor in debits))
    alone = base * (ONE - product(factor for _, factor in credits_))
    taken = _whole(max(min(total - added, alone), ZERO), unit)
    rest = min(total - taken, ZERO)
    return total - rest, rest


def _shared(total: Decimal, factors: Factors, unit: Decimal) -> dict[str, Decimal]:
    if not factors or not total:
        return {}
    sign = ONE if total > ZERO else -ONE
    logarithms = [(name, abs(factor.ln())) for name, factor in factors]
    whole = sum((log for _, log in logarithms), ZERO)
    exact = [(name, abs(total) / unit * log / whole) for name, log in logarithms]
    units = {name: share // ONE for name, share in exact}
    left = int(abs(total) / unit - sum(units.values(), ZERO))
    ranked = sorted(range(len(exact)), key=lambda n: (-(exact[n][1] % ONE), n))
    for number in ranked[:left]:
        units[exact[number][0]] += ONE
    return {name: sign * count * unit for name, count in units.items()}


def _whole(amount: Decimal, unit: Decimal) -> Decimal:
    return (amount / unit).to_integral_value() * unit
