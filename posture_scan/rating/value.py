"""What each fix and each proof is worth in yen a year, by itself, gates first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from posture_scan.rating.arithmetic import price_with
from posture_scan.rating.exact import plain
from posture_scan.rating.priced import Credit, Price, RatingStatus, Terms
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from posture_scan.rating.step import currency_word
from posture_scan.text.catalog import Catalog

_FAILED: Final = frozenset({State.NOT_MET, State.PARTIAL, State.CONTRADICTED})


@dataclass(frozen=True)
class Worth:
    """What one criterion, met and verified, would take off today's premium, all else equal."""

    criterion: str
    kind: str
    """``fix`` (a weakness), ``prove`` (show a machine what it could not see), ``answer``."""
    yen: Decimal
    status: State
    gate: str
    """``critical`` or ``high`` where it holds an open gate, else empty."""
    findings: tuple[str, ...]
    reachable_class: EvidenceClass
    """The best evidence there can be: criteria no machine sees end at ``documented``."""
    reachable_yen: Decimal
    """What it is worth with that evidence."""

    def to_json(self) -> dict[str, Any]:
        """Return the item as it stands under ``fixes``."""
        return {
            "criterion": self.criterion,
            "kind": self.kind,
            "yen": plain(self.yen),
            "status": self.status.value,
            "gate": self.gate,
            "findings": list(self.findings),
            "reachable": {
                "evidence_class": self.reachable_class.value,
                "yen": plain(self.reachable_yen),
            },
        }


@dataclass(frozen=True)
class Unlock:
    """All open gates closed and all of the missing proven at once: what that is worth.

    With two gates open, closing one alone is worth nothing; this figure says what both are.
    """

    criteria: tuple[str, ...]
    yen: Decimal
    status: RatingStatus
    """The status after that; still ``insufficient`` where coverage stays too low."""

    def to_json(self) -> dict[str, Any]:
        """Return the item as JSON values."""
        return {
            "criteria": list(self.criteria),
            "yen": plain(self.yen),
            "status": self.status.value,
        }


def worths(profile: Profile, terms: Terms, today: Price) -> tuple[Worth, ...]:
    """Return what each open criterion is worth: gates first, then the dearest first."""
    order = {item.id: number for number, item in enumerate(profile.criteria)}
    found = [
        _worth(profile, credit, terms, today) for credit in today.credits if _open(credit.status)
    ]
    ranks = {"critical": 0, "high": 1, "": 2}
    return tuple(
        sorted(found, key=lambda w: (ranks[w.gate], -w.yen, -w.reachable_yen, order[w.criterion]))
    )


def unlock(profile: Profile, terms: Terms, today: Price) -> Unlock | None:
    """Return what releasing the suspended credit takes and is worth; None when all is well."""
    if today.status is RatingStatus.OK:
        return None
    needed = {*today.gates, *today.missing}
    names = tuple(item.id for item in profile.criteria if item.id in needed)
    after = price_with(profile, today, map(_met, names), terms)
    return Unlock(names, today.premium - after.premium, after.status)


def sentence(profile: Profile, worth: Worth, language: str) -> str:
    """Return the worth as one sentence, such as what closing RDP is worth a year."""
    criterion = profile.criterion(worth.criterion)
    action = criterion.action.of(language) if criterion else worth.criterion
    title = criterion.title.of(language) if criterion else worth.criterion
    yen = worth.reachable_yen if worth.kind == "answer" else worth.yen
    key = f"rating.value.{worth.kind}" if yen else f"rating.value.{worth.kind}_nothing"
    currency = currency_word(profile.currency, language)
    return Catalog(language)(key, action=action, title=title, yen=f"{yen:,f}", currency=currency)


def _open(status: CriterionStatus) -> bool:
    if status.status is State.NOT_APPLICABLE:
        return False
    proven = status.evidence_class is EvidenceClass.VERIFIED
    return not (status.status is State.MET and proven)


def _worth(profile: Profile, credit: Credit, terms: Terms, today: Price) -> Worth:
    criterion, status = credit.criterion, credit.status
    best = EvidenceClass.VERIFIED if criterion.observed else EvidenceClass.DOCUMENTED
    proven = _saved(profile, terms, today, _met(criterion.id))
    reachable = proven
    if best is not EvidenceClass.VERIFIED:
        reachable = _saved(profile, terms, today, _met(criterion.id, best))
    return Worth(
        criterion.id,
        _kind(criterion, status),
        proven,
        status.status,
        criterion.gate or "" if criterion.id in today.gates else "",
        status.findings,
        best,
        reachable,
    )


def _kind(criterion: Criterion, status: CriterionStatus) -> str:
    if status.status in _FAILED:
        return "fix"
    return "prove" if criterion.observed or status.status is State.MET else "answer"


def _saved(profile: Profile, terms: Terms, today: Price, assumed: CriterionStatus) -> Decimal:
    return today.premium - price_with(profile, today, (assumed,), terms).premium


def _met(name: str, best: EvidenceClass = EvidenceClass.VERIFIED) -> CriterionStatus:
    return CriterionStatus(name, State.MET, best)
