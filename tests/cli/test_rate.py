"""``rate`` on a bare worksheet: the worked example of the typical firm, as a person sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posture_scan.report.wrap import width_of
from tests.cli.conftest import Run

VERIFIED = ("EXT-VPN", "EXT-SVC", "VUL-KEV", "VUL-EOL", "BKP-JOB", "HRD-HOST", "NET-TLS")
HALF = ("VUL-PATCH", "END-EDR", "HRD-CFG", "EML-AUTH")
TOLD = ("IAM-MFA-REM", "IAM-MFA-CLD", "TRN-AWR", "AST-INV")


def worksheet(folder: Path, rdp: str) -> Path:
    """The worked example of the typical firm, with RDP ``met`` or ``not_met``."""
    criteria = {name: {"status": "met", "evidence_class": "verified"} for name in VERIFIED}
    criteria |= {name: {"status": "partial", "evidence_class": "verified"} for name in HALF}
    criteria |= {name: {"status": "met", "evidence_class": "attested"} for name in TOLD}
    criteria |= {
        "EXT-RDP": {"status": rdp, "evidence_class": "verified"},
        "EXT-ADM": {"status": "not_met", "evidence_class": "verified"},
        "BKP-ISO": {"status": "not_met", "evidence_class": "attested"},
        "GOV-POL": {"status": "met", "evidence_class": "documented"},
    }
    path = folder / "sheet.json"
    sheet = {
        "profile": "jp-sme", "base_premium": "120000", "group_discount": True,
        "certificates": ["sa2"], "criteria": criteria,
    }  # fmt: skip
    path.write_text(json.dumps(sheet))
    return path


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("ja", "RDPを閉じると年間 30,990 円の価値"),
        ("en", "Closing RDP to the Internet is worth 30,990 yen a year"),
    ],
)
def test_what_closing_rdp_is_worth(run: Run, tmp_path: Path, lang: str, sentence: str) -> None:
    ran = run("rate", worksheet(tmp_path, "not_met"), lang=lang)
    assert ran.returncode == 1
    assert "96,000" in ran.stdout
    assert sentence in ran.stdout


def test_the_typical_firm_as_json_and_under_a_wish(run: Run, tmp_path: Path) -> None:
    sheet = worksheet(tmp_path, "met")
    ran = run("rate", sheet, "--json")
    assert ran.returncode == 0
    rating = json.loads(ran.stdout)
    keys = ("status", "premium", "score", "verified", "declared", "coverage", "discount")
    assert [rating[key] for key in keys] == [
        "ok", "65010", "57.0", "47.0", "66.0", "0.82", "0.3228",
    ]  # fmt: skip
    assert run("rate", sheet, "--fail-under", "58").returncode == 1
    assert run("rate", sheet, "--fail-under", "57").returncode == 0


@pytest.mark.parametrize(("lang", "gate"), [("en", "gate open"), ("ja", "重大な弱点")])
def test_profiles_stand_side_by_side_in_columns(
    run: Run, tmp_path: Path, lang: str, gate: str
) -> None:
    sheet = worksheet(tmp_path, "not_met")
    ran = run("rate", sheet, "--profile", "jp-sme", "--profile", "jp-sme-strict", lang=lang)
    assert ran.returncode == 1
    head, one, other, trial = ran.stdout.splitlines()
    assert [line.split()[0] for line in (one, other)] == ["jp-sme", "jp-sme-strict"]
    for line in (one, other):
        assert gate in line
        assert "EXT-RDP" in line
    ends = {width_of(line[: line.index("EXT-RDP")]) for line in (one, other)}
    assert len(ends) == 1
    assert max(map(width_of, (head, one, other, trial))) <= 80
    found = run("rate", sheet, "--profile", "jp-sme", "--profile", "jp-sme-strict", "--json")
    assert [item["profile"]["id"] for item in json.loads(found.stdout)] == [
        "jp-sme", "jp-sme-strict",
    ]  # fmt: skip


def test_what_is_given_on_the_line_wins_over_the_worksheet(run: Run, tmp_path: Path) -> None:
    ran = run("rate", worksheet(tmp_path, "met"), "--base-premium", "240000", "--json")
    assert json.loads(ran.stdout)["base_premium"] == "240000"
