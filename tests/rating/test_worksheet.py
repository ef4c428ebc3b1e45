"""Worksheets: read strictly, each mistake in one line with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from posture_scan.errors import UsageError
from posture_scan.rating.status import EvidenceClass, State
from posture_scan.rating.worksheet import (
    is_worksheet,
    rate_worksheet,
    read_worksheet,
    statuses,
    worksheet,
)
from posture_scan.text.catalog import Catalog
from tests.rating.samples import SME, TYPICAL

LONG = {"m": "met", "p": "partial", "n": "not_met", "v": "verified", "d": "documented",
        "a": "attested"}  # fmt: skip


def sheet(**changes: Any) -> dict[str, Any]:
    criteria = {
        name: {"status": LONG[code[0]], "evidence_class": LONG[code[1]]}
        for name, code in TYPICAL.items()
    }
    return {
        "profile": "jp-sme", "base_premium": "120000", "group_discount": True,
        "certificates": ["sa2"], "criteria": criteria, **changes,
    }  # fmt: skip


def test_the_worked_example_as_a_worksheet() -> None:
    read = read_worksheet(json.dumps(sheet()))
    assert read.profile == "jp-sme"
    result = rate_worksheet(SME, read).to_json()
    assert (result["premium"], result["score"], result["factor"]) == ("65010", "57.0", "0.6972")


def test_the_class_matters_only_for_met_and_partial() -> None:
    read = worksheet({"criteria": {
        "EXT-RDP": {"status": "not_met"}, "EXT-VPN": {"status": "not_applicable"},
        "EXT-SVC": {"status": "unknown", "evidence_class": "verified"},
    }})  # fmt: skip
    found = statuses(SME, read)
    assert [s.status for s in found] == [State.NOT_MET, State.NOT_APPLICABLE, State.UNKNOWN]
    assert {s.evidence_class for s in found} == {EvidenceClass.NONE}


def test_without_a_premium_it_is_estimated_and_says_so() -> None:
    given = sheet(facts={"industry": "retail", "annual_sales": "500000000"})
    del given["base_premium"]
    result = rate_worksheet(SME, worksheet(given)).to_json()
    assert (result["base_premium"], result["base_source"]) == ("93000", "estimate")
    del given["facts"]
    result = rate_worksheet(SME, worksheet(given)).to_json()
    assert (result["base_premium"], result["base_source"]) == ("67000", "example")


def test_an_incident_refers_and_changes_no_figure() -> None:
    plain = rate_worksheet(SME, worksheet(sheet())).to_json()
    told = sheet(facts={"incident_last_5_years": "yes"})
    referred = rate_worksheet(SME, worksheet(told)).to_json()
    assert referred["referral"] == ["incident"]
    assert referred["premium"] == plain["premium"]


MISTAKES = [
    ([], "worksheet.not_object"),
    (sheet(premium="1"), "worksheet.key"),
    (sheet(group_discount="yes"), "worksheet.type"),
    (sheet(certificates="sa2"), "worksheet.type"),
    (sheet(certificates=[1]), "worksheet.type"),
    (sheet(certificates=["iso"]), "rating.certificate"),
    (sheet(criteria=[]), "worksheet.type"),
    (sheet(profile=1), "worksheet.type"),
    (sheet(criteria={"EXT-RPD": {"status": "met"}}), "worksheet.criterion"),
    (sheet(criteria={"EXT-RDP": "met"}), "worksheet.type"),
    (sheet(criteria={"EXT-RDP": {"status": "good"}}), "worksheet.choice"),
    (sheet(criteria={"EXT-RDP": {}}), "worksheet.choice"),
    (sheet(criteria={"EXT-RDP": {"status": "met"}}), "worksheet.choice"),
    (sheet(criteria={"EXT-RDP": {"status": "met", "evidence_class": []}}), "worksheet.choice"),
    (sheet(criteria={"EXT-RDP": {"status": "met", "class": "v"}}), "worksheet.key"),
    (sheet(base_premium="-1"), "rating.amount"),
    (sheet(base_premium="0"), "rating.amount"),
    (sheet(base_premium="many"), "rating.amount"),
    (sheet(base_premium="NaN"), "rating.amount"),
    (sheet(base_premium="1e999999"), "rating.amount"),
    (sheet(base_premium="1e-999999"), "rating.amount"),
    (sheet(base_premium=True), "rating.amount"),
    (sheet(base_premium=[]), "rating.amount"),
]


@pytest.mark.parametrize(("data", "code"), MISTAKES)
def test_a_mistake_is_one_line_with_what_to_do(data: Any, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        rate_worksheet(SME, worksheet(data))
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    for language in ("ja", "en"):
        line = Catalog(language)(f"error.{code}", **caught.value.values)
        assert "\n" not in line
        assert "{" not in line.replace("{ }", "").replace('{"', "").replace("{{", "")


@pytest.mark.parametrize(
    "text", ["", "{", '{"criteria": {}, "criteria": {}}', "[" * 100_000, '{"base_premium": NaN}']
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        rate_worksheet(SME, read_worksheet(text))


def test_a_worksheet_is_told_from_a_report() -> None:
    assert is_worksheet(sheet())
    assert not is_worksheet({"criteria": [], "schema": "x"})
    assert not is_worksheet([])
