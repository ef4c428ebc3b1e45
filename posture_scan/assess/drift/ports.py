"""Ports that were shut when it was looked, and open before, after, or from another line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Final

from posture_scan.assess.drift.signal import Signal, Value
from posture_scan.assess.drift.told import Place, Told, other_line
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Status

SOON: Final = timedelta(days=14)
"""A weak service that was shut in one report and open this soon after is asked about."""

APART: Final = timedelta(days=14)
"""How far apart two scans from two lines may be for what one saw and the other did not to be asked
about; later than that the port may simply have been shut."""

TOGETHER: Final = timedelta(days=3)
"""How far apart a scan and a look at a computer count as of the same time."""

_LISTENING: Final = "host.ListeningPorts"
_FIREWALL: Final = "firewall.off"


@dataclass(frozen=True)
class Look:
    """What one report saw of one port."""

    report: Told
    open: bool
    weak: tuple[str, ...]
    """The checks that found the service there weak."""


def of_ports(reports: Sequence[Told]) -> list[Signal]:
    """Return the ports whose story over the reports, oldest first, is worth a question."""
    found = []
    for place in sorted({place for report in reports for place in report.weak_at}):
        looks = _looks(place, reports)
        if not looks:
            continue
        # What another line saw is no course of time.
        course = [look for look in looks if not other_line(look.report, looks[-1].report)]
        signal = _one_line_only(place, looks) or _reopened(place, course)
        signal = signal or _soon_after(place, course) or _shut_outside_alone(place, course)
        if signal is not None:
            found.append(signal)
    return found


def lines_compared(reports: Sequence[Told]) -> bool:
    """Tell whether the newest scan can be held against one of the same days from another line."""
    return any(_held_against(report, reports[-1]) for report in reports[:-1])


def _held_against(one: Told, other: Told) -> bool:
    return other_line(one, other) and abs(other.at - one.at) <= APART


def _one_line_only(place: Place, looks: Sequence[Look]) -> Signal | None:
    """Weak from one line and shut or sound from another, within days; the newest pair counts."""
    for one, other in reversed(list(combinations(looks, 2))):
        if not _held_against(one.report, other.report):
            continue
        for weak, sound in ((one, other), (other, one)):
            if weak.weak and not sound.open:
                return _by_line("open_to_one_line", place, weak, sound, weak.weak)
            judged = tuple(check for check in weak.weak if _sound(sound.report, check, place))
            if judged:
                return _by_line("sound_to_one_line", place, weak, sound, judged)
    return None


def _sound(report: Told, check: str, place: Place) -> bool:
    asset, transport, port = place
    found = report.by_key.get((check, asset, port, transport), ())
    return bool(found) and all(item.status is Status.PASS for item in found)


def _by_line(
    name: str, place: Place, weak: Look, sound: Look, checks: tuple[str, ...]
) -> Signal:  # fmt: skip
    signal = _signal(name, place, sorted((weak, sound), key=lambda look: look.report.at))
    more: dict[str, Value] = {
        "checks": ", ".join(checks), "weak_line": weak.report.line, "line": sound.report.line,
    }  # fmt: skip
    return Signal(signal.id, signal.subject, {**signal.values, **more}, signal.evidence)


def _looks(place: Place, reports: Sequence[Told]) -> list[Look]:
    """Return what each report knows of a port; one that did not see it whole is left out."""
    found = []
    for report in reports:
        asset = report.assets.get(place[0])
        if asset is None or report.scope.vantage is not Vantage.EXTERNAL:
            continue
        state = _state(asset, place)
        if state is not None:
            found.append(Look(report, state, report.weak_at.get(place, ())))
    return found


def _state(asset: Asset, place: Place) -> bool | None:
    """Tell whether the port was open; None where the address was not seen whole.

    A UDP port that kept silent may be open, so it never counts as shut.
    """
    if asset.middlebox:
        return None
    if place[2] in (asset.udp_ports if place[1] == "udp" else asset.open_ports):
        return True
    return False if asset.fully_scanned and place[1] == "tcp" else None


def _reopened(place: Place, looks: Sequence[Look]) -> Signal | None:
    """Open, shut, open again, as three reports saw it; the newest such turn counts."""
    for end in range(len(looks) - 1, 1, -1):
        if not looks[end].open or looks[end - 1].open:
            continue
        before = [look for look in looks[: end - 1] if look.open]
        if before:
            return _signal("reopened", place, (before[-1], looks[end - 1], looks[end]))
    return None


def _soon_after(place: Place, looks: Sequence[Look]) -> Signal | None:
    """Shut in one report, and weak in the next one soon after."""
    for one, other in pairwise(looks):
        if not one.open and other.weak and other.report.at - one.report.at <= SOON:
            return _signal("opened_soon_after", place, (one, other))
    return None


def _shut_outside_alone(place: Place, looks: Sequence[Look]) -> Signal | None:
    """Open to the Internet before, shut now, while a computer still listens behind no firewall.

    Which computer stood behind the port is not known, so this asks and does not tell.
    """
    newest = looks[-1]
    before = [look for look in looks[:-1] if look.weak]
    if newest.open or not before or place[1] != "tcp":
        return None
    for record in newest.report.records(_LISTENING):
        host = str(record.get("asset", ""))
        ports = record["facts"].get("ports")
        near = _near(newest.report, host)
        if isinstance(ports, list) and place[2] in ports and near:
            signal = _signal("still_listening", place, (before[-1], newest))
            values = {**signal.values, "host": host.removeprefix("host:")}
            evidence = (*signal.evidence, str(record.get("id", "")), *near)
            return Signal(signal.id, signal.subject, values, evidence)
    return None


def _near(report: Told, host: str) -> tuple[str, ...]:
    """Name the finding that the computer's firewall stood open about when the scan was made."""
    return tuple(
        f"{item.check}@{item.asset}" for item in report.by_pair.get((_FIREWALL, host), ())
        if item.status is Status.FAIL and item.observed_at is not None
        and abs(item.observed_at - report.finished_at) <= TOGETHER
    )  # fmt: skip


def _signal(name: str, place: Place, looks: Sequence[Look]) -> Signal:
    asset, transport, port = place
    weak = next((look.weak for look in reversed(looks) if look.weak), ())
    days = (looks[-1].report.at - looks[-2].report.at).days
    values: dict[str, Value] = {
        "asset": asset, "port": port, "checks": ", ".join(weak), "days": days,
        "dates": ", ".join(encode(look.report.at) for look in looks),
    }  # fmt: skip
    subject = f"{asset}:{port}/{transport}"
    refs = [f"{check}@{asset}:{port}" for check in weak]
    return Signal(name, subject, values, (*(look.report.id for look in looks), *refs))
