"""Terminals: telnet with a device's prompt, SSH's older sides, rlogin and rsh by their number."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import telnet
from posture_scan.checks.remote_access.collect_telnet import TelnetBanner, telnet_banner

from posture_scan.sdk import Context, ServiceSeen, Vantage
from tests.lab import looking
from tests.lab.looking import NOW
from tests.lab.servers_remote import telnetd

pytestmark = pytest.mark.lab

ADDRESS = "127.62.3.1"


@pytest.mark.parametrize(
    ("prompt", "device", "version"),
    [
        ("\nMikroTik v6.42.1 (stable)\nLogin: ", "MikroTik RouterOS", "6.42.1"),
        ("\nFGT60D login: ", "FortiGate", ""),
        ("\nshop-server login: ", "", ""),
    ],
)
def test_the_prompt_behind_the_negotiation_is_read(
    tmp_path: Path, prompt: str, device: str, version: str
) -> None:
    script = tmp_path / "login"
    script.write_text(f"#!/bin/sh\nprintf %s {shlex.quote(prompt)}\nread answer\n")
    script.chmod(0o755)
    with telnetd(ADDRESS, tmp_path, "--no-hostinfo", "-E", str(script)) as service:
        seen = looking.collect(telnet_banner, service)
    assert seen == TelnetBanner(service.port, device, version)
    heard = ServiceSeen("telnet", tls=False, greeting=b"\xff\xfd\x18", recognised_by="answer")
    context = Context(NOW, NOW, service, Vantage.EXTERNAL, (TelnetBanner(1, "other"), seen))
    verdict = telnet.exposed.judge(heard, context)
    assert verdict.reason == ("reachable_device" if device else "reachable")
    assert verdict.actual == (f"{device} {version}".strip() or "telnet")
