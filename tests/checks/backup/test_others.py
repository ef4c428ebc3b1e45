"""Engines that are only recognised, and what looks like a backup on the same disk."""

from __future__ import annotations

import pytest
from posture_scan.checks.backup.facts import Place
from posture_scan.checks.backup.surroundings import remote_types

from posture_scan.sdk import FileInfo
from tests.checks.backup.scene import judge, survey, told
from tests.checks.computer import DAY, NOW, FakeHost

CRON = {"/usr/sbin/cron": "", "/home/a": ""}


@pytest.mark.parametrize(
    ("path", "engine"),
    [
        ("/etc/bacula/bacula-fd.conf", "bacula"), ("/etc/Acronis/x", "acronis"),
        ("/etc/backup.d/10.sys", "backupninja"),
        ("/root/.config/kopia/repository.config", "kopia"),
    ],
)  # fmt: skip
def test_recognised_is_neither_set_up_nor_absent(path: str, engine: str) -> None:
    seen = survey(FakeHost({path: ""}))
    assert [job.engine for job in seen.jobs] == [engine]
    assert told(seen, "none") == ("unknown", "schedule_unseen")


def test_an_hourly_backupninja_without_tasks_saves_nothing() -> None:
    files = CRON | {"/etc/cron.d/backupninja": "0 * * * * root /usr/sbin/backupninja\n"}
    assert told(survey(FakeHost(files)), "none") == ("fail", "nothing_found")


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/timeshift/timeshift.json": '{"schedule_daily" : "true"}'},
        {"/etc/snapper/configs/root": 'SUBVOLUME="/"'},
    ],
)
def test_old_states_on_the_same_disk_are_no_backup(files: dict[str, str]) -> None:
    assert told(survey(FakeHost(files)), "none") == ("fail", "only_snapshots")


TIMESHIFT = (
    '{\n  "backup_device_uuid" : "",\n  "do_first_run" : "true",\n  "btrfs_mode" : "false",\n'
    '  "stop_cron_emails" : "true",\n  "schedule_monthly" : "false",\n'
    '  "schedule_daily" : "false",\n  "count_daily" : "5",\n  "exclude" : [\n  ]\n}\n'
)
"""From ``default.json`` of timeshift 22.11.2."""
SNAPPER = '# subvolume to snapshot\nSUBVOLUME="/"\n\nFSTYPE="btrfs"\nTIMELINE_CREATE="yes"\n'


def test_what_timeshift_and_snapper_bring_along() -> None:
    path = "/etc/timeshift/timeshift.json"
    assert told(survey(FakeHost({path: TIMESHIFT})), "none") == ("fail", "nothing_found")
    on = TIMESHIFT.replace('daily" : "false"', 'daily" : "true"')
    cron = {"/etc/cron.d/timeshift-hourly": "0 * * * * root timeshift --check --scripted\n"}
    both = CRON | cron | {path: on, "/etc/snapper/configs/root": SNAPPER}
    seen = survey(FakeHost(both))
    assert {job.engine for job in seen.jobs} == {"timeshift", "snapper"}
    assert told(seen, "none") == ("fail", "only_snapshots")
    assert judge(seen, "stale").actual == "0"


@pytest.mark.parametrize("name", ["00-off.sys", "10.sys.disabled", "README"])
def test_files_that_backupninja_skips(name: str) -> None:
    line = "0 * * * * root if [ -x /usr/sbin/backupninja ]; then /usr/sbin/backupninja; fi\n"
    files = CRON | {"/etc/cron.d/backupninja": line, f"/etc/backup.d/{name}": "when = x\n"}
    assert told(survey(FakeHost(files)), "none") == ("fail", "nothing_found")


@pytest.mark.parametrize(
    "line",
    [
        "/usr/libexec/dpkg/dpkg-db-backup", "test -x /usr/sbin/e2scrub_all && e2scrub_all -A -r",
        "/usr/lib/snapper/systemd-helper --timeline", "/usr/lib/apt/apt.systemd.daily install",
        "timeshift --check --scripted",
    ],
)  # fmt: skip
def test_names_that_only_sound_like_backups(line: str) -> None:
    files = CRON | {"/etc/cron.d/x": f"0 3 * * * root {line}\n"}
    assert told(survey(FakeHost(files)), "none") == ("fail", "nothing_found")


