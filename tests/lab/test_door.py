"""A pack of somebody else, scanned for real, without touching any file of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.data.acme_pack_server import door
from tests.program import Ran

DATA = Path(__file__).parent.parent / "data"
ADDRESS = "127.60.2.1"


def scan(folder: Path, *arguments: str, path: str = "") -> tuple[Ran, dict[str, Any]]:
    scope = folder / "scope.toml"
    scope.write_text(
        f"""
organisation = "例"
authorised_by = "例 太郎"
valid_from = 2026-01-01
valid_until = 2036-01-01
targets = ["{ADDRESS}"]
""",
        "utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "posture_scan", "scan", "--scope", str(scope), "--out", "r.json",
         "--engine", "builtin", "--pace", "lan", "--detail", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONPATH": path},
    )  # fmt: skip
    return ran, json.loads((folder / "r.json").read_text("utf-8"))


def doors(report: dict[str, Any]) -> dict[str, str]:
    """What was found at the door itself, leaving out that not all ports were tried."""
    found = [f for f in report["findings"] if f["check"].startswith("door.") and f["port"]]
    return {f["check"]: f["status"] for f in found}


def test_a_folder_pack_finds_its_doors_on_any_port(tmp_path: Path) -> None:
    with door(ADDRESS) as port:
        ran, report = scan(tmp_path, "--checks", str(DATA / "acme_pack"), "--ports", str(port))
    assert doors(report) == {"door.open": "fail", "door.old_firmware": "fail"}
    pack = next(p for p in report["packs"] if p["name"] == "acme_door")
    assert len(pack["digest"]) == 64
    assert "acme_pack" in pack["origin"]
    assert "door" in ran.stdout.lower()


def test_the_same_pack_comes_in_by_an_entry_point(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "acme-1.0.dist-info").mkdir(parents=True)
    (site / "acme-1.0.dist-info" / "METADATA").write_text("Name: acme\nVersion: 1.0\n")
    (site / "acme-1.0.dist-info" / "entry_points.txt").write_text(
        "[posture_scan.checks]\nacme_door = acme_door\n"
    )
    (site / "acme_door").symlink_to(DATA / "acme_pack" / "acme_door")
    with door(ADDRESS) as port:
        _, report = scan(tmp_path, "--ports", str(port), path=str(site))
    pack = next(p for p in report["packs"] if p["name"] == "acme_door")
    assert pack["origin"] == "acme 1.0"
    failed = {f["check"] for f in report["findings"] if f["status"] == "fail"}
    assert {"door.open", "door.old_firmware"} <= failed


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken_import_error", "import_failed"),
        ("broken_missing_words", "words"),
        ("broken_missing_english", "words"),
        ("broken_forbidden_import", "forbidden_import"),
        ("broken_duplicate_id", "collision"),
    ],
)
def test_a_broken_pack_is_a_finding(tmp_path: Path, name: str, reason: str) -> None:
    folder = DATA / "broken_packs" / name
    ran, report = scan(tmp_path, "--checks", str(folder), "--ports", "4242")
    found = [f for f in report["findings"] if f["check"] == "pack.unusable"]
    assert [(f["status"], f["reason"]) for f in found] == [("error", reason)]
    assert "Traceback" not in ran.stderr
