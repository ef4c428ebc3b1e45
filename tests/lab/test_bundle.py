"""Bundles as a client runs them: the ``.pyz`` as root and nobody, the zip on a Windows Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from posture_scan.assess.machine import read_all
from posture_scan.bundle.build import build_pyz, build_windows, order_for
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Evidence
from posture_scan.model.finding import Finding, Status
from posture_scan.model.scope import Scope
from tests.lab.windows_python import WindowsPython, remove, windows_python

pytestmark = pytest.mark.lab

PYTHON = "/usr/bin/python3"
"""The system's own: an interpreter in root's home would be closed to nobody."""

TODAY = datetime.now(UTC).date()
SCOPE = Scope(
    "株式会社例", "山田太郎(代表)", TODAY - timedelta(days=1), TODAY + timedelta(days=9),
    ("192.0.2.1",), computers=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


def pyz(folder: Path, packs: PackSet, scope: Scope = SCOPE, language: str = "ja") -> Path:
    folder.mkdir(mode=0o777, exist_ok=True)
    folder.chmod(0o777)
    path = folder / "check.pyz"
    build_pyz(path, order_for(scope, "ab" * 32, language), packs)
    path.chmod(0o644)
    return path


def start(path: Path, *words: str, user: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run as a client does, with the system's Python and nothing else to import from."""
    if not os.access(PYTHON, os.X_OK):
        pytest.skip(f"needs {PYTHON}")
    argv = [PYTHON, "-I", "-S", str(path), *words]
    if user:
        argv = ["setpriv", f"--reuid={user}", "--regid=nogroup", "--clear-groups", *argv]
    return subprocess.run(
        argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        cwd=path.parent, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
    )  # fmt: skip


def judged(folder: Path, packs: PackSet) -> tuple[Asset, tuple[Evidence, ...], list[Finding]]:
    (machine,) = read_all((folder,), packs)
    now = max(record.observed_at for record in machine.evidence)
    return (
        machine.asset, machine.evidence,
        [item for item in judge(packs, machine.evidence, (machine.asset,), now=now)
         if item.asset == machine.asset.id],
    )  # fmt: skip


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that nobody may write to as well; pytest's own are closed to others."""
    place = Path("/var/tmp") / f"posture-scan-bundle-{os.getpid()}"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    yield place
    shutil.rmtree(place)


def test_a_pyz_runs_on_the_bare_system_python_and_leaves_one_file(
    open_folder: Path, packs: PackSet
) -> None:
    path = pyz(open_folder / "stick", packs)
    before = set(Path("/tmp").glob("posture-scan-*"))
    ran = start(path, "--role", "server")
    assert ran.returncode == 0, ran.stderr.decode()
    said = ran.stdout.decode()
    assert "株式会社例 様のパソコンの点検です(許可: 山田太郎(代表)" in said
    assert "何も変更しません" in said
    made = {item.name for item in path.parent.iterdir()} - {"check.pyz"}
    assert len(made) == 1
    assert made.pop().startswith("株式会社例_")
    assert set(Path("/tmp").glob("posture-scan-*")) == before
    asset, evidence, _ = judged(path.parent, packs)
    assert (asset.role, len(asset.identity) in (0, 32)) == ("server", True)
    assert evidence


def test_root_and_nobody_differ_in_unknowns_only(open_folder: Path, packs: PackSet) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to run as somebody else")
    found: dict[str, dict[str, Finding]] = {}
    for user in ("", "nobody"):
        path = pyz(open_folder / (user or "root"), packs)
        ran = start(path, user=user)
        assert ran.returncode == 0, ran.stderr.decode()
        found[user] = {item.check: item for item in judged(path.parent, packs)[2]}
    assert set(found[""]) == set(found["nobody"])
    for check, theirs in found["nobody"].items():
        if theirs.status is not Status.UNKNOWN:
            assert theirs.status is found[""][check].status, check


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 1, 1), date(2026, 1, 2), "2026-01-02"),
        (date(2099, 1, 1), date(2099, 2, 1), "2099-01-01"),
    ],
)
def test_outside_the_permitted_days_nothing_is_read(
    open_folder: Path, packs: PackSet, first: date, last: date, words: str
) -> None:
    scope = replace(SCOPE, valid_from=first, valid_until=last)
    path = pyz(open_folder / "late", packs, scope, "en")
    ran = start(path)
    assert (ran.returncode, ran.stdout) == (5, b"")
    assert words in ran.stderr.decode()
    assert [item.name for item in path.parent.iterdir()] == ["check.pyz"]


