"""What came into sight or left it: assets, permission, checks and computers."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from posture_scan.assess.drift.told import Told, other_line
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding, Severity
from posture_scan.model.scope import Intensity, Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SEVERITIES: Final = tuple(Severity)
_INTENSITIES: Final = tuple(Intensity)


@dataclass(frozen=True)
class AssetMove:
    """An asset that is in one of the two reports alone, or goes by another name now."""

    asset: Asset
    kind: str
    """``came``, ``left`` or ``renamed``."""
    weak: tuple[Finding, ...] = ()
    """What was found weak on it, worst first."""
    other: str = ""
    """The name a renamed computer has now."""

    def to_json(self) -> dict[str, Any]:
        """Return the asset with what was found weak on it."""
        return {
            "id": self.asset.id, "kind": self.asset.kind, "role": self.asset.role,
            "move": self.kind, "other": self.other,
            "weak": [
                {"check": item.check, "port": item.port, "severity": item.severity.value}
                for item in self.weak
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class ScopeChange:
    """One thing the permission says otherwise; ``narrower`` where less is looked at or counted."""

    kind: str
    value: str
    narrower: bool

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {"kind": self.kind, "value": self.value, "narrower": self.narrower}


def asset_moves(before: Told, after: Told) -> tuple[AssetMove, ...]:
    """Return assets that came, left, or are computers known by another name now."""
    left = {name: item for name, item in before.assets.items() if name not in after.assets}
    came = {name: item for name, item in after.assets.items() if name not in before.assets}
    names = {item.identity: name for name, item in came.items() if item.identity}
    found = []
    for name, asset in left.items():
        other = names.get(asset.identity, "") if asset.identity else ""
        came.pop(other, None)
        kind = "renamed" if other else "left"
        found.append(AssetMove(asset, kind, _weak(before, name), other))
    found += [AssetMove(asset, "came", _weak(after, name)) for name, asset in came.items()]
    return tuple(sorted(found, key=lambda item: (item.kind, item.asset.id)))


def _weak(report: Told, asset: str) -> tuple[Finding, ...]:
    weak = report.weak.get(asset, ())
    return tuple(sorted(weak, key=lambda item: (_SEVERITIES.index(item.severity), item.check)))


def scope_changes(before: Scope, after: Scope) -> tuple[ScopeChange, ...]:
    """Return what the permission says otherwise."""
    found = _targets(before, after)
    lists = (
        ("domain", before.domains, after.domains, False),
        ("exclude", before.exclude, after.exclude, True),
        ("nothing_listens", before.nothing_listens, after.nothing_listens, True),
    )
    for name, old, new, hides in lists:
        found += _listed(name, old, new, hides=hides)
    found += _counted("computers", before.computers, after.computers)
    found += _counted("servers", before.servers, after.servers)
    found += _data(before.data_on, after.data_on)
    if before.vantage is not after.vantage:
        value = f"{before.vantage.value} > {after.vantage.value}"
        found.append(ScopeChange("vantage", value, narrower=False))
    if before.intensity is not after.intensity:
        value = f"{before.intensity.value} > {after.intensity.value}"
        less = _INTENSITIES.index(after.intensity) < _INTENSITIES.index(before.intensity)
        found.append(ScopeChange("intensity", value, narrower=less))
    return tuple(found)


def line_change(before: Told, after: Told) -> tuple[ScopeChange, ...]:
    """Return the lines that two scans went out on, where both are named and differ."""
    if not other_line(before, after):
        return ()
    return (ScopeChange("line", f"{before.line} > {after.line}", narrower=False),)


def _targets(before: Scope, after: Scope) -> list[ScopeChange]:
    """A target that is now part of a larger one was not taken out."""
    networks = _covered(after.targets)
    return [
        replace(change, narrower=change.narrower and not _within(change.value, networks)
                            and not after.allows_name(change.value))
        for change in _listed("target", before.targets, after.targets, hides=False)
    ]  # fmt: skip


def _covered(targets: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks that addresses and networks among the targets make up together."""
    found = [network for text in targets if (network := _network(text)) is not None]
    four = [item for item in found if isinstance(item, ipaddress.IPv4Network)]
    six = [item for item in found if isinstance(item, ipaddress.IPv6Network)]
    return (*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six))


def _within(text: str, networks: Iterable[Network]) -> bool:
    inner = _network(text)
    if isinstance(inner, ipaddress.IPv4Network):
        return any(isinstance(x, ipaddress.IPv4Network) and inner.subnet_of(x) for x in networks)
    if isinstance(inner, ipaddress.IPv6Network):
        return any(isinstance(x, ipaddress.IPv6Network) and inner.subnet_of(x) for x in networks)
    return False


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _listed(
    name: str, old: Collection[str], new: Collection[str], *, hides: bool
) -> list[ScopeChange]:
    added = [ScopeChange(f"{name}_added", x, narrower=hides) for x in new if x not in old]
    removed = [ScopeChange(f"{name}_removed", x, narrower=not hides) for x in old if x not in new]
    return added + removed


def _counted(name: str, old: int, new: int) -> list[ScopeChange]:
    """Compare declared numbers of machines; 0 means not declared, and then no share counts."""
    if old == new:
        return []
    return [ScopeChange(name, f"{old} > {new}", narrower=new < old)]


def _data(old: tuple[str, ...], new: tuple[str, ...]) -> list[ScopeChange]:
    """Compare whose backups count; an empty list means every computer's."""
    if set(old) == set(new):
        return []
    narrower = bool(new) and (not old or not set(old) <= set(new))
    value = f"{', '.join(old) or '*'} > {', '.join(new) or '*'}"
    return [ScopeChange("data_on", value, narrower=narrower)]


def deselected(before: Told, after: Told) -> tuple[str, ...]:
    """Return the checks that were deselected now and not before."""
    return tuple(sorted(_skipped(after) - _skipped(before)))


def _skipped(report: Told) -> set[str]:
    return {item.check for item in report.findings if item.reason == "deselected"}


def packs_gone(before: Told, after: Told) -> tuple[str, ...]:
    """Return the packs of checks that the newer run did not have."""
    old, new = ({str(p["name"]) for p in told.report["packs"]} for told in (before, after))
    return tuple(sorted(old - new))
