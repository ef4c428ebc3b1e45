"""Clocks that are kept, that drift, and that nobody answers for."""

from __future__ import annotations

import plistlib
from dataclasses import replace
from typing import Any

import pytest
from posture_scan.checks.host.collect_accounts import AccountsFacts, Person
from posture_scan.checks.host.collect_clock import ClockFacts, clock_of_computer
from posture_scan.checks.host.collect_logs import LogsFacts
from posture_scan.checks.host.collect_malware_protection import MalwareProtection
from posture_scan.checks.host.protection_agent import Agent, Proof
from posture_scan.checks.host.update_facts import Automatic, Because, Installs, Listing, Waiting

from posture_scan.sdk import Attempt, Facts, Method
from tests.checks.computer import DAY, NOW, FakeHost, out
from tests.checks.host.updating import debian, state
from tests.checks.host.verdicts import NO_CLOCK, judge, told

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


def test_a_setting_of_windows_is_no_proof_that_the_time_arrived() -> None:
    values: dict[str, Any] = {TIME + "Start": 3, TYPE: "NTP"}
    verdict = judge(NAME, seen(FakeHost(platform="windows", values=values)))
    assert (verdict.reason, verdict.method) == ("switched_on", Method.ANALYSIS)


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


# --- what a wrong clock means for ages --------------------------------------------------------

DRIFTING = ClockFacts("linux", elevated=True, synchronised=False, source="timedatectl")
OTHERS = (
    ClockFacts("linux", elevated=True, synchronised=True, source="timedatectl"),
    ClockFacts("linux", elevated=True),
    ClockFacts("linux", elevated=True, synchronised=False, container=True),
)
"""Kept, not known, and not this computer's own."""

OLD = Waiting("openssl", out_by=NOW - 60 * DAY, not_before=NOW - 60 * DAY)
UPDATED = state(debian())
PAUSED = Automatic(Installs.OFF, Because.PAUSED)
OFF = Automatic(Installs.OFF, Because.SWITCHED_OFF)
SEEN = Person("UID 1000", administrator=False, last_seen=NOW - DAY, locked=False)


def defender(**more: Any) -> MalwareProtection:
    agent = Agent("Example", Proof.STATE, on=True, **more)
    return MalwareProtection("windows", elevated=True, agents=(agent,), complete=True)


def accounts(person: Person) -> AccountsFacts:
    return AccountsFacts("linux", elevated=True, server=True, people=(person,), people_seen=True,
                         seen_since=NOW - 365 * DAY, collected_at=NOW)  # fmt: skip


def logs(days: int) -> LogsFacts:
    return LogsFacts("linux", elevated=True, kept=True, record="journal", collected_at=NOW,
                     oldest=NOW - days * DAY, born=NOW - 900 * DAY)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts", "otherwise"),
    [
        ("updates.pending", UPDATED, "pass"),
        ("updates.overdue", UPDATED, "pass"),
        ("updates.overdue", replace(UPDATED, waiting=(OLD,)), "fail"),
        ("updates.pending", replace(UPDATED, known_as_of=NOW - 30 * DAY), "unknown"),
        ("updates.not_automatic", UPDATED, "pass"),
        ("updates.not_automatic", replace(UPDATED, automatic=PAUSED), "fail"),
        ("malware_protection.outdated", defender(age_days=1), "pass"),
        ("malware_protection.outdated", defender(age_days=90), "fail"),
        ("accounts.dormant", accounts(SEEN), "pass"),
        ("accounts.dormant", accounts(replace(SEEN, last_seen=NOW - 200 * DAY)), "fail"),
        ("logs.short", logs(120), "pass"),
        ("logs.short", logs(10), "fail"),
    ],
)
def test_no_age_counts_on_a_clock_that_is_known_to_drift(
    name: str, facts: Facts, otherwise: str
) -> None:
    assert told(name, facts, DRIFTING) == ("unknown", "clock_not_synchronised")
    for clock in OTHERS:
        assert told(name, facts, clock)[0] == otherwise
    assert told(name, facts, NO_CLOCK) == ("unknown", "clock_not_seen")


@pytest.mark.parametrize(
    ("name", "facts", "want"),
    [
        ("updates.not_automatic", replace(UPDATED, automatic=OFF), ("fail", "switched_off")),
        ("updates.pending", replace(UPDATED, listing=Listing.NO_TOOL), ("unknown", "no_tool")),
        ("malware_protection.outdated", defender(current=False), ("fail", "outdated")),
        ("malware_protection.outdated", defender(current=True), ("pass", "current")),
        ("logs.short", replace(logs(10), kept=False), ("fail", "nothing")),
    ],
)
def test_what_is_no_age_stands_whatever_the_clock_says(
    name: str, facts: Facts, want: tuple[str, str]
) -> None:
    assert told(name, facts, DRIFTING) == want
