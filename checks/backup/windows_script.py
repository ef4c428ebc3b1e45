"""The one PowerShell call that asks Windows for its backups.

Numbers, ids and times in UTC only: never a sentence, because Windows answers in the language of
its user. Each block catches its own error and names its category, which is not translated. Shadow
copies that may not be seen are left out without a word: they could hide no backup.
"""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import powershell

SCRIPT: Final = r"""
$ErrorActionPreference='Stop'
try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
$r=@{}
function T($d){if($d){$d.ToUniversalTime().ToString('o')}}
function E($e){@{error="$($e.CategoryInfo.Category)";id="$($e.FullyQualifiedErrorId)"}}
try{$r.drives=@(Get-CimInstance Win32_LogicalDisk|ForEach-Object{
@{id=$_.DeviceID;type=[int]$_.DriveType}})}catch{$r.drives=E $_}
try{$b=@{};Get-CimInstance MSFT_Disk -Namespace 'root/Microsoft/Windows/Storage'|ForEach-Object{
$b["$($_.Number)"]=$_.CimInstanceProperties['BusType'].Value}
$r.partitions=@(Get-CimInstance MSFT_Partition -Namespace 'root/Microsoft/Windows/Storage'|
ForEach-Object{@{letter="$($_.DriveLetter)";disk=$_.DiskNumber;bus=$b["$($_.DiskNumber)"]
paths=@($_.AccessPaths)}})}catch{$r.partitions=E $_}
try{$p=Get-WBPolicy;$s=Get-WBSummary
$r.wsb=@{policy=[bool]$p;last_success=T $s.LastSuccessfulBackupTime;hr=$s.LastBackupResultHR
next=T $s.NextBackupTime;target="$($s.LastSuccessfulBackupTargetPath)"
versions=$s.NumberOfVersions;sets=@(Get-WBBackupSet|ForEach-Object{
@{at=T $_.BackupTime;version="$($_.VersionId)"
target="$($_.BackupTarget.Path)|$($_.BackupTarget.Label)"}})}
}catch{$r.wsb=E $_}
foreach($l in @(@('wsb_events','Microsoft-Windows-Backup',@(4,5,9,14,49,517,521,546,547)),
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
on=$_.Enabled;every="$($_.Repetition.Interval)";kind="$($_.CimClass.CimClassName)"}})}})
}catch{$r.tasks=E $_}
try{$r.shadows=@(Get-CimInstance Win32_ShadowCopy|ForEach-Object{@{at=T $_.InstallDate}})
}catch{$r.shadows=@()}
$r|ConvertTo-Json -Compress -Depth 6
"""

COMMAND: Final = powershell(SCRIPT)
