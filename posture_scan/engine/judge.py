"""From evidence to findings: pure, complete, and never kinder than what was seen.

The expected set is every (check, asset) pair that the assets call for. Each gets at least one
finding: one per piece of evidence, or one that says why there is none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from posture_scan.engine.absence import (
    Seen,
    absence,
    index,
    lost_ports,
    maybe_hidden,
    wanted,
    whole,
)
from posture_scan.engine.pack_set import LoadedCheck, PackProblem, PackSet
from posture_scan.model.confidence import CONFIDENCE, Method
from posture_scan.model.evidence import (
    VALID_FOR,
    Asset,
    Attempt,
    Document,
    Domain,
    Evidence,
    Machine,
    PortScan,
    Service,
    Vantage,
)
from posture_scan.model.finding import Finding, Severity, Status, Verdict
from posture_scan.model.product import NO_DATA, ProductData
from posture_scan.sdk import Context


def judge(
    packs: PackSet,
    evidence: Sequence[Evidence],
    assets: Sequence[Asset],
    *,
    now: datetime,
    deselected: Collection[str] = (),
    products: ProductData = NO_DATA,
) -> tuple[Finding, ...]:
    """Judge every expected (check, asset) pair at the given moment.

    Args:
        packs: the checks, and the evidence types they need.
        evidence: all records of the run, in any order.
        assets: what the scope led to; their ``fully_scanned`` decides what silence means.
        now: the moment of judging, with a time zone.
        deselected: ids of checks that were not to be run; they end ``unknown``.
        products: what is known of products; without it, checks that need it end ``unknown``.
    """
    seen = index(packs, evidence, now, products)
    findings = [
        finding
        for check in packs.checks
        for asset in assets
        if _applies(check, asset, seen)
        for finding in _judge_pair(check, asset, seen, skipped=check.id in deselected)
    ]
    findings += [_problem(problem, now) for problem in packs.problems]
    return tuple(sorted(findings, key=lambda f: (f.check, f.asset, f.port, f.evidence)))


def glimpse(
    packs: PackSet, record: Evidence, service: Service, now: datetime, products: ProductData
) -> tuple[Finding, ...]:
    """Judge one record by itself, for showing what was found while the run goes on."""
    place = (record.address, record.port, record.transport)
    seen = Seen(packs, now, services={place: (service,)}, products=products)
    return tuple(
        _judge_record(check, record, seen)
        for check in packs.checks
        if record.facts is not None
        and check.check.needs is type(record.facts)
        and check.check.wants(service)
    )


def _applies(check: LoadedCheck, asset: Asset, seen: Seen) -> bool:
    """Tell whether the asset calls for the check; one that reads documents waits for one."""
    if _reads_documents(check, seen):
        return (seen.packs.kind_of(check.check.needs), asset.id) in seen.evidence
    places = [item.on for item in seen.packs.collectors_of(check.check.needs)]
    if any(isinstance(place, Domain) for place in places):
        return asset.kind == "domain"
    wants_host = any(isinstance(place, Machine) for place in places)
    return asset.kind == ("host" if wants_host else "address")


def _reads_documents(check: LoadedCheck, seen: Seen) -> bool:
    places = [item.on for item in seen.packs.collectors_of(check.check.needs)]
    return bool(places) and all(isinstance(place, Document) for place in places)


def _judge_pair(check: LoadedCheck, asset: Asset, seen: Seen, *, skipped: bool) -> list[Finding]:
    if skipped:
        return [_without_evidence(check, asset, seen, Status.UNKNOWN, "deselected")]
    kind = seen.packs.kind_of(check.check.needs)
    records = [
        record for record in seen.evidence.get((kind, asset.id), ())
        if check.check.wants(seen.service_of(record))
    ]  # fmt: skip
    if _reads_documents(check, seen):
        return [_judge_record(check, record, seen) for record in records]
    if _answers_everything(asset, seen):
        return [_without_evidence(check, asset, seen, Status.UNKNOWN, "middlebox")]
    if not records:
        status, reason = absence(check, asset, seen)
        return [_without_evidence(check, asset, seen, status, reason)]
    found = [_judge_record(check, record, seen) for record in records]
    if asset.kind == "address":
        found += _unseen_rest(check, asset, seen, _judged(records, seen))
    return found


def _judged(records: Sequence[Evidence], seen: Seen) -> set[tuple[int, str, str]]:
    """The places that these records account for: each record for one of those that share one."""
    found: set[tuple[int, str, str]] = set()
    for record in records:
        places = [_place(service) for service in seen.services_of(record)]
        found.add(next((place for place in places if place not in found), places[0]))
    return found


def _unseen_rest(
    check: LoadedCheck, asset: Asset, seen: Seen, judged: set[tuple[int, str, str]]
) -> list[Finding]:
    """One service judged says nothing about those that were not looked at."""
    rest = []
    expected = {_place(service) for service in wanted(check, asset, seen)}
    hidden = maybe_hidden(check, asset, seen)
    if expected - judged or lost_ports(asset, seen):
        rest.append(_without_evidence(check, asset, seen, Status.ERROR, "result_missing"))
    if not whole(asset, seen):
        rest.append(_without_evidence(check, asset, seen, Status.UNKNOWN, "not_fully_scanned"))
    elif hidden:
        rest.append(_without_evidence(check, asset, seen, Status.UNKNOWN, hidden))
    return rest


def _place(service: Service) -> tuple[int, str, str]:
    return service.port, service.transport, service.protocol


def _answers_everything(asset: Asset, seen: Seen) -> bool:
    scan = seen.scan_of(asset)
    return asset.middlebox or (scan is not None and scan.answers_everything)


def _judge_record(check: LoadedCheck, record: Evidence, seen: Seen) -> Finding:
    if record.attempt is not Attempt.OK or record.facts is None:
        about_name = not record.address and record.vantage is not Vantage.HOST
        ended = record.attempt.value
        reason = f"lookup.{ended}" if about_name else f"attempt.{ended}"
        return _finding(check, (record,), seen, Verdict(Status.UNKNOWN, reason))
    more = seen.beside(check, record)
    facts = tuple(item.facts for item in more if item.facts is not None)
    service, products = seen.service_of(record), seen.products
    context = Context(seen.now, record.observed_at, service, record.vantage, facts, products)
    try:
        verdict = check.check.judge(record.facts, context)
    except Exception as error:  # noqa: BLE001 -- the one wall around a check's code
        values = (("error", type(error).__name__),)
        verdict = Verdict(Status.ERROR, "check_failed", values)
    return _finding(check, (record, *_relied_on(verdict, more)), seen, verdict)


def _relied_on(verdict: Verdict, more: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The second evidence counts, with its age, where the verdict names its method."""
    return tuple(record for record in more if record.method is verdict.method)


