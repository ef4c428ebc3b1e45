"""Files handed in beside a scan or added to a report: read within bounds, dated, judged again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from posture_scan.assess.document import data_used, own_limits
from posture_scan.assess.machine import Surveyed, merged
from posture_scan.assess.tool import TOOL, pack_list
from posture_scan.collect.local_file import open_file
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.records import evidence_from_json
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode, encode
from posture_scan.model.evidence import Asset, Evidence
from posture_scan.model.finding import Finding
from posture_scan.model.product import ProductData

LIMIT: Final = 8_388_608
"""Bytes one file may have; the largest real ones are some megabytes of text."""

MOST: Final = 256
"""Files of a kind that one run takes: far more than a small firm has devices."""

TENANT: Final = "tenant"
"""The kind of an asset that only a file speaks of, and the beginning of its id."""


def start_of(day: date | None, now: datetime, kind: str) -> datetime | None:
    """Return where the day begins by the local calendar: no file counts as younger.

    Raises:
        UsageError: ``<kind>.future``.
    """
    if day is None:
        return None
    start = datetime.combine(day, time()).astimezone()
    if start > now + timedelta(days=1):
        raise UsageError(f"{kind}.future", day=day)
    return start


def content_of(path: Path, kind: str) -> tuple[bytes, datetime]:
    """Return a file's bytes and when it was last changed.

    Raises:
        UsageError: ``file.missing``, ``<kind>.unreadable``, ``<kind>.too_large``.
    """
    try:
        with open_file(path) as stream:
            data = stream.read(LIMIT + 1)
        changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except FileNotFoundError as error:
        raise UsageError("file.missing", path=path) from error
    except (OSError, ValueError, OverflowError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(f"{kind}.unreadable", path=path, detail=cause) from error
    if len(data) > LIMIT:
        raise UsageError(f"{kind}.too_large", path=path, limit=LIMIT // 1_048_576)
    return data, changed


def with_assets(assets: Sequence[Asset], records: Sequence[Evidence]) -> tuple[Asset, ...]:
    """Return the assets, with those that only a file speaks of: they count as not scanned."""
    known = {asset.id for asset in assets}
    more = sorted({record.asset for record in records} - known)
    return (*assets, *map(_told_of, more))


def _told_of(name: str) -> Asset:
    if name.startswith(f"{TENANT}:"):
        return Asset(name, TENANT, names=(name.removeprefix(f"{TENANT}:"),))
    return Asset(name, "address", name)


@dataclass(frozen=True)
class Supplemented:
    """A report with files added to its evidence, and how much of it changed thereby."""

    report: dict[str, Any]
    judged: int
    """Findings worked out again."""
    changed: int
    """Findings that now say something else."""


@dataclass(frozen=True)
class Opened:
    """What of a report is needed to judge it again."""

    records: Sequence[Evidence]
    assets: Sequence[Asset]
    findings: Sequence[Finding]


def opened(report: Mapping[str, Any], packs: PackSet) -> Opened:
    """Read a report's evidence, assets and findings.

    Raises:
        UsageError: ``report.unreadable_member``, ``device_export.no_evidence``.
    """
    try:
        found = Opened(
            [evidence_from_json(dict(item), packs) for item in report["evidence"]],
            [decode(Asset, item) for item in report["assets"]],
            [decode(Finding, item) for item in report["findings"]],
        )
    except (CodecError, KeyError) as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error
    if not found.records:
        raise UsageError("device_export.no_evidence")
    return found


def judged_again(
    report: Mapping[str, Any],
    added: Sequence[Evidence],
    packs: PackSet,
    products: ProductData,
    *,
    now: datetime,
    machines: Sequence[Surveyed] = (),
) -> Supplemented:
    """Return a new report: its evidence and what was added, judged again as of ``now``.

    A record takes the place of earlier ones of its kind and asset; of two looks at a computer
    the newer counts. The scan's own times stay, so that its age and its permission are judged by
    when it touched anything; ``judged_at`` says when the findings were worked out. The rating is
    left for ``rate_again``.

    Raises:
        UsageError: what ``opened`` and ``merged`` refuse.
    """
    before = _with_machines(opened(report, packs), machines, packs)
    replaced = {(record.kind, record.asset) for record in added}
    kept = [record for record in before.records if (record.kind, record.asset) not in replaced]
    deselected = {item.check for item in before.findings if item.reason == "deselected"}
    assets = with_assets(before.assets, added)
    findings = judge(
        packs, [*kept, *added], assets, now=now, deselected=deselected, products=products
    )
    again = {
        **report,
        "tool": TOOL,
        "packs": pack_list(packs),
        "product_data": data_used(products),
        "judged_at": encode(now),
        "assets": [encode(asset) for asset in assets],
        "evidence": [encode(record) for record in (*kept, *added)],
        "findings": [encode(item) for item in findings],
        "limits": _limits(report, own_limits([*kept, *added], assets, products)),
    }
    return Supplemented(again, len(findings), _changed(before.findings, findings))


def _with_machines(before: Opened, machines: Sequence[Surveyed], packs: PackSet) -> Opened:
    """Join what a report and further files say of each computer."""
    names = {machine.asset.id for machine in machines}
    earlier = [
        Surveyed(
            asset, tuple(record for record in before.records if record.asset == asset.id), packs,
            elevated=True,
        )
        for asset in before.assets if asset.id in names
    ]  # fmt: skip
    joined = merged([*earlier, *machines])
    return Opened(
        [record for record in before.records if record.asset not in names]
        + [record for machine in joined for record in machine.evidence],
        [asset for asset in before.assets if asset.id not in names]
        + [machine.asset for machine in joined],
        before.findings,
    )


def _limits(report: Mapping[str, Any], own: Sequence[str]) -> list[str]:
    """Return the report's limits and those that its evidence has now."""
    return list(dict.fromkeys([*report.get("limits", ()), *own]))


def _changed(before: Sequence[Finding], after: Sequence[Finding]) -> int:
    def key(item: Finding) -> tuple[str, str, int, str, str]:
        return item.check, item.asset, item.port, item.status.value, item.reason

    return len(set(map(key, after)) - set(map(key, before)))
