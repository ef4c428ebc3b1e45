"""The newest report against the one before it, both rated under one profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from posture_scan.assess.again import own_profile, rate_again
from posture_scan.assess.drift import scope
from posture_scan.assess.drift.findings import Moved, moved, sight
from posture_scan.assess.drift.signals import not_looked, signals
from posture_scan.assess.drift.told import Told, in_order
from posture_scan.model.codec import encode
from posture_scan.rating.drift import Change, changes, standings
from posture_scan.rating.exact import plain
from posture_scan.rating.load import load_profile
from posture_scan.rating.premium import refuse_unread
from posture_scan.rating.priced import Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.renewal import grant, premium_granted
from posture_scan.rating.reports import Pricing

SCHEMA: Final = "posture-scan/diff/1"
_FIGURES: Final = (
    "status", "score", "verified", "declared", "grade", "coverage", "discount", "base_premium",
    "premium", "currency", "gates", "missing", "certificates",
)  # fmt: skip
_LAPSED: Final = ("weak", "unseen", "not_applicable")
"""Ways in which a credit lapses, the gravest first."""


@dataclass(frozen=True)
class Options:
    """How two reports are compared; an empty ``profile`` is that of the newest report."""

    profile: str = ""
    granted: Decimal | None = None
    """The discount granted until now, as a share of one; without it what the older one earned."""
    pricing: Pricing | None = None
    anyway: bool = False
    """Compare reports of different organisations."""


@dataclass(frozen=True)
class _Rated:
    told: Told
    criteria: Sequence[Mapping[str, Any]]
    rating: Mapping[str, Any]


def compare(reports: Sequence[Mapping[str, Any]], options: Options) -> dict[str, Any]:
    """Return the drift between the two newest of at least two reports, as JSON values.

    The older ones tell how figures went, and whether a port was open, shut and open again. Each
    is rated as of its own time, so that neither a new profile nor age alone looks like drift.

    Raises:
        UsageError: different organisations, a profile that is not at hand, unreadable members.
    """
    ordered = in_order(reports, anyway=options.anyway)
    name = options.profile or own_profile(ordered[-1].report)
    profile = load_profile(name)
    if options.pricing is not None:
        refuse_unread([profile], options.pricing.facts, options.pricing.modification)
    rated = [_rated(item, name, options.pricing) for item in ordered]
    before, after = rated[-2], rated[-1]
    found = changes(standings(before.criteria), standings(after.criteria))
    weak = moved(before.told, after.told, profile.evidence.min_confidence)
    lost, gained = (
        sight(before.told, after.told), sight(after.told, before.told),
    )  # fmt: skip
    verdict = _verdict(found, weak, sight_lost=bool(lost))
    return {
        "schema": SCHEMA,
        "organisation": after.told.scope.organisation,
        "profile": {"id": profile.id, "version": profile.version, "digest": profile.digest},
        "verdict": verdict,
        "exit_code": {"worse": 1, "unseen": 3}.get(verdict, 0),
        "reports": [_course(item, profile) for item in rated],
        **_criteria(found),
        "findings": {
            kind: [item.to_json() for item in weak if item.kind == kind]
            for kind in ("new", "first_seen", "fixed", "waived", "lost")
        },
        "sight": {
            "lost": [item.to_json() for item in lost],
            "gained": [item.to_json() for item in gained],
        },
        **_around(before.told, after.told),
        "renewal": _renewal(profile, before.rating, after.rating, options.granted),
        **_signals([item.told for item in rated], after.criteria),
    }


def _rated(item: Told, profile: str, pricing: Pricing | None) -> _Rated:
    again = rate_again(item.report, profile, now=item.rated_at, pricing=pricing)
    return _Rated(item, again["criteria"], again["rating"])


def _course(item: _Rated, profile: Profile) -> dict[str, Any]:
    """Return one report's figures, and whether it had been rated by other rules."""
    own = item.told.report["rating"].get("profile", {})
    return {
        "report_id": item.told.id, "at": encode(item.told.at),
        "started_at": encode(item.told.started_at), "finished_at": encode(item.told.finished_at),
        "complete": bool(item.told.report.get("complete", True)),
        "own_profile": str(own.get("id", "")),
        "other_rules": own.get("digest") != profile.digest,
        **{name: item.rating.get(name) for name in _FIGURES},
    }  # fmt: skip


def _criteria(found: Sequence[Change]) -> dict[str, Any]:
    rows = [
        {
            "id": item.after.id, "move": item.move.value, "lapsed": item.lapsed,
            "before": item.before.state.value, "after": item.after.state.value,
            "before_evidence": item.before.evidence_class.value,
            "after_evidence": item.after.evidence_class.value,
        }
        for item in found
    ]  # fmt: skip
    lapsed = [row for how in _LAPSED for row in rows if row["lapsed"] == how]
    return {"lapsed": lapsed, "criteria": rows}


def _around(before: Told, after: Told) -> dict[str, Any]:
    return {
        "assets": [item.to_json() for item in scope.asset_moves(before, after)],
        "scope": [
            item.to_json()
            for item in (
                *scope.scope_changes(before.scope, after.scope),
                *scope.line_change(before, after),
            )
        ],
        "checks": {
            "deselected": list(scope.deselected(before, after)),
            "packs_gone": list(scope.packs_gone(before, after)),
        },
    }


def _signals(reports: Sequence[Told], criteria: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before, after = reports[-2], reports[-1]
    found = signals(
        reports, scope.asset_moves(before, after), scope.scope_changes(before.scope, after.scope),
        criteria,
    )  # fmt: skip
    return {
        "signals": [item.to_json() for item in found],
        "not_looked": list(not_looked(reports)),
    }


def _verdict(found: Sequence[Change], weak: Sequence[Moved], *, sight_lost: bool) -> str:
    """Say the worst that holds; what is lost from sight is no worse, and no better."""
    kinds = {item.kind for item in weak}
    if any(item.bad or item.lapsed == "weak" for item in found) or kinds & {"new", "first_seen"}:
        return "worse"
    if sight_lost or "lost" in kinds or any(item.unseen for item in found):
        return "unseen"
    return "changed" if found or kinds else "unchanged"


def _renewal(
    profile: Profile, before: Mapping[str, Any], after: Mapping[str, Any], granted: Decimal | None
) -> dict[str, Any] | None:
    """Return what the renewal grants, or None where the profile knows no discount."""
    if after.get("discount") is None or (granted is None and before.get("discount") is None):
        return None
    had = Decimal(before["discount"]) if granted is None else granted
    result = grant(profile.renewal, earned=Decimal(after["discount"]), before=had)
    premium = None
    if profile.kind == "discount" and after.get("base_premium") is not None:
        terms = Terms(
            Decimal(after["base_premium"]), bool(after["group_discount"]),
            tuple(after["certificates"]),
        )  # fmt: skip
        premium = plain(premium_granted(profile, terms, result.granted))
    rise = profile.renewal.rise if profile.renewal else None
    levels = profile.renewal.levels if profile.renewal else ()
    return {
        "rise": rise, "levels": [plain(item) for item in levels],
        "before": plain(result.before), "before_source": "given" if granted is not None else "old",
        "earned": plain(result.earned), "granted": plain(result.granted),
        "limit": None if result.limit is None else plain(result.limit),
        "following": plain(result.following), "bound": result.bound, "premium": premium,
    }  # fmt: skip
