"""Only commands that read may be run, judged by their arguments as well as by their name."""

from __future__ import annotations

import pytest

from posture_scan.collect.programs import PROGRAMS, is_permitted
from posture_scan.sdk import powershell

UPGRADE = "apt-get -s -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
ALLOWED = [
    "systemctl list-timers --all --output=json",
    "systemctl show borgmatic.timer foo@bar.service --property=Id,LoadState",
    "journalctl --unit=restic.service --output=json --no-pager --since=@1790000000 --lines=5000",
    "findmnt -J -o TARGET,SOURCE,FSTYPE -T /srv/backup",
    "lsblk -J -o NAME,TYPE,TRAN,RM,HOTPLUG,PKNAME,MOUNTPOINTS",
    "lsblk -J -o NAME,KNAME,TYPE,RM,TRAN,MAJ:MIN",
    "timedatectl show --property=CanNTP,NTPSynchronized",
    "crontab -l",
    "clamdscan --version",
    "netstat -anW -p tcp",
    "tmutil destinationinfo -X",
    f"{UPGRADE} --ignore-hold dist-upgrade",
    "dnf -q --cacheonly updateinfo list --security",
    "dnf -q --cacheonly updateinfo info --security",
    "zypper --non-interactive --no-refresh --xmlout lp --category security",
    "sshd -T",
    "passwd -S -a",
    "dsregcmd /status",
    "dscl . -list /Users UniqueID",
    "dscl . -read /Groups/admin GroupMembership",
    "launchctl print-disabled system",
    "pwpolicy -getaccountpolicies",
]
FORBIDDEN = [
    "",
    "sh -c id",
    "/usr/bin/systemctl show",
    "systemctl stop cron.service",
    "systemctl show --root=/x",
    "systemctl",
    "journalctl --vacuum-time=1s",
    "journalctl --rotate",
    "journalctl --file=/etc/shadow",
    "crontab -r",
    "clamdscan --remove /tmp",
    "netstat -anW -p tcp -c",
    "crontab /etc/passwd",
    "timedatectl set-time 2020-01-01",
    "apt-get upgrade",
    "apt-get -s -o Debug::NoLocking=1 dist-upgrade",
    "apt-get -o Dir::Cache::pkgcache= --ignore-hold dist-upgrade",
    f"{UPGRADE} --ignore-hold dist-upgrade --force-yes",
    "dnf -q updateinfo list --security",
    "dnf upgrade",
    "zypper patch",
    "restic check",
    "borg list",
    "timeshift --list",
    "secedit /export",
    "tmutil deletelocalsnapshots /",
    "lsblk -J --output-all /dev/sda",
    "findmnt -J --poll",
    "sshd -T -f /tmp/x",
    "sshd",
    "passwd",
    "passwd -l root",
    "passwd -S -a -R /mnt",
    "dsregcmd /leave",
    "dscl . -create /Users/x",
    "dscl . -read /Users/x AuthenticationAuthority",
    "launchctl disable system/com.apple.timed",
    "pwpolicy -clearaccountpolicies",
]


@pytest.mark.parametrize("line", ALLOWED)
def test_reading_commands_may_run(line: str) -> None:
    assert is_permitted(tuple(line.split()))


@pytest.mark.parametrize("line", FORBIDDEN)
def test_everything_else_may_not(line: str) -> None:
    assert not is_permitted(tuple(line.split()))


def test_a_zero_byte_is_refused() -> None:
    assert not is_permitted(("findmnt", "-J", "-T", "/a\0b"))


def test_no_shell_and_no_interpreter_is_on_the_list() -> None:
    assert not set(PROGRAMS) & {"sh", "bash", "python3", "perl", "cmd", "env", "sudo", "cat"}


@pytest.mark.parametrize(
    "script",
    [
        "Get-WBSummary|ConvertTo-Json -Compress",
        "$s=New-Object -ComObject 'Schedule.Service';Get-Item 'HKLM:\\A-B\\Remove-Item'",
        "[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)",
    ],
)
def test_powershell_that_reads_may_run(script: str) -> None:
    assert is_permitted(powershell(script))


@pytest.mark.parametrize(
    "script",
    [
        "Remove-Item C:\\x",
        "remove-item C:\\x",
        "Stop-service x",
        "Set-ItemProperty HKLM:\\x y 1",
        "Get-Item x > C:\\y",
        "& 'C:\\evil.exe'",
        "Get-Item x; . C:\\evil.ps1",
        "iex $x",
        "In`voke-Expression $x",
        "New-Object Net.WebClient",
        "New-Object -ComObject WScript.Shell",
        "[IO.File]::WriteAllText('a','b')",
        "[Diagnostics.Process]::Start('x')",
        "Start-Process x",
        "Invoke-WebRequest x",
    ],
)
def test_powershell_that_changes_or_starts_something_may_not(script: str) -> None:
    assert not is_permitted(powershell(script))


def test_powershell_is_called_in_one_way_only() -> None:
    good = powershell("Get-Date")
    assert not is_permitted((*good[:-1], "not base64!"))
    assert not is_permitted(("powershell", "-Command", "Get-Date"))
    assert not is_permitted((*good, "extra"))
