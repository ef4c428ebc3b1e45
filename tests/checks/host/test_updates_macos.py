"""Software Update of macOS; every property list is constructed after what is publicly known."""

from __future__ import annotations

import plistlib
from datetime import timedelta
from typing import Any

import pytest
from posture_scan.checks.host.updates_macos import LOCAL, MANAGED

from posture_scan.sdk import Attempt
from tests.checks.computer import NOW, FakeHost
from tests.checks.host.updating import judge, state, told

DAY = timedelta(days=1)
ON = {"AutomaticCheckEnabled": True, "AutomaticDownload": 1, "CriticalUpdateInstall": True,
      "AutomaticallyInstallMacOSUpdates": True}  # fmt: skip


def mac(age: timedelta = DAY, *, binary: bool = True, managed: Any = None, **more: Any) -> FakeHost:
    table = {"LastFullSuccessfulDate": (NOW - age).replace(tzinfo=None), **ON, **more}
    table = {key: value for key, value in table.items() if value is not None}
    form = plistlib.FMT_BINARY if binary else plistlib.FMT_XML
    files: dict[str, Any] = {LOCAL: plistlib.dumps(table, fmt=form)}
    if managed is not None:
        files[MANAGED] = managed if isinstance(managed, Attempt) else plistlib.dumps(managed)
    return FakeHost(files, platform="darwin")


def test_nothing_is_recommended_after_a_search() -> None:
    for binary in (True, False):
        assert told(mac(binary=binary), "pending") == ("pass", "none_waiting")
    assert told(mac(8 * DAY), "pending") == ("unknown", "stale_metadata")
    assert told(mac(LastFullSuccessfulDate=None), "pending") == ("unknown", "nobody_looked")


def test_what_is_recommended_has_no_age() -> None:
    offered = [{"Display Name": "macOS Tahoe 26.2", "Identifier": "MSU_UPDATE"}, "?"]
    verdict = judge(mac(RecommendedUpdates=offered), "overdue")
    assert (verdict.status.value, verdict.reason) == ("unknown", "age_unknown")
    assert "macOS Tahoe 26.2" in verdict.actual
    assert told(mac(LastUpdatesAvailable=2), "pending") == ("unknown", "age_unknown")
    assert told(mac(RecommendedUpdates="x"), "pending") == ("unknown", "not_seen")


@pytest.mark.parametrize(
    "content", [b"", b"bplist00\xff\xff", b"<plist>", Attempt.PERMISSION_DENIED]
)
def test_a_list_that_cannot_be_read_is_unknown(content: Any) -> None:
    host = FakeHost({LOCAL: content}, platform="darwin")
    assert told(host, "pending") == ("unknown", "not_seen")
    assert told(host, "not_automatic") == ("unknown", "not_seen")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("pass", "on_local")),
        ({"AutomaticallyInstallMacOSUpdates": False}, ("fail", "switched_off")),
        ({"AutomaticCheckEnabled": 0}, ("fail", "switched_off")),
        ({"CriticalUpdateInstall": False}, ("fail", "switched_off")),
        ({"ConfigDataInstall": False}, ("fail", "switched_off")),
        ({"AutomaticCheckEnabled": None}, ("pass", "on_local")),
        ({"AutomaticallyInstallMacOSUpdates": None}, ("unknown", "default_unclear")),
        ({"managed": ON}, ("pass", "on_policy")),
        ({"managed": {"AutomaticallyInstallMacOSUpdates": False}}, ("fail", "switched_off")),
        ({"managed": Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
    ],
)
def test_a_managed_switch_wins_and_an_absent_one_is_not_assumed(
    more: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert told(mac(**more), "not_automatic") == expected


def test_a_restart_of_a_mac_cannot_be_seen() -> None:
    assert told(mac(), "reboot_pending") == ("unknown", "no_way_to_tell")
    assert state(mac()).mechanism == "macos"