@pytest.mark.parametrize(
    ("fstab", "others", "reason"),
    [
        ("UUID=1 /data ext4 defaults 0 2\n", "/home", "source_empty"),
        ("# UUID=1 /data ext4 defaults 0 2\n", "/home", "starts_only"),
        ("", "", "source_empty"),
    ],
)
def test_the_empty_place_of_a_disk_is_no_source(fstab: str, others: str, reason: str) -> None:
    line = f"0 3 * * * root restic -r s3:x backup /data {others}\n"
    files = CRON | {"/etc/cron.d/r": line, "/etc/fstab": fstab}
    seen = survey(EmptyData(files))
    assert told(seen, "stale")[1] == reason


class EmptyData(FakeHost):
    """A computer on which ``/data`` is a folder without any entry."""

    def stat(self, path: str) -> FileInfo:
        if path == "/data":
            return FileInfo(path, 1, 0o755, NOW, is_dir=True)
        return super().stat(path)


def test_a_plain_user_denies_nothing() -> None:
    seen = survey(FakeHost({}, elevated=False))
    assert told(seen, "none") == ("unknown", "closed_administrator")


@pytest.mark.parametrize(
    ("verb", "expected"), [("bisync", ("fail", "only_sync")), ("sync", ("pass", "configured"))]
)
def test_rclone_in_both_ways_is_no_backup_and_in_one_a_mirror(
    verb: str, expected: tuple[str, str]
) -> None:
    files = CRON | {
        "/etc/cron.d/r": f"0 3 * * * root rclone {verb} /home gdrive:b\n",
        "/root/.config/rclone/rclone.conf": "[gdrive]\ntype = drive\ntoken = {x}\n",
    }
    seen = survey(FakeHost(files))
    assert seen.jobs[0].destination_class is Place.CLOUD_DRIVE
    assert told(seen, "none") == expected
    assert told(seen, "not_separate")[0] == "fail"


def test_rclones_kinds_are_read_without_its_keys() -> None:
    text = "[A]\ntype = s3\nsecret_access_key = xyz\n[b]\ntype=onedrive\n"
    assert remote_types(text) == {"a": "s3", "b": "onedrive"}


def test_proxmox_jobs() -> None:
    text = "vzdump: backup-1\n\tenabled 1\n\tschedule 02:00\n\n"
    off = text.replace("enabled 1", "enabled 0")
    assert told(survey(FakeHost({"/etc/pve/jobs.cfg": text})), "none") == ("pass", "configured")
    assert told(survey(FakeHost({"/etc/pve/jobs.cfg": off})), "none") == ("fail", "disabled")


def test_a_persons_own_timer_is_found_and_proves_no_run() -> None:
    base = "/root/.config/systemd/user"
    files = {
        f"{base}/restic.timer": "[Timer]\nOnCalendar=daily\n",
        f"{base}/restic.service": "[Service]\nExecStart=/usr/bin/restic -r s3:x backup /home\n",
        f"{base}/timers.target.wants/restic.timer": "",
        "/home/a": "",
    }
    seen = survey(FakeHost(files))
    assert told(seen, "none") == ("pass", "configured")
    assert told(seen, "stale") == ("unknown", "starts_only")
    del files[f"{base}/timers.target.wants/restic.timer"]
    assert told(survey(FakeHost(files)), "none") == ("fail", "disabled")


def test_a_mirror_is_a_copy_without_versions() -> None:
    line = "0 3 * * * root rsync -a /home/ nas:/bk >> /var/log/r.log\n"
    seen = survey(FakeHost(CRON | {"/etc/cron.d/r": line}, times={"/home": NOW - DAY}))
    assert seen.jobs[0].versioned is False
    assert told(seen, "not_separate") == ("fail", "no_versions")
