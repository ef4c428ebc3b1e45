"""A firm over the months: reports that the program itself makes from what it would have seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, Proof
from posture_scan.checks.remote_access.collect_telnet import TelnetBanner

from posture_scan.assess.document import Permission, Terms, build
from posture_scan.assess.machine import Surveyed, survey_with
from posture_scan.assess.observe import Observed
from posture_scan.collect.host import LocalHost
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Evidence,
    Facts,
    PortScan,
    ServiceSeen,
    Vantage,
)
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin

PACKS = load_packs()
FIRST = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESS, OTHER = "203.0.113.1", "203.0.113.2"
SCOPE = Scope(
    "株式会社例", "代表", date(2026, 11, 1), date(2027, 11, 1), ("203.0.113.0/28",),
    computers=1,
)  # fmt: skip
DATA = replace(builtin(), as_of=date(2026, 11, 20), exploited_as_of=date(2026, 11, 20))
_UDP = tuple(
    sorted({port for spec in PACKS.protocols if spec.transport == "udp" for port in spec.ports})
)


def report(
    day: int = 0,
    telnet: Mapping[str, bool | None] | None = None,
    *,
    scope: Scope = SCOPE,
    machines: Sequence[Surveyed] = (),
    deselected: Sequence[str] = (),
    profile: str = "jp-sme",
    line: str = "",
) -> dict[str, Any]:
    """Make the report of a day.

    ``telnet`` says of each address whether Telnet answers there; None: not seen to the end.
    """
    at = FIRST + day * DAY
    states = {ADDRESS: False} if telnet is None else telnet
    assets = [_asset(address, open_=state) for address, state in states.items()]
    records = [
        item for address, state in states.items() for item in _records(address, at, open_=state)
    ]
    observed = Observed(
        (*assets, *(machine.asset for machine in machines)),
        (*records, *(record for machine in machines for record in machine.evidence)),
    )
    return build(
        observed, Permission(scope), PACKS, Terms(profile), started_at=at,
        finished_at=at + timedelta(minutes=5), deselected=deselected, products=DATA,
        line=line,
    )  # fmt: skip


def _asset(address: str, *, open_: bool | None) -> Asset:
    ports = (23,) if open_ else ()
    whole = open_ is not None
    return Asset(
        address, "address", address, fully_scanned=whole, reached=True, open_ports=ports
    )  # fmt: skip


def _records(address: str, at: datetime, *, open_: bool | None) -> list[Evidence]:
    ports = (23,) if open_ else ()
    scan = PortScan(
        "builtin", "1", 100, ports, 100 - len(ports), 0, finished=open_ is not None,
        udp_closed=_UDP, udp_heard=True,
    )  # fmt: skip
    found = [record(scan, address, "discovery.ports", at)]
    if open_:
        seen = ServiceSeen("telnet", tls=False, greeting=b"", recognised_by="answer")
        found.append(record(seen, address, "discovery.identify", at, port=23))
        found.append(record(TelnetBanner(23), address, "remote_access.telnet", at, port=23))
    return found


def record(
    facts: Facts, asset: str, collector: str, at: datetime, *, port: int = 0,
    vantage: Vantage = Vantage.EXTERNAL,
) -> Evidence:  # fmt: skip
    """Freeze facts as the program's evidence."""
    kind = PACKS.kind_of(type(facts))
    address = "" if vantage is Vantage.HOST else asset
    return with_id(
        Evidence(
            "", kind, asset, vantage, collector, 1, at, Attempt.OK, facts.method, facts, "",
            address, port, "tcp" if port else "",
        )
    )  # fmt: skip


def machine(root: Path, day: int = 0, name: str = "pc-1", identity: str = "0f1e") -> Surveyed:
    """Look at a folder that stands for a computer, with the collectors that really look."""
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/machine-id").write_text(identity * 8 + "\n")
    at = FIRST + day * DAY
    host = LocalHost(at, root=str(root), homes=(), elevated=True, folders=())
    return survey_with(host, name, "computer", PACKS)


def with_facts(one: Surveyed, day: int, *facts: Facts) -> Surveyed:
    """Put facts in the place of what the computer said of these kinds."""
    kinds = {PACKS.kind_of(type(item)) for item in facts}
    collectors = {item.kind: item.collector for item in one.evidence}
    kept = [item for item in one.evidence if item.kind not in kinds]
    added = [
        record(item, one.asset.id, collectors[PACKS.kind_of(type(item))], FIRST + day * DAY,
               vantage=Vantage.HOST)
        for item in facts
    ]  # fmt: skip
    return replace(one, evidence=(*kept, *added))


def survey(at: datetime, oldest: datetime | None) -> BackupSurvey:
    """A computer with one restic backup that ran today, and whose oldest trace is this."""
    job = BackupJob(
        "restic", "restic.service", source_paths=("/data",),
        destination="sftp:backup@nas:/repo", schedule_seconds=86_400, enabled=True,
        proofs=(Proof("cache", "B", at), Proof("unit_exit", "B", at)), oldest_at=oldest,
    )  # fmt: skip
    return BackupSurvey("linux", True, "computer", True, (job,), (), at)  # noqa: FBT003
