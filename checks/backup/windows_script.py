"""The one PowerShell call that asks Windows for its backups, and the reader of its answer.

Numbers, ids and times in UTC only: never a sentence, because Windows answers in the language of
its user. Each block catches its own error and names its category, which is not translated.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.checks.backup.look import Look

from posture_scan.sdk import Attempt

SCRIPT: Final = r"""
$ErrorActionPreference='Stop'
try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
$r=@{}
function T($d){if($d){$d.ToUniversalTime().ToString('o')}}
function E($e){@{error="$($e.CategoryInfo.Category)";id="$($e.FullyQualifiedErrorId)"}}
try{$k=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$r.os=@{installation=$k.InstallationType;build=$k.CurrentBuild}}catch{$r.os=E $_}
try{$k=Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters'
$r.clock=@{type=$k.Type}}catch{$r.clock=E $_}
try{$r.drives=@(Get-CimInstance Win32_LogicalDisk|ForEach-Object{
@{id=$_.DeviceID;type=[int]$_.DriveType}})}catch{$r.drives=E $_}
try{$p=Get-WBPolicy;$s=Get-WBSummary
$r.wsb=@{policy=[bool]$p;last_success=T $s.LastSuccessfulBackupTime;hr=$s.LastBackupResultHR
next=T $s.NextBackupTime;target="$($s.LastSuccessfulBackupTargetPath)"
versions=$s.NumberOfVersions;sets=@(Get-WBBackupSet|ForEach-Object{
@{at=T $_.BackupTime;target="$($_.BackupTarget.Path)|$($_.BackupTarget.Label)"}})}
}catch{$r.wsb=E $_}
foreach($l in @(@('wsb_events','Microsoft-Windows-Backup',@(4,5,9,49,517,521,546,547)),
@('veeam_agent','Veeam Agent',@(190)),@('veeam_endpoint','Veeam Endpoint Backup',@(190)),
@('veeam_server','Veeam Backup',@(190,790,290,40290)))){
try{$r[$l[0]]=@(Get-WinEvent -FilterHashtable @{LogName=$l[1];Id=$l[2]} -MaxEvents 60|
ForEach-Object{@{id=[int]$_.Id;at=T $_.TimeCreated;level=[int]$_.Level;xml=$_.ToXml()}})
}catch{$r[$l[0]]=E $_}}
try{$r.tasks=@(Get-ScheduledTask|Where-Object{$_.TaskPath -notlike '\Microsoft\*'}|
ForEach-Object{$i=$_|Get-ScheduledTaskInfo
@{path="$($_.TaskPath)$($_.TaskName)";state=[int]$_.State;last=T $i.LastRunTime
result=$i.LastTaskResult;user=$_.Principal.UserId
actions=@($_.Actions|ForEach-Object{@{run=$_.Execute;with=$_.Arguments}})
triggers=@($_.Triggers|ForEach-Object{@{days=$_.DaysInterval;weeks=$_.WeeksInterval
on=$_.Enabled}})}})}catch{$r.tasks=E $_}
try{$k=Get-ItemProperty 'HKCU:\Software\Microsoft\Windows\CurrentVersion\FileHistory'
$f="$env:LOCALAPPDATA\Microsoft\Windows\FileHistory\Configuration"
$r.file_history=@{until="$($k.ProtectedUpToTime)"
files=@(Get-ChildItem $f|ForEach-Object{@{name=$_.Name;at=T $_.LastWriteTimeUtc}})
config="$(Get-Content (Get-ChildItem ($f+'\Config*.xml')|
Select-Object -First 1).FullName -Raw)"}}catch{$r.file_history=E $_}
try{$r.onedrive=@(Get-ChildItem 'HKCU:\Software\Microsoft\OneDrive\Accounts'|
ForEach-Object{@{folder=(Get-ItemProperty $_.PSPath).UserFolder}})}catch{$r.onedrive=E $_}
try{$r.services=@(Get-Service|Where-Object{@('VeeamEndpointBackupSvc','MMS','aakore','OBEngine',
'ReflectService.exe','CASAD2DWebSvc','MSP360 Online Backup Service','CloudBerry Backup Service'
) -contains $_.Name}|ForEach-Object{@{name=$_.Name;state=[int]$_.Status}})}catch{$r.services=E $_}
$r|ConvertTo-Json -Compress -Depth 6
"""

COMMAND: Final = (
    "powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass",
    "-EncodedCommand", base64.b64encode(SCRIPT.strip().encode("utf-16-le")).decode("ascii"),
)  # fmt: skip

_ABSENT: Final = ("CommandNotFoundException", "NoMatchingLogsFound", "PathNotFound",
                  "NoMatchingEventsFound")  # fmt: skip
"""Ids of errors that mean "not installed" or "nothing there"; they are not translated."""

_NET_DATE: Final = re.compile(r"^/Date\((-?\d{1,15})\)/$")
_FILETIME_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


class Answer:
    """The parsed answer; blocks that failed are noted once and look empty."""

    def __init__(self, look: Look, table: dict[str, Any]) -> None:
        """Take the whole answer."""
        self._look = look
        self._table = table

    def rows(self, name: str, *, hides: str = "job") -> list[dict[str, Any]]:
        """Return a block as a list; PowerShell 5 writes a list of one as a bare object."""
        value = self._checked(name, hides)
        items = value if isinstance(value, list) else [value]
        return [item for item in items if isinstance(item, dict)]

    def row(self, name: str, *, hides: str = "job") -> dict[str, Any]:
        """Return a block that is one object."""
        value = self._checked(name, hides)
        return value if isinstance(value, dict) else {}

    def _checked(self, name: str, hides: str) -> Any:
        value = self._table.get(name)
        if not isinstance(value, dict) or "error" not in value:
            if name not in self._table:
                self._look.note(f"powershell {name}", Attempt.PROTOCOL_MISMATCH, hides, "tool")
            return value
        if not str(value.get("id", "")).startswith(_ABSENT):
            denied = value["error"] in ("PermissionDenied", "SecurityError")
            attempt = Attempt.PERMISSION_DENIED if denied else Attempt.PROTOCOL_MISMATCH
            lift = "administrator" if denied else "tool"
            self._look.note(f"powershell {name}", attempt, hides, lift)
        return None


def ask(look: Look) -> Answer | None:
    """Run the call; None, noted, when there is no answer that can be read.

    Exit code 0 with nothing printed is no answer: stubs of PowerShell do that.
    """
    result = look.run(COMMAND, timeout=60.0)
    if result is None:
        return None
    try:
        table = json.loads(result.stdout.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict) or result.truncated:
        look.note("powershell", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return None
    return Answer(look, table)


def moment(value: object) -> datetime | None:
    """Read a time with its zone, or PowerShell's ``/Date(ms)/``; one without zone is refused."""
    if not isinstance(value, str):
        return None
    found = _NET_DATE.match(value)
    try:
        if found:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found.group(1)))
        time = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
    except (ValueError, OverflowError):
        return None
    return time.astimezone(UTC) if time.tzinfo and time.year > 2000 else None  # noqa: PLR2004


def number_of(value: object) -> int:
    """Return a whole number, or -1 for anything else."""
    return value if type(value) is int else -1


def filetime(value: object) -> datetime | None:
    """Read a count of 100-nanosecond steps since 1601; zero means never."""
    text = str(value or "")
    if not re.fullmatch(r"\d{1,19}", text) or int(text) == 0:
        return None
    try:
        return _FILETIME_EPOCH + timedelta(microseconds=int(text) // 10)
    except OverflowError:
        return None
