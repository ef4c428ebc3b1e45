"""``checks``, ``profiles``, ``host``, ``show`` and the list of keys, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posture_scan.report.document import report_bytes
from tests.cli.conftest import Run
from tests.engine.door_pack import write_pack
from tests.report.sample import bad


def test_every_check_is_listed_under_its_pack(run: Run) -> None:
    rows = json.loads(run("checks", "--json").stdout)
    said = run("checks").stdout
    assert {row["pack"] for row in rows} >= {"remote_access", "encryption", "backup"}
    assert [row["check"] for row in rows if row["check"] not in said] == []
    assert all(len(row["digest"]) == 64 for row in rows)


@pytest.mark.parametrize(("lang", "word"), [("en", "Why"), ("ja", "なぜ危ないか")])
def test_one_check_says_why_and_what_to_do(run: Run, lang: str, word: str) -> None:
    said = run("checks", "rdp.exposed", lang=lang).stdout
    assert word in said
    assert len(said.splitlines()) > 6
    assert "{" not in said


def test_a_check_nobody_has_is_a_mistake_in_one_line(run: Run) -> None:
    ran = run("checks", "rdp.expossed")
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "rdp.expossed" in ran.stderr


def test_a_folder_of_checks_joins_the_list_and_a_broken_one_is_named(
    run: Run, tmp_path: Path
) -> None:
    write_pack(tmp_path / "ours")
    write_pack(tmp_path / "ours", "wreck", subject="import nowhere_at_all\n")
    ran = run("checks", "--checks", "ours", "--json")
    ids = {row["check"] for row in json.loads(ran.stdout)}
    assert "door.open" in ids
    seen = run("checks", "--checks", "ours")
    assert "wreck" in seen.stderr
    assert seen.returncode == 0


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_profiles_say_what_they_are(run: Run, lang: str) -> None:
    said = run("profiles", lang=lang).stdout
    rows = json.loads(run("profiles", "--json", lang=lang).stdout)
    assert {"jp-sme", "jp-sme-strict"} <= {row["id"] for row in rows}
    for row in rows:
        assert row["title"] in said
        assert row["digest"][:12] in said


def test_the_evidence_of_this_machine_goes_into_a_file(
    run_from_nothing: Run, tmp_path: Path
) -> None:
    ran = run_from_nothing("host", "--out", "mine.json", "--role", "server", "--json")
    assert ran.returncode == 0, ran.stderr
    values = json.loads(ran.stdout)
    kept = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    assert values["path"] == "mine.json"
    assert len(kept["evidence"]) == values["total"] > 0
    assert values["ok"] <= values["total"]


def test_nobody_is_trusted_at_first(run: Run) -> None:
    ran = run("trust", "list", "--json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout) == []


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A finished report in the folder the program runs in."""
    path = tmp_path / "report.json"
    path.write_bytes(report_bytes(bad()))
    return path


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_report_is_shown_short_or_in_detail(run: Run, report: Path, lang: str) -> None:
    short = run("show", report, "--summary", lang=lang)
    long = run("show", report, lang=lang)
    assert short.returncode == long.returncode == 0, short.stderr + long.stderr
    assert len(short.stdout.splitlines()) < len(long.stdout.splitlines())


def test_a_report_as_page_and_as_data_goes_where_it_is_told(
    run: Run, report: Path, tmp_path: Path
) -> None:
    assert run("show", report, "--format", "html", "--out", "page.html").returncode == 0
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(run("show", report, "--format", "json").stdout) == json.loads(
        report.read_text("utf-8")
    )
    ran = run("show", report, "--format", "html", "--out", "page.html")
    assert ran.returncode == 2
    assert "page.html" in ran.stderr
