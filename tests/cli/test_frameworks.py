"""``frameworks`` as a person runs it, on a report that the program made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from posture_scan.report.wrap import width_of
from tests.cli.conftest import Run

OF = ("scs3", "scs4", "ipa25", "cis", "csf", "cyber-essentials", "security-action")
HARD_WORDS = ("認定", "保証", "certified")


@pytest.fixture
def report(run: Run, scope_file: Callable[..., Path]) -> str:
    """A scan of an address on which nothing listens."""
    scope = scope_file("127.60.5.10")
    ran = run("scan", "--scope", scope, "--engine", "builtin", "--ports", "3389",
              "--pace", "lan", "--out", "r.json")  # fmt: skip
    assert (scope.parent / "r.json").exists(), ran.stderr
    return "r.json"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_mapping_needs_no_report(run: Run, lang: str) -> None:
    ran = run("frameworks", lang=lang)
    assert ran.returncode == 0, ran.stderr
    assert [line for line in ran.stdout.splitlines() if width_of(line) > 80] == []
    assert "4-5-1  EXT-RDP, EXT-VPN, EXT-SVC, EXT-ADM" in ran.stdout
    assert [word for word in HARD_WORDS if word in ran.stdout] == []


def test_every_framework_by_its_name(run: Run, report: str) -> None:
    for name in OF:
        ran = run("frameworks", report, "--of", name, "--json")
        assert ran.returncode == 0, ran.stderr
        value = json.loads(ran.stdout)
        assert value["report_id"].startswith("ps-")
        assert [item["id"] for item in value["frameworks"]] == [
            one for one in (name,) if one != "security-action"
        ]
        for item in value["frameworks"]:
            assert item["counts"]["covered"] == 0
            assert item["counts"]["unknown"] == item["asked"] - item["said"]
    for lang in ("ja", "en"):
        said = run("frameworks", report, lang=lang).stdout
        assert [word for word in HARD_WORDS if word in said] == []
        assert [line for line in said.splitlines() if width_of(line) > 80] == []


def test_the_file_for_the_questions(run: Run, report: str, tmp_path: Path) -> None:
    assert run("frameworks", "--new-ipa25", "a.toml").returncode == 0
    again = run("frameworks", "--new-ipa25", "a.toml")
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    text = (tmp_path / "a.toml").read_text("utf-8").replace('# "7" = "yes"', '"7" = "partly"')
    (tmp_path / "a.toml").write_text(text, "utf-8")
    ran = run("frameworks", report, "--of", "ipa25", "--ipa25", "a.toml", "--json")
    score = json.loads(ran.stdout)["ipa25"]
    assert (score["score"], score["unknown"]) == (2 - 24, 24)
    (tmp_path / "b.toml").write_text('\n"77" = "yes"\n')
    ran = run("frameworks", report, "--ipa25", "b.toml")
    assert ran.returncode == 2
    assert "b.toml:2:" in ran.stderr


@pytest.mark.parametrize(
    ("given", "form", "code"),
    [("51234567890", "current", 0), ("41234567890", "old", 1), ("123", "wrong", 1)],
)
def test_the_form_of_a_declarations_id(run: Run, given: str, form: str, code: int) -> None:
    arguments = ("frameworks", "--of", "security-action", "--security-action-id", given)
    ran = run(*arguments, "--json")
    assert ran.returncode == code
    assert json.loads(ran.stdout)["security_action"]["declared_id"] == {"id": given, "form": form}
    assert given in run(*arguments, lang="ja").stdout


def test_what_is_no_framework_or_no_report_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    for arguments in (("--of", "scs5"), ("x.json",), ("nowhere.json",), ("--profile", "none")):
        ran = run("frameworks", *arguments)
        assert ran.returncode in {2, 3}
        assert len(ran.stderr.splitlines()) == 1
