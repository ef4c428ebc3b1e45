"""The one PowerShell call that asks Windows for its backups.

Numbers, ids and times in UTC only: never a sentence, because Windows answers in the language of
its user. Each block catches its own error and names its category, which is not translated.
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

COMMAND: Final = powershell(SCRIPT)
