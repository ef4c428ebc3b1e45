"""Restore drills with real engines: seal, a real backup, verify, and everything that goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.checks.backup.facts import BackupSurvey, Place

from posture_scan.assess.machine import Surveyed, merged, read
from posture_scan.collect.host import LocalHost
from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.model.finding import Finding
from posture_scan.sdk import Method
from tests.lab.daemon import need, program

pytestmark = pytest.mark.lab

Ran = subprocess.CompletedProcess[str]
SECRET = "correct-horse-7731"
PASSWORDS = {"restic": "RESTIC_PASSWORD", "borg": "BORG_PASSPHRASE", "duplicity": "PASSPHRASE"}
ENGINES = ("restic", "borg", "duplicity", "rsnapshot")
LOCKED = [name for name in ENGINES if name in PASSWORDS]


@dataclass
class Firm:
    """A folder with important files in it, a backup engine, and a person who runs the drill."""

    root: Path
    engine: str
    saved: tuple[str, ...] = ("書類 [1]", "帳簿")
    password: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        need(self.engine, *(["rsync"] if self.engine == "rsnapshot" else []))
        for name in ("書類 [1]", "帳簿", "写真", "home", "tmp"):
            (self.root / name).mkdir()
            (self.root / name / "a.txt").write_text("大事\n" * 50, "utf-8")
        if self.engine in PASSWORDS:
            self.password = {PASSWORDS[self.engine]: SECRET}
        if self.engine == "restic":
            self.call("restic", "-q", "-r", str(self.repository), "init")
        if self.engine == "borg":
            self.call("borg", "init", "-e", "repokey", str(self.repository))
        if self.engine == "rsnapshot":
            self.write_rsnapshot()

    @property
    def repository(self) -> Path:
        return self.root / "repo"

    @property
    def address(self) -> str:
        return f"file://{self.repository}" if self.engine == "duplicity" else str(self.repository)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "LANG": "C.UTF-8",
            "TZ": "Asia/Tokyo", "PYTHONIOENCODING": "utf-8", "TMPDIR": str(self.root / "tmp"),
            **self.password,
        }  # fmt: skip

    def call(self, name: str, *words: str) -> None:
        result = subprocess.run(
            [program(name), *words], check=False, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=60, cwd=self.root, env=self.environment(),
        )  # fmt: skip
        assert result.returncode == 0, (result.stdout + result.stderr).decode(errors="replace")

    def write_rsnapshot(self) -> None:
        lines = [
            "config_version\t1.2", f"snapshot_root\t{self.repository}/", "cmd_cp\t/bin/cp",
            "cmd_rm\t/bin/rm", f"cmd_rsync\t{program('rsync')}", "retain\tdaily\t3",
            f"lockfile\t{self.root}/lock",
            *(f"backup\t{self.root / name}/\tlocalhost/" for name in self.saved),
        ]  # fmt: skip
        (self.root / "rsnapshot.conf").write_text("\n".join(lines) + "\n", "utf-8")

    def back_up(self) -> None:
        """Save the folders as this engine's users do; borg's archive holds relative paths."""
        time.sleep(1.1)  # engines tell whole seconds
        folders = [str(self.root / name) for name in self.saved]
        if self.engine == "restic":
            self.call("restic", "-q", "-r", str(self.repository), "backup", *folders)
        elif self.engine == "borg":
            number = len(list((self.root / "tmp").glob("run*")))
            (self.root / "tmp" / f"run{number}").touch()
            self.call("borg", "create", f"{self.repository}::run{number}", *self.saved)
        elif self.engine == "duplicity":
            kept = [word for name in self.saved for word in ("--include", self.glob(name))]
            self.call("duplicity", *kept, "--exclude", "**", str(self.root), self.address)
        else:
            self.call("rsnapshot", "-c", str(self.root / "rsnapshot.conf"), "daily")

    def glob(self, name: str) -> str:
        return str(self.root / name.replace("[", "[[]"))

    def scan(self, *words: str, lang: str = "en") -> Ran:
        return subprocess.run(
            [sys.executable, "-m", "posture_scan", *words, "--lang", lang], cwd=self.root,
            env={**self.environment(), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def seal(self, *names: str) -> list[Path]:
        ran = self.scan("drill", "seal", *(names or self.saved), "--yes", "--json")
        assert ran.returncode == 0, ran.stderr
        return [Path(name) for name in json.loads(ran.stdout)["files"]]

    def verify(self, *more: str, lang: str = "en") -> Ran:
        ran = self.scan(
            "drill", "verify", "--engine", self.engine, "--repository", self.address,
            "--out", "drill.json", *more, lang=lang,
        )  # fmt: skip
        assert SECRET not in ran.stdout + ran.stderr
        left = [item.name for item in (self.root / "tmp").iterdir()]
        assert [name for name in left if name.startswith("posture-scan")] == []
        return ran

    def evidence(self) -> dict[str, Any]:
        text = (self.root / "drill.json").read_text("utf-8")
        assert SECRET not in text
        (record,) = json.loads(text)["evidence"]
        facts: dict[str, Any] = record["facts"]
        return facts


@pytest.fixture
def firm(tmp_path: Path) -> Callable[..., Firm]:
    return lambda engine, **more: Firm(tmp_path, engine, **more)


def survey(firm: Firm, *, sound: bool) -> Surveyed:
    """What the survey of this computer says: a plan and no more, or (constructed) level 4."""
    tree = firm.root / "tree"
    (tree / "etc/cron.d").mkdir(parents=True)
    (tree / "usr/sbin").mkdir(parents=True)
    (tree / "x").mkdir()
    (tree / "x/letter.txt").write_text("大事な書類")
    (tree / "usr/sbin/cron").touch()
    (tree / "etc/cron.d/restic").write_text(f"0 3 * * * root restic -r {firm.address} backup /x\n")
    now = datetime.now(UTC)
    seen = backup_survey.function(LocalHost(now, root=str(tree), homes=(), elevated=True))
    assert isinstance(seen, BackupSurvey)
    (job,) = seen.jobs
    if sound:
        from posture_scan.checks.backup.facts import Proof

        job = replace(
            job, proofs=(Proof("engine_message", "A", now),), last_run_failed=False,
            destination_class=Place.OBJECT_STORAGE, versioned=True, separate_credentials=True,
            locked_until=now + timedelta(days=60), integrity_at=now,
        )  # fmt: skip
    seen = replace(seen, jobs=(job,), clock_synchronised=True, role="server")
    name = socket.gethostname()
    asset = Asset(f"host:{name}", "host", names=(name,), role="server", reached=True)
    record = Evidence(
        "", "backup.BackupSurvey", asset.id, Vantage.HOST, "backup.backup_survey", 1, now,
        Attempt.OK, Method.REGISTRY_OR_PACKAGE, seen,
    )  # fmt: skip
    return Surveyed(asset, (with_id(record),), load_packs(), elevated=True)


def finding(firm: Firm, *, sound: bool = True, later: int = 0) -> Finding:
    """Judge the survey and the drill's file together, as a scan does."""
    packs = load_packs()
    drill = read(firm.root / "drill.json", packs)
    (machine,) = merged([survey(firm, sound=sound), drill])
    now = datetime.now(UTC) + timedelta(days=later)
    found = judge(packs, machine.evidence, [machine.asset], now=now)
    (one,) = [item for item in found if item.check == "backup.restore_untested"]
    return one


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_sealed_comes_back(firm: Callable[..., Firm], engine: str) -> None:
    one = firm(engine)
    if engine != "duplicity":
        one.back_up()
    sealed = one.seal()
    early = one.verify()
    if engine != "duplicity":  # its target is not even there before the first run
        assert early.returncode == 3
        assert "Wait for the next run" in early.stderr
    assert not (one.root / "drill.json").exists()
    one.back_up()
    ran = one.verify(lang="ja")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("すべてが置いたときと一致しました") == 2
    facts = one.evidence()
    assert (facts["engine"], facts["evidence_class"]) == (engine, "A")
    assert facts["engine_version"][0].isdigit()
    assert [item["outcome"] for item in facts["files"]] == ["proven", "proven"]
    for item in facts["files"]:
        at = datetime.fromisoformat(item["point_at"])
        assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=2)
        assert (item["size"], item["seconds"] >= 1) == (4096, True)
    assert [path for path in sealed if path.exists()] == []


