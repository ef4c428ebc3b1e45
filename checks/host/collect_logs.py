"""How far back this computer can tell what happened on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from posture_scan.checks.host.logs_linux import linux_logs
from posture_scan.checks.host.logs_windows import windows_logs

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector


@dataclass(frozen=True)
class LogsFacts(HostFacts):
    """The records of one computer, and how far back they reach."""

    kept: bool | None = None
    """Some record outlives the next start; None where that could not be told."""
    record: str = ""
    """Which one reaches back furthest."""
    oldest: datetime | None = None
    """When it begins; None where that could not be seen."""
    forwarded: bool | None = False
    """Copies are set to be sent to another computer, which keeps them as long as it likes; None
    where it was not seen that anything sends them."""
    born: datetime | None = None
    """Since when the computer exists; before that there is nothing to keep."""
    collected_at: datetime | None = None


@collector(on=Machine(), intrusiveness=PASSIVE)
def logs_of_computer(host: Host) -> LogsFacts:
    """Read when records begin; what stands in them stays unread."""
    look = Look(host)
    if host.platform == "windows":
        return _windows(look)
    if host.platform == "darwin":
        return LogsFacts("darwin", host.elevated, collected_at=host.now)
    return _linux(look)


def _windows(look: Look) -> LogsFacts:
    found = windows_logs(look)
    return LogsFacts(
        "windows", look.host.elevated, kept=found.service, record="Security",
        oldest=found.oldest, forwarded=found.forwarded, born=found.born,
        collected_at=look.host.now, not_read=look.noted(),
    )  # fmt: skip


def _linux(look: Look) -> LogsFacts:
    found = linux_logs(look)
    dated = sorted(
        (record.oldest, record.name) for record in found.records if record.oldest is not None
    )
    name = dated[0][1] if dated else "".join(record.name for record in found.records[:1])
    closed = any(note.hides in {"logs", "journal"} for note in look.not_read)
    return LogsFacts(
        "linux", look.host.elevated, kept=True if found.records else None if closed else False,
        record=name, oldest=dated[0][0] if dated else None, forwarded=found.forwarded,
        born=found.born, collected_at=look.host.now, not_read=look.noted(),
    )  # fmt: skip
