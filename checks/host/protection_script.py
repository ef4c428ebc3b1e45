"""The one PowerShell call about disks, protection software and third-party firewalls.

Three subjects need it; the host answers the same command once, so it runs once. Numbers and ids
only: a product's own name is the single text, because it is not translated.
"""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Look, ScriptAnswer, ask, powershell

SCRIPT: Final = r"""
$ErrorActionPreference='Stop'
try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
$r=@{system=@{drive="$env:SystemDrive"}}
function E($e){@{error="$($e.CategoryInfo.Category)";id="$($e.FullyQualifiedErrorId)"}}
try{$s=New-Object -ComObject 'Shell.Application'
$r.drives=@(Get-CimInstance Win32_LogicalDisk|Where-Object{$_.DriveType -eq 3}|ForEach-Object{
@{drive=$_.DeviceID
protection=$s.NameSpace($_.DeviceID).Self.ExtendedProperty('System.Volume.BitLockerProtection')}
})}catch{$r.drives=E $_}
try{$r.volumes=@(Get-WmiObject -Namespace 'root\CIMV2\Security\MicrosoftVolumeEncryption' `
-Class Win32_EncryptableVolume|Where-Object{$_.DriveLetter}|ForEach-Object{
@{drive=$_.DriveLetter;kind=$_.VolumeType;protection=$_.GetProtectionStatus().ProtectionStatus
conversion=$_.GetConversionStatus().ConversionStatus}})}catch{$r.volumes=E $_}
foreach($k in @('AntiVirusProduct','FirewallProduct')){try{
$r[$k]=@(Get-CimInstance -Namespace 'root/SecurityCenter2' -ClassName $k|ForEach-Object{
@{name=$_.displayName;state=[int]$_.productState;guid=$_.instanceGuid}})}catch{$r[$k]=E $_}}
try{$d=Get-CimInstance -Namespace 'root/Microsoft/Windows/Defender' -ClassName MSFT_MpComputerStatus
$r.defender=@{service=$d.AMServiceEnabled;realtime=$d.RealTimeProtectionEnabled
age=$d.AntivirusSignatureAge;mode=$d.AMRunningMode}}catch{$r.defender=E $_}
$r|ConvertTo-Json -Compress -Depth 4
""".replace(" `\n", " ")
"""``Win32_EncryptableVolume`` is asked by its methods: the property ProtectionStatus is cached and
may say 1 on a drive that is fully decrypted (a remark in osquery's bitlocker_info)."""

COMMAND: Final = powershell(SCRIPT)


def windows_answer(look: Look) -> ScriptAnswer | None:
    """Ask; None, noted, when Windows gave no answer that can be read."""
    return ask(look, COMMAND)
