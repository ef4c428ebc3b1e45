"""The order of calculation of a discount profile: statuses to factor, discount and premium.

The steps and their order are those of the rating rules (credits, gates, groups, attested-only
limit, status, clamp, certificates, premium); every figure comes from the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_decimals, to_unit
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State, unknown


class RatingStatus(StrEnum):
    """Whether the credits count: a gate is open, too little is known, or all is well."""

    OK = "ok"
    GATE = "gate"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class Terms:
    """What is priced beside the evidence. ``base_premium`` is P0 in the profile's currency."""

    base_premium: Decimal
    group_discount: bool = False
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Credit:
    """What one criterion does to the premium: ``factor`` = 1 - ``weight`` x share x (1 - r_met)."""

    criterion: Criterion
    status: CriterionStatus
    weight: Decimal
    """Z: what the class of evidence is worth."""
    share: Decimal
    """h: one when met, the profile's share when partly met, else zero."""
    factor: Decimal


@dataclass(frozen=True)
class GroupFactor:
    """The credits of one group multiplied, and the floor they may not pass."""

    group: str
    product: Decimal
    factor: Decimal
    verified_factor: Decimal
    """The same without attested credits."""


@dataclass(frozen=True)
class Coverage:
    """Weight of the criteria that apply, and of those of them that were assessed."""

    assessed: Decimal
    applicable: Decimal

    @property
    def share(self) -> Decimal:
        """Assessed over applicable weight; zero where nothing applies."""
        return self.assessed / self.applicable if self.applicable else ZERO


@dataclass(frozen=True)
class Price:
    """Every figure of one calculation, in the order in which they follow from each other."""

    credits: tuple[Credit, ...]
    groups: tuple[GroupFactor, ...]
    gates: tuple[str, ...]
    missing: tuple[str, ...]
    coverage: Coverage
    status: RatingStatus
    f_all: Decimal
    f_verified: Decimal
    f_limited: Decimal
    """After the limit on what answers alone may add; before status, clamp and rounding."""
    factor: Decimal
    controls: Decimal
    """A = 1 - factor."""
    certificates: Decimal
    """B, as it counts."""
    certificates_claimed: Decimal
    """The credits of the certificates before cap and status."""
    discount: Decimal
    """D = A + B, capped."""
    after_discount: Decimal
    """P1."""
    after_group: Decimal
    """P2."""
    premium: Decimal
    """P, the final premium."""


