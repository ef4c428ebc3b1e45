"""Exports of devices: read beside a scan, or added to a report that is there already."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from posture_scan.assess.document import data_used, own_limits
from posture_scan.assess.tool import TOOL, pack_list
from posture_scan.collect.local_file import open_file
from posture_scan.collect.resolve import resolve
from posture_scan.engine.documents import HandedIn, read_document
from posture_scan.engine.judge import judge
from posture_scan.engine.packs import PackSet
from posture_scan.engine.records import evidence_from_json
from posture_scan.engine.targets import Resolver, expand, is_network
from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.codec import CodecError, decode, encode
from posture_scan.model.evidence import Asset, Evidence
from posture_scan.model.finding import Finding
from posture_scan.model.product import ProductData
from posture_scan.model.scope import Scope

KIND: Final = "device_export"

LIMIT: Final = 8_388_608
"""Bytes one export may have; the largest real ones are some megabytes of text."""

MOST: Final = 256
"""Exports one run takes: far more than a small firm has devices."""


@dataclass(frozen=True)
class Export:
    """One file, and the address of the device it comes from."""

    address: str
    path: Path


def parse_export(text: str) -> Export:
    """Read ``ADDRESS=FILE``.

    Raises:
        UsageError: ``device_export.form``.
    """
    address, mark, path = text.partition("=")
    try:
        plain = str(ipaddress.ip_address(address.strip()))
    except ValueError as error:
        raise UsageError("device_export.form", value=text) from error
    if not mark or not path:
        raise UsageError("device_export.form", value=text)
    return Export(plain, Path(path))


def hand_in(
    texts: Sequence[str],
    scope: Scope,
    targets: Sequence[str],
    packs: PackSet,
    *,
    declared: date | None,
    now: datetime,
    resolve: Resolver = resolve,
) -> tuple[Evidence, ...]:
    """Read what is handed in beside a scan: each ``ADDRESS=FILE``, checked before it begins.

    Raises:
        PostureError: what ``parse_export``, ``permitted`` and ``read_exports`` refuse.
    """
    exports = [parse_export(text) for text in texts]
    permitted(scope, targets, exports, resolve)
    return read_exports(exports, packs, declared=declared, now=now)


def permitted(
    scope: Scope, targets: Sequence[str], exports: Sequence[Export], resolve: Resolver
) -> None:
    """Refuse an export of a device that this scan does not look at.

    Names are looked up only where the address is not named in the scope or on the command line.

    Raises:
        NotPermittedError: ``device_export.out_of_scope``.
        UsageError: when the scope leads to nothing.
    """
    found: set[str] | None = None
    for item in exports:
        if _named(scope, targets, item.address):
            continue
        if found is None:
            found = {target.address for target in expand(scope, targets, resolve).addresses}
        if item.address not in found:
            raise NotPermittedError("device_export.out_of_scope", address=item.address)


def _named(scope: Scope, targets: Sequence[str], address: str) -> bool:
    """Tell whether the scope, and what of it was asked for, names the address itself."""
    ip = ipaddress.ip_address(address)
    wanted = [ipaddress.ip_network(item, strict=False) for item in targets if is_network(item)]
    asked = not targets or any(ip in network for network in wanted)
    return asked and scope.allows_address(address)


def read_exports(
    exports: Sequence[Export], packs: PackSet, *, declared: date | None, now: datetime
) -> tuple[Evidence, ...]:
    """Read the files and return one record each.

    Args:
        exports: files and their devices.
        packs: whose readers look at them.
        declared: the day the files were made, as the person who hands them in says; taken
            where a file does not say so itself. A file last changed before that day is as old
            as that change.
        now: the present moment.

    Raises:
        UsageError: a file that is missing, too large or not understood, a day in the future,
            two files that say different things of one device.
        InternalError: a reader that failed.
    """
    if len(exports) > MOST:
        raise UsageError("device_export.too_many", limit=MOST)
    start = _start_of(declared, now)
    records: dict[str, Evidence] = {}
    for item in exports:
        content, changed = _content(item.path)
        dated = min(start, changed) if start else None
        handed = HandedIn(KIND, item.address, str(item.path), content, dated)
        record = read_document(packs, handed, now=now)
        _agree(record, records.values(), item.path)
        records[record.id] = record
    return tuple(records.values())


def _start_of(day: date | None, now: datetime) -> datetime | None:
    """Return where the day begins by the local calendar: no export counts as younger."""
    if day is None:
        return None
    start = datetime.combine(day, time()).astimezone()
    if start > now + timedelta(days=1):
        raise UsageError("device_export.future", day=day)
    return start


def _content(path: Path) -> tuple[bytes, datetime]:
    """Return a file's bytes and when it was last changed."""
    try:
        with open_file(path) as stream:
            data = stream.read(LIMIT + 1)
        changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except FileNotFoundError as error:
        raise UsageError("file.missing", path=path) from error
    except (OSError, ValueError, OverflowError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError("device_export.unreadable", path=path, detail=cause) from error
    if len(data) > LIMIT:
        raise UsageError("device_export.too_large", path=path, limit=LIMIT // 1_048_576)
    return data, changed


def _agree(record: Evidence, earlier: Iterable[Evidence], path: Path) -> None:
    """Two files of one device that name different products or versions settle nothing."""
    mine = (getattr(record.facts, "product", ""), getattr(record.facts, "version", ""))
    for other in earlier:
        theirs = (getattr(other.facts, "product", ""), getattr(other.facts, "version", ""))
        if other.asset == record.asset and other.kind == record.kind and mine != theirs:
            raise UsageError("device_export.contradict", path=path, address=record.asset)


def with_assets(assets: Sequence[Asset], records: Sequence[Evidence]) -> tuple[Asset, ...]:
    """Return the assets, with those that only a file speaks of: they count as not scanned."""
    known = {asset.id for asset in assets}
    more = sorted({record.asset for record in records} - known)
    return (*assets, *(Asset(address, "address", address) for address in more))


@dataclass(frozen=True)
class Supplemented:
    """A report with exports added to its evidence, and how much of it changed thereby."""

    report: dict[str, Any]
    judged: int
    """Findings worked out again."""
    changed: int
    """Findings that now say something else."""


def supplement(
    report: Mapping[str, Any],
    exports: Sequence[Export],
    packs: PackSet,
    products: ProductData,
    *,
    declared: date | None,
    now: datetime,
) -> Supplemented:
    """Return a new report: its evidence and the exports, judged again as of ``now``.

    An export takes the place of earlier ones of the same device. The scan's own times stay, so
    that its age and its permission are judged by when it touched anything; ``judged_at`` says
    when the findings were worked out. The rating is left for ``rate_again``.

    Raises:
        UsageError: what ``read_exports`` refuses, ``device_export.unknown_asset``,
            ``device_export.no_evidence``, ``report.unreadable_member``.
    """
    try:
        records = [evidence_from_json(dict(item), packs) for item in report["evidence"]]
        assets = [decode(Asset, item) for item in report["assets"]]
        told = [decode(Finding, item) for item in report["findings"]]
    except (CodecError, KeyError) as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error
    if not records:
        raise UsageError("device_export.no_evidence")
    addresses = {asset.id for asset in assets if asset.kind == "address"}
    for item in exports:
        if item.address not in addresses:
            raise UsageError("device_export.unknown_asset", address=item.address)
    added = read_exports(exports, packs, declared=declared, now=now)
    replaced = {(record.kind, record.asset) for record in added}
    kept = [record for record in records if (record.kind, record.asset) not in replaced]
    deselected = {item.check for item in told if item.reason == "deselected"}
    findings = judge(
        packs, [*kept, *added], assets, now=now, deselected=deselected, products=products
    )
    again = {
        **report,
        "tool": TOOL,
        "packs": pack_list(packs),
        "product_data": data_used(products),
        "judged_at": encode(now),
        "evidence": [encode(record) for record in (*kept, *added)],
        "findings": [encode(item) for item in findings],
        "limits": _limits(report, [*kept, *added], products),
    }
    return Supplemented(again, len(findings), _changed(told, findings))


def _limits(
    report: Mapping[str, Any], records: Sequence[Evidence], products: ProductData
) -> list[str]:
    """Return the report's limits and those that its evidence has now."""
    return list(dict.fromkeys([*report.get("limits", ()), *own_limits(records, products)]))


def _changed(before: Sequence[Finding], after: Sequence[Finding]) -> int:
    def key(item: Finding) -> tuple[str, str, int, str, str]:
        return item.check, item.asset, item.port, item.status.value, item.reason

    return len(set(map(key, after)) - set(map(key, before)))
