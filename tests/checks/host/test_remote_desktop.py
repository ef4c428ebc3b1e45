"""Screens that can be taken over: policy over local over default, and what really listens."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_remote_desktop import (
    RemoteDesktopFacts,
    remote_desktop_of_computer,
)

from posture_scan.sdk import Attempt, Method
from tests.checks.computer import FakeHost, out
from tests.checks.host.listening_table import table
from tests.checks.host.verdicts import judge, told

NLA, VNC = "remote_desktop.on_without_nla", "remote_desktop.vnc"
POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\"
LOCAL = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\"
TCP = LOCAL + "WinStations\\RDP-Tcp\\"
RPC = {"address": "0.0.0.0", "port": 135}


def seen(host: FakeHost) -> RemoteDesktopFacts:
    facts = remote_desktop_of_computer.function(host)
    assert isinstance(facts, RemoteDesktopFacts)
    return facts


def windows(values: dict[str, Any], *ports: int, **answers: Any) -> RemoteDesktopFacts:
    rows = [RPC, *({"address": "::", "port": port} for port in ports)]
    return seen(FakeHost(platform="windows", values=values, answers={"listening": rows} | answers))


ON = {LOCAL + "fDenyTSConnections": 0, TCP + "UserAuthentication": 1, TCP + "SecurityLayer": 2}


@pytest.mark.parametrize(
    ("values", "ports", "want"),
    [
        ({}, (), ("pass", "off")),  # nobody ever switched it on
        ({LOCAL + "fDenyTSConnections": 1}, (), ("pass", "off")),
        ({LOCAL + "fDenyTSConnections": 1}, (3389,), ("unknown", "listens_anyway")),
        (ON, (3389,), ("pass", "nla")),
        (ON | {TCP + "UserAuthentication": 0}, (3389,), ("fail", "no_nla")),
        (ON | {TCP + "UserAuthentication": 0}, (), ("fail", "no_nla")),
        # An unmanaged PC whose switch is on: the policy's key alone would look fine.
        (ON | {POLICY + "fDenyTSConnections": 1}, (), ("pass", "off")),
        ({LOCAL + "fDenyTSConnections": 1, POLICY + "fDenyTSConnections": 0,
          TCP + "UserAuthentication": 0}, (3389,), ("fail", "no_nla")),
        (ON | {TCP + "UserAuthentication": 0, POLICY + "UserAuthentication": 1}, (3389,),
         ("pass", "nla")),
        (ON | {TCP + "SecurityLayer": 0}, (3389,), ("unknown", "old_layer")),
        (ON | {TCP + "UserAuthentication": Attempt.PERMISSION_DENIED}, (3389,),
         ("unknown", "not_seen")),
        ({POLICY + "fDenyTSConnections": Attempt.PERMISSION_DENIED}, (), ("unknown", "not_seen")),
        ({LOCAL + "fDenyTSConnections": 1, TCP + "PortNumber": 13389}, (13389,),
         ("unknown", "listens_anyway")),
    ],
)  # fmt: skip
def test_remote_desktop_of_windows(
    values: dict[str, Any], ports: tuple[int, ...], want: tuple[str, str]
) -> None:
    assert told(NLA, windows(values, *ports)) == want


def test_a_list_of_sockets_that_is_closed_or_empty_is_no_empty_computer() -> None:
    closed: tuple[Any, ...] = ([], Attempt.PERMISSION_DENIED)
    for rows in closed:
        facts = windows(ON, listening=rows)
        assert facts.rdp_listens is None
        assert told(NLA, facts) == ("pass", "nla")  # the settings say enough
        assert told(VNC, facts) == ("unknown", "not_seen")


def test_vnc_on_windows() -> None:
    assert told(VNC, windows({})) == ("pass", "off")
    verdict = judge(VNC, windows({}, 5900))
    assert (verdict.reason, verdict.method) == ("on", Method.PORT_NUMBER_ONLY)
    verdict = judge(VNC, windows({}, **{"service:tvnserver": [{"state": 4}]}))
    assert (verdict.reason, verdict.method) == ("on", None)
    assert told(VNC, windows({}, **{"service:tvnserver": [{"state": 1}]})) == ("pass", "off")
    unasked = windows({}, **{"service:tvnserver": Attempt.PERMISSION_DENIED})
    assert told(VNC, unasked) == ("unknown", "not_seen")
    local = [RPC, {"address": "127.0.0.1", "port": 5900}, {"address": "::1", "port": 5901}]
    assert told(VNC, windows({}, listening=local)) == ("pass", "off")


def linux(*sockets: tuple[str, int] | Attempt, **files: str | Attempt) -> RemoteDesktopFacts:
    names = {"xrdp": "/usr/sbin/xrdp", "ini": "/etc/xrdp/xrdp.ini", "x11vnc": "/usr/bin/x11vnc"}
    closed = [one for one in sockets if isinstance(one, Attempt)]
    listening: dict[str, Any] = (
        {"/proc/net/tcp": closed[0]} if closed
        else table(*(one for one in sockets if not isinstance(one, Attempt)))
    )  # fmt: skip
    return seen(FakeHost(files=listening | {names[name]: text for name, text in files.items()}))


@pytest.mark.parametrize(
    ("sockets", "files", "want"),
    [
        (("0.0.0.0", 3389), {"xrdp": ""}, ("fail", "xrdp")),
        (("::", 3389), {"xrdp": ""}, ("fail", "xrdp")),
        (("127.0.0.1", 3389), {"xrdp": ""}, ("pass", "not_listening")),
        (("::ffff:127.0.0.1", 3389), {"xrdp": ""}, ("pass", "not_listening")),
        (("127.0.0.53", 3389), {"xrdp": ""}, ("pass", "not_listening")),
        (("0.0.0.0", 3390), {"xrdp": "", "ini": "[Globals]\nport=tcp://:3390\n"},
         ("fail", "xrdp")),
        (("0.0.0.0", 3389), {}, ("unknown", "other_program")),
        (("0.0.0.0", 22), {}, ("pass", "not_listening")),
        (("0.0.0.0", 3390), {"xrdp": "", "ini": Attempt.PERMISSION_DENIED},
         ("unknown", "not_seen")),
        (Attempt.TOOL_MISSING, {}, ("unknown", "not_seen")),
        (Attempt.TIMEOUT, {"xrdp": ""}, ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_xrdp_on_linux(
    sockets: tuple[str, int] | Attempt, files: dict[str, str | Attempt], want: tuple[str, str]
) -> None:
    assert told(NLA, linux(sockets, **files)) == want


def test_vnc_on_linux() -> None:
    assert told(VNC, linux(("0.0.0.0", 22))) == ("pass", "off")
    assert told(VNC, linux(("127.0.0.1", 5901))) == ("pass", "off")
    assert judge(VNC, linux(("0.0.0.0", 5901))).method is Method.PORT_NUMBER_ONLY
    assert judge(VNC, linux(("0.0.0.0", 5901), x11vnc="")).method is None
    assert told(VNC, linux(Attempt.TIMEOUT)) == ("unknown", "not_seen")


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ('disabled services = {\n\t"com.apple.screensharing" => enabled\n}\n', "unknown"),
        ('disabled services = {\n\t"com.apple.screensharing" => disabled\n}\n', "pass"),
        ('disabled services = {\n\t"com.apple.screensharing" => false\n}\n', "unknown"),
        ('disabled services = {\n\t"com.apple.ftpd" => disabled\n}\n', "pass"),
        ('disabled services = {\n\t"com.apple.screensharing" => perhaps\n}\n', "unknown"),
        ("", "unknown"),
    ],
)
def test_screen_sharing_of_a_mac(said: str, want: str) -> None:
    facts = seen(FakeHost(platform="darwin", commands={"launchctl": out(said)}))
    assert told(VNC, facts)[0] == want
    assert told(NLA, facts) == ("not_applicable", "no_rdp")
