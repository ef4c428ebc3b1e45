"""What reads Windows' registry and asks its interface, run by a real Windows Python under Wine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.windows_python import WindowsPython, remove, windows_python

pytestmark = pytest.mark.lab

_ASK = """
import json
from datetime import UTC, datetime
from posture_scan.collect.host import LocalHost
from posture_scan.sdk import AttemptError
host = LocalHost(datetime(2026, 11, 22, tzinfo=UTC))
def told(call, *arguments):
    try:
        said = call(*arguments)
    except AttemptError as error:
        return str(error.attempt.value)
    return said.hex() if isinstance(said, bytes) else said
"""


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowsPython]:
    computer = windows_python(tmp_path_factory.mktemp("windows"))
    yield computer
    remove(computer)


def told(windows: WindowsPython, *lines: str) -> Any:
    """Run lines that leave their answer in ``said``."""
    return json.loads(windows.script("\n".join([_ASK, *lines, "print(json.dumps(said))"])))


def test_it_is_windows_that_runs(windows: WindowsPython) -> None:
    said = told(windows, "said = [host.platform, host.elevated, list(host.homes())]")
    assert said[0] == "windows"
    assert any(home.startswith("C:\\Users\\") for home in said[2])


def test_every_kind_of_value_comes_back_from_the_real_registry(windows: WindowsPython) -> None:
    said = told(
        windows,
        "import winreg",
        "path = 'SOFTWARE\\\\PostureScanTest'",
        "with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, path) as key:",
        "    winreg.SetValueEx(key, 'number', 0, winreg.REG_DWORD, 4294967295)",
        "    winreg.SetValueEx(key, 'long', 0, winreg.REG_QWORD, 2**40)",
        "    winreg.SetValueEx(key, 'text', 0, winreg.REG_SZ, '管理者')",
        "    winreg.SetValueEx(key, 'path', 0, winreg.REG_EXPAND_SZ, '%SystemRoot%\\\\x')",
        "    winreg.SetValueEx(key, 'texts', 0, winreg.REG_MULTI_SZ, ['a', 'b'])",
        "    winreg.SetValueEx(key, 'bytes', 0, winreg.REG_BINARY, b'\\x00\\xff')",
        "    winreg.SetValueEx(key, 'nothing', 0, winreg.REG_BINARY, b'')",
        "    winreg.SetValueEx(key, 'vast', 0, winreg.REG_SZ, 'x' * 65537)",
        "    winreg.SetValueEx(key, 'many', 0, winreg.REG_MULTI_SZ, ['x' * 100] * 700)",
        "    winreg.SetValueEx(key, '', 0, winreg.REG_SZ, 'own')",
        "    winreg.CloseKey(winreg.CreateKeyEx(key, 'below'))",
        "names = ('number','long','text','path','texts','bytes','nothing','','missing',",
        "         'vast','many')",
        "said = {n: told(host.registry, 'HKCU\\\\' + path, n) for n in names}",
        "said['keys'] = told(host.registry_keys, 'HKCU\\\\' + path)",
        "winreg.DeleteKey(winreg.HKEY_CURRENT_USER, path + '\\\\below')",
        "winreg.DeleteKey(winreg.HKEY_CURRENT_USER, path)",
        "said['gone'] = told(host.registry_keys, 'HKCU\\\\' + path)",
        "said['other'] = told(host.registry, 'HKCR\\\\.txt', '')",
    )
    assert said == {
        "number": 4294967295, "long": 2**40, "text": "管理者", "path": "%SystemRoot%\\x",
        "texts": ["a", "b"], "bytes": "00ff", "nothing": "", "": "own", "missing": "tool_missing",
        "keys": ["below"], "gone": "tool_missing", "other": "out_of_scope",
        "vast": "limit_reached", "many": "limit_reached",
    }  # fmt: skip


def test_the_listening_sockets_are_those_that_really_listen(windows: WindowsPython) -> None:
    with socket.socket() as four, socket.socket(socket.AF_INET6) as six:
        four.bind(("127.0.0.1", 0))
        six.bind(("::1", 0))
        four.listen()
        six.listen()
        rows = told(windows, "said = told(host.system, 'listening')")
        want = [
            {"address": "127.0.0.1", "port": four.getsockname()[1]},
            {"address": "::1", "port": six.getsockname()[1]},
        ]
    assert all(row in rows for row in want), rows


def test_a_service_runs_or_is_not_there(windows: WindowsPython) -> None:
    said = told(
        windows,
        "said = [told(host.system, 'service', n) for n in ('EventLog', 'NoSuchService')]",
    )
    assert said == [[{"state": 4}], "tool_missing"]


def test_the_session_names_its_user_and_its_rights(windows: WindowsPython) -> None:
    (row,) = told(windows, "said = told(host.system, 'session')")
    assert row["token"].startswith("S-1-5-21-")
    assert row["user"] == row["token"]
    assert row["administrator"] == 1
    assert row["elevation"] in (1, 2, 3)


def test_what_wine_does_not_implement_is_an_error_and_never_an_answer(
    windows: WindowsPython,
) -> None:
    said = told(
        windows,
        "said = [told(host.system, q) for q in ('password_policy', 'accounts')]",
        "said.append(told(host.system, 'group_members', 'not a sid'))",
        "said.append(told(host.system, 'group_members', 'S-1-5-32-999'))",
        "said.append(told(host.system, 'everything'))",
    )
    assert said == ["protocol_mismatch", "protocol_mismatch", "out_of_scope",
                    "protocol_mismatch", "out_of_scope"]  # fmt: skip


def test_the_group_is_found_by_its_sid_and_its_members_are_asked_for(
    windows: WindowsPython,
) -> None:
    # Wine knows no members; that nobody is in a group is what its call says.
    assert told(windows, "said = told(host.system, 'group_members', 'S-1-5-32-544')") == []


def test_the_records_of_an_account_lie_where_windows_puts_them(windows: WindowsPython) -> None:
    """Wine fills USER_INFO_1, whose fields are the first eight of USER_INFO_3."""
    said = told(
        windows,
        "import ctypes, os",
        "from posture_scan.collect import windows_system as w",
        "buffer = ctypes.c_void_p()",
        "name = ctypes.c_wchar_p(os.environ['USERNAME'])",
        "code = w._netapi.NetUserGetInfo(None, name, 1, ctypes.byref(buffer))",
        "user = w._User3.from_address(buffer.value)",
        "texts = (user.name, user.password, user.home_dir, user.comment, user.script_path)",
        "said = [code, [ctypes.wstring_at(place) for place in texts], name.value]",
        "said += [user.flags, ctypes.sizeof(w._User3)]",
    )
    assert said[:2] == [0, [said[2], "", "", "", ""]]
    assert said[3:] == [0, 184]


def test_powershell_that_prints_nothing_is_no_answer(windows: WindowsPython) -> None:
    said = told(
        windows,
        "from posture_scan.sdk import Look, ask, powershell",
        "look = Look(host)",
        "answer = ask(look, powershell('Get-Date'))",
        "said = [answer is None, look.not_read[0].what]",
    )
    assert said == [True, "powershell"]


_JUDGE = """
import winreg
from importlib import import_module
from posture_scan.sdk import Check, Collector, Context, Service, Vantage
KEYS = []
def put(key, **values):
    root, _, rest = key.partition('\\\\')
    hive = {'HKLM': winreg.HKEY_LOCAL_MACHINE, 'HKCU': winreg.HKEY_CURRENT_USER}[root]
    access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
    with winreg.CreateKeyEx(hive, rest, 0, access) as handle:
        for name, value in values.items():
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            winreg.SetValueEx(handle, name, 0, kind, value)
            KEYS.append((hive, rest, name, access))
