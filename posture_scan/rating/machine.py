"""From findings to what the machine says about a criterion: worst of assets, or a share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.model.evidence import Asset
from posture_scan.rating.observed import Observed, Reading, Sign
from posture_scan.rating.profile import Criterion, Machine
from posture_scan.rating.share import Declared, MachineState, by_share
from posture_scan.rating.status import Reason, State

_WORST_FIRST: Final = (State.NOT_MET, State.UNKNOWN, State.PARTIAL, State.MET)


@dataclass(frozen=True)
class Seen:
    """What a rule, or all rules of a criterion, made of the findings."""

    state: State
    findings: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    worst_known: State | None = None
    """The worst that was positively seen, also where the whole is unknown."""


@dataclass(frozen=True)
class _CheckView:
    state: State
    findings: tuple[str, ...]
    reasons: tuple[Reason, ...]
    known: frozenset[State] = frozenset()
    """What was positively seen, beside what was not: on another port, say."""


@dataclass(frozen=True)
class _AssetView:
    asset: str
    server: bool
    state: State
    findings: tuple[str, ...]
    reasons: tuple[Reason, ...]
    known: State | None = None


def seen_by_machine(criterion: Criterion, observed: Observed) -> Seen:
    """Return what the machine says about a criterion; without any rule it is unknown.

    Rules that see only one side of a criterion (``outside_only``) can show a weakness, never that
    there is none.
    """
    views = [judge_rule(rule, observed) for rule in criterion.observed]
    if not views:
        return Seen(State.UNKNOWN)
    state = worst(view.state for view in views)
    reasons = {reason for view in views for reason in view.reasons}
    outside = all(rule.outside_only for rule in criterion.observed)
    if outside and state is not State.NOT_MET:
        state = State.UNKNOWN
        hosts = all("host" in rule.assets for rule in criterion.machine)
        reasons.add(Reason("settings_only" if hosts else "outside_only"))
    known = [view.worst_known for view in views if view.worst_known]
    return Seen(
        state,
        tuple(sorted({name for view in views for name in view.findings})),
        _ordered(reasons),
        worst(known) if known and not outside else None,
    )


def judge_rule(rule: Machine, observed: Observed) -> Seen:
    """Apply one rule to every asset it is about, and combine them as it says."""
    eligible = [a for a in observed.assets.values() if a.kind in rule.assets]
    own = [asset for asset in eligible if _counts(rule, observed, asset)]
    views = [_asset(rule, observed, asset.id, asset) for asset in own]
    views += _unseen_names(rule, observed) + _unseen_data(rule, observed, own)
    strangers = observed.strangers(rule, (asset.id for asset in eligible))
    views += [_asset(rule, observed, n, observed.assets.get(n)) for n in strangers]
    if not views:
        return Seen(State.UNKNOWN, (), (Reason("no_assets"),))
    state = (
        _share(rule, observed, views)
        if rule.mode == "share"
        else worst(view.state for view in views)
    )
    if state is State.NOT_APPLICABLE and rule.absent == "unknown":
        return Seen(State.UNKNOWN, (), (Reason("nothing_there"),))
    known = [view.known for view in views if view.known]
    relevant = [view for view in views if view.state is state] or views
    reasons = {reason for view in relevant for reason in view.reasons}
    if rule.mode == "share" and state is State.UNKNOWN:
        reasons |= {reason for view in views for reason in view.reasons}
        reasons.add(Reason("share"))
    return Seen(
        state,
        tuple(sorted({name for view in relevant for name in view.findings})),
        _ordered(reasons),
        worst(known) if known and rule.mode == "worst" else None,
    )


def _unseen_names(rule: Machine, observed: Observed) -> list[_AssetView]:
    """Names of the scope that led to no address that was looked at: what is there is not known."""
    if "address" not in rule.assets or not rule.fully_scanned:
        return []
    return [
        _AssetView(a.id, server=False, state=State.UNKNOWN, findings=(),
                   reasons=(Reason("unresolved", asset=a.names[0] if a.names else a.id),))
        for a in observed.assets.values() if a.kind == "name"
    ]  # fmt: skip


def _counts(rule: Machine, observed: Observed, asset: Asset) -> bool:
    """Tell whether the rule is about this asset: of a file's rule, whether there is a file."""
    scope = observed.scope
    if rule.documented and not observed.tells_of(rule.checks, asset.id):
        return False
    return not rule.data_only or scope is None or scope.holds_data(asset.names)


