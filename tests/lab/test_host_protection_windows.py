"""The computer's protection as a real Windows Python under Wine sees it.

Registry, services and sockets answer there; PowerShell is a stub that prints nothing, which must
be taken for "not seen".
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from posture_scan.checks.host.collect_disk import disk_encryption
from posture_scan.checks.host.collect_firewall import FirewallState, firewall_state
from posture_scan.checks.host.collect_listening import ListeningPorts, listening_ports
from posture_scan.checks.host.collect_malware_protection import malware_protection
from posture_scan.checks.host.collect_screen import screen_lock

from posture_scan.model.codec import decode
from posture_scan.sdk import Facts
from tests.checks.host.verdicts import told
from tests.lab.windows_python import WindowsPython, remove, windows_python

pytestmark = pytest.mark.lab

COLLECTORS = {
    one.name: one
    for one in (disk_encryption, firewall_state, listening_ports, malware_protection, screen_lock)
}
CHECKS = {
    "disk.not_encrypted": "disk_encryption", "firewall.off": "firewall_state",
    "malware_protection.off": "malware_protection", "screen.no_lock": "screen_lock",
}  # fmt: skip
LOOK = """
import json, winreg
from datetime import UTC, datetime
from posture_scan.checks.host.collect_disk import disk_encryption
from posture_scan.checks.host.collect_firewall import firewall_state
from posture_scan.checks.host.collect_listening import listening_ports
from posture_scan.checks.host.collect_malware_protection import malware_protection
from posture_scan.checks.host.collect_screen import screen_lock
from posture_scan.collect.host import LocalHost
from posture_scan.model.codec import encode
every = (disk_encryption, firewall_state, listening_ports, malware_protection, screen_lock)
ROOTS = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
VIEW = winreg.KEY_WOW64_64KEY
seen = []
for step in STEPS:
    for place, name, value in step:
        root, _, path = place.partition("\\\\")
        with winreg.CreateKeyEx(ROOTS[root], path, 0, winreg.KEY_WRITE | VIEW) as key:
            kind = winreg.REG_SZ if isinstance(value, str) else winreg.REG_DWORD
            winreg.SetValueEx(key, name, 0, kind, value)
    host = LocalHost(datetime.now(UTC))
    seen.append({one.name: encode(one.function(host)) for one in every})
print(json.dumps(seen))
"""

VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
LOCAL = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
SYSTEM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
DESKTOP = r"HKCU\Control Panel\Desktop"
STEPS = [
    [(VERSION, "InstallationType", "Client"), (SYSTEM, "InactivityTimeoutSecs", 0),
     (rf"{LOCAL}\StandardProfile", "EnableFirewall", 0)],
    [(SYSTEM, "InactivityTimeoutSecs", 600), (rf"{POLICY}\PrivateProfile", "EnableFirewall", 1)],
    [(SYSTEM, "InactivityTimeoutSecs", 0), (DESKTOP, "ScreenSaveActive", "1"),
     (DESKTOP, "ScreenSaverIsSecure", "1"), (DESKTOP, "ScreenSaveTimeOut", "1200"),
     (DESKTOP, "SCRNSAVE.EXE", "C:\\x.scr"),
     (rf"{POLICY}\PublicProfile", "DefaultInboundAction", 0)],
    [(VERSION, "InstallationType", "Server")],
]  # fmt: skip


PORTS: list[int] = []
"""The ports that listened meanwhile: for everybody, and for this computer alone."""


@contextmanager
def held(address: str) -> Iterator[None]:
    """Let a socket listen."""
    with socket.create_server((address, 0)) as one:
        PORTS.append(one.getsockname()[1])
        yield


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Facts]]]:
    """What the collectors see after each step of settings, while two sockets listen."""
    computer: WindowsPython = windows_python(tmp_path_factory.mktemp("windows"))
    try:
        with held("0.0.0.0"), held("127.0.0.1"):
            text = computer.script(f"STEPS = {STEPS!r}\n{LOOK}")
        yield [
            {name: decode(COLLECTORS[name].returns, table) for name, table in step.items()}
            for step in json.loads(text)
        ]
    finally:
        remove(computer)


def said(look: dict[str, Facts], check: str) -> tuple[str, str]:
    return told(check, look[CHECKS[check]], look["firewall_state"])


def test_the_screens_limit_and_the_saver_are_read_from_the_real_registry(
    looks: list[dict[str, Facts]],
) -> None:
    assert [said(look, "screen.no_lock") for look in looks] == [
        ("fail", "no_lock"), ("pass", "locks"), ("fail", "too_late"), ("not_applicable", "server"),
    ]  # fmt: skip


def test_the_firewalls_settings_are_read_and_a_policy_wins(looks: list[dict[str, Facts]]) -> None:
    """Wine has no firewall service and no security centre, so nothing may be concluded."""
    seen = [look["firewall_state"] for look in looks]
    private = [state.profiles[1].enabled for state in seen if isinstance(state, FirewallState)]
    public = [
        state.profiles[2].blocks_inbound for state in seen if isinstance(state, FirewallState)
    ]
    assert [(one.value, one.origin.value) for one in private] == [
        (0, "local"), (1, "policy"), (1, "policy"), (1, "policy"),
    ]  # fmt: skip
    assert [(one.value, one.origin.value) for one in public] == [
        (1, "default"), (1, "default"), (0, "policy"), (0, "policy"),
    ]  # fmt: skip
    assert {said(look, "firewall.off") for look in looks} == {("unknown", "not_seen")}


def test_a_powershell_that_prints_nothing_proves_nothing(looks: list[dict[str, Facts]]) -> None:
    for look in looks:
        for check in ("disk.not_encrypted", "malware_protection.off"):
            assert said(look, check) == ("unknown", "not_seen")


def test_sockets_of_this_computer_are_in_the_table(looks: list[dict[str, Facts]]) -> None:
    found = looks[0]["listening_ports"]
    assert isinstance(found, ListeningPorts)
    assert found.finished
    assert PORTS[0] in found.ports
    assert PORTS[1] in found.local_only
