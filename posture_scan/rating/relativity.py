"""From published claims data to a relativity: what meeting one control does to the premium.

Where a share p of all firms is without a control and these have RR times the claims of the
others, a premium that is right for the average firm stays right for both kinds when it is
multiplied by ``1 / (1 - p + p x RR)`` for those with the control and by RR times that for those
without. Only a share of the effect is credited, because controls overlap, p is assumed and the
figures come from another market; shrinking both multipliers by the same share keeps the average
at one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_decimals
from posture_scan.rating.figures import ClaimsData

DECIMALS: Final = 3
"""A relativity is stated to three decimals, rounded half up: it is no more certain than that."""

MOST: Final = Decimal(1000)
"""The largest relative frequency that is taken for one."""

_DIGITS: Final = 50


@dataclass(frozen=True)
class Relativity:
    """The multipliers that follow from claims data: raw, and with the share that is credited."""

    data: ClaimsData
    average: Decimal
    """Claims of the average firm, where a firm with the control has one: 1 - p + p x RR."""
    raw_met: Decimal
    raw_not: Decimal
    met: Decimal
    """1 - keep x (1 - raw_met)."""
    not_met: Decimal
    """1 + keep x (raw_not - 1)."""

    @property
    def r_met(self) -> Decimal:
        """The figure for ``r_met`` of a profile."""
        return to_decimals(self.met, DECIMALS)

    @property
    def r_not(self) -> Decimal:
        """The figure for ``r_not`` of a profile that has debits."""
        return to_decimals(self.not_met, DECIMALS)


def relativity(data: ClaimsData) -> Relativity:
    """Work out the multipliers of a control from claims data.

    Raises:
        UsageError: a relative frequency below 1 or above 1000, or a share outside 0 to 1.
    """
    if not (data.rr.is_finite() and ONE <= data.rr <= MOST):
        raise UsageError("profiles.relativity_rr", value=data.rr)
    for key, share in (("prevalence", data.prevalence), ("keep", data.keep)):
        if not (share.is_finite() and ZERO <= share <= ONE):
            raise UsageError("profiles.relativity_share", key=key, value=share)
    with localcontext(CONTEXT) as context:
        context.prec = _DIGITS
        average = ONE - data.prevalence + data.prevalence * data.rr
        met = ONE / average
        failed = data.rr / average
        return Relativity(
            data, average, met, failed,
            ONE - data.keep * (ONE - met), ONE + data.keep * (failed - ONE),
        )  # fmt: skip


def kept(data: ClaimsData, r_met: Decimal) -> Decimal | None:
    """Return which share of the effect an ``r_met`` keeps; None where there is no effect."""
    raw = relativity(data).raw_met
    if raw == ONE:
        return None
    with localcontext(CONTEXT) as context:
        context.prec = _DIGITS
        return (ONE - r_met) / (ONE - raw)
