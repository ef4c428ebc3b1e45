"""Telnet: options declined, prompts read, host names not kept."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access.collect_telnet import (
    TelnetBanner,
    decline,
    device_of,
    telnet_banner,
)

from posture_scan.sdk import Attempt, AttemptError, Service
from tests.fakes import FakeNet, Talk

SERVICE = Service("telnet", address="192.0.2.1", port=23)
DO_TERMINAL, WILL_ECHO = b"\xff\xfd\x18", b"\xff\xfb\x01"
WONT_TERMINAL, DONT_ECHO = b"\xff\xfc\x18", b"\xff\xfe\x01"


def test_each_option_is_declined_once() -> None:
    said = DO_TERMINAL + WILL_ECHO
    net = FakeNet([Talk(greeting=said, replies=(b"MikroTik v6.49.10\r\nLogin: ",), chunk=8)])
    assert telnet_banner.function(SERVICE, net) == TelnetBanner(23, "MikroTik RouterOS", "6.49.10")
    assert b"".join(net.sent) == WONT_TERMINAL + DONT_ECHO


@pytest.mark.parametrize(
    ("said", "text", "refusals"),
    [
        (b"hello", b"hello", b""),
        (b"a" + DO_TERMINAL + b"b", b"ab", WONT_TERMINAL),
        (b"\xff\xfa\x18\x01secret\xff\xf0login:", b"login:", b""),
        (b"\xff\xfa\x18\x01never ends", b"", b""),
        (b"\xff\xf9x", b"x", b""),
        (b"\xff\xfc\x01\xff\xfe\x03", b"", b""),
        (b"\xff", b"", b""),
        (b"\xff\xfd", b"", b""),
    ],
)
def test_text_and_refusals(said: bytes, text: bytes, refusals: bytes) -> None:
    assert decline(said) == (text, refusals)


@pytest.mark.parametrize(
    ("text", "device"),
    [
        (b"\r\nFGT60D login: ", ("FortiGate", "")),
        (b"\nFG100E4Q16000000 login: ", ("FortiGate", "")),
        (b"MikroTik v6.42\r\nLogin: ", ("MikroTik RouterOS", "6.42")),
        (b"shop login: ", ("", "")),
        (b"my FGT60D login: ", ("", "")),
        (b"Ubuntu 22.04 LTS\r\nserver1 login: ", ("", "")),
    ],
)
def test_devices(text: bytes, device: tuple[str, str]) -> None:
    assert device_of(text) == device


def test_nobody_there_is_a_failed_attempt_and_silence_an_unnamed_device() -> None:
    with pytest.raises(AttemptError):
        telnet_banner.function(SERVICE, FakeNet([Talk(refuses=Attempt.REFUSED)]))
    quiet = FakeNet([Talk(greeting=DO_TERMINAL, ends=Attempt.TIMEOUT)])
    assert telnet_banner.function(SERVICE, quiet) == TelnetBanner(23)
