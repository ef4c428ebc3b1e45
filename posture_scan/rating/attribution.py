"""Who earned what: each criterion's share of the credit, adding up to the last yen."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain
from posture_scan.rating.priced import Price, Terms

_DIGITS: Final = 60
"""Digits of the logarithms; remainders are compared long before they run out."""


def attribution(price: Price, terms: Terms) -> dict[str, str]:
    """Share the credit for controls, in yen, among the criteria that earned it.

    Criterion i gets ln r_i / (sum of ln r) of the total, rounded to one yen so that the shares
    add up to the total: the largest remainders are rounded up.
    """
    earned = [(c.criterion.id, c.factor) for c in price.credits if ZERO < c.factor < ONE]
    with localcontext(CONTEXT) as context:
        context.prec = _DIGITS
        total = (terms.base_premium * price.controls).to_integral_value()
        if not earned or total <= 0:
            return {}
        logarithms = [(name, factor.ln()) for name, factor in earned]
        whole = sum((log for _, log in logarithms), ZERO)
        shares = [(name, total * log / whole) for name, log in logarithms]
        yen = {name: share // ONE for name, share in shares}
        left = int(total - sum(yen.values(), ZERO))
        ranked = sorted(range(len(shares)), key=lambda n: (-(shares[n][1] % ONE), n))
        for number in ranked[:left]:
            yen[shares[number][0]] += Decimal(1)
    return {name: plain(amount) for name, amount in yen.items()}
