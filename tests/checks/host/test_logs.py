"""How far back records reach, and when that cannot be told yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from posture_scan.checks.host.collect_logs import LogsFacts, logs_of_computer
from posture_scan.checks.host.logs_windows import COMMAND

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import Attempt, Method
from tests.checks.computer import DAY, NOW, FakeHost, out
from tests.checks.host.verdicts import judge, lift, told

NONE, SHORT = "logs.none", "logs.short"
JOURNAL = "/var/log/journal/1f0c/system.journal"


def seen(host: FakeHost) -> LogsFacts:
    facts = logs_of_computer.function(host)
    assert isinstance(facts, LogsFacts)
    return facts


def boots(days: float) -> str:
    first = int((NOW - days * DAY).timestamp() * 1_000_000)
    return json.dumps([{"index": -1, "boot_id": "a", "first_entry": first, "last_entry": first},
                       {"index": 0, "first_entry": first + 10**12}])  # fmt: skip


def linux(
    files: Mapping[str, str | Attempt], *, times: dict[str, datetime] | None = None, said: str = "",
    elevated: bool = True, born: float = 400, **more: Any,
) -> LogsFacts:  # fmt: skip
    return seen(
        FakeHost(
            files={"/etc/machine-id": "x", "/run/systemd/system/x": "", **files}, elevated=elevated,
            times={"/etc/machine-id": NOW - born * DAY, **(times or {})},
            commands={"journalctl --list-boots": out(said)} if said else {}, **more,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "born", "want"),
    [
        (91, 400, ("pass", "long")),
        (89, 400, ("fail", "short")),
        (20, 21, ("unknown", "too_young")),
    ],
)
def test_the_journal(days: float, born: float, want: tuple[str, str]) -> None:
    facts = linux({JOURNAL: ""}, said=boots(days), born=born)
    assert told(SHORT, facts) == want
    assert told(NONE, facts) == ("pass", "kept")


def test_somebody_without_the_right_sees_a_part_of_the_journal_only() -> None:
    facts = linux({JOURNAL: ""}, said=boots(20), elevated=False)
    assert told(SHORT, facts) == ("unknown", "not_seen")
    assert lift(SHORT, facts) == "journal_group"
    assert told(SHORT, linux({JOURNAL: ""}, said=boots(91), elevated=False)) == ("pass", "long")


@pytest.mark.parametrize("said", ["", "[]", "{", "[1]", '[{"first_entry":"x"}]', "[" * 9999])
def test_an_answer_of_journalctl_that_says_nothing(said: str) -> None:
    assert told(SHORT, linux({JOURNAL: ""}, said=said)) == ("unknown", "not_seen")


@pytest.mark.parametrize(
    ("conf", "want"),
    [
        ("[Journal]\n#Storage=volatile\n", "pass"),
        ("[Journal]\nStorage=volatile\n", "fail"),
        ("[Journal]\nStorage=none\n", "fail"),
    ],
)
def test_a_journal_in_memory_is_none(conf: str, want: str) -> None:
    facts = linux({JOURNAL: "", "/etc/systemd/journald.conf": conf}, said=boots(200))
    assert told(NONE, facts)[0] == told(SHORT, facts)[0] == want


def test_an_empty_folder_of_the_journal_holds_no_records() -> None:
    assert told(NONE, linux({"/var/log/journal/README": ""})) == ("fail", "nothing")
    assert told(NONE, linux({})) == ("fail", "nothing")


def test_a_container_keeps_its_records_elsewhere() -> None:
    facts = seen(FakeHost(files={"/etc/machine-id": "x"}))
    assert told(NONE, facts) == told(SHORT, facts) == ("unknown", "not_seen")
    assert lift(NONE, facts) == "systemd"


def test_a_closed_folder_of_the_journal_hides_what_is_there() -> None:
    facts = linux({JOURNAL: ""}, closed=["/var/log/journal/*/system*.journal"], elevated=False)
    assert told(NONE, facts) == ("pass", "kept")
    assert told(SHORT, facts) == ("unknown", "not_seen")


def turned(*days: float) -> dict[str, datetime]:
    names = ["/var/log/auth.log", "/var/log/auth.log.1", *(f"/var/log/auth.log.{n}.gz"
             for n in range(2, 30))]  # fmt: skip
    return {name: NOW - day * DAY for name, day in zip(names, days, strict=False)}


@pytest.mark.parametrize(
    ("days", "want"),
    [
        ((0, 7, 14, 21, 28), ("fail", "short")),  # Debian's default: weekly, four of them
        (tuple(range(0, 98, 7)), ("pass", "long")),
        ((0, 30, 60), ("pass", "long")),  # monthly: the oldest begins 90 days ago
        ((0, 30), ("fail", "short")),
    ],
)
def test_files_that_are_turned_away(days: tuple[float, ...], want: tuple[str, str]) -> None:
    times = turned(*days)
    assert told(SHORT, linux(dict.fromkeys(times, "x"), times=times, elevated=False)) == want


def test_a_file_that_was_never_turned_away_begins_with_its_first_line() -> None:
    first = (NOW - 120 * DAY).isoformat()
    line = f"{first} host sshd[1]: Accepted\n"
    assert told(SHORT, linux({"/var/log/auth.log": line})) == ("pass", "long")
    old_style = {"/var/log/auth.log": "Nov 29 04:38:00 host sshd[1]: Accepted\n"}
    assert told(SHORT, linux(old_style)) == ("unknown", "not_seen")
    closed = {"/var/log/auth.log": Attempt.PERMISSION_DENIED}
    assert lift(SHORT, linux(closed, elevated=False)) == "administrator"


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("*.* @@logs.example.jp:6514", "pass"),
        ("auth,authpriv.*  @192.0.2.1", "pass"),
        ('action(type="omfwd" target="logs.example.jp" port="514")', "pass"),
        ("# *.* @@logs.example.jp", "fail"),
        ("*.emerg :omusrmsg:*", "fail"),
    ],
)
def test_copies_that_are_sent_elsewhere(line: str, want: str) -> None:
    assert told(SHORT, sending(line, "active"))[0] == want


def sending(line: str, state: str) -> LogsFacts:
    unit = f"Id=rsyslog.service\nLoadState=loaded\nActiveState={state}\nUnitFileState=disabled\n"
    commands = {"systemctl show rsyslog.service": out(unit)} if state else {}
    return seen(FakeHost(files={"/etc/rsyslog.d/10.conf": f"{line}\n", "/run/systemd/system/x": ""},
                         commands=commands))  # fmt: skip


def test_a_file_that_names_a_receiver_sends_nothing_by_itself() -> None:
    """The package's files stay where rsyslog was stopped or removed."""
    line = "*.* @@logs.example.jp:6514"
    verdict = judge(SHORT, sending(line, "active"))
    assert (verdict.reason, verdict.method) == ("forwarded", Method.ANALYSIS)
    for check in (NONE, SHORT):
        assert told(check, sending(line, "inactive")) == ("fail", "nothing")
        assert told(check, sending(line, "")) == ("unknown", "sender_unseen")


