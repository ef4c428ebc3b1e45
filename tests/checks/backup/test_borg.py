"""Borg and borgmatic: two files that agree prove a backup; pruning moves only one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from posture_scan.checks.backup.borg import parse_stamp, same_place
from posture_scan.checks.backup.borgmatic import parse_config
from posture_scan.checks.backup.facts import BackupSurvey, Place

from posture_scan.sdk import Attempt
from tests.checks.backup.scene import survey, told
from tests.checks.computer import DAY, HOUR, NOW, FakeHost

ID = "cd" * 32
LOCATION = "ssh://backup@nas.example.test/./repo"
PLAN = f"0 3 * * * root borg create {LOCATION}::x /home\n"
MATIC = "0 3 * * * root PATH=$PATH /usr/bin/borgmatic --verbosity -1\n"
BASE = {"/usr/sbin/cron": "", "/home/yuki/a": ""}
CONFIG = """
location:
    source_directories:
        - /home   # people
    repositories:
        - ssh://backup@nas.example.test/./repo
retention:
    keep_daily: 14
storage:
    encryption_passphrase: "swordfish"
"""


def traces(
    manifest: datetime, files: datetime | None
) -> tuple[dict[str, str], dict[str, datetime]]:
    base = f"/root/.config/borg/security/{ID}"
    contents = {
        f"{base}/location": LOCATION + "\n",
        f"{base}/manifest-timestamp": manifest.replace(tzinfo=None).isoformat(),
    }
    cache = f"/root/.cache/borg/{ID}/files"
    if files is not None:
        contents[cache] = ""
    return contents, {cache: files or NOW}


def seen(
    manifest: datetime, files: datetime | None, extra: dict[str, str | bytes | Attempt]
) -> BackupSurvey:
    contents, times = traces(manifest, files)
    stamps = {name: NOW - 5 * DAY for name in extra if "/.borgmatic/checks/" in name}
    return survey(FakeHost(BASE | contents | extra, times=times | stamps))


def test_manifest_and_files_prove_a_backup_elsewhere() -> None:
    found = seen(NOW - 9 * HOUR, NOW - 9 * HOUR, {"/etc/cron.d/b": PLAN})
    (job,) = found.jobs
    assert (job.destination, job.destination_class) == (
        "ssh://nas.example.test/./repo", Place.OTHER_HOST,
    )  # fmt: skip
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("unknown", "versions_unseen")


def test_a_repository_that_is_only_pruned_is_stale() -> None:
    found = seen(NOW - HOUR, NOW - 40 * DAY, {"/etc/cron.d/b": PLAN})
    assert "pruned_only" in found.jobs[0].traps
    assert told(found, "stale") == ("fail", "stale")


def test_a_manifest_without_a_files_cache_proves_nothing() -> None:
    found = seen(NOW - HOUR, None, {"/etc/cron.d/b": PLAN})
    assert found.jobs[0].proofs == ()
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_files_cache_newer_than_the_manifest_proves_nothing() -> None:
    found = seen(NOW - 9 * DAY, NOW - HOUR, {"/etc/cron.d/b": PLAN})
    assert found.jobs[0].proofs == ()


def test_borgmatic_with_its_configuration_and_check_stamps() -> None:
    found = seen(
        NOW - 9 * HOUR, NOW - 9 * HOUR,
        {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": CONFIG,
         f"/root/.borgmatic/checks/{ID}/archives": ""},
    )  # fmt: skip
    (job,) = found.jobs
    assert (job.engine, job.source_paths, job.versioned) == ("borgmatic", ("/home",), True)
    assert job.integrity_at == NOW - 5 * DAY
    assert told(found, "not_separate") == ("pass", "separated")
    assert "swordfish" not in repr(found)


def test_an_extract_stamp_is_no_integrity_check_of_the_data() -> None:
    found = seen(
        NOW - HOUR, NOW - HOUR,
        {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": CONFIG,
         f"/root/.borgmatic/checks/{ID}/extract": ""},
    )  # fmt: skip
    assert found.jobs[0].integrity_at is None


STATE = f"/root/.local/state/borgmatic/checks/{ID}"


@pytest.mark.parametrize(
    ("stamps", "grade"),
    [
        ({f"{STATE}/repository": ""}, "structure"),
        ({f"{STATE}/archives/{'5' * 64}": ""}, "structure"),
        ({f"{STATE}/repository": "", f"{STATE}/data/{'5' * 64}": ""}, "data"),
        ({f"{STATE}/repository": "", f"{STATE}/extract": ""}, "data"),
        ({f"/root/.borgmatic/checks/{ID}/data": ""}, "data"),
        ({f"{STATE}/extract": ""}, ""), ({f"{STATE}/other": ""}, ""),
    ],
)  # fmt: skip
def test_stamps_of_both_layouts_and_how_deep_they_go(stamps: dict[str, str], grade: str) -> None:
    """The layout under ``.local/state`` is that of borgmatic 2.1.10, seen in a real run."""
    found = seen(
        NOW - HOUR, NOW - HOUR,
        {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": CONFIG, **stamps},
    )  # fmt: skip
    (job,) = found.jobs
    assert (job.integrity_at is not None, job.integrity_grade) == (bool(grade), grade)
    assert job.restore_proven_at is None


def test_borgmatic_without_a_configuration_saves_nothing() -> None:
    found = survey(FakeHost(BASE | {"/etc/cron.d/b": MATIC}))
    assert told(found, "none") == ("fail", "unconfigured")


def test_borgmatic_with_a_configuration_of_comments_saves_nothing() -> None:
    files = BASE | {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": "# repositories:\n"}
    assert told(survey(FakeHost(files)), "none") == ("fail", "unconfigured")


def test_a_closed_configuration_is_unknown() -> None:
    files = BASE | {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": Attempt.PERMISSION_DENIED}
    found = survey(FakeHost(files, elevated=False))
    assert told(found, "none") == ("unknown", "configuration_closed")


@pytest.mark.parametrize(
    "text",
    [
        CONFIG,
        f"source_directories:\n- /home\nrepositories:\n- path: {LOCATION}\n  label: nas\n",
        f"repositories:\n  - label: nas\n    path: {LOCATION}\nsource_directories:\n  - '/home'\n",
        f"repositories: ['{LOCATION}']\nsource_directories: [/home]\n",
    ],
)
def test_all_layouts_of_the_configuration(text: str) -> None:
    config = parse_config("x", text)
    assert (config.sources, config.repositories) == (("/home",), (LOCATION,))


def test_a_generated_sample_that_nobody_filled_in_saves_nothing() -> None:
    """As borgmatic 2.1.10 generates it, without its comments."""
    sample = (
        "source_directories:\n    - /home\n    - /etc\nrepositories:\n"
        "    - path: ssh://user@backupserver/./sourcehostname.borg\nkeep_daily: 7\n"
    )
    found = survey(FakeHost(BASE | {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": sample}))
    assert told(found, "none") == ("fail", "unconfigured")


def test_a_configuration_that_cannot_be_followed_is_unknown() -> None:
    config = "<<: !include /etc/borgmatic/common.yaml\n"
    found = survey(FakeHost(BASE | {"/etc/cron.d/b": MATIC, "/etc/borgmatic/config.yaml": config}))
    assert told(found, "none") == ("unknown", "configuration_unclear")


def test_spellings_of_one_repository() -> None:
    assert same_place("ssh://u@h:22/./x", "u@h:x")
    assert same_place("/srv/r/", "file:///srv/r")
    assert not same_place("/srv/r", "/srv/r2")
    assert not same_place("", "")


def test_borgs_time_is_utc_although_it_does_not_say_so() -> None:
    moment = datetime(2026, 11, 22, 2, 42, 32, 600684, tzinfo=UTC)
    assert parse_stamp("2026-11-22T02:42:32.600684") == moment
    assert parse_stamp("2026-11-22T11:42:32.600684+09:00") == moment
    assert parse_stamp("soon") is None
    assert moment - timedelta(0) == moment
