"""The real computer is read, bounded, and never changed."""

from __future__ import annotations

import os
import pwd
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.collect import backup_survey

from posture_scan.collect.host import LocalHost
from posture_scan.collect.process import run_program
from posture_scan.model.look import is_absent
from posture_scan.sdk import Attempt, AttemptError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def host(root: Path, **more: Any) -> LocalHost:
    return LocalHost(NOW, root=str(root), **more)


def attempt_of(error: pytest.ExceptionInfo[AttemptError]) -> Attempt:
    return error.value.attempt


def script(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)


def as_nobody(function: Any) -> int:
    """Run a function in a child without rights; its result is the exit code."""
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65_534)
            os.setuid(65_534)
            os._exit(int(function()))
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_reads_below_the_root_only_what_is_asked(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/crontab").write_text("x", "utf-8")
    assert host(tmp_path).read("/etc/crontab") == b"x"
    with pytest.raises(AttemptError) as error:
        host(tmp_path).read("/etc/nothing")
    assert attempt_of(error) is Attempt.TOOL_MISSING


def test_a_long_file_is_an_error_and_not_a_short_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 100)
    assert len(host(tmp_path).read("/log", limit=100)) == 100
    with pytest.raises(AttemptError) as error:
        host(tmp_path).read("/log", limit=99)
    assert attempt_of(error) is Attempt.LIMIT_REACHED


def test_pipes_and_folders_do_not_hang_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("/pipe", "/folder", "/a\0b"):
        with pytest.raises(AttemptError) as error:
            host(tmp_path).read(name)
        assert attempt_of(error) is Attempt.TOOL_MISSING


def test_trouble_on_the_way_to_a_file_is_not_its_absence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for ask in (host(tmp_path).read, host(tmp_path).stat):
        with pytest.raises(AttemptError) as error:
            ask("/loop")
        assert not is_absent(error.value)


def test_stat_tells_time_in_utc_and_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    moment = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    os.utime(tmp_path / "a", (moment.timestamp(), moment.timestamp()))
    info = host(tmp_path).stat("/a")
    assert (info.path, info.size, info.modified, info.is_dir) == ("/a", 5, moment, False)


def test_glob_lists_sorted_and_hides_nothing(tmp_path: Path) -> None:
    for name in ("b/2", "a/1", "a/.hidden", "c"):
        path = tmp_path / "x" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    (tmp_path / "x/a/dangling").symlink_to("/nowhere/at/all")
    found = [info.path for info in host(tmp_path).glob("/x/*/*")]
    assert found == ["/x/a/1", "/x/b/2"]
    assert host(tmp_path).glob("/not/there/*") == ()
    with pytest.raises(AttemptError) as error:
        host(tmp_path).glob("/x/*", limit=2)
    assert attempt_of(error) is Attempt.LIMIT_REACHED


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give rights up")
def test_a_closed_folder_is_refused_and_never_empty() -> None:
    with tempfile.TemporaryDirectory() as name:  # not below pytest's own closed folder
        Path(name).chmod(0o755)
        _look_into_a_closed_folder(Path(name))


def _look_into_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "crontabs"
    closed.mkdir()
    (closed / "root").write_text("@daily restic backup /", "utf-8")
    closed.chmod(0o700)

    def look() -> int:
        answers = 0
        here = host(tmp_path)
        asks: list[Callable[[], object]] = [
            lambda: here.glob("/crontabs/*"),
            lambda: here.read("/crontabs/root"),
        ]
        for ask in asks:
            try:
                ask()
            except AttemptError as error:
                answers += error.attempt is Attempt.PERMISSION_DENIED
        return answers

    assert as_nobody(look) == 2


def test_programs_outside_the_list_do_not_run() -> None:
    for argv in (("id",), ("sh", "-c", "id"), ("systemctl", "start", "x"), ()):
        with pytest.raises(AttemptError) as error:
            LocalHost(NOW).run(argv)
        assert attempt_of(error) is Attempt.OUT_OF_SCOPE


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttemptError) as error:
        LocalHost(NOW, folders=(str(tmp_path),)).run(("lsblk", "-J"))
    assert attempt_of(error) is Attempt.TOOL_MISSING
    assert error.value.detail == "lsblk"


def test_programs_run_in_plain_english_without_input_or_inherited_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "x")
    script(
        tmp_path, "uname", 'echo "$LC_ALL $TZ $SECRET_OF_MINE"; read x || echo closed >&2; exit 3'
    )
    result = LocalHost(NOW, folders=(str(tmp_path), "/bin")).run(("uname", "-r"))
    assert (result.code, result.stdout, result.stderr) == (3, b"C UTC \n", b"closed\n")


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script(tmp_path, "uname", "sleep 30 & sleep 30")
    started = time.monotonic()
    with pytest.raises(AttemptError) as error:
        LocalHost(NOW, folders=(str(tmp_path), "/bin", "/usr/bin")).run(
            ("uname", "-r"), timeout=0.3
        )
    assert attempt_of(error) is Attempt.TIMEOUT
    assert time.monotonic() - started < 5


def test_a_flood_is_cut_off_and_marked(tmp_path: Path) -> None:
    script(tmp_path, "flood", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")
    result = run_program(
        str(tmp_path / "flood"), (), environment={"PATH": "/bin"}, timeout=10, limit=1000
    )
    assert len(result.stdout) == 1000
    assert result.truncated


def test_homes_are_those_of_people(tmp_path: Path) -> None:
    for name in ("root", "home/yuki", "srv"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/srv:/bin/false\nyuki:x:1000:1000::/home/yuki:\n"
        "gone:x:1001:1001::/home/gone:\nnobody:x:65534:65534::/srv:\nbroken\n",
        "utf-8",
    )
    assert host(tmp_path, elevated=True).homes() == ("/root", "/home/yuki")
    own = pwd.getpwuid(os.geteuid()).pw_dir
    assert host(tmp_path, elevated=False).homes() == (own,)
    assert host(tmp_path, homes=("/x",)).homes() == ("/x",)


def test_the_moment_is_given_and_kept_in_utc() -> None:
    local = datetime.fromisoformat("2026-11-22T21:00:00+09:00")
    assert LocalHost(local).now == NOW
    assert LocalHost(local).now.utcoffset() == timedelta(0)


class Audit:
    """Everything the interpreter reports that could change the computer."""

    CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink",
               "os.chmod", "os.chown", "os.truncate", "os.utime", "shutil.", "socket.")  # fmt: skip

    def __init__(self) -> None:
        self.on = False
        self.writes: list[str] = []
        self.programs: list[str] = []
        self.changes: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open":
            writing = args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
            if writing and args[0] != os.devnull:
                self.writes.append(str(args[0]))
        elif event == "subprocess.Popen":
            self.programs.append(str(args[0]))
        elif event.startswith(self.CHANGES):
            self.changes.append(event)


def test_a_whole_survey_of_the_real_computer_writes_nothing() -> None:
    audit = Audit()
    audit.on = True
    try:
        backup_survey.function(LocalHost(NOW))
    finally:
        audit.on = False
    assert audit.writes == []
    assert audit.changes == []
    assert {Path(name).name for name in audit.programs} <= {
        "systemctl", "journalctl", "findmnt", "lsblk", "timedatectl", "crontab",
    }  # fmt: skip
    assert all(Path(name).is_absolute() for name in audit.programs)


def test_modes_are_plain_permissions(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", "utf-8")
    (tmp_path / "a").chmod(0o640)
    assert host(tmp_path).stat("/a").mode == 0o640
    assert stat.S_IFMT(host(tmp_path).stat("/a").mode) == 0
