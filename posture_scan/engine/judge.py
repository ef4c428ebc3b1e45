"""From evidence to findings: pure, complete, and never kinder than what was seen.

The expected set is every (check, asset) pair that the assets call for. Each gets at least one
finding: one per piece of evidence, or one that says why there is none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from posture_scan.engine.packs import LoadedCheck, PackProblem, PackSet
from posture_scan.model.confidence import CONFIDENCE, Method
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Evidence,
    Machine,
    PortScan,
    Service,
    ServiceSeen,
    Vantage,
)
from posture_scan.model.finding import Finding, Severity, Status, Verdict
from posture_scan.sdk import Collector, Context

VALID_FOR: Final = timedelta(days=90)
"""How long an observation may be relied on; rating.md section 4, after the ASV practice."""


WEB_PORTS: Final = frozenset({80, 443, 4433, 4443, 8080, 8443, 10443})
"""Usual ports of web pages and SSL-VPN portals; discovery knows these two protocols itself."""


@dataclass(frozen=True)
class _Seen:
    """What judging needs to look up again and again."""

    packs: PackSet
    now: datetime
    evidence: dict[tuple[str, str], list[Evidence]]
    services: dict[tuple[str, int], Service]
    scans: dict[str, Evidence]


def judge(
    packs: PackSet,
    evidence: Sequence[Evidence],
    assets: Sequence[Asset],
    *,
    now: datetime,
    deselected: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Judge every expected (check, asset) pair at the given moment.

    Args:
        packs: the checks, and the evidence types they need.
        evidence: all records of the run, in any order.
        assets: what the scope led to; their ``fully_scanned`` decides what silence means.
        now: the moment of judging, with a time zone.
        deselected: ids of checks that were not to be run; they end ``unknown``.
    """
    seen = _index(packs, evidence, now)
    findings = [
        finding
        for check in packs.checks
        for asset in assets
        if _applies(packs, check, asset)
        for finding in _judge_pair(check, asset, seen, skipped=check.id in deselected)
    ]
    findings += [_problem(problem, now) for problem in packs.problems]
    return tuple(sorted(findings, key=lambda f: (f.check, f.asset, f.port, f.evidence)))


def glimpse(
    packs: PackSet, record: Evidence, service: Service, now: datetime
) -> tuple[Finding, ...]:
    """Judge one record by itself, for showing what was found while the run goes on."""
    seen = _Seen(packs, now, {}, {(record.address, record.port): service}, {})
    return tuple(
        _judge_record(check, record, seen)
        for check in packs.checks
        if record.facts is not None
        and check.check.needs is type(record.facts)
        and (check.check.on is None or check.check.on.selects(service))
    )


def _index(packs: PackSet, evidence: Sequence[Evidence], now: datetime) -> _Seen:
    by_kind: dict[tuple[str, str], list[Evidence]] = {}
    services: dict[tuple[str, int], Service] = {}
    scans: dict[str, Evidence] = {}
    for record in sorted(evidence, key=lambda item: item.id):
        by_kind.setdefault((record.kind, record.asset), []).append(record)
        if record.attempt is not Attempt.OK:
            continue
        if isinstance(record.facts, ServiceSeen):
            services[record.address, record.port] = _service(record, record.facts)
        if isinstance(record.facts, PortScan):
            scans[record.asset] = record
    return _Seen(packs, now, by_kind, services, scans)


def _service(record: Evidence, seen: ServiceSeen) -> Service:
    return Service(
        seen.protocol, tls=seen.tls, address=record.address, port=record.port,
        transport=record.transport, names=record.names, greeting=seen.greeting,
        asset=record.asset,
    )  # fmt: skip


def _sources(packs: PackSet, check: LoadedCheck) -> list[Collector]:
    return [item for _, item in packs.collectors if item.returns is check.check.needs]


def _applies(packs: PackSet, check: LoadedCheck, asset: Asset) -> bool:
    wants_host = any(isinstance(item.on, Machine) for item in _sources(packs, check))
    return asset.kind == ("host" if wants_host else "address")


