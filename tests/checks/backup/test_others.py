"""Engines that are only recognised, and what looks like a backup on the same disk."""

from __future__ import annotations

import pytest
from posture_scan.checks.backup.facts import Place, Proof
from posture_scan.checks.backup.others import parse_compact
from posture_scan.checks.backup.planned import remote_types

from tests.checks.backup.scene import survey, told
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


def test_a_plain_user_denies_nothing() -> None:
    seen = survey(FakeHost({}, elevated=False))
    assert told(seen, "none") == ("unknown", "closed_administrator")


def test_rclone_that_follows_every_change_is_no_backup() -> None:
    files = CRON | {
        "/etc/cron.d/r": "0 3 * * * root rclone sync /home gdrive:b\n",
        "/root/.config/rclone/rclone.conf": "[gdrive]\ntype = drive\ntoken = {x}\n",
    }
    seen = survey(FakeHost(files))
    assert seen.jobs[0].destination_class is Place.CLOUD_DRIVE
    assert told(seen, "none") == ("fail", "only_sync")


def test_rclones_kinds_are_read_without_its_keys() -> None:
    text = "[A]\ntype = s3\nsecret_access_key = xyz\n[b]\ntype=onedrive\n"
    assert remote_types(text) == {"a": "s3", "b": "onedrive"}


def test_duplicity_by_the_utc_times_in_its_file_names() -> None:
    folder = "/root/.cache/duplicity/0123456789abcdef"
    plan = {"/etc/cron.d/d": "0 3 * * * root duplicity /home sftp://nas/b\n"}
    files = {
        f"{folder}/duplicity-full.20261101T024000Z.manifest": "",
        f"{folder}/duplicity-inc.20261101T024000Z.to.20261122T024000Z.manifest": "",
    }
    (job,) = survey(FakeHost(CRON | plan | files)).jobs
    moment = parse_compact("20261122T024000")
    assert moment is not None
    assert job.proofs == (Proof("manifest_name", "B", moment),)
    assert told(survey(FakeHost(files)), "none") == ("unknown", "schedule_unseen")
    assert parse_compact("99999999T999999") is None


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
