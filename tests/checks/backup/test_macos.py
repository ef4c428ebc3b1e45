"""Time Machine, from constructed tapes after outputs of macOS 26 seen in public."""

from __future__ import annotations

import base64
import plistlib
from datetime import datetime
from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupSurvey, Place

from tests.checks.backup.scene import printed, survey, tape, told
from tests.checks.computer import DAY, HOUR, NOW

DESTINATIONS = ("tmutil", "destinationinfo", "-X")
PREFERENCES = "/Library/Preferences/com.apple.TimeMachine.plist"
OTHERS: list[dict[str, Any]] = [
    {"kind": "glob", "pattern": pattern, "matches": []}
    for pattern in (
        "/Library/Backblaze.bzpkg/*", "/Library/Application Support/Acronis/*",
        "/Library/Application Support/com.bombich.ccc/*",
    )
]  # fmt: skip
DISK = {"ID": "0A1B2C3D-1", "Kind": "Local", "Name": "バックアップ", "LastDestination": 1}
NAS = {"ID": "0A1B2C3D-2", "Kind": "Network", "URL": "smb://yuki@nas._smb._tcp.local/TM"}
DENIED = {"kind": "file", "path": PREFERENCES, "attempt": "permission_denied", "detail": "x"}


def history(identity: str, *dates: datetime, **more: Any) -> dict[str, Any]:
    one = {"DestinationID": identity, "SnapshotDates": [d.replace(tzinfo=None) for d in dates]}
    table = {"AutoBackup": True, "Destinations": [one | more]}
    return {
        "kind": "file", "path": PREFERENCES,
        "b64": base64.b64encode(plistlib.dumps(table, fmt=plistlib.FMT_BINARY)).decode(),
    }  # fmt: skip


def seen(destinations: Any, *entries: dict[str, Any], code: int = 0) -> BackupSurvey:
    data = (
        destinations
        if isinstance(destinations, bytes)
        else plistlib.dumps({"Destinations": destinations} if destinations else {})
    )
    return survey(tape("darwin", [printed(DESTINATIONS, data, code), *OTHERS, *entries]))


def test_no_destination_is_no_backup() -> None:
    assert told(seen([]), "none") == ("fail", "nothing_found")


def test_without_full_disk_access_it_is_configured_and_the_rest_unknown() -> None:
    found = seen([NAS], DENIED)
    assert [note.lift for note in found.not_read] == ["full_disk_access"]
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", "starts_only")
    assert "yuki" not in repr(found)


def test_dates_of_the_preferences_prove_a_backup() -> None:
    found = seen([DISK], history("0A1B2C3D-1", *(NOW - 2 * HOUR - n * DAY for n in range(20))))
    (job,) = found.jobs
    assert (job.destination_class, job.versioned) == (Place.REMOVABLE, True)
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("unknown", "rotation_unseen")


def test_an_old_backup_is_stale() -> None:
    found = seen([DISK], history("0A1B2C3D-1", NOW - 8 * DAY))
    assert told(found, "stale") == ("fail", "stale")


def test_automatic_backup_switched_off() -> None:
    entry = history("0A1B2C3D-1", NOW - DAY)
    table = plistlib.loads(base64.b64decode(entry["b64"])) | {"AutoBackup": False}
    entry["b64"] = base64.b64encode(plistlib.dumps(table)).decode()
    assert told(seen([DISK], entry), "none") == ("fail", "disabled")


def test_a_preference_that_was_never_written_does_not_switch_off() -> None:
    entry = history("0A1B2C3D-1", NOW - DAY)
    table = plistlib.loads(base64.b64decode(entry["b64"]))
    del table["AutoBackup"]
    entry["b64"] = base64.b64encode(plistlib.dumps(table)).decode()
    assert told(seen([DISK], entry), "none") == ("pass", "configured")


@pytest.mark.parametrize("data", [b"", b"tmutil: error", b"<plist>", b"bplist00" + b"\xff" * 40])
def test_output_that_is_no_property_list_is_unknown(data: bytes) -> None:
    assert told(seen(data), "none") == ("unknown", "closed_other")


def test_a_failing_tmutil_is_unknown() -> None:
    assert told(seen([], code=80), "none") == ("unknown", "closed_other")
