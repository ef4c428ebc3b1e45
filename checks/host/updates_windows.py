"""Windows Update: what waits, when Windows last asked, what it installs by itself.

The search is the offline one: it reads what Windows itself found, with the number of its result.
Zero updates mean nothing when nobody looked, so the day of the last search that succeeded comes
with it. A cumulative update replaces the one before, so the update on offer is always young, even
where none was installed for half a year; how long this computer has waited shows in when the last
cumulative update was installed, because one is published on every second Tuesday of a month.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.checks.host.setting import Origin, Source, effective
from posture_scan.checks.host.update_facts import (
    MOST,
    Automatic,
    Because,
    Found,
    Installs,
    Listing,
    Restart,
    Waiting,
)
from posture_scan.checks.host.windows_version import KEY as VERSION
from posture_scan.checks.host.windows_version import is_windows_server

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Look,
    ask,
    filetime,
    is_absent,
    lift_of,
    moment,
    number_of,
    powershell,
)

SCRIPT: Final = r"""
$ErrorActionPreference='Stop'
try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
$r=@{}
function U($d){if($d){$d.ToString('yyyy-MM-ddTHH:mm:ss')+'+00:00'}}
function E($e){@{error="$($e.CategoryInfo.Category)";id="$($e.FullyQualifiedErrorId)"}}
try{$a=(New-Object -ComObject Microsoft.Update.AutoUpdate).Results
$r.asked=@{searched=U $a.LastSearchSuccessDate;installed=U $a.LastInstallationSuccessDate}
}catch{$r.asked=E $_}
try{$s=(New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher()
$s.Online=$false
$f=$s.Search('IsInstalled=0 and IsHidden=0')
$r.search=@{result=[int]$f.ResultCode;updates=@($f.Updates|ForEach-Object{
@{kb="$($_.KBArticleIDs|Select-Object -First 1)";type=[int]$_.Type;severity="$($_.MsrcSeverity)"
optional=[bool]$_.BrowseOnly;changed=U $_.LastDeploymentChangeTime
kinds=@($_.Categories|ForEach-Object{"$($_.CategoryID)"})}})}}catch{$r.search=E $_}
$r|ConvertTo-Json -Compress -Depth 6
"""
COMMAND: Final = powershell(SCRIPT)
"""Dates of this interface are in UTC, although PowerShell takes them for local ones."""

_SUCCEEDED: Final = 2
"""``orcSucceeded`` of OperationResultCode; 3 is "with errors": something may be missing."""
_SOFTWARE: Final = 1
_DEFINITIONS: Final = "e0789628-ce08-4437-be74-2495b842f43b"
"""Definitions of virus scanners come several times a day and are judged with the scanner."""
_POLICY: Final = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate"
_LOCAL: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update"
_UX: Final = "HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings"
_SERVICE: Final = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv"
_SERVICING: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
_ROLLUP: Final = re.compile(r"Package_for_RollupFix~")
_INSTALLED: Final = 112
"""``CurrentState`` of a package that is installed."""
_DISABLED: Final = 4
_BY_ITSELF: Final = 4
"""AUOptions: 2 and 3 only notify or download, 4 installs on a schedule, 5 lets the user choose."""
_LONGEST_DEFERRAL: Final = 14
_TUESDAY: Final = 1


def windows_waiting(look: Look) -> tuple[Found, datetime | None]:
    """Return what waits, and when the last cumulative update was installed."""
    answer = ask(look, COMMAND)
    rollup = _last_rollup(look)
    if answer is None:
        return Found(Listing.UNREADABLE), rollup
    asked = moment(answer.row("asked", hides="update").get("searched"))
    search = answer.row("search", hides="update")
    if number_of(search.get("result")) != _SUCCEEDED:
        look.note("Windows Update", Attempt.PROTOCOL_MISMATCH, "update", "again")
        return Found(Listing.UNREADABLE), rollup
    if asked is None:
        return Found(Listing.NOBODY_LOOKED), rollup
    updates = search.get("updates")
    rows = updates if isinstance(updates, list) else [updates]
    waiting = [_waiting(row) for row in rows if isinstance(row, dict) and _counts(row)]
    missed = first_missed(rollup, look.host.now) if waiting and rollup else None
    if missed:
        waiting.insert(0, Waiting(f"cumulative update of {missed.date()}", missed, missed))
    return Found(Listing.COMPLETE, tuple(waiting[:MOST]), asked), rollup


def _counts(row: dict[str, Any]) -> bool:
    """Tell whether an update is one of security: rated so, or one that is offered to everybody."""
    kinds = row.get("kinds")
    names = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
    if _DEFINITIONS in names or row.get("optional") is True:
        return bool(row.get("severity")) and _DEFINITIONS not in names
    return bool(row.get("severity")) or number_of(row.get("type")) == _SOFTWARE


def _waiting(row: dict[str, Any]) -> Waiting:
    day = moment(row.get("changed"))
    number = re.sub(r"\D", "", str(row.get("kb") or ""))[:10]
    return Waiting(f"KB{number}" if number else "?", out_by=day, not_before=day)


def _last_rollup(look: Look) -> datetime | None:
    """Return when the newest cumulative update was installed, from the servicing records."""
    place = f"{_SERVICING}\\Packages"
    try:
        names = look.host.registry_keys(place)
    except AttemptError as error:
        if not is_absent(error):
            look.note(place, error.attempt, "rollup", lift_of(error))
        return None
    times = []
    for name in [name for name in names if _ROLLUP.search(name)][-200:]:
        key = f"{place}\\{name}"
        high, low = (look.value(key, f"InstallTime{half}", hides="rollup") for half in _HALVES)
        state = look.value(key, "CurrentState", hides="rollup")
        if state == _INSTALLED and isinstance(high, int) and isinstance(low, int):
            times.append(filetime((high << 32) | (low & 0xFFFF_FFFF)))
    return max((time for time in times if time), default=None)


_HALVES: Final = ("High", "Low")


def first_missed(installed: datetime, now: datetime) -> datetime | None:
    """Return the first second Tuesday after the last cumulative update, if it has passed."""
    year, month = installed.year, installed.month
    for _ in range(2):
        day = patch_day(year, month)
        if day > installed:
            return day if day <= now else None
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return None


def patch_day(year: int, month: int) -> datetime:
    """Return the end of a month's second Tuesday: by then its updates are out everywhere."""
    first = datetime(year, month, 1, tzinfo=UTC)
    days = (_TUESDAY - first.weekday()) % 7 + 7
    return first + timedelta(days=days + 1)


# --- what runs by itself ------------------------------------------------------------------------


def windows_automatic(look: Look) -> Automatic:
    """Judge the settings in force: policy, then this computer's own, then the default."""
    stop = _stopped(look)
    if stop is not None:
        return stop
    places = (
        Source(Origin.POLICY, f"{_POLICY}\\AU", "AUOptions"),
        Source(Origin.LOCAL, _LOCAL, "AUOptions"),
    )
    chosen = effective(look, places, _BY_ITSELF if is_windows_server(look) is False else None)
    if chosen.value is None:
        nowhere = chosen.attempt == Attempt.TOOL_MISSING.value
        return Automatic(Installs.UNSEEN, Because.DEFAULT_UNCLEAR if nowhere else Because.NOT_SEEN)
    if chosen.value == _BY_ITSELF:
        return Automatic(Installs.ON, Because(chosen.origin.value))
    if chosen.value in (1, 2, 3):
        off = Because.ONLY_NOTIFIES if chosen.value > 1 else Because.SWITCHED_OFF
        return Automatic(Installs.OFF, off)
    return Automatic(Installs.UNSEEN, Because.LEFT_TO_USER)


def _stopped(look: Look) -> Automatic | None:
    """Return what keeps updates from coming; None where nothing does."""
    off = effective(look, (Source(Origin.POLICY, f"{_POLICY}\\AU", "NoAutoUpdate"),), 0)
    start = effective(look, (Source(Origin.LOCAL, _SERVICE, "Start"),))
    delay = effective(look, (Source(Origin.POLICY, _POLICY, "DeferQualityUpdatesPeriodInDays"),), 0)
    if off.value == 1:
        return Automatic(Installs.OFF, Because.SWITCHED_OFF_BY_POLICY)
    if start.value == _DISABLED:
        return Automatic(Installs.OFF, Because.SERVICE_DISABLED)
    if any(
        _paused(look, name) for name in ("PauseUpdatesExpiryTime", "PauseQualityUpdatesEndTime")
    ):
        return Automatic(Installs.OFF, Because.PAUSED)
    if delay.value is not None and delay.value > _LONGEST_DEFERRAL:
        return Automatic(Installs.OFF, Because.DEFERRED)
    closed = any(item.hides == "setting" for item in look.not_read)
    if closed or not (off.seen and start.seen and delay.seen):
        return Automatic(Installs.UNSEEN, Because.NOT_SEEN)
    return None


def _paused(look: Look, name: str) -> bool:
    until = look.value(_UX, name)
    ends = moment(until) if isinstance(until, str) else None
    return ends is not None and ends > look.host.now


def windows_restart(look: Look) -> Restart:
    """Look for the two keys that Windows makes while a restart is due."""
    asked: list[str] = []
    for key in (f"{_SERVICING}\\RebootPending", f"{_LOCAL}\\RebootRequired"):
        try:
            look.host.registry_keys(key)
        except AttemptError as error:
            if not is_absent(error):
                look.note(key, error.attempt, "restart", lift_of(error))
            continue
        asked.append(key.rpartition("\\")[2])
    closed = any(item.hides == "restart" for item in look.not_read)
    alive = look.value(VERSION, "CurrentBuild", hides="restart") is not None
    return Restart(asked=bool(asked) or None if closed else bool(asked), packages=tuple(asked),
                   looked=alive and not closed)  # fmt: skip