@pytest.mark.parametrize("engine", ["restic", "rsnapshot"])
def test_a_folder_that_is_not_saved_keeps_the_drill_incomplete(
    firm: Callable[..., Firm], engine: str
) -> None:
    one = firm(engine)
    both = one.seal("写真", "帳簿")
    one.back_up()
    ran = one.verify(lang="ja")
    assert (ran.returncode, "ファイルが戻らなかった" in ran.stderr) == (3, True)
    assert [item["outcome"] for item in one.evidence()["files"]] == ["missing", "proven"]
    assert [path.exists() for path in both] == [True, False]


@pytest.mark.parametrize("engine", LOCKED)
def test_wrong_missing_and_unreachable(firm: Callable[..., Firm], engine: str) -> None:
    one = firm(engine)
    one.seal()
    one.back_up()
    name = PASSWORDS[engine]
    one.password = {name: "not-it-at-all"}
    ran = one.verify()
    assert (ran.returncode, "refuses the password" in ran.stderr) == (2, True), ran.stderr
    one.password = {}
    ran = one.verify(lang="ja")
    assert (ran.returncode, "パスワードが渡っていません" in ran.stderr) == (2, True), ran.stderr
    one.password = {name: SECRET}
    one.repository.rename(one.root / "elsewhere")
    ran = one.verify()
    assert (ran.returncode, "cannot reach the place" in ran.stderr) == (3, True), ran.stderr
    assert not one.repository.exists()
    assert not (one.root / "drill.json").exists()