def _finding(
    check: LoadedCheck, records: Sequence[Evidence], seen: Seen, verdict: Verdict
) -> Finding:
    record = records[0]
    method = verdict.method or record.method
    oldest = min(item.observed_at for item in records)
    until = min(item.observed_at + _valid_for(item) for item in records)
    finding = Finding(
        check.id, check.check.version, record.asset, verdict.status, verdict.reason,
        values=dict(verdict.values), actual=verdict.actual, expected=verdict.expected,
        confidence=CONFIDENCE[method], method=method, severity=check.meta.severity,
        effort_hours=check.meta.effort_hours, evidence=tuple(item.id for item in records),
        vantage=record.vantage, address=record.address, port=record.port,
        transport=record.transport, observed_at=oldest, valid_until=until,
    )  # fmt: skip
    if finding.valid_until is not None and finding.valid_until < seen.now:
        return dataclasses.replace(finding, status=Status.UNKNOWN, reason="expired")
    return finding


def _valid_for(record: Evidence) -> timedelta:
    return record.facts.valid_for if record.facts is not None else VALID_FOR


def _without_evidence(
    check: LoadedCheck, asset: Asset, seen: Seen, status: Status, reason: str
) -> Finding:
    scan = seen.scans.get(asset.id)
    vantage = scan.vantage if scan else (
        Vantage.HOST if asset.kind in {"host", "tenant"} else Vantage.EXTERNAL
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
