"""SMB 1 on Windows and in Samba: set, or what the build and the version do by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_smb_server import SmbServerFacts, smb_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.listening_table import table
from tests.checks.host.verdicts import judge, told

SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
SMB1 = SERVICES + "LanmanServer\\Parameters\\SMB1"
DRIVER = SERVICES + "mrxsmb10\\Start"
BUILD = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\CurrentBuild"


def seen(host: FakeHost) -> SmbServerFacts:
    facts = smb_of_computer.function(host)
    assert isinstance(facts, SmbServerFacts)
    return facts


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({SMB1: 1, BUILD: "26100"}, ("fail", "switched_on")),
        ({SMB1: 0, BUILD: "9600"}, ("pass", "switched_off")),
        ({BUILD: "15063"}, ("fail", "on_by_default")),
        ({BUILD: "14393"}, ("fail", "on_by_default")),  # Server 2016
        ({BUILD: "16299"}, ("pass", "off_by_default")),
        ({BUILD: "26100"}, ("pass", "off_by_default")),
        ({BUILD: "19045", DRIVER: 3}, ("fail", "added")),
        ({BUILD: "19045", DRIVER: 4}, ("pass", "off_by_default")),
        ({BUILD: "19045", DRIVER: Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({BUILD: "19045", SMB1: Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({BUILD: "15063", SMB1: Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({}, ("unknown", "not_seen")),
    ],
)
def test_smb_1_on_windows(values: dict[str, Any], want: tuple[str, str]) -> None:
    assert told("smb_server.v1", seen(FakeHost(platform="windows", values=values))) == want


STATE = "Id=smbd.service\nLoadState=loaded\nActiveState={}\nUnitFileState={}\n\n" + "".join(
    f"Id={name}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n\n"
    for name in ("smb.service", "samba-ad-dc.service")
)


def samba(
    conf: str | Attempt | None, version: str = "2:4.17.12+dfsg-0", active: str = "active",
    enabled: str = "enabled", **files: Any,
) -> SmbServerFacts:  # fmt: skip
    content = {"/usr/sbin/smbd": "", "/etc/samba/smb.conf": conf} if conf is not None else {}
    commands = {
        "systemctl show": out(STATE.format(active, enabled)),
        "dpkg-query -W -f=${Version} samba": out(version),
    }
    more = {f"/etc/samba/{name}.conf": text for name, text in files.items()}
    return seen(FakeHost(files={**content, **more}, commands=commands))


GLOBAL = "[global]\n   workgroup = WORKGROUP\n"


@pytest.mark.parametrize(
    ("conf", "want"),
    [
        (GLOBAL, ("pass", "samba_off")),
        (GLOBAL + "server min protocol = NT1\n", ("fail", "samba_on")),
        (GLOBAL + "Server Min Protocol=nt1\n", ("fail", "samba_on")),
        (GLOBAL + "min protocol = LANMAN1\n", ("fail", "samba_on")),
        (GLOBAL + "serverminprotocol = SMB2\n", ("pass", "samba_off")),
        (GLOBAL + "server min protocol = SMB3_11\n", ("pass", "samba_off")),
        (GLOBAL + "; server min protocol = NT1\n# min protocol = NT1\n", ("pass", "samba_off")),
        (GLOBAL + "server max protocol = NT1\n", ("fail", "samba_on")),
        (GLOBAL + "server min \\\nprotocol = NT1\n", ("fail", "samba_on")),
        (GLOBAL + "min protocol = NT1\nserver min protocol = SMB2\n", ("pass", "samba_off")),
        ("[share]\nserver min protocol = NT1\n" + GLOBAL, ("pass", "samba_off")),
        (GLOBAL + "client min protocol = NT1\n", ("pass", "samba_off")),
        (GLOBAL + "server min protocol = SMB9\n", ("unknown", "samba_unclear")),
        (GLOBAL + "include = registry\n", ("unknown", "samba_unclear")),
        (GLOBAL + "config backend = registry\n", ("unknown", "samba_unclear")),
        (GLOBAL + "include = /etc/samba/%m.conf\n", ("unknown", "samba_unclear")),
        (GLOBAL + "include = /etc/samba/old.conf\n", ("fail", "samba_on")),
        (GLOBAL + "include = /etc/samba/gone.conf\n", ("pass", "samba_off")),
        (GLOBAL + "include = /etc/samba/closed.conf\n", ("unknown", "samba_unclear")),
        (GLOBAL + "include = /etc/samba/loop.conf\n", ("unknown", "samba_unclear")),
        (Attempt.PERMISSION_DENIED, ("unknown", "samba_unclear")),
        (None, ("not_applicable", "no_server")),
    ],
)
def test_what_smb_conf_says(conf: str | Attempt | None, want: tuple[str, str]) -> None:
    facts = samba(
        conf, old="server min protocol = NT1\n", closed=Attempt.PERMISSION_DENIED,
        loop="include = /etc/samba/loop.conf\n",
    ) if conf is not None else samba(None)  # fmt: skip
    assert told("smb_server.v1", facts) == want


def test_only_a_closed_file_would_be_opened_by_a_right() -> None:
    closed = judge("smb_server.v1", samba(Attempt.PERMISSION_DENIED))
    assert dict(closed.values)["lift"] == "administrator"
    read = judge("smb_server.v1", samba(GLOBAL + "include = registry\n"))
    assert "lift" not in dict(read.values)


@pytest.mark.parametrize(
    ("version", "want"),
    [("2:4.9.5+dfsg-5", "fail"), ("2:4.11.0", "pass"), ("4.10.16", "fail"), ("", "unknown")],
)
def test_without_a_setting_the_version_decides(version: str, want: str) -> None:
    assert told("smb_server.v1", samba(GLOBAL, version))[0] == want


def test_a_server_that_is_stopped_and_one_that_starts_with_the_computer() -> None:
    old = GLOBAL + "server min protocol = NT1\n"
    assert told("smb_server.v1", samba(old, active="inactive", enabled="disabled")) == (
        "not_applicable", "not_running",
    )  # fmt: skip
    assert told("smb_server.v1", samba(old, active="inactive")) == ("fail", "samba_on")


def test_without_systemd_what_listens_decides() -> None:
    files = {"/usr/sbin/smbd": "", "/etc/samba/smb.conf": GLOBAL + "min protocol = NT1\n"}
    for sockets, want in ((table(("0.0.0.0", 445)), "fail"), (table(), "not_applicable")):
        host = FakeHost(files=files | sockets, commands={"systemctl": out("", 1)})
        assert told("smb_server.v1", seen(host))[0] == want
    assert told("smb_server.v1", seen(FakeHost(files=files)))[0] == "unknown"


def test_a_mac_shares_nothing_by_smb_1() -> None:
    assert told("smb_server.v1", seen(FakeHost(platform="darwin")))[0] == "not_applicable"