def test_a_locked_repository_is_waited_for(firm: Callable[..., Firm]) -> None:
    one = firm("borg")
    one.seal()
    one.back_up()
    lock = one.repository / "lock.exclusive"
    lock.mkdir()
    (lock / "another@1.1-0").touch()
    ran = one.verify()
    assert (ran.returncode, "locked" in ran.stderr) == (3, True), ran.stderr


@pytest.mark.parametrize("engine", ["restic", "rsnapshot"])
def test_a_file_changed_before_the_backup_fails_the_drill(
    firm: Callable[..., Firm], engine: str
) -> None:
    one = firm(engine)
    sealed = one.seal()
    data = sealed[1].read_bytes()
    sealed[1].write_bytes(data[:-9] + b"encrypted")
    one.back_up()
    ran = one.verify()
    assert (ran.returncode, "FAILED" in ran.stderr) == (1, True)
    assert [item["outcome"] for item in one.evidence()["files"]] == ["proven", "changed"]
    assert [path.exists() for path in sealed] == [True, True]
    sealed[1].write_bytes(data)
    assert one.verify(lang="ja").returncode == 1
    assert [item["outcome"] for item in one.evidence()["files"]] == ["proven", "mismatch"]


def flip(path: Path, at: int) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("engine", ENGINES)
def test_bytes_changed_in_the_repository_fail_the_drill(
    firm: Callable[..., Firm], engine: str
) -> None:
    one = firm(engine)
    one.seal()
    one.back_up()
    pattern = {
        "restic": "data/*/*", "borg": "data/0/*", "duplicity": "*difftar*",
        "rsnapshot": "daily.0/localhost/**/posture-scan-drill-*",
    }[engine]  # fmt: skip
    for path in one.repository.glob(pattern):
        if path.stat().st_size > 3000:
            flip(path, 1000)
    ran = one.verify(lang="ja")
    assert (ran.returncode, "訓練は失敗しました" in ran.stderr) == (1, True), ran.stderr
    expected = "mismatch" if engine == "rsnapshot" else "damaged"
    assert expected in {item["outcome"] for item in one.evidence()["files"]}
    if engine == "restic":
        told = finding(one)
        assert (told.status.value, told.reason) == ("fail", "restore_damaged")
        assert (told.confidence, len(told.evidence)) == (99, 2)


