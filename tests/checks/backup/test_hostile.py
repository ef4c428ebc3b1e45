"""Whatever a computer prints, the collector answers; nonsense becomes unknown, never a crash."""

from __future__ import annotations

import json
import plistlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.backup.windows_arcserve import INSTALLED, PLACES
from posture_scan.checks.backup.windows_products import SERVICES_KEY, UNINSTALL, WINDOWS_7
from posture_scan.checks.backup.windows_script import COMMAND

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Status
from tests.checks.backup.scene import judge, printed, survey, tape
from tests.checks.backup.test_bacula import CATALOGUE, FILES
from tests.checks.backup.test_windows import server_backup, veeam
from tests.checks.backup.test_windows_tasks import task
from tests.checks.backup.units import RUNNING, Unit, systemctl
from tests.checks.backup.windows_scene import HOME, NOTHING, file, iso, listed, seen
from tests.checks.computer import NOW, FakeHost, out

EDGES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01 00:00:00")
"""Moments that are none any more in UTC."""
CHECKS = ("none", "stale", "not_separate", "not_protected", "restore_untested")
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20)
    | st.sampled_from([iso(NOW), "2026-11-22", "E:\\x", "0", "4", *EDGES])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
GOOD: dict[str, Any] = (
    server_backup() | task("robocopy", "D:\\a E:\\b")
    | {"veeam_agent": [veeam(190, 0, 9)], "shadows": [{"at": iso(NOW)}],
       "wsb_events": [{"id": 14, "at": iso(NOW), "xml": "<Data Name='HRESULT'>0x0</Data>"}]}
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value where something else could stand."""
    found = [path] if path else []
    items = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


def answers(host: Any) -> None:
    seen = survey(host)
    assert decode(type(seen), encode(seen)) == seen
    for name in CHECKS:
        assert judge(seen, name).status in (Status.PASS, Status.FAIL, Status.UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(places(GOOD)), VALUES)
def test_anything_anywhere_in_the_answer_of_windows(path: tuple[Any, ...], new: Any) -> None:
    answers(tape("windows", [printed(COMMAND, json.dumps(put(GOOD, path, new)))]))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(NOTHING)), VALUES))
def test_any_answer_of_windows(table: dict[str, Any]) -> None:
    answers(tape("windows", [printed(COMMAND, json.dumps(table))]))


PATHS = (
    "HKCU\\Software\\Microsoft\\OneDrive\\Accounts", *UNINSTALL, WINDOWS_7, *INSTALLED,
    f"{SERVICES_KEY}\\MMS", "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\FileHistory",
)  # fmt: skip
NAMES = ("UserFolder", "DisplayName", "PresentableName", "Path", "Start", "ProtectedUpToTime")
DATA = (
    st.integers(-(2**63), 2**64) | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=2)
    | st.sampled_from(["C:\\x\\", "\\\\", "acronis", "E:\\", "%USERPROFILE%"])
)  # fmt: skip
FOLDER = f"{HOME}\\AppData\\Local\\Microsoft\\Windows\\FileHistory\\Configuration"


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.tuples(st.sampled_from(PATHS), st.sampled_from(NAMES)), DATA),
    st.binary(max_size=120) | st.just(b"<TargetUrl>E:\\</TargetUrl><DPStatus>ENABLED</DPStatus>"),
)
def test_anything_in_the_registry_and_in_files(
    values: dict[tuple[str, str], Any], content: bytes
) -> None:
    found = seen(NOTHING, files=[
        *({"kind": "keys", "key": key, "names": ["x"]} for key in PATHS),
        *({"kind": "reg", "key": key, "name": name, "value": data}
          for (path, name), data in values.items() for key in (path, f"{path}\\x")),
        listed(f"{FOLDER}\\Config*.xml", (f"{FOLDER}\\Config1.xml", NOW)),
        file(f"{FOLDER}\\Config1.xml", content),
        listed(f"C:\\x\\{PLACES[0]}", ("C:\\x\\BackupInfo.xml", NOW)),
        file("C:\\x\\BackupInfo.xml", content),
    ])  # fmt: skip
    assert decode(type(found), encode(found)) == found
    for name in CHECKS:
        assert judge(found, name).status in (Status.PASS, Status.FAIL, Status.UNKNOWN)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200)
    | st.just(b"<plist>")
    | st.binary(max_size=40).map(lambda b: b"bplist00" + b)
)
def test_any_output_of_tmutil(data: bytes) -> None:
    command = ("tmutil", "destinationinfo", "-X")
    answers(tape("darwin", [printed(command, data)]))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Destinations", "ID", "URL", "Kind"]),
    st.integers() | st.text("ab", max_size=3),
)
def test_any_property_list_of_tmutil(key: str, value: object) -> None:
    item: dict[str, Any] = {"ID": "a", "Kind": "Local", "Name": "b"}
    table: dict[str, Any] = {"Destinations": [item]}
    (table if key == "Destinations" else item)[key] = value
    try:
        data = plistlib.dumps(table)
    except OverflowError:
        return
    answers(tape("darwin", [printed(("tmutil", "destinationinfo", "-X"), data)]))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["systemctl list-timers", "systemctl show", "journalctl", "lsblk", "findmnt"]),
    st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()),
)
def test_any_output_of_linux_programs(command: str, data: bytes) -> None:
    good = systemctl(Unit("restic", "/usr/bin/restic -r /r backup /home"))
    answers(FakeHost(RUNNING, {command: out(data)} | good | {"journalctl": out(data)}))
    answers(FakeHost(RUNNING, {command: out(data)}))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([
        "/etc/crontab", "/etc/cron.d/x", "/etc/anacrontab", "/etc/rsnapshot.conf", "/etc/localtime",
        "/etc/borgmatic/config.yaml", "/etc/timeshift/timeshift.json", "/etc/pve/jobs.cfg",
        "/root/.config/rclone/rclone.conf", f"/root/.config/borg/security/{'a' * 64}/location",
        f"/root/.config/borg/security/{'a' * 64}/manifest-timestamp", "/var/log/rsnapshot",
        "/root/.config/systemd/user/a.timer", "/etc/fstab", "/etc/bacula/bacula-dir.conf",
        "/etc/bacula/bacula-fd.conf", "/var/log/bacula/bacula.log",
        "/mnt/b/rdiff-backup-data/session_statistics.2026-11-22T11:40:00Z.data",
        f"/root/.cache/duplicity/{'a' * 32}/duplicity-full.20261101T024000Z.manifest",
    ]),
    st.binary(max_size=200) | (st.text(max_size=100) | st.sampled_from(EDGES)).map(str.encode),
)  # fmt: skip
def test_any_content_of_files(path: str, data: bytes) -> None:
    files: dict[str, Any] = {
        "/usr/sbin/cron": "", "/etc/cron.d/r": "0 3 * * * root rsnapshot daily\n",
        "/etc/cron.d/b": "0 3 * * * root borgmatic\n",
        "/etc/cron.d/f": "0 3 * * * root rdiff-backup backup /home /mnt/b\n",
        "/mnt/b/rdiff-backup-data/current_mirror.2026-11-22T11:40:00Z.data": "",
        "/etc/rsnapshot.conf": "backup\t/home\tx/\nlogfile\t/var/log/rsnapshot\nretain\tdaily\t7\n",
    }  # fmt: skip
    answers(FakeHost(files | {path: data}))


COLUMNS = (
    "name",
    "client",
    "type",
    "level",
    "status",
    "ended",
    "epoch",
    "errors",
    "files",
    "bytes",
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(COLUMNS),
            st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)
            | st.sampled_from(["Papers", "firm-fd", "B", "T", "2026-11-22 11:00:00", *EDGES]),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_any_rows_of_a_catalogue(rows: list[dict[str, int | str]]) -> None:
    answers(FakeHost(FILES, tables={CATALOGUE: rows}))
