"""Windows Update; every answer is constructed after Microsoft's documentation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from posture_scan.checks.host.updates_windows import COMMAND, SCRIPT, first_missed, patch_day
from posture_scan.checks.host.windows_version import KEY

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import Attempt, RegistryData
from tests.checks.computer import NOW, FakeHost, out
from tests.checks.host.updating import judge, state, told

DAY = timedelta(days=1)
POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate"
AUTO = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update"
PAUSE = "HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings\\PauseUpdatesExpiryTime"
START = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv\\Start"
SERVICING = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
DEFINITIONS = "E0789628-CE08-4437-BE74-2495B842F43B"


def at(age: timedelta) -> str:
    return (NOW - age).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def update(age: timedelta = DAY, **more: Any) -> dict[str, Any]:
    base = {"kb": "5068861", "type": 1, "severity": "", "optional": False, "changed": at(age),
            "kinds": ["0fa1201d-4330-4fa8-8ae9-b877473b6441"]}  # fmt: skip
    return base | more


def rollup(age: timedelta, state: int = 112) -> dict[str, RegistryData]:
    """A cumulative update in the servicing records, installed that long ago."""
    key = f"{SERVICING}\\Packages\\Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1.1.1"
    steps = int((NOW - age - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    return {
        f"{key}\\InstallTimeHigh": steps >> 32, f"{key}\\InstallTimeLow": steps & 0xFFFFFFFF,
        f"{key}\\CurrentState": state,
    }  # fmt: skip


def windows(
    *updates: dict[str, Any],
    searched: str | None = at(DAY),
    result: Any = 2,
    said: Any = None,
    values: dict[str, Any] | None = None,
    **more: Any,
) -> FakeHost:
    table = {
        "asked": {"searched": searched, "installed": None},
        "search": {"result": result, "updates": list(updates)}, **more,
    }  # fmt: skip
    reply = said if said is not None else out(json.dumps(table, ensure_ascii=False))
    base: dict[str, Any] = {
        START: 3, f"{KEY}\\InstallationType": "Client", f"{KEY}\\EditionID": "Professional",
        f"{KEY}\\CurrentBuild": "26100",
    }  # fmt: skip
    return FakeHost(
        commands={"powershell": reply}, platform="windows", values=base | (values or {})
    )


def test_the_script_only_reads_and_never_goes_to_the_network() -> None:
    assert is_permitted(COMMAND)
    assert "$s.Online=$false" in SCRIPT
    assert not any(word in SCRIPT for word in ("Download", "Install(", "Accept"))


# --- what waits -------------------------------------------------------------------------------


def test_nothing_waits_when_windows_looked_yesterday() -> None:
    assert told(windows(), "pending") == ("pass", "none_waiting")


@pytest.mark.parametrize(
    ("searched", "reason"),
    [(None, "nobody_looked"), ("", "nobody_looked"), (at(8 * DAY), "stale_metadata"),
     ("1899-12-30T00:00:00+00:00", "nobody_looked"), (at(-3 * DAY), "clock_doubtful")],
)  # fmt: skip
def test_zero_means_nothing_when_nobody_looked(searched: str | None, reason: str) -> None:
    assert told(windows(searched=searched), "pending") == ("unknown", reason)


def test_an_update_has_waited_since_it_was_handed_out() -> None:
    assert told(windows(update(3 * DAY)), "pending") == ("pass", "recent")
    assert told(windows(update(20 * DAY)), "pending") == ("fail", "waiting")
    assert told(windows(update(20 * DAY)), "overdue") == ("pass", "recent")
    verdict = judge(windows(update(40 * DAY)), "overdue")
    assert (verdict.reason, verdict.actual) == ("waiting", "KB5068861")
    assert told(windows(update(changed=None)), "pending") == ("unknown", "age_unknown")


def test_definitions_drivers_and_optional_previews_are_not_counted() -> None:
    host = windows(
        update(40 * DAY, kinds=[DEFINITIONS]), update(40 * DAY, type=2, kinds=[]),
        update(40 * DAY, optional=True),
    )  # fmt: skip
    assert told(host, "overdue") == ("pass", "none_waiting")
    rated = windows(update(40 * DAY, optional=True, severity="Critical"))
    assert told(rated, "overdue") == ("fail", "waiting")


def test_a_list_of_one_may_come_as_a_bare_object() -> None:
    search = {"result": 2, "updates": update(40 * DAY) | {"kinds": "x"}}
    assert told(windows(search=search), "overdue") == ("fail", "waiting")


def test_the_newest_cumulative_update_hides_the_months_before() -> None:
    """Nothing was installed for three months, yet what is on offer is twelve days old."""
    host = windows(update(11 * DAY), values=rollup(100 * DAY))
    verdict = judge(host, "overdue")
    assert (verdict.status.value, dict(verdict.values)["since"]) == ("fail", "2026-09-09")
    current = windows(update(11 * DAY), values=rollup(20 * DAY))
    assert told(current, "overdue") == ("pass", "recent")
    assert told(windows(update(DAY), values=rollup(100 * DAY, state=64)), "overdue")[0] == "pass"


def test_nothing_on_offer_and_nothing_installed_contradict_each_other() -> None:
    host = windows(values=rollup(100 * DAY))
    assert told(host, "overdue") == ("unknown", "contradiction")
    assert told(windows(values=rollup(5 * DAY)), "overdue") == ("pass", "none_waiting")


def test_the_second_tuesday() -> None:
    assert patch_day(2026, 11) == datetime(2026, 11, 11, tzinfo=UTC)
    assert patch_day(2026, 9) == datetime(2026, 9, 9, tzinfo=UTC)
    december = datetime(2026, 12, 20, tzinfo=UTC)
    assert first_missed(december, datetime(2027, 2, 1, tzinfo=UTC)) == patch_day(2027, 1)
    assert first_missed(december, december) is None


@pytest.mark.parametrize("result", [0, 1, 3, 4, 5, None, "2"])
def test_a_search_that_did_not_succeed_is_unknown(result: Any) -> None:
    assert told(windows(result=result), "pending") == ("unknown", "not_seen")


@pytest.mark.parametrize(
    "said",
    [out(""), out("{"), out("[]"), out("[" * 100_000), Attempt.TIMEOUT, Attempt.PERMISSION_DENIED,
     Attempt.TOOL_MISSING, out("アクセスが拒否されました".encode("cp932"))],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_unknown(said: Any) -> None:
    for name in ("pending", "overdue"):
        assert told(windows(said=said), name) == ("unknown", "not_seen")


def test_a_block_that_was_refused_asks_for_rights() -> None:
    refused = {"error": "PermissionDenied", "id": "UnauthorizedAccess,x"}
    verdict = judge(windows(search=refused), "pending")
    assert (verdict.reason, dict(verdict.values)["lift"]) == ("not_seen", "administrator")


# --- what runs by itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("pass", "on_default")),
        ({f"{POLICY}\\AU\\AUOptions": 4}, ("pass", "on_policy")),
        ({f"{AUTO}\\AUOptions": 4}, ("pass", "on_local")),
        ({f"{POLICY}\\AU\\NoAutoUpdate": 1}, ("fail", "switched_off_by_policy")),
        ({f"{POLICY}\\AU\\NoAutoUpdate": 0}, ("pass", "on_default")),
        ({f"{POLICY}\\AU\\AUOptions": 2}, ("fail", "only_notifies")),
        ({f"{POLICY}\\AU\\AUOptions": 3, f"{AUTO}\\AUOptions": 4}, ("fail", "only_notifies")),
        ({f"{AUTO}\\AUOptions": 1}, ("fail", "switched_off")),
        ({f"{POLICY}\\AU\\AUOptions": 5}, ("unknown", "left_to_user")),
        ({START: 4}, ("fail", "service_disabled")),
        ({PAUSE: "2026-12-20T00:00:00Z"}, ("fail", "paused")),
        ({PAUSE: "2026-11-01T00:00:00Z"}, ("pass", "on_default")),
        ({f"{POLICY}\\DeferQualityUpdatesPeriodInDays": 30}, ("fail", "deferred")),
        ({f"{POLICY}\\DeferQualityUpdatesPeriodInDays": 7}, ("pass", "on_default")),
        ({f"{POLICY}\\AU\\AUOptions": Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({f"{POLICY}\\AU\\NoAutoUpdate": Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({PAUSE: Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        ({START: Attempt.TOOL_MISSING}, ("unknown", "not_seen")),
        ({f"{KEY}\\InstallationType": "Server"}, ("unknown", "default_unclear")),
        ({f"{KEY}\\InstallationType": "Server", f"{AUTO}\\AUOptions": 4}, ("pass", "on_local")),
        ({f"{KEY}\\InstallationType": Attempt.PERMISSION_DENIED}, ("pass", "on_default")),
        (
            {
                f"{KEY}\\InstallationType": Attempt.TOOL_MISSING,
                f"{KEY}\\EditionID": Attempt.TOOL_MISSING,
            },
            ("unknown", "default_unclear"),
        ),
    ],
)
def test_policy_wins_over_local_over_default(
    values: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert told(windows(values=values), "not_automatic") == expected


def test_a_registry_that_says_nothing_at_all_is_no_default() -> None:
    host = FakeHost(platform="windows")
    assert told(host, "not_automatic") == ("unknown", "not_seen")
    assert told(host, "reboot_pending")[0] == "unknown"


# --- restart ------------------------------------------------------------------------------------


def test_a_key_of_a_due_restart() -> None:
    assert told(windows(), "reboot_pending") == ("pass", "nothing_due")
    for key in (f"{SERVICING}\\RebootPending", f"{AUTO}\\RebootRequired"):
        host = windows(values={f"{key}\\PackagesPending\\x": 1})
        assert told(host, "reboot_pending") == ("fail", "asked")
        assert state(host).restart.packages
