"""How long Windows keeps its records: one script for the oldest, the registry for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from posture_scan.checks.host.setting import running
from posture_scan.checks.host.windows_version import KEY

from posture_scan.sdk import Attempt, Look, ask, moment, powershell

SCRIPT: Final = r"""
$ErrorActionPreference='Stop'
try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
$r=@{}
function T($d){if($d){$d.ToUniversalTime().ToString('o')}}
function E($e){@{error="$($e.CategoryInfo.Category)";id="$($e.FullyQualifiedErrorId)"}}
foreach($l in @(@('security','Security'),@('system','System'))){
try{$e=Get-WinEvent -LogName $l[1] -Oldest -MaxEvents 1
$r[$l[0]]=@{oldest=T $e.TimeCreated}}catch{$r[$l[0]]=E $_}}
$r|ConvertTo-Json -Compress -Depth 4
"""
COMMAND: Final = powershell(SCRIPT)

_FORWARDING: Final = (
    "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog\\EventForwarding\\SubscriptionManager"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class WindowsLogs:
    """The record of sign-ins (Security), and what surrounds it."""

    service: bool | None
    """The service that writes all records runs."""
    oldest: datetime | None
    """The first record of Security; an administrator sees it."""
    forwarded: bool
    born: datetime | None
    """When this Windows was installed, or last upgraded to a new version."""


def windows_logs(look: Look) -> WindowsLogs:
    """Ask for the oldest record's time only; no record is read."""
    answer = ask(look, COMMAND)
    oldest = moment(answer.row("security", hides="logs").get("oldest")) if answer else None
    if oldest is None:
        look.note("Security", Attempt.PROTOCOL_MISMATCH, "logs", "again")
    return WindowsLogs(running(look.host, "EventLog"), oldest, _forwarded(look), _born(look))


def _forwarded(look: Look) -> bool:
    target = look.value(_FORWARDING, "1")
    return isinstance(target, str) and bool(target.strip())


def _born(look: Look) -> datetime | None:
    seconds = look.value(KEY, "InstallDate")
    try:
        return _EPOCH + timedelta(seconds=seconds) if isinstance(seconds, int) else None
    except OverflowError:
        return None
