"""Which weaknesses are new, which were mended, and which are merely not looked at any more.

A weakness counts as mended only where the newer report saw the same thing sound: by the same
check, from the same vantage and line, surely enough. Everything else that is gone is lost from
sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.assess.drift.told import Key, Told, key, other_line
from posture_scan.model.evidence import Vantage
from posture_scan.model.finding import Finding, Status

KNOWN: Final = frozenset({Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.WAIVED})
SOUND: Final = frozenset({Status.PASS, Status.NOT_APPLICABLE})


@dataclass(frozen=True)
class Moved:
    """A weakness that is in one of the two reports alone.

    ``kind``: ``new`` (was seen sound), ``first_seen`` (was not looked at), ``fixed``, ``waived``
    or ``lost``; ``why`` is a finding's reason, or an id of our own (``asset_left``,
    ``check_gone``, ``not_judged``, ``other_vantage``, ``other_line``, ``unsure``, ``closed``,
    ``asset_came``).
    """

    finding: Finding
    kind: str
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding's place and what became of it."""
        item = self.finding
        return {
            "check": item.check, "asset": item.asset, "address": item.address, "port": item.port,
            "transport": item.transport, "severity": item.severity.value,
            "confidence": item.confidence, "reason": item.reason, "values": dict(item.values),
            "actual": item.actual, "expected": item.expected, "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """A check about an asset that is wholly known in one of the two reports alone."""

    check: str
    asset: str
    why: str

    def to_json(self) -> dict[str, str]:
        """Return the pair and why it is not known in the other report."""
        return {"check": self.check, "asset": self.asset, "why": self.why}


def moved(before: Told, after: Told, sure: int) -> tuple[Moved, ...]:
    """Return every weakness that came or went; ``sure`` is the least confidence that counts."""
    old, new = _failing(before), _failing(after)
    found = [_came(item, before) for name, item in new.items() if name not in old]
    found += [_went(item, before, after, sure) for name, item in old.items() if name not in new]
    if other_line(before, after):
        found = [_by_line(item) for item in found]
    return tuple(sorted(found, key=lambda item: key(item.finding)))


def _by_line(moved: Moved) -> Moved:
    """Take back what two lines cannot show: something may answer one of them only."""
    kind = {"new": "first_seen", "fixed": "lost"}.get(moved.kind)
    if kind is None or moved.finding.vantage is not Vantage.EXTERNAL:
        return moved
    return Moved(moved.finding, kind, "other_line")


def sight(before: Told, after: Told) -> tuple[Sight, ...]:
    """Return what was wholly known and is not any more; swapped, what is known for the first time.

    A check that some part of an asset kept hidden before was not known, so it is not lost now.
    """
    return tuple(
        Sight(check, asset, why)
        for (check, asset), found in sorted(before.by_pair.items())
        if all(item.status in KNOWN for item in found)
        and (why := _hidden(check, asset, after))
    )  # fmt: skip


def _failing(report: Told) -> dict[Key, Finding]:
    return {key(item): item for item in report.findings if item.status is Status.FAIL}


def _hidden(check: str, asset: str, after: Told) -> str:
    """Return why a check about an asset is not known, empty where it is."""
    found = after.by_pair.get((check, asset), ())
    if not found:
        return _missing(check, asset, after)
    return next((item.reason for item in found if item.status not in KNOWN), "")


def _missing(check: str, asset: str, after: Told) -> str:
    if asset not in after.assets:
        return "asset_left"
    return "not_judged" if check in after.checks else "check_gone"


def _came(item: Finding, before: Told) -> Moved:
    """Tell a weakness that is new from one that nobody had looked for."""
    found = before.by_pair.get((item.check, item.asset), ())
    if not found:
        known = item.asset in before.assets
        return Moved(item, "first_seen", "not_judged" if known else "asset_came")
    here = _at(item, before) or _general(item, before)
    if any(one.status not in KNOWN for one in here):
        return Moved(item, "first_seen", here[0].reason)
    if here and here[0].vantage is not item.vantage:
        return Moved(item, "first_seen", "other_vantage")
    if not here and not _whole(before, item.asset):
        return Moved(item, "first_seen", "not_judged")
    return Moved(item, "new", here[0].reason if here else "closed")


def _went(item: Finding, before: Told, after: Told, sure: int) -> Moved:
    found = after.by_pair.get((item.check, item.asset), ())
    if not found:
        return Moved(item, "lost", _missing(item.check, item.asset, after))
    here = _at(item, after) or _general(item, after)
    if not here:
        return _closed(item, before, after)
    if any(one.status is Status.WAIVED for one in here):
        return Moved(item, "waived", here[0].reason)
    doubt = _doubt(item, here, sure)
    return Moved(item, "lost", doubt) if doubt else Moved(item, "fixed", here[0].reason)


def _doubt(item: Finding, found: Sequence[Finding], sure: int) -> str:
    """Return why what the newer report says of the place does not show it sound."""
    for one in found:
        if one.status not in SOUND:
            return one.reason
        if one.vantage is not item.vantage:
            return "other_vantage"
        if one.confidence < sure:
            return "unsure"
    return ""


def _closed(item: Finding, before: Told, after: Told) -> Moved:
    """Judge a port of which no finding speaks, though the check looked at others of the address.

    Shut is what a whole look at the address would have met open; the engine adds an unknown
    finding to the check where the look was not whole.
    """
    asset = after.assets.get(item.asset)
    if asset is None or not _whole(after, item.asset) or not item.port:
        return Moved(item, "lost", "not_judged")
    ports = asset.udp_ports if item.transport == "udp" else asset.open_ports
    if item.port in ports or before.scope.vantage is not after.scope.vantage:
        return Moved(item, "lost", "not_judged")
    return Moved(item, "fixed", "closed")


def _whole(report: Told, asset: str) -> bool:
    known = report.assets.get(asset)
    return known is not None and known.fully_scanned and not known.middlebox


def _at(item: Finding, report: Told) -> tuple[Finding, ...]:
    return report.by_key.get(key(item), ())


def _general(item: Finding, report: Told) -> tuple[Finding, ...]:
    """Return what a check says of an asset as a whole; doubts first."""
    whole = report.by_key.get((item.check, item.asset, 0, ""), ())
    return tuple(sorted(whole, key=lambda one: one.status in KNOWN))
