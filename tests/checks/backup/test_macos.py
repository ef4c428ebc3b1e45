"""Time Machine, from constructed tapes after outputs of macOS 26 seen in public."""

from __future__ import annotations

import base64
import json
import plistlib
import struct
from datetime import datetime
from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupSurvey, Kind, Place

from posture_scan.collect.tape import parse_tape
from tests.checks.backup.complete_tape import CompleteTape
from tests.checks.backup.scene import judge, printed, survey, told
from tests.checks.computer import DAY, HOUR, NOW

DESTINATIONS = ("tmutil", "destinationinfo", "-X")
LATEST = ("tmutil", "latestbackup")
SNAPSHOTS = ("tmutil", "listlocalsnapshots", "/")
HOME = "/Users/yuki"
PREFERENCES = "/Library/Preferences/com.apple.TimeMachine.plist"
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


REFUSED = printed(LATEST, "", 80, b"tmutil: latestbackup requires Full Disk Access privileges.\n")
ZONE = {
    "kind": "file", "path": "/etc/localtime",
    "b64": base64.b64encode(
        b"TZif" + bytes(16) + struct.pack(">6llbb", 0, 0, 0, 0, 1, 4, 32_400, 0, 0) + b"JST\0"
    ).decode(),
}  # fmt: skip


def seen(
    destinations: Any, *entries: dict[str, Any], code: int = 0, latest: dict[str, Any] = REFUSED,
    snapshots: str = "Snapshots for disk /:\n", privilege: str = "admin",
) -> BackupSurvey:  # fmt: skip
    data = (
        destinations
        if isinstance(destinations, bytes)
        else plistlib.dumps({"Destinations": destinations} if destinations else {})
    )
    commands = [printed(DESTINATIONS, data, code), latest, printed(SNAPSHOTS, snapshots)]
    table = {
        "schema": 1, "provenance": "constructed", "platform": "darwin", "locale": "ja-JP",
        "captured_at": NOW.isoformat(), "privilege": privilege, "tool": "test", "homes": [HOME],
        "entries": [*commands, *entries],
    }  # fmt: skip
    return survey(CompleteTape(parse_tape(json.dumps(table).encode(), "constructed")))


def test_no_destination_is_no_backup() -> None:
    assert told(seen([]), "none") == ("fail", "nothing_found")


def test_without_full_disk_access_it_is_configured_and_the_rest_unknown() -> None:
    found = seen([NAS], DENIED)
    assert {note.lift for note in found.not_read} == {"full_disk_access"}
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", "closed_full_disk_access")
    assert dict(judge(found, "stale").values)["lift"] == "full_disk_access"
    assert judge(found, "stale").actual == "1C"
    assert told(found, "not_separate") == ("unknown", "fresh_unclear")
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


def test_the_refusal_alone_is_told_too() -> None:
    """The file is not there, or not on the recording, and tmutil ends with 80."""
    found = seen([DISK])
    assert [note.lift for note in found.not_read] == ["full_disk_access"]
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", "closed_full_disk_access")


def test_the_newest_backup_is_named_in_local_time() -> None:
    path = "/Volumes/.timemachine/X/2026-11-22-120000.backup/2026-11-22-120000.backup\n"
    (job,) = seen([DISK], ZONE, latest=printed(LATEST, path)).jobs
    assert [proof.at for proof in job.proofs] == [NOW - 9 * HOUR]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("/Volumes/X/2026-11-22-120000.backup\n", []), ("", [ZONE]), ("バックアップなし", [ZONE]),
        ("/Volumes/X/2026-99-22-120000.backup\n", [ZONE]),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_placed_in_time_proves_nothing(
    text: str, entries: list[dict[str, Any]]
) -> None:
    found = seen([DISK], *entries, latest=printed(LATEST, text))
    assert told(found, "stale") == ("unknown", "starts_only")


