"""What a person installs: the wheel holds the whole tree and runs far from any checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the build tools at hand: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    _python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Install the wheel alone; its dependencies come from where the tests run."""
    target = wheel.parent / "site"
    _python(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel,
        cwd=wheel.parent,
    )  # fmt: skip
    return target


def _python(*arguments: str | Path, cwd: Path, site: Path | None = None, code: int = 0) -> str:
    """Run this Python in ``cwd``, expect an exit code and return what it printed."""
    environment = {
        **os.environ, "HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd), "PYTHONIOENCODING": "utf-8",
        "LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1",
    }  # fmt: skip
    environment.pop("PYTHONPATH", None)
    if site:
        environment["PYTHONPATH"] = str(site)
    ran = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True,
        text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran.stdout


def _tree() -> set[str]:
    """The paths that the files of the checkout have in an installation."""
    found = set()
    for folder, inside in (
        ("posture_scan", ""), ("checks", "posture_scan/"), ("profiles", "posture_scan/"),
    ):  # fmt: skip
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                found.add(inside + path.relative_to(ROOT).as_posix())
    return found


def test_the_wheel_holds_every_file_of_the_tree_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    metadata = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - metadata == _tree()
    assert {name.partition("/")[2] for name in metadata} == METADATA


def test_the_program_is_the_installed_one_not_the_checkout(installed: Path) -> None:
    code = (
        "import posture_scan, posture_scan.checks as c; print(*posture_scan.__path__, *c.__path__)"
    )
    paths = _python("-c", code, cwd=installed.parent, site=installed).split()
    assert paths == [str(installed / "posture_scan"), str(installed / "posture_scan" / "checks")]


def test_help_names_the_commands(installed: Path) -> None:
    said = _python("-m", "posture_scan", "--help", cwd=installed.parent, site=installed)
    assert {"scan", "rate", "verify"} <= set(said.split())


def test_every_pack_came_along_with_its_words(installed: Path) -> None:
    said = _python("-m", "posture_scan", "checks", "--json", cwd=installed.parent, site=installed)
    packs = {entry["pack"] for entry in json.loads(said)}
    assert packs == {path.parent.name for path in (ROOT / "checks").glob("*/__init__.py")}


def test_a_worksheet_is_rated(installed: Path) -> None:
    criteria = {"EXT-RDP": {"status": "met", "evidence_class": "verified"}}
    sheet = {"profile": "jp-sme", "base_premium": "120000", "criteria": criteria}
    (installed.parent / "sheet.json").write_text(json.dumps(sheet))
    said = _python(
        "-m", "posture_scan", "rate", "sheet.json", "--json",
        cwd=installed.parent, site=installed, code=3,
    )  # fmt: skip
    rating = json.loads(said)
    assert (rating["status"], rating["premium"]) == ("insufficient", "120000")
