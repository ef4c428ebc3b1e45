"""The state of a few systemd units, asked in one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from posture_scan.sdk import Attempt, Look

_PROPERTIES: Final = "Id,LoadState,UnitFileState,ActiveState,Result,ExecMainExitTimestamp"


@dataclass(frozen=True)
class Unit:
    """One unit; a masked one is not loaded."""

    loaded: bool
    active: bool
    enabled: str
    ended_well: datetime | None = None
    """When its program last ended with success; None when it has not since the start."""


def units(look: Look, *names: str) -> dict[str, Unit] | None:
    """Return the units by name; None, noted, where systemd does not answer.

    ``Result=success`` is what a unit says that never ran, so success needs the time of an end.
    """
    argv = ("systemctl", "show", *names, f"--property={_PROPERTIES}", "--no-pager")
    result = look.run(argv, hides="automatic", quiet=True)
    blocks = result.stdout.decode("utf-8", "replace").split("\n\n") if result else []
    found = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in blocks]
    table = {fields["Id"]: _unit(fields) for fields in found if fields.get("Id")}
    if not table or (result is not None and result.code != 0):
        look.note("systemctl", Attempt.TOOL_MISSING, "automatic", "systemd")
        return None
    return table


def _unit(fields: dict[str, str]) -> Unit:
    ended = _moment(fields.get("ExecMainExitTimestamp", ""))
    return Unit(
        loaded=fields.get("LoadState") == "loaded",
        active=fields.get("ActiveState") == "active",
        enabled=fields.get("UnitFileState", ""),
        ended_well=ended if fields.get("Result") == "success" else None,
    )


def _moment(text: str) -> datetime | None:
    """Read ``Sun 2026-11-29 04:41:13 UTC``; programs are run with UTC as their zone."""
    parts = text.split()
    if len(parts) != len(("day", "date", "time", "zone")) or parts[3] != "UTC":
        return None
    try:
        return datetime.fromisoformat(f"{parts[1]} {parts[2]}").replace(tzinfo=UTC)
    except ValueError:
        return None
