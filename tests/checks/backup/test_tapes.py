"""Whole computers from ``tests/data/host_tapes``: what is seen, what is not, and what it earns."""

from __future__ import annotations

import json

import pytest
from posture_scan.checks.backup.windows_script import SCRIPT

from posture_scan.collect.tape import PROVENANCES
from tests.checks.backup.scene import judge, survey, told
from tests.checks.backup.windows_scene import TAPES, played

EXPECTED = {
    "windows-server-2022-ja-two-disks": (("pass", "configured"), ("pass", "fresh"), "3A"),
    "windows-11-ja-onedrive-only": (("fail", "only_sync"), ("fail", "no_backup"), "0"),
    "windows-11-ja-file-history": (
        ("pass", "configured"), ("unknown", "one_trace_only"), "1C",
    ),
    "windows-11-ja-batch-file-cp932": (("pass", "configured"), ("unknown", "starts_only"), "1C"),
    "windows-11-ja-tasks-never-ran-and-running": (
        ("pass", "configured"), ("unknown", "starts_only"), "1C",
    ),
    "windows-server-ja-veeam-with-restore": (("pass", "configured"), ("pass", "fresh"), "2A"),
    "windows-server-ja-arcserve-failed": (
        ("pass", "configured"), ("fail", "last_run_failed"), "1C",
    ),
    "windows-server-ja-access-denied": (
        ("unknown", "closed_administrator"), ("unknown", "closed_administrator"), "0",
    ),
    "windows-11-ja-timeout": (("unknown", "closed_other"), ("unknown", "closed_other"), "0"),
    "windows-11-ja-truncated-json": (
        ("unknown", "closed_other"), ("unknown", "closed_other"), "0",
    ),
    "windows-11-ja-message-in-cp932": (
        ("unknown", "closed_other"), ("unknown", "closed_other"), "0",
    ),
    "wine-8-empty-powershell": (("unknown", "closed_other"), ("unknown", "closed_other"), "0"),
    "macos-26-ja-no-full-disk-access": (
        ("pass", "configured"), ("unknown", "closed_full_disk_access"), "1C",
    ),
    "macos-26-ja-full-disk-access": (("pass", "configured"), ("pass", "fresh"), "2A"),
    "macos-26-ja-icloud-only": (("fail", "only_sync"), ("fail", "no_backup"), "0"),
}  # fmt: skip
"""Of each recording: verdicts on ``none`` and ``stale``, and the level that is reached."""


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_computer(name: str) -> None:
    host = played(name)
    found = survey(host)
    none, stale, level = EXPECTED[name]
    assert told(found, "none", host.now) == none
    assert told(found, "stale", host.now) == stale
    checks = ("none", "stale", "not_separate")
    labels = (str(judge(found, check, host.now).actual) for check in checks)
    assert max(label.partition(" ")[0] for label in labels) == level
    assert "recording" not in {note.lift for note in found.not_read}


def test_every_recording_says_where_it_comes_from() -> None:
    found = sorted(TAPES.glob("*.json"))
    assert {path.stem for path in found} == set(EXPECTED)
    for path in found:
        table = json.loads(path.read_text("utf-8"))
        assert table["provenance"] in PROVENANCES
        if table["provenance"] == "recorded-third-party":
            assert table["source"].startswith("https://")


def test_the_script_asks_for_no_sentence() -> None:
    for word in ("Message", "DisplayName", "LevelDisplayName", "ToString()", "wbadmin", "netsh"):
        assert word not in SCRIPT


def test_what_a_user_synchronises_and_is_called_stays_out_of_the_facts() -> None:
    for name in ("windows-11-ja-onedrive-only", "windows-11-ja-file-history"):
        assert "佐藤" not in repr(survey(played(name)))
