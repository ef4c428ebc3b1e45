"""``host`` and ``host bundle`` as their users type them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def scope(folder: Path, *, days: int = 10) -> None:
    today = datetime.now(UTC).date()
    (folder / "scope.toml").write_text(
        f"""organisation = "株式会社例"
authorised_by = "山田太郎"
valid_from = {today - timedelta(days=20)}
valid_until = {today + timedelta(days=days)}
targets = ["192.0.2.1"]
""",
        "utf-8",
    )


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "何も変更しません"), ("en", "changes nothing")]
)
def test_it_says_first_what_it_reads_and_last_what_stayed_unseen(
    run: Run, tmp_path: Path, language: str, word: str
) -> None:
    ran = run("host", "--lang", language, "--name", "経理 PC")
    assert ran.returncode == 0, ran.stderr
    assert word in ran.stderr
    assert "経理 PC" in ran.stdout
    assert (tmp_path / "host-経理-PC.host.json").is_file()
    assert "{" not in ran.stdout + ran.stderr


def test_its_answer_for_programs_names_rights_and_their_worth(run: Run, tmp_path: Path) -> None:
    ran = run("host", "--json", "--out", "a.host.json", "--base-premium", "120000")
    found = json.loads(ran.stdout)
    assert set(found) == {"asset", "path", "ok", "total", "lifts", "unknown"}
    for lift in found["lifts"]:
        assert int(lift["worth_up_to"]) >= 0
        assert lift["checks"]
    assert json.loads((tmp_path / "a.host.json").read_text())["schema"].startswith("posture-scan/")


def test_a_recording_is_kept_beside_the_evidence(run: Run, tmp_path: Path) -> None:
    ran = run("host", "--record", "tape.json", "--lang", "en")
    assert ran.returncode == 0, ran.stderr
    assert "look through it" in ran.stderr.lower()
    assert json.loads((tmp_path / "tape.json").read_text())["provenance"] == "recorded-real"


@pytest.mark.parametrize(
    "words", [("--record", "old.json"), ("--record", "no/t.json"), ("--out", "no/a.host.json")]
)
def test_a_place_that_cannot_be_written_is_named_before_anything_is_read(
    run: Run, tmp_path: Path, words: tuple[str, str]
) -> None:
    (tmp_path / "old.json").write_text("{}")
    ran = run("host", *words, "--lang", "en")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert words[1] in ran.stderr
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".json"] == ["old.json"]


def test_a_bundle_is_made_with_the_clients_permission(run: Run, tmp_path: Path) -> None:
    scope(tmp_path)
    ran = run("host", "bundle", "check.pyz", "--scope", "scope.toml", "--json")
    assert ran.returncode == 0, ran.stderr
    made = json.loads(ran.stdout)
    assert made["return_name"] == "株式会社例_{computer}.host.json"
    with zipfile.ZipFile(tmp_path / "check.pyz") as archive:
        order = json.loads(archive.read("order.json"))
    assert (order["organisation"], order["authorised_by"]) == ("株式会社例", "山田太郎")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("check.pyz", "--scope", "none.toml"), 2, "none.toml"),
        (("check.zip", "--scope", "scope.toml"), 2, "python.org"),
        (("check.zip", "--scope", "scope.toml", "--python", "scope.toml"), 2, "python.org"),
        (("nowhere/check.pyz", "--scope", "scope.toml"), 3, "nowhere"),
        (("scope.toml", "--scope", "scope.toml", "--python", "x.zip"), 2, "x.zip"),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    scope(tmp_path)
    for language in ("ja", "en"):
        ran = run("host", "bundle", *words, "--lang", language)
        assert (ran.returncode, ran.stderr.count("\n")) == (code, 1), ran.stderr
        assert told in ran.stderr


def test_an_expired_permission_makes_no_bundle(run: Run, tmp_path: Path) -> None:
    scope(tmp_path, days=-5)
    ran = run("host", "bundle", "check.pyz", "--scope", "scope.toml")
    assert ran.returncode == 5
    assert not (tmp_path / "check.pyz").exists()


def test_a_folder_of_evidence_is_taken_in_and_an_empty_one_refused(
    run: Run, tmp_path: Path
) -> None:
    scope(tmp_path)
    (tmp_path / "files").mkdir()
    ran = run("scan", "--scope", "scope.toml", "--host-evidence", "files", "--lang", "en")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ".host.json" in ran.stderr


def test_computers_are_added_to_a_report_that_is_there_already(
    run: Run, scope_file: Callable[..., Path], tmp_path: Path
) -> None:
    scope_file("127.0.0.1")
    ran = run("scan", "--scope", "scope.toml", "--ports", "1", "--engine", "builtin",
              "--pace", "lan", "--out", "r.json")  # fmt: skip
    assert (tmp_path / "r.json").exists(), ran.stderr
    assert run("host", "--name", "pc-1", "--out", "a.host.json").returncode == 0
    ran = run("rate", "r.json", "--host-evidence", "a.host.json", "--out", "new.json")
    assert "Judged again" in ran.stderr, ran.stderr
    before, after = (json.loads((tmp_path / name).read_text()) for name in ("r.json", "new.json"))
    assert "host:pc-1" not in {asset["id"] for asset in before["assets"]}
    assert "host:pc-1" in {asset["id"] for asset in after["assets"]}
    assert {f["check"] for f in after["findings"] if f["asset"] == "host:pc-1"} >= {
        "backup.none", "updates.pending", "firewall.off",
    }  # fmt: skip