def gone(key, name):
    access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
    rest = key.partition('\\\\')[2]
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, rest, 0, access) as handle:
        try:
            winreg.DeleteValue(handle, name)
        except FileNotFoundError:
            pass
def judged(subject):
    pack = 'posture_scan.checks.host.'
    parts = vars(import_module(pack + 'collect_' + subject)).values()
    (one,) = (item for item in parts if isinstance(item, Collector))
    facts = one.function(host)
    clock = import_module(pack + 'collect_clock').clock_of_computer.function(host)
    context = Context(host.now, host.now, Service(), Vantage.HOST, (clock,))
    checks = [c for c in vars(import_module(pack + subject)).values() if isinstance(c, Check)]
    return {subject + '.' + c.name: c.judge(facts, context).reason for c in checks}
def restore():
    for hive, rest, name, access in KEYS:
        with winreg.OpenKey(hive, rest, 0, access) as handle:
            winreg.DeleteValue(handle, name)
    KEYS.clear()
"""
_NT = "'HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion"
_SYSTEM = "'HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Policies\\\\System'"
_TS = "'HKLM\\\\SYSTEM\\\\CurrentControlSet\\\\Control\\\\Terminal Server"
_SERVICES = "'HKLM\\\\SYSTEM\\\\CurrentControlSet\\\\Services"


def reasons(windows: WindowsPython, *lines: str) -> Any:
    """Set values of the real registry, judge, and take the values away again."""
    return told(windows, _JUDGE, *lines, "restore()")


def test_the_switches_are_judged_from_the_real_registry(windows: WindowsPython) -> None:
    office = "SOFTWARE\\\\Microsoft\\\\Office\\\\16.0\\\\Word\\\\"
    said = reasons(
        windows,
        f"put({_NT}', InstallationType='Client', CurrentBuild='19045')",
        f"put({_NT}\\\\Winlogon', AutoAdminLogon='1')",
        f"put({_SYSTEM}, EnableLUA=0, LocalAccountTokenFilterPolicy=1)",
        f"put({_TS}', fDenyTSConnections=0)",
        f"put({_TS}\\\\WinStations\\\\RDP-Tcp', UserAuthentication=0, SecurityLayer=2)",
        f"put({_SERVICES}\\\\LanmanServer\\\\Parameters', SMB1=1)",
        f"put('HKLM\\\\{office}InstallRoot', Path='C:\\\\\\\\Office16')",
        f"put('HKCU\\\\{office}Security', VBAWarnings=1)",
        "said = {}",
        "for s in ('accounts', 'uac', 'remote_desktop', 'smb_server', 'macros'):",
        "    said |= judged(s)",
    )
    assert said == {
        "accounts.auto_logon": "on", "accounts.daily_administrator": "administrator",
        "accounts.dormant": "not_seen", "uac.off": "off", "uac.remote_full_rights": "unfiltered",
        "remote_desktop.on_without_nla": "no_nla", "remote_desktop.vnc": "off",
        "smb_server.v1": "switched_on", "macros.unrestricted": "all_run",
    }  # fmt: skip


def test_without_settings_the_makers_defaults_hold_and_stubs_stay_unknown(
    windows: WindowsPython,
) -> None:
    said = reasons(
        windows,
        f"gone({_SYSTEM}, 'EnableLUA')",  # Wine's own set-up has it off
        f"put({_NT}', InstallationType='Client', CurrentBuild='26100')",
        f"put({_TS}', fDenyTSConnections=1)",
        "said = {}",
        "for s in ('uac', 'remote_desktop', 'smb_server', 'macros', 'password', 'logs',",
        "          'clock', 'sign_in', 'ssh_server', 'accounts'):",
        "    said |= judged(s)",
    )
    assert said == {
        "uac.off": "on", "uac.remote_full_rights": "filtered",
        "remote_desktop.on_without_nla": "off", "remote_desktop.vnc": "off",
        "smb_server.v1": "off_by_default", "macros.unrestricted": "no_office",
        "password.weak_policy": "not_seen", "password.no_lockout": "not_seen",
        "logs.none": "kept", "logs.short": "not_seen", "clock.not_synchronised": "not_seen",
        "sign_in.no_mfa": "ask", "ssh_server.password_login": "no_server",
        "ssh_server.root_login": "no_root", "accounts.auto_logon": "off",
        "accounts.daily_administrator": "administrator", "accounts.dormant": "not_seen",
    }  # fmt: skip
