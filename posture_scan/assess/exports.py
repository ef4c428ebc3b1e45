"""Exports of devices: whose they may be, and what several of one device must agree on."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.assess.handed_in import (
    MOST,
    Supplemented,
    content_of,
    judged_again,
    opened,
    start_of,
)
from posture_scan.assess.machine import Surveyed
from posture_scan.collect.resolve import resolve
from posture_scan.engine.documents import HandedIn, read_document
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.targets import Resolver, expand, is_network
from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.evidence import Evidence
from posture_scan.model.product import ProductData
from posture_scan.model.scope import Scope

KIND: Final = "device_export"


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
    start = start_of(declared, now, KIND)
    records: dict[str, Evidence] = {}
    for item in exports:
        content, changed = content_of(item.path, KIND)
        dated = min(start, changed) if start else None
        handed = HandedIn(KIND, item.address, str(item.path), content, dated)
        record = read_document(packs, handed, now=now)
        _agree(record, records.values(), item.path)
        records[record.id] = record
    return tuple(records.values())


def _agree(record: Evidence, earlier: Iterable[Evidence], path: Path) -> None:
    """Two files of one device that name different products or versions settle nothing."""
    mine = (getattr(record.facts, "product", ""), getattr(record.facts, "version", ""))
    for other in earlier:
        theirs = (getattr(other.facts, "product", ""), getattr(other.facts, "version", ""))
        if other.asset == record.asset and other.kind == record.kind and mine != theirs:
            raise UsageError("device_export.contradict", path=path, address=record.asset)


def supplement(
    report: Mapping[str, Any],
    exports: Sequence[Export],
    packs: PackSet,
    products: ProductData,
    *,
    declared: date | None,
    now: datetime,
    beside: Sequence[Evidence] = (),
    machines: Sequence[Surveyed] = (),
) -> Supplemented:
    """Return a new report: its evidence, the exports and what came ``beside`` them, judged again.

    ``machines`` are computers that were surveyed from inside.

    Raises:
        UsageError: what ``judged_again`` and ``read_exports`` refuse,
            ``device_export.unknown_asset``.
    """
    known = {asset.id for asset in opened(report, packs).assets if asset.kind == "address"}
    for item in exports:
        if item.address not in known:
            raise UsageError("device_export.unknown_asset", address=item.address)
    added = read_exports(exports, packs, declared=declared, now=now)
    return judged_again(
        report, (*added, *beside), packs, products, now=now, machines=machines
    )  # fmt: skip
