"""Engines are found by the program that is started, with what it copies and where to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.backup.command import find_commands, first_path, log_path
from posture_scan.checks.backup.facts import Kind

from tests.checks.backup.scene import survey
from tests.checks.computer import FakeHost


@pytest.mark.parametrize(
    ("line", "engine", "sources", "destination"),
    [
        ("restic -r /srv/r backup /home /etc", "restic", ("/home", "/etc"), "/srv/r"),
        ("/usr/bin/restic backup --repo=s3:s3.example/b --exclude /tmp /home", "restic",
         ("/home",), "s3:s3.example/b"),
        ("RESTIC_REPOSITORY=rest:http://n/ nice -n 19 restic backup /d", "restic", ("/d",),
         "rest:http://n/"),
        ("restic --json backup /d -r /r >> /var/log/r.log 2>&1", "restic", ("/d",), "/r"),
        ("borg create --stats ssh://u@nas/./r::{now} /home", "borg", ("/home",), "ssh://u@nas/./r"),
        ("BORG_REPO=/r borg create -C zstd ::x /home", "borg", ("/home",), "/r"),
        ("rsync -a -e ssh --delete /home/ nas:/b", "rsync", ("/home/",), "nas:/b"),
        ("tar -czf /mnt/usb/a.tgz /home", "tar", ("/home",), "/mnt/usb/a.tgz"),
        ("tar czf /mnt/usb/a.tgz -C / home", "tar", ("home",), "/mnt/usb/a.tgz"),
        ("duplicity full /home sftp://nas/b", "duplicity", ("/home",), "sftp://nas/b"),
        ("flock /run/x rclone sync /home remote:b", "rclone", ("/home",), "remote:b"),
        ("pg_dumpall", "pg_dumpall", (), ""),
    ],
)  # fmt: skip
def test_engines_in_a_line(
    line: str, engine: str, sources: tuple[str, ...], destination: str
) -> None:
    (found,) = find_commands(line)
    assert (found.engine, found.sources, found.destination) == (engine, sources, destination)


@pytest.mark.parametrize(
    "line",
    [
        "restic snapshots", "restic -r /r check", "restic forget --prune --keep-daily 7",
        "borg prune /r", "borg list /r", "borgmatic check", "borgmatic list",
        "duplicity verify x y",
        "echo restic backup", "# restic backup /home", "rm -rf /srv/restic backup",
        "tar xzf /a.tgz", "tar tf /a.tgz", "/usr/libexec/dpkg/dpkg-db-backup",
        "rsnapshot configtest", "apt-get install restic backup", "logger borgmatic done",
        "savelog /var/backups/x", "test -x /usr/bin/borgmatic",
    ],
)  # fmt: skip
def test_lines_that_save_nothing(line: str) -> None:
    assert [call for call in find_commands(line) if not call.checks] == []


@pytest.mark.parametrize(
    "line",
    [
        "rclone sync /a remote:b --s3-secret-access-key HUNTER2",
        "rclone sync --drive-token HUNTER2 /a remote:b",
        "duplicity --ftp-password HUNTER2 /a sftp://nas/b",
        "rsync -a rsync://yuki:HUNTER2@nas/module /b",
        "restic -r rest:https://yuki:HUNTER2@nas/ backup /a",
        "rclone sync /a ':s3,secret_access_key=HUNTER2:bucket'",
        "PASSWORD=HUNTER2\nrclone copy /a remote:b --sftp-pass $PASSWORD",
    ],
)
def test_no_secret_of_a_command_line_is_kept(line: str) -> None:
    script = {"/b.sh": f"#!/bin/sh\n{line}\n", "/etc/cron.d/b": "0 3 * * * root /b.sh\n"}
    found = survey(FakeHost(script))
    assert len(found.jobs) == 1
    assert "HUNTER2" not in repr(found)


def test_kinds() -> None:
    kinds = {
        "rclone sync /a r:b": Kind.MIRROR,
        "rclone bisync /a r:b": Kind.SYNC,
        "rclone copy /a r:b": Kind.MIRROR,
        "rclone copy --backup-dir r:old /a r:b": Kind.BACKUP,
        "rsync -a /a /b": Kind.MIRROR,
        "restic backup /a": Kind.BACKUP,
    }
    for line, kind in kinds.items():
        assert find_commands(line)[0].kind is kind


def test_a_script_with_variables_continuations_and_retention() -> None:
    script = """#!/bin/bash
# nightly restic backup
export RESTIC_REPOSITORY="sftp:backup@nas:/srv/restic"
DATA=/srv/data
restic backup \\
   --tag nightly \\
   "$DATA" /etc && restic forget --keep-daily 30
"""
    (found,) = find_commands(script)
    assert found.sources == ("/srv/data", "/etc")
    assert found.destination == "sftp:backup@nas:/srv/restic"
    assert found.keep == {"daily": 30}


def test_the_log_and_the_script_of_a_line() -> None:
    assert log_path("/usr/local/bin/b.sh >> /var/log/b.log 2>&1") == "/var/log/b.log"
    assert log_path("x > /dev/null 2>&1") == ""
    assert first_path("/bin/sh /usr/local/bin/b.sh -v") == "/usr/local/bin/b.sh"
    assert first_path("run-parts x") == ""


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    find_commands(line)
    first_path(line)
    log_path(line)
