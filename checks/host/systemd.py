"""The state of a few systemd units, asked in one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from posture_scan.sdk import Attempt, Look

_PROPERTIES: Final = "Id,LoadState,UnitFileState,ActiveState,Result,ExecMainExitTimestamp"
_STARTED: Final = frozenset({"enabled", "enabled-runtime", "linked", "alias", "generated"})
_RUNS: Final = frozenset({"active", "activating", "reloading"})


@dataclass(frozen=True)
class Unit:
    """One unit; one that is masked or not there is not loaded."""

    loaded: bool = False
    active_state: str = ""
    """``active``, ``inactive``, ``failed`` …"""
    file_state: str = ""
    """``enabled``, ``disabled``, ``static`` …"""
    ended_well: datetime | None = None
    """When its program last ended with success; None when it has not since the start."""

    @property
    def active(self) -> bool:
        """Whether it is in force now; of a timer, whether it ticks."""
        return self.loaded and self.active_state == "active"

    @property
    def on(self) -> bool:
        """Whether it runs, or will after the next start of the computer."""
        return self.loaded and (self.active_state in _RUNS or self.file_state in _STARTED)


def units(look: Look, *names: str, hides: str) -> dict[str, Unit] | None:
    """Return the units by id; None, noted, where systemd does not answer.

    A computer that was not started by systemd (a container) cannot say. ``Result=success`` is
    what a unit says that never ran, so success needs the time of an end.
    """
    argv = ("systemctl", "show", *names, f"--property={_PROPERTIES}", "--no-pager")
    result = look.run(argv, hides=hides, quiet=True)
    answered = result is not None and result.code == 0
    blocks = result.stdout.decode("utf-8", "replace").split("\n\n") if result and answered else []
    found = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in blocks]
    table = {fields["Id"]: _unit(fields) for fields in found if fields.get("Id")}
    if not table:
        look.note("systemctl", Attempt.TOOL_MISSING, hides, "systemd")
        return None
    return table


def unit_on(look: Look, *names: str) -> bool | None:
    """Tell whether any of these units runs or will; None, noted, where systemd cannot say."""
    found = units(look, *names, hides="unit")
    return None if found is None else any(unit.on for unit in found.values())


def _unit(fields: dict[str, str]) -> Unit:
    ended = _moment(fields.get("ExecMainExitTimestamp", ""))
    return Unit(
        loaded=fields.get("LoadState") == "loaded",
        active_state=fields.get("ActiveState", ""),
        file_state=fields.get("UnitFileState", ""),
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