def test_of_two_destinations_the_newest_backup_belongs_to_neither_surely() -> None:
    path = "/Volumes/X/2026-11-22-120000.backup\n"
    found = seen([DISK, NAS], ZONE, latest=printed(LATEST, path))
    assert [job.proofs for job in found.jobs] == [(), ()]


def test_disks_that_take_turns() -> None:
    table = {"AutoBackup": True, "Destinations": [
        {"DestinationID": name, "LastKnownEncryptionState": "NotEncrypted",
         "SnapshotDates": [(NOW - n * DAY).replace(tzinfo=None) for n in range(start, 40, 2)]}
        for start, name in ((1, "A"), (2, "B"))
    ]}  # fmt: skip
    entry = {"kind": "file", "path": PREFERENCES,
             "b64": base64.b64encode(plistlib.dumps(table)).decode()}  # fmt: skip
    found = seen([{"ID": "A", "Kind": "Local"}, {"ID": "B", "Kind": "Local"}], entry)
    assert [job.rotated_media for job in found.jobs] == [True, True]
    assert told(found, "not_separate") == ("pass", "separated")


def test_snapshots_on_the_macs_own_disk_are_no_backup() -> None:
    found = seen([], snapshots="スナップショット:\ncom.apple.TimeMachine.2026-11-22-110000.local\n")
    assert [job.kind for job in found.jobs] == [Kind.SNAPSHOT]
    assert told(found, "none") == ("fail", "only_snapshots")


def test_what_synchronises_is_no_backup_and_shows_no_address() -> None:
    folder = f"{HOME}/Library/CloudStorage"
    names = ("GoogleDrive-yuki@example.jp", "OneDrive-例商店", "Nextcloud-x")
    matches = [
        {"path": f"{folder}/{name}", "size": 1, "mtime": NOW.isoformat()} for name in names
    ]  # fmt: skip
    icloud = f"{HOME}/Library/Mobile Documents/com~apple~CloudDocs"
    found = seen(
        [], {"kind": "glob", "pattern": f"{folder}/*", "matches": matches},
        {"kind": "glob", "pattern": icloud,
         "matches": [{"path": icloud, "size": 1, "mtime": NOW.isoformat()}]},
    )  # fmt: skip
    assert [job.engine for job in found.jobs] == ["google_drive", "onedrive", "icloud"]
    assert told(found, "none") == ("fail", "only_sync")
    assert "yuki" not in repr(found)


def test_folders_of_services_that_stay_closed_hide_no_backup() -> None:
    pattern = f"{HOME}/Library/CloudStorage/*"
    closed = {"kind": "glob", "pattern": pattern, "attempt": "permission_denied"}
    assert told(seen([], closed), "none") == ("fail", "nothing_found")


@pytest.mark.parametrize(
    ("pattern", "engine"),
    [
        ("/Applications/Arq.app", "arq"), ("/Library/Backblaze.bzpkg/*", "backblaze"),
        ("/Library/Application Support/Acronis/*", "acronis"),
        ("/Applications/Carbon Copy Cloner.app", "carbon_copy_cloner"),
    ],
)  # fmt: skip
def test_other_products_are_recognised_and_no_more(pattern: str, engine: str) -> None:
    match = {"path": pattern, "size": 1, "mtime": NOW.isoformat()}
    found = seen([], {"kind": "glob", "pattern": pattern, "matches": [match]})
    assert [job.engine for job in found.jobs] == [engine]
    assert told(found, "none") == ("unknown", "schedule_unseen")


def test_a_plain_user_sees_the_destination() -> None:
    assert told(seen([NAS], DENIED, privilege="user"), "none") == ("pass", "configured")


@pytest.mark.parametrize("dates", [5, "2026", {"a": 1}, [1, "x"]])
def test_dates_that_are_none(dates: Any) -> None:
    table = {"Destinations": [{"DestinationID": DISK["ID"], "SnapshotDates": dates}]}
    entry = {"kind": "file", "path": PREFERENCES,
             "b64": base64.b64encode(plistlib.dumps(table)).decode()}  # fmt: skip
    assert told(seen([DISK], entry), "stale")[0] == "unknown"
