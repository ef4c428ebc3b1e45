"""Clocks that are kept, that drift, and that nobody answers for."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from posture_scan.checks.host.collect_clock import ClockFacts, clock_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.verdicts import told

NAME = "clock.not_synchronised"


def seen(host: FakeHost) -> ClockFacts:
    facts = clock_of_computer.function(host)
    assert isinstance(facts, ClockFacts)
    return facts


def chrony(leap: str) -> str:
    return f"C0000201,192.0.2.1,3,1764.1,0.1,0.1,0.1,1.0,0.0,0.1,0.1,0.1,64.2,{leap}\n"


ALONE = (
    "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,"
    "1.000000000,1.000000000,0.0,Not synchronised\n"
)
OWN = (
    "7F7F0101,,10,1795929063.501736631,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,"
    "0.000000000,0.000000000,0.0,Normal\n"
)
"""What chrony 4.3 of Debian 12 printed without any server, and with ``local stratum 10``."""


@pytest.mark.parametrize(
    ("commands", "files", "want"),
    [
        ({"timedatectl": out("CanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n")}, {}, ("pass", "kept")),
        ({"timedatectl": out("CanNTP=yes\nNTP=no\nNTPSynchronized=no\n")}, {}, ("fail", "drifts")),
        ({"timedatectl": out("CanNTP=no\nNTP=no\nNTPSynchronized=no\n")}, {},
         ("unknown", "nobody_says")),
        ({"timedatectl": out("", 1)}, {}, ("unknown", "nobody_says")),
        ({"timedatectl": out("")}, {}, ("unknown", "nobody_says")),
        ({"timedatectl": Attempt.TIMEOUT}, {}, ("unknown", "not_seen")),
        ({"chronyc": out(chrony("Normal"))}, {}, ("pass", "kept")),
        ({"chronyc": out(ALONE)}, {}, ("fail", "drifts")),
        ({"chronyc": out(OWN)}, {}, ("fail", "drifts")),
        ({"chronyc": out("506 Cannot talk to daemon\n", 1)}, {}, ("unknown", "nobody_says")),
        ({"chronyc": out("a,b\n")}, {}, ("unknown", "nobody_says")),
        # systemd sees that another program keeps the time only once the kernel says so.
        ({"timedatectl": out("CanNTP=yes\nNTP=no\nNTPSynchronized=no\n"),
          "chronyc": out(chrony("Normal"))}, {}, ("pass", "kept")),
        ({"timedatectl": out("CanNTP=yes\nNTP=no\nNTPSynchronized=no\n")}, {"/.dockerenv": ""},
         ("unknown", "container")),
        ({}, {}, ("unknown", "nobody_says")),
    ],
)  # fmt: skip
def test_linux(commands: dict[str, Any], files: dict[str, str], want: tuple[str, str]) -> None:
    assert told(NAME, seen(FakeHost(commands=commands, files=files))) == want


TIME = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\"
TYPE = TIME + "Parameters\\Type"
POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters\\Type"


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({TIME + "Start": 3, TYPE: "NTP"}, "pass"),
        ({TIME + "Start": 2, TYPE: "NT5DS"}, "pass"),
        ({TIME + "Start": 3, TYPE: "NoSync"}, "fail"),
        ({TIME + "Start": 4, TYPE: "NTP"}, "fail"),
        ({TIME + "Start": 3, TYPE: "NTP", POLICY: "NoSync"}, "fail"),
        ({TIME + "Start": 3, TYPE: Attempt.PERMISSION_DENIED}, "unknown"),
        ({TIME + "Start": 3}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_windows(values: dict[str, Any], want: str) -> None:
    assert told(NAME, seen(FakeHost(platform="windows", values=values)))[0] == want


@pytest.mark.parametrize(
    ("content", "want"),
    [
        (plistlib.dumps({"TMAutomaticTimeOnlyEnabled": True}), "pass"),
        (plistlib.dumps({"TMAutomaticTimeOnlyEnabled": False}), "fail"),
        (plistlib.dumps({}), "unknown"),
        (b"broken", "unknown"),
        (Attempt.PERMISSION_DENIED, "unknown"),
    ],
)
def test_macos(content: Any, want: str) -> None:
    files = {"/var/db/timed/com.apple.timed.plist": content}
    assert told(NAME, seen(FakeHost(platform="darwin", files=files)))[0] == want
