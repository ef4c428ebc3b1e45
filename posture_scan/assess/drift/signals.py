"""All that is worth asking about, and what could not be looked at for want of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from posture_scan.assess.drift.backups import hosts_without_history, of_backups
from posture_scan.assess.drift.computers import of_clocks, of_computers
from posture_scan.assess.drift.ports import lines_compared, of_ports
from posture_scan.assess.drift.scope import AssetMove, ScopeChange, deselected, packs_gone
from posture_scan.assess.drift.signal import Signal
from posture_scan.assess.drift.told import Told

_STORY: Final = 3
"""Reports that it takes to tell "open, shut, open again"."""


def signals(
    reports: Sequence[Told],
    moves: Iterable[AssetMove],
    changes: Iterable[ScopeChange],
    criteria: Iterable[Mapping[str, Any]],
) -> tuple[Signal, ...]:
    """Return what to ask about the newest report, in the light of all before it.

    ``criteria`` are those of the newest as rated.
    """
    before, after = reports[-2], reports[-1]
    return (
        *of_ports(reports),
        *_scope(before, after, moves, changes),
        *of_computers(before, after),
        *of_backups(after, criteria),
        *of_clocks(before, after),
    )


def not_looked(reports: Sequence[Told]) -> tuple[str, ...]:
    """Name what could not be asked of the evidence: ids of ``diff.not_looked``."""
    after = reports[-1]
    found = []
    if len(reports) < _STORY:
        found.append("two_reports")
    if not after.report["evidence"]:
        found.append("no_evidence")
    elif hosts_without_history(after):
        found.append("no_history")
    if not lines_compared(reports):
        found.append("one_line")
    return tuple(found)


def _scope(
    before: Told, after: Told, moves: Iterable[AssetMove], changes: Iterable[ScopeChange]
) -> list[Signal]:
    both = (before.id, after.id)
    found = [
        Signal(
            "weak_asset_left", move.asset.id,
            {"asset": move.asset.id.removeprefix("host:"),
             "checks": ", ".join(dict.fromkeys(item.check for item in move.weak))},
            (before.id, *(f"{item.check}@{item.asset}" for item in move.weak)),
        )
        for move in moves if move.kind == "left" and move.weak
    ]  # fmt: skip
    found += [
        Signal(f"narrower.{change.kind}", change.value, {"value": change.value}, both)
        for change in changes if change.narrower
    ]  # fmt: skip
    skipped, gone = deselected(before, after), packs_gone(before, after)
    if skipped:
        found.append(Signal("deselected", "", {"checks": ", ".join(skipped)}, both))
    if gone:
        found.append(Signal("packs_gone", "", {"packs": ", ".join(gone)}, both))
    found += [
        Signal("other_computer", name, {"host": name.removeprefix("host:")}, both)
        for name, asset in sorted(after.assets.items())
        if _other(before, name, asset.identity)
    ]
    return found


def _other(before: Told, name: str, identity: str) -> bool:
    """Tell whether another computer goes by the name of one that the earlier report knew."""
    known = before.assets.get(name)
    return known is not None and bool(known.identity and identity) and known.identity != identity
