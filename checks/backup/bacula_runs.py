"""Runs of Bacula and Bareos, from the director's catalogue or its log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from posture_scan.sdk import SystemRow

ENDED_WELL: Final = "T"
ENDED_BADLY: Final = frozenset("EefAIW")
"""E, e: errors; f: fatal error; A: cancelled; I: incomplete; W: with warnings."""
_WIDEST_ZONE: Final = timedelta(hours=15)
_CHECKED: Final = {"O": "structure", "A": "data"}
"""How deep the levels of a Verify job go that read the copy (Bacula's ``job_level.h``):
VolumeToCatalog holds the attributes and digests on the volume against the
catalogue, Data reads the content, too.
InitCatalog, Catalog and DiskToCatalog look at the disk that was saved, and never at the copy."""


@dataclass(frozen=True)
class Run:
    """One line of the catalogue, or one report in the log."""

    name: str
    client: str
    kind: str
    level: str
    status: str
    at: datetime
    errors: int
    files: int
    size: int
    logged: bool = False
    """It stands in the log, which says less than the catalogue."""

    @property
    def ended(self) -> bool:
        """Whether it is over, well or not."""
        return self.status == ENDED_WELL or self.status in ENDED_BADLY

    @property
    def checked(self) -> str:
        """``structure`` or ``data`` where it was a check of the copy itself; else empty."""
        return _CHECKED.get(self.level, "") if self.kind == "V" and self.files else ""

    def good(self) -> bool:
        """Tell whether it ended well; an increment may find nothing new, a full run may not."""
        return (
            self.status == ENDED_WELL and self.errors == 0
            and (self.files > 0 or self.level in ("I", "D"))
        )  # fmt: skip


def run_of(row: SystemRow, zone: tzinfo | None) -> list[Run]:
    """Read one line of the catalogue; none where its end has no readable time."""
    at = _ended(str(row.get("ended", "")), row.get("epoch"), zone)
    if at is None:
        return []
    return [
        Run(
            name=str(row.get("name", "")), client=str(row.get("client", "")),
            kind=str(row.get("type", "")), level=str(row.get("level", "")),
            status=str(row.get("status", "")), at=at, errors=_number(row, "errors", unread=1),
            files=_number(row, "files"), size=_number(row, "bytes"),
        )
    ]  # fmt: skip


def _number(row: SystemRow, name: str, *, unread: int = 0) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else unread


def _ended(text: str, epoch: int | str | None, zone: tzinfo | None) -> datetime | None:
    """Read the end of a run: local time without a zone, and beside it seconds since 1970.

    The seconds need no zone, but only count while they are some zone's reading of the text.
    """
    try:
        local = datetime.fromisoformat(text)
        told = datetime.fromtimestamp(epoch, UTC) if isinstance(epoch, int) and epoch > 0 else None
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        if told is not None and abs(told - local.replace(tzinfo=UTC)) <= _WIDEST_ZONE:
            return told
        return local.replace(tzinfo=zone).astimezone(UTC) if zone else None
    except (ValueError, OverflowError, OSError):
        return None


_FIELD: Final = re.compile(r"^ {2}([A-Z][A-Za-z() ]{1,30}): {1,30}(.{1,200})$")
_ENGLISH: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                   "dec")  # fmt: skip
_KINDS: Final = {"Backup": "B", "Restore": "R", "Verify": "V"}
_VERIFY_LEVELS: Final = {"volumetocatalog": "O", "data": "A"}
"""A report's words for the levels that read the copy, without spaces and a "Verify" before."""


def reports(text: str, zone: tzinfo | None) -> list[Run]:
    """Read the reports in a director's log; a report ends with ``Termination: Backup OK``."""
    found: list[Run] = []
    fields: dict[str, str] = {}
    for line in text.splitlines():
        pair = _FIELD.match(line)
        if pair is None:
            continue
        name, value = pair.group(1), pair.group(2).strip()
        fields[name] = value
        if name == "Termination":
            at = _log_time(fields.get("End time", ""), zone)
            kind = _KINDS.get(value.split(" ")[0], "")
            if at is not None and kind:
                found.append(_report(fields, kind, value, at))
            fields = {}
    return found


def _report(fields: dict[str, str], kind: str, said: str, at: datetime) -> Run:
    name = re.sub(r"\.\d{4}-\d\d-\d\d_[\d._]+$", "", fields.get("Job", ""))
    client = fields.get("Client", "").split(" ")[0].strip('"')
    written = fields.get("FD Files Written", fields.get("Files Examined", "0")).replace(",", "")
    ok = said == f"{said.split(' ', maxsplit=1)[0]} OK"
    words = fields.get("Verify Level", "").replace(" ", "").lower().removeprefix("verify")
    return Run(
        name, client, kind, _VERIFY_LEVELS.get(words, ""), "T" if ok else "f", at, 0 if ok else 1,
        int(written) if written.isdecimal() else 0, 0, logged=True,
    )  # fmt: skip


def _log_time(text: str, zone: tzinfo | None) -> datetime | None:
    """Read ``29-Nov-2026 14:04:59``, local to the director."""
    found = re.fullmatch(r"(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)", text)
    if zone is None or found is None or found.group(2).lower() not in _ENGLISH:
        return None
    day, year, hour, minute, second = (int(found.group(number)) for number in (1, 3, 4, 5, 6))
    try:
        month = _ENGLISH.index(found.group(2).lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
