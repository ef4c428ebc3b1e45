"""Windows' own Python on Wine: the real registry and file calls below the readers of backups.

Wine is no Windows: its PowerShell ends with 0 and prints nothing, which is what a block of
PowerShell may look like.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.windows_python import remove, windows_python

pytestmark = pytest.mark.lab

SCRIPT = r"""
import json, os, winreg
from datetime import UTC, datetime
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.collect.host import LocalHost
from posture_scan.model.codec import encode

def put(root, key, name, kind, value):
    access = winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY
    with winreg.CreateKeyEx(root, key, 0, access) as handle:
        winreg.SetValueEx(handle, name, 0, kind, value)

def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

HKLM, HKCU, TEXT = winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER, winreg.REG_SZ
home, now = os.path.expanduser("~"), datetime.now(UTC)
windows = r"Software\Microsoft\Windows\CurrentVersion"
put(HKLM, r"SYSTEM\CurrentControlSet\Services\MMS", "Start", winreg.REG_DWORD, 2)
put(HKLM, r"SOFTWARE\Arcserve\Unified Data Protection\Engine\InstallPath", "Path", TEXT, "C:\\A\\")
put(HKLM, windows + r"\Uninstall\{1}", "DisplayName", TEXT, "HD革命/BackUp Next")
ticks = (int(now.timestamp()) - 3600 + 11644473600) * 10**7
put(HKCU, windows + r"\FileHistory", "ProtectedUpToTime", winreg.REG_QWORD, ticks)
put(HKCU, r"Software\Microsoft\OneDrive\Accounts\Business1", "UserFolder", TEXT,
    home + "\\OneDrive - 例商店")
put(HKCU, windows + r"\Explorer\User Shell Folders", "Personal", winreg.REG_EXPAND_SZ,
    "%USERPROFILE%\\OneDrive - 例商店\\ドキュメント")
write(home + r"\AppData\Local\Microsoft\Windows\FileHistory\Configuration\Config1.xml",
      "<D><DPStatus>ENABLED</DPStatus><TargetUrl>\\\\nas\\控え</TargetUrl></D>")
for number in (1, 2):
    path = rf"C:\A\BackupHistory\{number}\BackupInfo.xml"
    write(path, '<B><BackupStatus Status="Finished"/><Dest Path="\\\\nas01\\バックアップ"/></B>')
    then = now.timestamp() - number * 86400
    os.utime(path, (then, then))
print(json.dumps(encode(backup_survey.function(LocalHost(now)))))
"""


@pytest.fixture
def survey(tmp_path: Path) -> Iterator[dict[str, Any]]:
    computer = windows_python(tmp_path)
    found: dict[str, Any] = json.loads(computer.script(SCRIPT))
    yield found
    remove(computer)


def test_the_readers_of_windows_on_windows_own_python(survey: dict[str, Any]) -> None:
    jobs = {job["engine"]: job for job in survey["jobs"]}
    assert set(jobs) == {"file_history", "onedrive", "arcserve_udp", "acronis", "hd_kakumei"}
    assert jobs["file_history"]["destination_class"] == "network_share"
    assert jobs["file_history"]["traps"] == ["synced_left_out"]
    assert len(jobs["file_history"]["proofs"]) == 1
    assert jobs["onedrive"]["source_paths"] == ["Documents"]
    assert jobs["arcserve_udp"]["destination"] == "\\\\nas01\\バックアップ"
    assert jobs["arcserve_udp"]["schedule_seconds"] == 86_400
    assert [note["what"] for note in survey["not_read"]] == ["powershell"]
