"""``plan`` as a person runs it: on a worksheet, with prices, a target, a budget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posture_scan.report.document import report_bytes
from posture_scan.report.wrap import width_of
from tests.assess.drift import scene
from tests.cli.conftest import Run
from tests.cli.test_rate import worksheet
from tests.rating.samples import SME

KEYS = {
    "profile", "currency", "base_premium", "base_source", "status", "gates", "missing", "discount",
    "premium", "everything", "levels", "hourly_rate", "target", "within", "requirements", "fixes",
}  # fmt: skip


JA = ("次の目標: 割引 5%", "年間 30,990円 安くなります", "RDPを閉じる", "30% まで届きます")
EN = ("Next: a discount of 5%", "Saves 30,990 yen a year", "Closing RDP", "reaches 30%")


@pytest.mark.parametrize(("lang", "sentences"), [("ja", JA), ("en", EN)])
def test_the_next_level_comes_first_and_all_fits_eighty_columns(
    run: Run, tmp_path: Path, lang: str, sentences: tuple[str, ...]
) -> None:
    ran = run("plan", worksheet(tmp_path, "not_met"), lang=lang)
    assert ran.returncode == 0, ran.stderr
    places = [ran.stdout.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    assert [line for line in ran.stdout.split("\n") if width_of(line) > 80] == []
    assert "plan." not in ran.stdout
    assert "{" not in ran.stdout


def test_prices_budget_and_hours(run: Run, tmp_path: Path) -> None:
    sheet, prices = worksheet(tmp_path, "not_met"), tmp_path / "prices.toml"
    assert run("plan", sheet, "--new-prices", prices).returncode == 0
    assert "hourly_rate = 0" in run("plan", sheet, "--prices", prices).stdout
    prices.write_text(prices.read_text().replace("hourly_rate = 0", "hourly_rate = 9000"))
    ran = run("plan", sheet, "--prices", prices, "--budget", "36000", "--hours", "10", "--json")
    found = json.loads(ran.stdout)
    assert set(found) == KEYS
    first = found["levels"][0]["set"]
    assert [first[key] for key in ("hours", "cost", "saving", "payback_months")] == [
        "2", "18000", "30990", "7.0",
    ]  # fmt: skip
    within = found["within"]
    assert (within["budget"], within["hours"]) == ("36000", "10")
    assert int(within["set"]["cost"]) <= 36_000
    assert int(within["set"]["saving"]) > int(first["saving"])
    for lang in ("ja", "en"):
        shown = run("plan", sheet, "--prices", prices, "--budget", "36000", lang=lang)
        assert [line for line in shown.stdout.split("\n") if width_of(line) > 80] == []


def test_exit_codes(run: Run, tmp_path: Path) -> None:
    sheet = worksheet(tmp_path, "not_met")
    assert run("plan", sheet, "--target-premium", "60000").returncode == 0
    too_low = run("plan", sheet, "--target-premium", "20000", lang="en")
    assert too_low.returncode == 1
    assert "below the minimum premium" in too_low.stdout
    assert run("plan", sheet, "--target-premium", "x").returncode == 2
    assert run("plan", sheet, "--hours", "many").returncode == 2
    assert run("plan", sheet, "--budget", "5").returncode == 2
    assert run("plan", tmp_path / "none.json").returncode == 2


def test_a_mistake_in_the_prices_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "JPY"\nhourly_rate = 1\n[checks."rdp.expsed"]\nhours = 1\n')
    ran = run("plan", worksheet(tmp_path, "met"), "--prices", prices, lang="en")
    assert ran.returncode == 2
    assert f"{prices}:3:" in ran.stderr
    assert "rdp.exposed" in ran.stderr


def test_a_report_is_rated_by_its_own_rules_unless_others_are_named(
    run: Run, tmp_path: Path
) -> None:
    for profile, name in (("jp-sme-strict", "a.json"), ("uk-cyber-essentials", "b.json")):
        made = scene.report(profile=profile)
        (tmp_path / name).write_bytes(report_bytes(made))
        for command in ("rate", "plan"):
            told = json.loads(run(command, name, "--json").stdout)["profile"]
            assert (told["id"] if isinstance(told, dict) else told) == profile
    made["rating"]["profile"]["id"] = "acme"
    (tmp_path / "own.json").write_bytes(report_bytes(made))
    for command in ("rate", "plan", "explain trace"):
        ran = run(*command.split(), "own.json")
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1), ran.stderr
        assert "acme" in ran.stderr
        assert "--profile" in ran.stderr
    assert run("rate", "own.json", "--profile", "jp-sme", "--json").returncode == 3


def test_gates_come_first_and_then_what_is_required(run: Run, tmp_path: Path) -> None:
    stands = {item.id: {"status": "met", "evidence_class": "verified"} for item in SME.criteria}
    stands["BKP-JOB"] = {"status": "not_met", "evidence_class": "verified"}
    for name in ("EXT-ADM", "VUL-EOL", "NET-TLS"):
        del stands[name]
    sheet = tmp_path / "sheet.json"
    sheet.write_text(json.dumps({"profile": "jp-sme", "criteria": stands}))
    found = json.loads(run("plan", sheet, "--target-premium", "40200", "--json").stdout)
    assert found["target"]["set"]["criteria"][:2] == ["BKP-JOB", "VUL-EOL"]
    shown = run("plan", sheet, "--target-premium", "40200").stdout
    places = [shown.index(f"({name})", shown.index("  1. ")) for name in ("BKP-JOB", "VUL-EOL")]
    assert places == sorted(places)
