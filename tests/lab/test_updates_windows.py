"""The registry's share of the checks on Windows, read by a real Windows Python under Wine.

What Wine's registry holds is written by this test after Microsoft's documentation; its PowerShell
is a stub that prints nothing, and so proves that silence is never taken for "no updates".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.windows_python import WindowsPython, remove, windows_python

pytestmark = pytest.mark.lab

_LOOK = """
import json, winreg
from datetime import UTC, datetime
from posture_scan.engine.packs import load_packs
load_packs()
from posture_scan.checks.host import system, updates
from posture_scan.checks.host.collect_clock import clock_of_computer
from posture_scan.checks.host.collect_system import operating_system
from posture_scan.checks.host.collect_updates import update_state
from posture_scan.collect.host import LocalHost
from posture_scan.products.place import builtin
from posture_scan.sdk import Context, Service, Vantage
VERSION = 'SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion'
POLICY = 'SOFTWARE\\\\Policies\\\\Microsoft\\\\Windows\\\\WindowsUpdate\\\\AU'
CBS = 'SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Component Based Servicing'
AUTO = 'SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\WindowsUpdate\\\\Auto Update'
SERVICE = 'SYSTEM\\\\CurrentControlSet\\\\Services\\\\wuauserv'
ROLLUP = CBS + '\\\\Packages\\\\Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.7171.1.1'
def put(path, **values):
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, path, 0,
                            winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY) as key:
        for name, value in values.items():
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            winreg.SetValueEx(key, name, 0, kind, value)
def told():
    host = LocalHost(datetime(2026, 11, 22, tzinfo=UTC))
    release, state = operating_system.function(host), update_state.function(host)
    clock = clock_of_computer.function(host)
    context = Context(host.now, host.now, Service(), Vantage.HOST, (clock,), builtin())
    said = {name: getattr(updates, name).judge(state, context)
            for name in ('pending', 'overdue', 'not_automatic', 'reboot_pending')}
    said['end_of_life'] = system.end_of_life.judge(release, context)
    return {'shown': release.shown, 'rollup': str(state.last_rollup),
            **{name: [item.status.value, item.reason] for name, item in said.items()}}
put(VERSION, CurrentBuild='26200', UBR=7171, DisplayVersion='25H2', EditionID='Professional',
    InstallationType='Client', ProductName='Windows 10 Pro')
put(SERVICE, Start=3)
"""


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowsPython]:
    computer = windows_python(tmp_path_factory.mktemp("windows"))
    yield computer
    remove(computer)


def told(windows: WindowsPython, *lines: str) -> dict[str, Any]:
    said = json.loads(windows.script("\n".join([_LOOK, *lines, "print(json.dumps(told()))"])))
    assert isinstance(said, dict)
    return said


def test_a_current_windows_whose_powershell_says_nothing(windows: WindowsPython) -> None:
    said = told(windows)
    assert said["shown"] == "Windows 11 25H2 Professional (26200.7171)"
    assert said["end_of_life"] == ["pass", "supported"]
    assert said["not_automatic"] == ["pass", "on_default"]
    assert said["reboot_pending"] == ["pass", "nothing_due"]
    assert said["pending"] == said["overdue"] == ["unknown", "not_seen"]


def test_an_old_windows_that_was_told_not_to_update_itself(windows: WindowsPython) -> None:
    said = told(
        windows,
        "put(VERSION, CurrentBuild='22621', DisplayVersion='22H2')",
        "put(POLICY, NoAutoUpdate=1)",
        "put(AUTO + '\\\\RebootRequired')",
        "put(ROLLUP, InstallTimeHigh=31219000, InstallTimeLow=2**32 - 1, CurrentState=112)",
    )
    assert said["end_of_life"] == ["fail", "ended"]
    assert said["not_automatic"] == ["fail", "switched_off_by_policy"]
    assert said["reboot_pending"] == ["fail", "asked"]
    assert said["rollup"].startswith("2025-")
