"""Whether the scan stayed inside what was allowed, asked again by whoever reads the report."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from posture_scan.model.scope import Scope
from posture_scan.trust.assessment import Assessed
from posture_scan.trust.codes import refusal
from posture_scan.trust.times import from_text, to_text

# A day without a zone begins first at UTC+14 and ends last at UTC-12.
_EASTMOST: Final = timedelta(hours=14)
_WESTMOST: Final = timedelta(hours=24 + 12)


_Place = tuple[str, tuple[str, ...]]
"""An address something was sent to, with the names it may have been reached under."""


def judge(assessed: Assessed, report: Mapping[str, Any], records: Sequence[Any]) -> None:
    """Hold scan times and touched addresses against the authorisation.

    Without the evidence records only the report's assets and connections can be looked at.

    Raises:
        NotPermittedError: E-AUT-003 for the time, E-AUT-002 for an address.
    """
    scope = assessed.scope
    for moment in (assessed.started_at, assessed.finished_at, *_moments(report, records)):
        _judge_moment(scope, moment)
    for address, names in sorted({*_places(report, records), *_connected(scope, report)}):
        if not _allowed(scope, address, names):
            targets = ", ".join(scope.targets)
            raise refusal("E-AUT-002", got=address[:80], expected=targets[:200])


def _observed(records: Sequence[Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Records of what was touched; a computer's own account of itself touches nothing."""
    for number, record in enumerate(records):
        if record.get("vantage") != "host" and record.get("attempt") != "out_of_scope":
            yield number, record


def _moments(report: Mapping[str, Any], records: Sequence[Any]) -> Iterator[datetime]:
    for number, record in _observed(records):
        if "observed_at" in record:
            yield from_text(record["observed_at"], f"evidence[{number}].observed_at")
    for number, line in enumerate(_connections(report)):
        if "at" in line:
            yield from_text(line["at"], f"report.connections[{number}].at")


def _places(report: Mapping[str, Any], records: Sequence[Any]) -> Iterator[_Place]:
    for asset in report["assets"]:
        if asset.get("kind") != "host" and asset.get("reached", True):
            yield from _place(asset)
    for _, record in _observed(records):
        yield from _place(record)


def _connected(scope: Scope, report: Mapping[str, Any]) -> Iterator[_Place]:
    """Addresses of the list of connections, which does not say what name led there."""
    named = tuple(
        target.replace("*.", "any.", 1) for target in scope.targets if not _is_network(target)
    )
    for line in _connections(report):
        # a resolver is asked about names and is nobody's target; what is listed as one by a
        # dishonest scanner could as well have been left out
        if line.get("outcome") != "out_of_scope" and line.get("transport") != "dns":
            yield from ((address, named) for address, _ in _place(line))


def _connections(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = report.get("connections", [])
    if not isinstance(listed, list) or not all(isinstance(line, dict) for line in listed):
        raise refusal("E-TYP-005", member="report.connections")
    return listed


def _is_network(target: str) -> bool:
    try:
        ipaddress.ip_network(target, strict=False)
    except ValueError:
        return False
    return True


def _judge_moment(scope: Scope, moment: datetime) -> None:
    """Differences, not sums: a permission may run to the last day a calendar has."""
    early = datetime.combine(scope.valid_from, time(), UTC) - moment > _EASTMOST
    late = moment - datetime.combine(scope.valid_until, time(), UTC) >= _WESTMOST
    if early or late:
        raise refusal(
            "E-AUT-003",
            got=to_text(moment),
            start=scope.valid_from.isoformat(),
            end=scope.valid_until.isoformat(),
        )


def _place(item: Mapping[str, Any]) -> Iterator[_Place]:
    address, names = item.get("address"), item.get("names")
    if isinstance(address, str) and address:
        listed = names if isinstance(names, list) else []
        yield address, tuple(name for name in listed if isinstance(name, str))


def _allowed(scope: Scope, address: str, names: tuple[str, ...]) -> bool:
    try:
        return any(scope.allows(address, name) for name in ("", *names))
    except ValueError:
        return False