def _judge_pair(check: LoadedCheck, asset: Asset, seen: _Seen, *, skipped: bool) -> list[Finding]:
    if skipped:
        return [_without_evidence(check, asset, seen, Status.UNKNOWN, "deselected")]
    if _answers_everything(asset, seen):
        return [_without_evidence(check, asset, seen, Status.UNKNOWN, "middlebox")]
    kind = seen.packs.kind_of(check.check.needs)
    records = [
        record for record in seen.evidence.get((kind, asset.id), ())
        if check.check.on is None or check.check.on.selects(_service_of(record, seen))
    ]  # fmt: skip
    if not records:
        status, reason = _absence(check, asset, seen)
        return [_without_evidence(check, asset, seen, status, reason)]
    found = [_judge_record(check, record, seen) for record in records]
    if asset.kind == "address":
        found += _unseen_rest(check, asset, seen, {record.port for record in records})
    return found


def _service_of(record: Evidence, seen: _Seen) -> Service:
    blank = Service(address=record.address, port=record.port, asset=record.asset)
    return seen.services.get((record.address, record.port), blank)


def _unseen_rest(check: LoadedCheck, asset: Asset, seen: _Seen, judged: set[int]) -> list[Finding]:
    """One service judged says nothing about those that were not looked at."""
    rest = []
    unjudged = any(service.port not in judged for service in _wanted(check, asset, seen))
    if unjudged or _lost_ports(asset, seen):
        rest.append(_without_evidence(check, asset, seen, Status.ERROR, "result_missing"))
    if not _whole(asset, seen):
        rest.append(_without_evidence(check, asset, seen, Status.UNKNOWN, "not_fully_scanned"))
    elif _maybe_hidden(_selectors(check, seen), asset, seen):
        rest.append(_without_evidence(check, asset, seen, Status.UNKNOWN, "unidentified_port"))
    return rest


def _scan_of(asset: Asset, seen: _Seen) -> PortScan | None:
    record = seen.scans.get(asset.id)
    return record.facts if record and isinstance(record.facts, PortScan) else None


def _answers_everything(asset: Asset, seen: _Seen) -> bool:
    scan = _scan_of(asset, seen)
    return asset.middlebox or (scan is not None and scan.answers_everything)


def _whole(asset: Asset, seen: _Seen) -> bool:
    """An asset's own word is not enough: the record of its ports must say so too."""
    scan = _scan_of(asset, seen)
    return asset.fully_scanned and scan is not None and scan.finished


def _lost_ports(asset: Asset, seen: _Seen) -> set[int]:
    """Open ports that are neither named nor listed as unnamed: their record is not here."""
    scan = _scan_of(asset, seen)
    if scan is None:
        return set()
    named = {service.port for service in seen.services.values() if service.asset == asset.id}
    return set(scan.open_ports) - named - set(scan.unidentified)


def _selectors(check: LoadedCheck, seen: _Seen) -> list[Service]:
    """List what the check's evidence is collected from; discovery's own comes from its ``on``."""
    found = [item.on for item in _sources(seen.packs, check) if isinstance(item.on, Service)]
    return found or [check.check.on or Service()]


def _wanted(check: LoadedCheck, asset: Asset, seen: _Seen) -> list[Service]:
    """List the asset's services that the check's evidence is collected from."""
    selectors = _selectors(check, seen)
    return [
        service for service in seen.services.values()
        if service.asset == asset.id
        and (check.check.on is None or check.check.on.selects(service))
        and any(selector.selects(service) for selector in selectors)
    ]  # fmt: skip


def _absence(check: LoadedCheck, asset: Asset, seen: _Seen) -> tuple[Status, str]:
    if asset.kind == "host":
        return Status.ERROR, "result_missing"
    if not _whole(asset, seen):
        return Status.UNKNOWN, "not_fully_scanned"
    if _wanted(check, asset, seen) or _lost_ports(asset, seen):
        return Status.ERROR, "result_missing"
    if _maybe_hidden(_selectors(check, seen), asset, seen):
        return Status.UNKNOWN, "unidentified_port"
    return check.check.absent, "absent"