def price(profile: Profile, statuses: Mapping[str, CriterionStatus], terms: Terms) -> Price:
    """Work out factor, discount and premium; a criterion without a status is unknown.

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    with localcontext(CONTEXT):
        credits_ = tuple(
            _credit(profile, item, statuses.get(item.id) or unknown(item.id))
            for item in profile.criteria
        )
        groups = tuple(_group(group.id, group.floor, credits_) for group in profile.groups)
        gates = tuple(c.criterion.id for c in credits_ if _opens_gate(c))
        missing = _missing(profile, credits_)
        coverage = _coverage(credits_)
        status = _status(profile, gates, missing, coverage)
        f_all = _product(group.factor for group in groups)
        f_verified = _product(group.verified_factor for group in groups)
        limited = max(f_all, (ONE - profile.limits.attested_cap) * f_verified)
        factor = _clamp(profile, limited, status)
        claimed = claimed_certificates(profile, terms.certificates)
        counted = min(claimed, profile.limits.certificates_cap)
        certificates = counted if status is RatingStatus.OK else ZERO
        controls = ONE - factor
        discount = min(controls + certificates, profile.limits.total_cap)
        first, second, final = _premiums(profile, terms, discount)
    return Price(
        credits_, groups, gates, missing, coverage, status, f_all, f_verified, limited, factor,
        controls, certificates, claimed, discount, first, second, final,
    )  # fmt: skip


def _credit(profile: Profile, criterion: Criterion, status: CriterionStatus) -> Credit:
    terms = profile.evidence
    share = {State.MET: ONE, State.PARTIAL: terms.partial}.get(status.status, ZERO)
    weight = {
        EvidenceClass.VERIFIED: terms.verified,
        EvidenceClass.DOCUMENTED: terms.documented,
        EvidenceClass.ATTESTED: terms.attested,
    }.get(status.evidence_class, ZERO)
    if share:
        factor = ONE - weight * share * (ONE - criterion.r_met)
    else:
        factor = _debit(criterion, status.status)
    return Credit(criterion, status, weight, share, factor)


def _debit(criterion: Criterion, state: State) -> Decimal:
    """Return what no credit costs: one, unless the profile sets debits for this criterion."""
    failure = criterion.r_not if criterion.r_not is not None else ONE
    if state is State.NOT_APPLICABLE:
        return ONE
    if state is State.UNKNOWN and criterion.r_unknown is not None:
        return max(failure, criterion.r_unknown)
    return failure


def _opens_gate(credit: Credit) -> bool:
    failed = credit.status.status in {State.NOT_MET, State.CONTRADICTED}
    return failed and credit.criterion.gate is not None


def _missing(profile: Profile, credits_: Iterable[Credit]) -> tuple[str, ...]:
    """Return the criteria of the minimum set that are open, or rest on too weak evidence."""
    found = []
    for credit in credits_:
        state, name = credit.status.status, credit.criterion.id
        credited = state in {State.MET, State.PARTIAL}
        proven = credit.status.evidence_class is EvidenceClass.VERIFIED
        weak = credit.criterion.needs_machine and credited and not proven
        if weak or (state is State.UNKNOWN and name in profile.minimum_set):
            found.append(name)
    return tuple(found)


def _coverage(credits_: Iterable[Credit]) -> Coverage:
    applicable = assessed = ZERO
    for credit in credits_:
        if credit.status.status is not State.NOT_APPLICABLE:
            applicable += credit.criterion.weight
            if credit.status.status is not State.UNKNOWN:
                assessed += credit.criterion.weight
    return Coverage(assessed, applicable)


def _status(
    profile: Profile, gates: tuple[str, ...], missing: tuple[str, ...], coverage: Coverage
) -> RatingStatus:
    if gates:
        return RatingStatus.GATE
    enough = coverage.assessed >= profile.limits.coverage_min * coverage.applicable
    if missing or not enough or not coverage.assessed:
        return RatingStatus.INSUFFICIENT
    return RatingStatus.OK


def _group(name: str, floor: Decimal, credits_: tuple[Credit, ...]) -> GroupFactor:
    own = [credit for credit in credits_ if credit.criterion.group == name]
    product = _product(credit.factor for credit in own)
    seen = _product(ONE if _attested(credit) else credit.factor for credit in own)
    return GroupFactor(name, product, max(product, floor), max(seen, floor))


def _attested(credit: Credit) -> bool:
    return bool(credit.share) and credit.status.evidence_class is EvidenceClass.ATTESTED


def _product(factors: Iterable[Decimal]) -> Decimal:
    product = ONE
    for factor in factors:
        product *= factor
    return product


def _clamp(profile: Profile, factor: Decimal, status: RatingStatus) -> Decimal:
    """Suspend every credit unless all is well; a profile's debits stay."""
    limits = profile.limits
    lowest = limits.factor_min if status is RatingStatus.OK else ONE
    clamped = min(max(factor, lowest), limits.factor_max)
    return to_decimals(clamped, profile.rounding.factor_decimals)


def claimed_certificates(profile: Profile, names: Iterable[str]) -> Decimal:
    """Return the credits of these certificates together, only the best of each kind counted.

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    known = {item.id: item for item in profile.certificates}
    best: dict[str, Decimal] = {}
    for name in sorted(set(names)):
        if name not in known:
            raise UsageError("rating.certificate", id=name, known=", ".join(known))
        item = known[name]
        kind = item.best_of or f"={item.id}"
        best[kind] = max(item.credit, best.get(kind, ZERO))
    return sum(best.values(), ZERO)


def _premiums(
    profile: Profile, terms: Terms, discount: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    unit, mode = profile.rounding.unit, profile.rounding.mode
    first = to_unit(terms.base_premium * (ONE - discount), unit, mode)
    group = profile.limits.group_discount if terms.group_discount else ZERO
    second = to_unit(first * (ONE - group), unit, mode)
    return first, second, max(second, profile.premium.minimum)