def _unseen_data(rule: Machine, observed: Observed, own: Sequence[Asset]) -> list[_AssetView]:
    """Computers that hold declared data and of which there is no evidence."""
    declared = observed.scope.data_on if rule.data_only and observed.scope else ()
    seen = {name.casefold() for asset in own for name in asset.names}
    return [
        _AssetView(f"host:{name}", server=False, state=State.UNKNOWN, findings=(),
                   reasons=(Reason("no_host_evidence", asset=f"host:{name}"),))
        for name in declared if name.casefold() not in seen
    ]  # fmt: skip


def worst(states: Iterable[State]) -> State:
    """Return not_met, unknown, partial or met, the first that occurs; else not_applicable."""
    found = set(states)
    return next((state for state in _WORST_FIRST if state in found), State.NOT_APPLICABLE)


def _asset(rule: Machine, observed: Observed, name: str, asset: Asset | None) -> _AssetView:
    judged = [_check(rule, observed, check, name) for check in rule.checks]
    state = worst(view.state for view in judged)
    if state is State.NOT_APPLICABLE and rule.absent == "met":
        state = State.MET
    known = {found for view in judged for found in view.known}
    reasons = {reason for view in judged for reason in view.reasons if view.state is state}
    # only an address has ports to be scanned; a stranger is taken for one
    scanned = asset is None or asset.kind == "address"
    gap = observed.scan_gap(asset) if rule.fully_scanned and scanned else ""
    if gap and state is not State.NOT_MET:
        state = State.UNKNOWN
        reasons.add(Reason(gap, asset=name))
    findings = tuple(ref for view in judged if view.state is state for ref in view.findings)
    server = asset is not None and asset.role == "server"
    return _AssetView(
        name, server, state, findings, _ordered(reasons), worst(known) if known else None
    )


def _check(rule: Machine, observed: Observed, check: str, asset: str) -> _CheckView:
    readings = observed.readings(rule, check, asset)
    if not readings:
        return _CheckView(State.UNKNOWN, (), (Reason("missing", check, asset),))
    weak = State.NOT_MET if check in rule.not_met_if else State.PARTIAL
    states = {
        Sign.WEAK: weak,
        Sign.WAIVED: State(observed.profile.evidence.waived),
        Sign.SOUND: State.MET,
        Sign.ABSENT: State.NOT_APPLICABLE,
    }
    if rule.seen_only:
        states[Sign.UNOBSERVABLE] = State.NOT_APPLICABLE
    by_reading = [(states.get(reading.sign, State.UNKNOWN), reading) for reading in readings]
    state = worst(found for found, _ in by_reading)
    telling = [reading for found, reading in by_reading if found is state]
    known = frozenset(found for found, _ in by_reading) - {State.UNKNOWN, State.NOT_APPLICABLE}
    return _CheckView(state, tuple(r.reference for r in telling), _reasons(telling), known)


def _reasons(readings: list[Reading]) -> tuple[Reason, ...]:
    return tuple(Reason(r.reason, r.finding.check, r.finding.asset) for r in readings if r.reason)


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda r: (r.id, r.check, r.asset)))


def _share(rule: Machine, observed: Observed, views: list[_AssetView]) -> State:
    scope = observed.scope
    declared = Declared(scope.computers, scope.servers) if scope else Declared(0, 0)
    machines = [MachineState(view.state, view.server) for view in views]
    return by_share(machines, declared, met_share=rule.met_share, weak_share=rule.weak_share)