def _maybe_hidden(selectors: Sequence[Service], asset: Asset, seen: _Seen) -> bool:
    """Tell whether something open that nobody could name may be what the check looks for.

    Every unnamed port was asked in every known protocol; one on a usual port of the protocol
    may still be it. TLS with nothing recognised inside may hold any web page, and a check on
    whatever answers has not heard what an unnamed port would say.
    """
    scan = _scan_of(asset, seen)
    if scan is None:
        return True
    names = {selector.protocol for selector in selectors}
    here = [service for service in seen.services.values() if service.asset == asset.id]
    if "http" in names and any(service.protocol == "tls" for service in here):
        return True
    if any(not selector.protocol and not selector.tls for selector in selectors):
        return bool(scan.unidentified)
    usual = {port for spec in seen.packs.protocols if spec.name in names for port in spec.ports}
    if "http" in names or any(selector.tls for selector in selectors):
        usual |= WEB_PORTS
    return not usual.isdisjoint(scan.unidentified)


def _judge_record(check: LoadedCheck, record: Evidence, seen: _Seen) -> Finding:
    if record.attempt is not Attempt.OK or record.facts is None:
        reason = f"attempt.{record.attempt.value}"
        return _finding(check, record, seen, Verdict(Status.UNKNOWN, reason))
    context = Context(seen.now, record.observed_at, _service_of(record, seen), record.vantage)
    try:
        verdict = check.check.judge(record.facts, context)
    except Exception as error:  # noqa: BLE001 -- the one wall around a check's code
        values = (("error", type(error).__name__),)
        verdict = Verdict(Status.ERROR, "check_failed", values)
    return _finding(check, record, seen, verdict)


def _finding(check: LoadedCheck, record: Evidence, seen: _Seen, verdict: Verdict) -> Finding:
    method = verdict.method or record.method
    finding = Finding(
        check.id, check.check.version, record.asset, verdict.status, verdict.reason,
        values=dict(verdict.values), actual=verdict.actual, expected=verdict.expected,
        confidence=CONFIDENCE[method], method=method, severity=check.meta.severity,
        effort_hours=check.meta.effort_hours, evidence=(record.id,), vantage=record.vantage,
        address=record.address, port=record.port, transport=record.transport,
        observed_at=record.observed_at, valid_until=record.observed_at + VALID_FOR,
    )  # fmt: skip
    if finding.valid_until is not None and finding.valid_until < seen.now:
        return dataclasses.replace(finding, status=Status.UNKNOWN, reason="expired")
    return finding


def _without_evidence(
    check: LoadedCheck, asset: Asset, seen: _Seen, status: Status, reason: str
) -> Finding:
    scan = seen.scans.get(asset.id)
    vantage = scan.vantage if scan else (
        Vantage.HOST if asset.kind == "host" else Vantage.EXTERNAL
    )  # fmt: skip
    at = scan.observed_at if scan else None
    finding = Finding(
        check.id, check.check.version, asset.id, status, reason,
        confidence=CONFIDENCE[PortScan.method], method=PortScan.method,
        severity=check.meta.severity, effort_hours=check.meta.effort_hours,
        evidence=(scan.id,) if scan else (), vantage=vantage, address=asset.address,
        observed_at=at, valid_until=at + VALID_FOR if at else None,
    )  # fmt: skip
    if at and at + VALID_FOR < seen.now:
        return dataclasses.replace(finding, status=Status.UNKNOWN, reason="expired")
    return finding


def _problem(problem: PackProblem, now: datetime) -> Finding:
    return Finding(
        "pack.unusable", 1, problem.pack, Status.ERROR, problem.reason,
        values={"pack": problem.pack, "origin": problem.origin, "detail": problem.detail[:300]},
        confidence=CONFIDENCE[Method.VERIFIED_ACTION], method=Method.VERIFIED_ACTION,
        severity=Severity.HIGH, vantage=Vantage.HOST, observed_at=now,
    )  # fmt: skip
