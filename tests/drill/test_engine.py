"""How engines are run, and how each one's answers are read: small scripts stand for programs.

What the scripts print is modelled on what restic 0.14, borg 1.2 and duplicity 0.8 printed on
Debian 12; the exit codes of restic 0.17 are constructed from its manual.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.drill.borg import Borg
from posture_scan.drill.canary import Canary
from posture_scan.drill.duplicity import Duplicity
from posture_scan.drill.engine import DamagedError, Engine, Point, Runner, last_words
from posture_scan.drill.engines import ENGINES, absolute, engine
from posture_scan.drill.restic import Restic
from posture_scan.drill.rsnapshot import Rsnapshot
from posture_scan.errors import IncompleteError, PostureError, UsageError

NAME = "posture-scan-drill-aaaaaaaa.txt"
CANARY = Canary("/data/書類", NAME, 4096, "0" * 64, "0" * 64)
POINT = Point("a" * 64, datetime(2026, 11, 22, tzinfo=UTC))


def script(folder: Path, name: str, text: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)


def runner(
    folder: Path, name: str, *, seconds: float = 20, environment: Mapping[str, str] | None = None
) -> Runner:
    return Runner(
        name, ENGINES[name][1] if name in ENGINES else (), environment=environment or {},
        scratch=folder, seconds=seconds, folders=(str(folder / "bin"), "/usr/bin", "/bin"),
    )  # fmt: skip


def code_of(one: Engine) -> tuple[str, int]:
    with pytest.raises(PostureError) as caught:
        one.points()
    return caught.value.code, caught.value.exit_code


def test_an_engine_gets_its_own_variables_and_few_others(tmp_path: Path) -> None:
    script(tmp_path, "restic", "env; pwd")
    given = {
        "RESTIC_PASSWORD": "s", "AWS_PROFILE": "p", "HOME": "/h", "SSH_AUTH_SOCK": "/s",
        "LD_PRELOAD": "/evil.so", "PYTHONPATH": "/x", "BORG_PASSPHRASE": "b", "LANGUAGE": "ja",
        "PATH": "/evil", "TZ": "Asia/Tokyo", "GIT_SSH": "x",
    }  # fmt: skip
    printed = runner(tmp_path, "restic", environment=given).run("x").stdout.decode().splitlines()
    got = {line.partition("=")[0] for line in printed if "=" in line} - {"_", "SHLVL", "PWD"}
    assert got == {
        "RESTIC_PASSWORD", "AWS_PROFILE", "HOME", "SSH_AUTH_SOCK", "LC_ALL", "LANG", "TZ",
        "TMPDIR", "PATH",
    }  # fmt: skip
    assert "TZ=UTC" in printed
    assert not [line for line in printed if "evil" in line]
    assert printed[-1] == "/"


def test_a_program_of_the_current_folder_is_never_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "posture-none", "echo taken")
    monkeypatch.chdir(tmp_path / "bin")
    monkeypatch.setenv("PATH", f".:{tmp_path}/bin")
    one = Runner("posture-none", (), environment={}, scratch=tmp_path, seconds=5)
    with pytest.raises(IncompleteError) as caught:
        one.run("x")
    assert caught.value.code == "drill.no_engine"


def test_a_flood_and_a_hanging_engine_are_ended(tmp_path: Path) -> None:
    script(tmp_path, "restic", "case $1 in yes) yes;; *) exec sleep 60;; esac")
    with pytest.raises(IncompleteError) as caught:
        runner(tmp_path, "restic").run("yes", limit=10_000)
    assert caught.value.code == "drill.too_much_output"
    with pytest.raises(IncompleteError) as caught:
        runner(tmp_path, "restic", seconds=0.3).run("hang")
    assert caught.value.code == "drill.timeout"


def test_last_words_hold_no_secret_and_no_control_signs() -> None:
    said = b"one\nFatal: \x1b[31mhttps://user:hunter2@nas/ password=hunter2 gone\n\n"
    assert "hunter2" not in last_words(said)
    assert last_words(said).startswith("Fatal: [31m")
    assert last_words(b"") == ""


SNAPSHOT = {"time": "2026-11-22T09:30:00.713709269+09:00", "id": "a" * 64}


def test_restics_times_become_utc_and_strange_rows_are_left_out(tmp_path: Path) -> None:
    rows = json.dumps([SNAPSHOT, {**SNAPSHOT, "id": "--target=/"}])
    script(tmp_path, "restic", f"echo warning\ncat <<'E'\n{rows}\nE")
    (point,) = Restic(runner(tmp_path, "restic"), "/r").points()
    assert point.at == datetime(2026, 11, 22, 0, 30, 0, 713709, UTC)


@pytest.mark.parametrize(
    ("said", "status", "code", "exit_code"),
    [
        ("Fatal: wrong password or no key found", 1, "drill.wrong_password", 2),
        ("anything", 12, "drill.wrong_password", 2),
        ("Fatal: an empty password is not a password", 1, "drill.no_password", 2),
        ("anything", 11, "drill.locked", 3),
        ("Fatal: unable to open config file: stat x", 1, "drill.no_repository", 3),
        ("anything", 10, "drill.no_repository", 3),
        ("Fatal: something new", 1, "drill.engine_failed", 3),
        ("", 0, "drill.unreadable", 3),
    ],
)
def test_restics_refusals(
    tmp_path: Path, said: str, status: int, code: str, exit_code: int
) -> None:
    script(tmp_path, "restic", f"echo '{said}' >&2; exit {status}")
    assert code_of(Restic(runner(tmp_path, "restic"), "/r")) == (code, exit_code)


def test_restic_that_passes_damage_over_is_not_believed(tmp_path: Path) -> None:
    script(tmp_path, "restic", "echo 'Unable to load tree c3567c94'; echo '[]'")
    with pytest.raises(DamagedError):
        Restic(runner(tmp_path, "restic"), "/r").find(POINT, [CANARY])
    script(tmp_path, "restic", "echo '[]'")
    assert Restic(runner(tmp_path, "restic"), "/r").find(POINT, [CANARY]) == {}


def test_restic_is_asked_without_lock_and_cache_and_for_the_path_literally(tmp_path: Path) -> None:
    script(tmp_path, "restic", f'echo "$@" >> {tmp_path}/asked; echo "[]"')
    one = Restic(runner(tmp_path, "restic"), "/r")
    one.find(POINT, [CANARY])
    there = one.restore(POINT, "/a [1]*/x?.txt", tmp_path / "t")
    assert there == tmp_path / "t" / "a [1]*" / "x?.txt"
    find, restore = (tmp_path / "asked").read_text().splitlines()
    assert "--no-lock --no-cache" in find
    assert r"--include /a \[1]\*/x\?.txt" in restore


@pytest.mark.parametrize(
    ("message", "code", "exit_code"),
    [
        ("PassphraseWrong", "drill.wrong_password", 2), ("NoPassphraseFailure",
         "drill.no_password", 2), ("LockTimeout", "drill.locked", 3),
        ("Repository.DoesNotExist", "drill.no_repository", 3),
        ("ConnectionClosedWithHint", "drill.no_repository", 3),
        ("Error", "drill.engine_failed", 3),
    ],
)  # fmt: skip
def test_borgs_refusals(tmp_path: Path, message: str, code: str, exit_code: int) -> None:
    line = json.dumps({
        "type": "log_message", "levelname": "ERROR", "message": "パスワード", "msgid": message,
    })  # fmt: skip
    script(tmp_path, "borg", f"echo 'Enter passphrase: {line}' >&2; exit 2")
    assert code_of(Borg(runner(tmp_path, "borg"), "/r")) == (code, exit_code)


@pytest.mark.parametrize(
    ("start", "hour"), [("2026-11-22T09:30:00.000000", 9), ("2026-11-22T09:30:00+09:00", 0)]
)
def test_borgs_naive_times_are_utc_because_the_runner_says_so(
    tmp_path: Path, start: str, hour: int
) -> None:
    answer = json.dumps({"archives": [{"archive": "one", "start": start}]})
    script(tmp_path, "borg", f"cat <<'E'\n{answer}\nE")
    (point,) = Borg(runner(tmp_path, "borg"), "/r").points()
    assert (point.id, point.at) == ("one", datetime(2026, 11, 22, hour, 30, tzinfo=UTC))


def test_borgs_damage_is_damage_and_its_warnings_are_not(tmp_path: Path) -> None:
    item = json.dumps({"type": "-", "path": f"a/{NAME}", "healthy": True})
    script(tmp_path, "borg", f"echo '{item}'; exit 1")
    one = Borg(runner(tmp_path, "borg"), "/r")
    assert one.find(POINT, [CANARY]) == {NAME: f"a/{NAME}"}
    line = json.dumps({"type": "log_message", "message": "Data integrity error", "msgid": "X"})
    for text in (f"echo '{line}' >&2; exit 1", f"echo '{item.replace('true', 'false')}'"):
        script(tmp_path, "borg", text)
        with pytest.raises(DamagedError):
            one.find(POINT, [CANARY])


STATUS = """echo 'INFO 3 '; echo ' full 20261122T093000Z 1 enc'; echo ' inc 20261122T103000Z 1 enc'
echo '. Full Sun Nov 22 09:30:00 2026 1'"""


def test_duplicitys_sets_and_listing(tmp_path: Path) -> None:
    script(tmp_path, "duplicity", STATUS)
    one = Duplicity(runner(tmp_path, "duplicity"), "sftp://nas/x")
    points = one.points()
    assert [point.id for point in points] == ["20261122T093000Z", "20261122T103000Z"]
    assert points[1].at == datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    script(
        tmp_path, "duplicity",
        f"echo 'Sun Nov 22 09:30:00 2026 書類/{NAME}'; echo '. Sun Nov 22 09:30:00 2026 x/{NAME}'",
    )  # fmt: skip
    assert one.find(points[0], [CANARY]) == {NAME: f"書類/{NAME}"}


@pytest.mark.parametrize(
    ("version", "option"), [("0.8.22", "--file-to-restore"), ("3.0.2", "--path-to-restore")]
)
def test_duplicitys_option_depends_on_its_version(
    tmp_path: Path, version: str, option: str
) -> None:
    script(
        tmp_path, "duplicity",
        f'[ $1 = --version ] && echo "duplicity {version}" || echo "$@" > {tmp_path}/asked',
    )  # fmt: skip
    Duplicity(runner(tmp_path, "duplicity"), "sftp://nas/x").restore(POINT, "a/b", tmp_path)
    assert option in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(
    ("said", "code", "exit_code"),
    [
        ("ERROR 31 GPGError\n. gpg: decryption failed: Bad session key", "drill.wrong_password", 2),
        ("ERROR 30 EOFError", "drill.no_password", 2),
        ("ERROR 23 BackendException\n. x", "drill.no_repository", 3),
        ("ERROR 50 BackendException", "drill.no_repository", 3),
        ("ERROR 23\n. Another duplicity instance is already running", "drill.locked", 3),
        ("ERROR 30 KeyError", "drill.engine_failed", 3),
    ],
)
def test_duplicitys_refusals(tmp_path: Path, said: str, code: str, exit_code: int) -> None:
    script(tmp_path, "duplicity", f"cat <<'E'\n{said}\nE\nexit 1")
    assert code_of(Duplicity(runner(tmp_path, "duplicity"), "sftp://n/x")) == (code, exit_code)


def test_duplicitys_damage_and_a_target_that_is_gone(tmp_path: Path) -> None:
    script(tmp_path, "duplicity", "echo 'ERROR 21'; exit 21")
    with pytest.raises(DamagedError):
        Duplicity(runner(tmp_path, "duplicity"), "sftp://n/x").points()
    gone = Duplicity(runner(tmp_path, "duplicity"), f"file://{tmp_path}/gone")
    assert code_of(gone) == ("drill.no_repository", 3)


def test_rsnapshots_tree_is_read_and_the_live_file_told_apart(tmp_path: Path) -> None:
    live = tmp_path / "data"
    live.mkdir()
    (live / NAME).write_text("x")
    canary = Canary(str(live), NAME, 1, "0" * 64, "0" * 64)
    kept = tmp_path / "snap" / "daily.0" / "localhost" / str(live).lstrip("/")
    kept.mkdir(parents=True)
    (tmp_path / "snap" / "strange").mkdir()
    one = Rsnapshot(runner(tmp_path, "rsnapshot"), str(tmp_path / "snap"))
    (point,) = one.points()
    assert point.id == "daily.0"
    assert one.find(point, [canary]) == {}
    (kept / NAME).symlink_to(live / NAME)
    assert one.find(point, [canary]) == {}
    (kept / NAME).unlink()
    (kept / NAME).write_text("x")
    found = one.find(point, [canary])
    (tmp_path / "t").mkdir()
    assert one.restore(point, found[NAME], tmp_path / "t").read_text() == "x"
    (kept / NAME).unlink()
    (kept / NAME).hardlink_to(live / NAME)
    with pytest.raises(UsageError) as caught:
        one.find(point, [canary])
    assert caught.value.code == "drill.live_copy"
    for root in (tmp_path / "none", tmp_path / "data"):
        empty = Rsnapshot(runner(tmp_path, "rsnapshot"), str(root))
        assert code_of(empty) == ("drill.no_repository", 3)


def test_an_engine_needs_an_address_without_a_password(tmp_path: Path) -> None:
    def make(repository: str, **environment: str) -> Engine:
        return engine(
            "restic", repository, environment=environment, scratch=tmp_path, seconds=1
        )  # fmt: skip

    with pytest.raises(UsageError) as caught:
        make("")
    assert caught.value.code == "drill.no_address"
    for address in ("rest:https://u:secret@nas/", "s3:https://x/y?secret_key=abc"):
        with pytest.raises(UsageError) as caught:
            make(address)
        assert caught.value.code == "drill.password_in_address"
        assert "secret" not in str(caught.value)
    assert make("", RESTIC_REPOSITORY="/srv/r").repository == "/srv/r"
    assert make("sftp:u@nas:/r").repository == "sftp:u@nas:/r"


def test_a_folder_is_made_absolute_and_an_address_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("srv/a:b") == str(tmp_path / "srv" / "a:b")
    assert absolute("nas:/srv/r") == "nas:/srv/r"
    assert absolute("-o:x").startswith("/")