def test_a_computer_of_unknown_age_is_not_called_short() -> None:
    host = FakeHost(files={JOURNAL: ""}, commands={"journalctl --list-boots": out(boots(20))})
    assert told(SHORT, seen(host)) == ("unknown", "too_young")


# --- Windows (constructed) -------------------------------------------------------------------

INSTALLED = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\InstallDate"
FORWARD = (
    "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog\\EventForwarding\\"
    "SubscriptionManager\\1"
)
RUNS = {"service:EventLog": [{"state": 4}]}


def windows(security: Any, **more: Any) -> LogsFacts:
    said = json.dumps({"security": security, "system": {"oldest": None}})
    commands = {"powershell": out(said if security is not None else "")}
    values = {INSTALLED: int((NOW - 400 * DAY).timestamp())} | more.pop("values", {})
    answers = more.pop("answers", RUNS)
    return seen(FakeHost(platform="windows", commands=commands, values=values, answers=answers))


def oldest(days: float) -> dict[str, str]:
    return {"oldest": (NOW - days * DAY).isoformat().replace("+00:00", ".0000000Z")}


@pytest.mark.parametrize(
    ("security", "more", "want"),
    [
        (oldest(91), {}, ("pass", "long")),
        (oldest(6), {}, ("fail", "short")),
        (oldest(6), {"values": {INSTALLED: int(NOW.timestamp())}}, ("unknown", "too_young")),
        (oldest(6), {"values": {FORWARD: "Server=http://wec.example.jp:5985"}},
         ("pass", "forwarded")),
        (oldest(200), {"answers": {"service:EventLog": [{"state": 1}]}}, ("fail", "nothing")),
        ({"error": "PermissionDenied", "id": "LogInfoUnavailable"}, {}, ("unknown", "not_seen")),
        ({"oldest": "2026/11/01 9:00"}, {}, ("unknown", "not_seen")),
        (None, {}, ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_the_security_log(security: Any, more: dict[str, Any], want: tuple[str, str]) -> None:
    assert told(SHORT, windows(security, **more)) == want


def test_only_an_administrator_sees_the_security_log() -> None:
    facts = windows({"error": "PermissionDenied", "id": "LogInfoUnavailable"})
    assert lift(SHORT, facts) == "administrator"
    assert told(NONE, facts) == ("pass", "kept")
    assert told(NONE, windows(oldest(1), answers={}))[0] == "fail"
    assert dict(judge(SHORT, windows(oldest(6))).values)["days"] == 6


def test_the_script_may_be_run() -> None:
    assert is_permitted(COMMAND)


def test_a_mac_cannot_say() -> None:
    facts = seen(FakeHost(platform="darwin"))
    assert told(NONE, facts) == told(SHORT, facts) == ("unknown", "macos")