def test_a_wrong_role_and_a_broken_order_are_one_line(open_folder: Path, packs: PackSet) -> None:
    path = pyz(open_folder / "bad", packs)
    ran = start(path, "--role", "fridge", "--lang", "en")
    assert (ran.returncode, ran.stderr.decode().count("\n")) == (2, 1)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("order.json", b"{")
    ran = start(path, "--lang", "en")
    assert (ran.returncode, ran.stderr.decode().count("\n")) == (2, 1)
    assert "order.json" in ran.stderr.decode()


# --- Windows ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowsPython]:
    computer = windows_python(tmp_path_factory.mktemp("wine"))
    yield computer
    remove(computer)


def embeddable(computer: WindowsPython, path: Path) -> Path:
    """Pack the interpreter as python.org does: flat."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in sorted(computer.folder.iterdir()):
            if item.is_file():
                archive.write(item, item.name)
    return path


def test_the_windows_zip_runs_from_a_stick_and_leaves_one_file(
    windows: WindowsPython, tmp_path: Path, packs: PackSet
) -> None:
    made = tmp_path / "check.zip"
    order = order_for(SCOPE, "ab" * 32, "en")
    build_windows(made, order, packs, embeddable(windows, tmp_path / "python.zip"))
    stick = tmp_path / "stick"
    with zipfile.ZipFile(made) as archive:
        archive.extractall(stick)
    before = {item.relative_to(stick) for item in stick.rglob("*")}
    ran = subprocess.run(
        [windows.wine, "cmd", "/c", "posture-scan.cmd"], check=False, cwd=stick,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=180,
        env={**windows.environment(), "POSTURE_SCAN_NO_PAUSE": "1"},
    )  # fmt: skip
    said = ran.stdout.decode("utf-8", "replace")
    assert ran.returncode == 0, ran.stderr.decode("utf-8", "replace")[-2000:] + said
    assert "changes nothing" in said
    after = {item.relative_to(stick) for item in stick.rglob("*")}
    assert [item.name.endswith(".host.json") for item in after - before] == [True]
    asset, evidence, findings = judged(stick, packs)
    assert len(asset.identity) == 32  # from the registry's MachineGuid
    assert {record.kind.split(".")[0] for record in evidence} >= {"backup"}
    assert not [item.check for item in findings if item.status is Status.ERROR]


def test_silence_of_powershell_is_unknown_and_never_fine(
    windows: WindowsPython, tmp_path: Path, packs: PackSet
) -> None:
    """Wine's PowerShell exits with 0 and prints nothing, as a broken one does."""
    made = tmp_path / "check.zip"
    build_windows(
        made, order_for(SCOPE, "ab" * 32, "en"), packs, embeddable(windows, tmp_path / "p.zip")
    )
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "stick")
    ran = subprocess.run(
        [windows.wine, str(tmp_path / "stick/python/python.exe"), "-I", "-B",
         str(tmp_path / "stick/app/run.py"), "--role", "server"],
        check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=180,
        cwd=tmp_path / "stick", env=windows.environment(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode("utf-8", "replace")[-2000:]
    _, _, findings = judged(tmp_path / "stick", packs)
    backup = {item.check: item.status for item in findings if item.check.startswith("backup.")}
    assert set(backup.values()) == {Status.UNKNOWN}
