"""Run collectors: each one once per service, behind the one wall around code that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from posture_scan.engine.pack_set import Pack, PackSet
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Bucket,
    Domain,
    Evidence,
    Facts,
    Machine,
    Service,
    Vantage,
)
from posture_scan.sdk import (
    HANDSHAKE,
    AttemptError,
    Collector,
    Host,
    Intrusiveness,
    Net,
    ObjectStore,
)

WORKERS: Final = 32
"""Threads in all; how many may talk to one host at once is the pace's business."""

NetFor = Callable[[Service, Collector], Net]
Progress = Callable[..., None]


@dataclass(frozen=True)
class Task:
    """One collector to run on one service."""

    pack: Pack
    collector: Collector
    service: Service


def plan(
    packs: PackSet, services: Sequence[Service], allowed: Intrusiveness = HANDSHAKE
) -> list[Task]:
    """List what to collect from which service, once each; nothing above ``allowed`` is in it."""
    return [
        Task(pack, item, service)
        for service in services
        for pack, item in packs.collectors
        if item.intrusiveness <= allowed and item.asks(service)
    ]


def plan_domains(packs: PackSet, domains: Sequence[str]) -> list[Task]:
    """List what to collect about which domain."""
    return [
        Task(pack, item, Service(names=(domain,), asset=domain))
        for domain in domains
        for pack, item in packs.collectors
        if isinstance(item.on, Domain)
    ]


def collect(
    tasks: Sequence[Task],
    net_for: NetFor,
    *,
    vantage: Vantage,
    clock: Callable[[], datetime],
    stop: threading.Event,
    progress: Progress,
    allowed: Intrusiveness = HANDSHAKE,
) -> Iterator[Evidence]:
    """Run the tasks side by side and yield a record for each, whatever happened to it.

    After ``stop`` is set, tasks not yet begun are recorded as interrupted, and tasks above what
    is ``allowed`` as out of scope: nothing is lost.
    """
    total = len(tasks)

    def run(numbered: tuple[int, Task]) -> Evidence:
        number, task = numbered
        service, item = task.service, task.collector
        if isinstance(item.on, Domain):
            progress("resolve", name=service.asset)
        else:
            progress(
                "collect", collector=item.name, address=service.address, port=service.port,
                done=number, total=total,
            )  # fmt: skip
        if stop.is_set():
            outcome: Outcome = (Attempt.INTERRUPTED, None, "")
        elif item.intrusiveness > allowed:
            outcome = (Attempt.OUT_OF_SCOPE, None, "intensity")
        else:
            subject = service.asset if isinstance(item.on, Domain) else service
            work = partial(item.function, subject, net_for(service, item))
            outcome = behind_the_wall(work, item)
        return _record(task, outcome, vantage, clock())

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        yield from pool.map(run, enumerate(tasks, 1))


def collect_host(packs: PackSet, host: Host, asset: Asset) -> list[Evidence]:
    """Run every collector that looks at the computer itself; one record each."""
    return [
        _from_computer(Task(pack, item, Service(asset=asset.id)), host, host.now)
        for pack, item in packs.collectors
        if isinstance(item.on, Machine) and host.platform in item.on.platforms
    ]


def collect_bucket(
    packs: PackSet, store: ObjectStore, asset: Asset, now: datetime
) -> list[Evidence]:
    """Run every collector that asks a bucket, for the computer whose backups lie in it."""
    about = Service(asset=asset.id, names=(str(store.address),))
    return [
        _from_computer(Task(pack, item, about), store, now)
        for pack, item in packs.collectors
        if isinstance(item.on, Bucket)
    ]


def _from_computer(task: Task, seen_through: Host | ObjectStore, now: datetime) -> Evidence:
    outcome = behind_the_wall(partial(task.collector.function, seen_through), task.collector)
    return _record(task, outcome, Vantage.HOST, now)


Outcome = tuple[Attempt, Facts | None, str]


def behind_the_wall(work: Callable[[], object], item: Collector) -> Outcome:
    """Run a collector's code; whatever it raises becomes an attempt that failed."""
    try:
        facts = work()
    except AttemptError as error:
        return error.attempt, None, error.detail[:300]
    except Exception as error:  # noqa: BLE001 -- the one wall around a collector's code
        return Attempt.INTERNAL_ERROR, None, f"{type(error).__name__}: {error}"[:300]
    if not isinstance(facts, item.returns):
        return Attempt.INTERNAL_ERROR, None, f"returned {type(facts).__name__}"
    return Attempt.OK, facts, ""


def _record(task: Task, outcome: Outcome, vantage: Vantage, at: datetime) -> Evidence:
    attempt, facts, detail = outcome
    item, service = task.collector, task.service
    return with_id(
        Evidence(
            "", f"{task.pack.name}.{item.returns.__name__}", service.asset, vantage,
            f"{task.pack.name}.{item.name}", item.version, at, attempt, item.returns.method,
            facts, detail, service.address, service.port, service.transport, service.names,
        )
    )  # fmt: skip
