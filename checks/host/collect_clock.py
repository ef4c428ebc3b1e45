"""Whether the clock is kept in time, without which no record of an attack can be put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.container import is_container
from posture_scan.checks.host.plist import property_list
from posture_scan.checks.host.setting import Origin, Source, effective

from posture_scan.sdk import PASSIVE, Context, Host, HostFacts, Look, Machine, collector

_W32TIME: Final = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time"
_POLICY: Final = "HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters"
_MAC: Final = "/var/db/timed/com.apple.timed.plist"
_CHRONY_FIELDS: Final = 14
_LEAP_UNSYNCHRONISED: Final = "Not synchronised"
_OWN_CLOCK: Final = "7F7F0101"
"""chrony's name for this computer's own clock (``local stratum``): nobody else is asked."""

_PROPERTIES: Final = "--property=CanNTP,NTP,NTPSynchronized"


@dataclass(frozen=True)
class ClockFacts(HostFacts):
    """How the clock is kept."""

    synchronised: bool | None = None
    """In force now (Linux), or switched on (Windows, macOS); None where it cannot be told."""
    source: str = ""
    """``chrony``, ``timedatectl``, ``NTP``, ``NT5DS`` …"""
    container: bool = False
    """The clock is that of the computer around this one."""

    @property
    def drifts(self) -> bool:
        """Whether it is known that nothing keeps the clock; ages counted by it prove nothing."""
        return self.synchronised is False and not self.container


def clock_doubt(context: Context) -> str:
    """Return why no age counts on the computer that a check judges; empty where ages count.

    ``clock_not_synchronised`` where it is known that nothing keeps its clock in time,
    ``clock_not_seen`` where no record of its clock is there: it might say just that.
    """
    clocks = [facts for facts in context.beside if isinstance(facts, ClockFacts)]
    if not clocks:
        return "clock_not_seen"
    return "clock_not_synchronised" if any(facts.drifts for facts in clocks) else ""


@collector(on=Machine(), intrusiveness=PASSIVE)
def clock_of_computer(host: Host) -> ClockFacts:
    """Ask what keeps the clock; nobody on the network is asked for the time."""
    look = Look(host)
    reader = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)
    synchronised, source = reader(look)
    return ClockFacts(
        host.platform, host.elevated, synchronised, source,
        container=is_container(look),
        not_read=look.noted(),
    )  # fmt: skip


def _linux(look: Look) -> tuple[bool | None, str]:
    said = _timedatectl(look)
    if said is True:
        return True, "timedatectl"
    chrony = _chrony(look)
    if chrony is not None:
        return chrony, "chrony"
    return said, "timedatectl" if said is not None else ""


def _timedatectl(look: Look) -> bool | None:
    """``CanNTP=no`` says that systemd does not keep the time; somebody else may."""
    result = look.run(("timedatectl", "show", _PROPERTIES), hides="clock", quiet=True)
    if result is None or result.code != 0:
        return None
    lines = result.stdout.decode("ascii", "replace").split()
    if "NTPSynchronized=yes" in lines:
        return True
    kept = "CanNTP=yes" in lines or "NTP=yes" in lines
    return False if "NTPSynchronized=no" in lines and kept else None


def _chrony(look: Look) -> bool | None:
    """Return what the last of the comma-separated fields says: the leap status."""
    result = look.run(("chronyc", "-c", "tracking"), hides="clock", quiet=True)
    if result is None or result.code != 0:
        return None
    fields = result.stdout.decode("utf-8", "replace").strip().split(",")
    if len(fields) != _CHRONY_FIELDS:
        return None
    return fields[-1] != _LEAP_UNSYNCHRONISED and fields[0] != _OWN_CLOCK


def _windows(look: Look) -> tuple[bool | None, str]:
    start = effective(look, (Source(Origin.LOCAL, _W32TIME, "Start"),))
    kind = look.value(_POLICY, "Type") or look.value(_W32TIME + "\\Parameters", "Type")
    if start.value is None or look.not_read or not isinstance(kind, str):
        return None, ""
    return (kind.lower() != "nosync" and start.value != 4), kind[:20]  # noqa: PLR2004 -- disabled


def _macos(look: Look) -> tuple[bool | None, str]:
    table = property_list(look, _MAC, hides="clock") or {}
    value = table.get("TMAutomaticTimeOnlyEnabled")
    return (value, "timed") if isinstance(value, bool) else (None, "")