def test_a_proven_drill_is_level_5_only_above_the_lower_levels(firm: Callable[..., Firm]) -> None:
    one = firm("restic")
    one.seal()
    one.back_up()
    assert one.verify().returncode == 0
    told = finding(one)
    assert (told.status.value, told.reason, told.actual[:2]) == ("pass", "restored", "5A")
    assert (told.confidence, len(told.evidence)) == (99, 2)
    shutil.rmtree(one.root / "tree")
    told = finding(one, sound=False)
    assert (told.status.value, told.reason) == ("unknown", "lower_level_open")


def test_by_hand_is_weaker_and_never_the_live_file(firm: Callable[..., Firm]) -> None:
    one = firm("restic")
    sealed = one.seal("帳簿")
    one.back_up()
    one.call("restic", "-q", "-r", str(one.repository), "restore", "latest", "--target", "back")
    (back,) = (one.root / "back").rglob("posture-scan-drill-*")

    def by_hand(path: Path, lang: str = "en") -> Ran:
        return one.scan("drill", "verify", "--by-hand", str(path), "--out", "drill.json", lang=lang)

    ran = by_hand(sealed[0], "ja")
    assert (ran.returncode, "置いたファイルそのもの" in ran.stderr) == (2, True)
    linked = one.root / sealed[0].name
    linked.hardlink_to(sealed[0])
    assert by_hand(linked).returncode == 2
    linked.unlink()
    assert by_hand(one.root / "帳簿" / "a.txt").returncode == 2
    ran = by_hand(back)
    assert (ran.returncode, "your word" in ran.stdout) == (0, True), ran.stderr
    assert one.evidence()["evidence_class"] == "B"
    told = finding(one)
    assert (told.status.value, told.reason) == ("unknown", "restored_by_hand")
    flip(back, 2000)
    assert by_hand(back).returncode == 1


@contextlib.contextmanager
def silent_server() -> Iterator[tuple[str, socket.socket]]:
    """A server that takes connections and never says a word: its address as restic's, and it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield f"rest:http://127.0.0.1:{server.getsockname()[1]}/", server


def test_an_engine_that_hangs_is_ended_at_the_deadline(firm: Callable[..., Firm]) -> None:
    one = firm("restic")
    one.seal()
    with silent_server() as (address, _):
        ran = one.scan(
            "drill", "verify", "--engine", "restic", "--repository", address, "--timeout", "2"
        )
    assert (ran.returncode, "within 2 seconds" in ran.stderr) == (3, True), ran.stderr
    assert list((one.root / "tmp").glob("posture-scan*")) == []


def test_an_interrupted_drill_leaves_nothing_behind(firm: Callable[..., Firm]) -> None:
    one = firm("restic")
    one.seal()
    with silent_server() as (address, server):
        words = ("drill", "verify", "--engine", "restic", "--repository", address)
        process = subprocess.Popen(
            [sys.executable, "-m", "posture_scan", *words], cwd=one.root,
            env={**one.environment(), "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        connection, _ = server.accept()  # now the engine waits for an answer
        with connection:
            assert list((one.root / "tmp").glob("posture-scan*"))
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
    assert (process.returncode, b"stopped by you" in said) == (3, True), said
    assert list((one.root / "tmp").glob("posture-scan*")) == []
