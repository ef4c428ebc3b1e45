"""A portfolio under two profiles: every firm counted once, every file that is not is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from posture_scan.assess.dry_run import compare
from posture_scan.assess.portfolio import Portfolio, share_of_change
from posture_scan.errors import UsageError
from posture_scan.report.document import report_bytes
from tests.rating.samples import TYPICAL
from tests.report.sample import bad

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
STATES = {"m": "met", "p": "partial", "n": "not_met"}
CLASSES = {"v": "verified", "d": "documented", "a": "attested"}


def sheet(codes: dict[str, str], base: int = 120_000) -> str:
    criteria = {
        name: {"status": STATES[code[0]], "evidence_class": CLASSES[code[1]]}
        for name, code in codes.items()
    }
    terms = {"base_premium": base, "group_discount": True, "certificates": ["sa2"]}
    return json.dumps({**terms, "criteria": criteria})


def compared(*places: Path, old: str = "jp-sme", new: str = "jp-sme-strict") -> Portfolio:
    return compare(old, new, places, store=Path("nowhere"), now=NOW)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The typical firm, the same with an isolated backup at twice the premium, and a report."""
    folder = tmp_path / "book"
    (folder / "sub").mkdir(parents=True)
    (folder / "typical.json").write_text(sheet(TYPICAL), "utf-8")
    (folder / "sub" / "better.json").write_text(sheet({**TYPICAL, "BKP-ISO": "mv"}, 240_000))
    (folder / "z-report.json").write_bytes(report_bytes(bad()))
    return folder


def test_every_firm_has_both_prices(book: Path) -> None:
    found = {firm.name: firm for firm in compared(book).firms}
    assert set(found) == {"typical", "better", "株式会社例"}
    typical = found["typical"]
    # 65,010 is the published worked example; under the strict profile BKP-ISO is a gate, so only
    # its group discount of 10 % is left of 120,000
    assert typical.old.premium == 65_010
    assert typical.new.premium == 108_000
    assert (typical.old.status, typical.new.status) == ("ok", "gate")
    assert typical.change == 42_990


def test_the_portfolio_adds_up_and_weighs_by_premium(book: Path) -> None:
    result = compared(book)
    for totals, sides in (
        (result.old_totals, [firm.old for firm in result.firms]),
        (result.new_totals, [firm.new for firm in result.firms]),
    ):
        assert totals.premium == sum(side.premium or 0 for side in sides)
        weighted = sum((side.base or 0) * (side.factor or 0) for side in sides)
        mean = Decimal(weighted) / sum(side.base or 0 for side in sides)
        assert totals.mean_factor == mean.quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert sum(totals.statuses.values()) == 3
    assert result.moves == {"gate": 1, "insufficient": 0, "ok": 0}


def test_the_biggest_changes_come_first(book: Path) -> None:
    forth, back = compared(book), compared(book, old="jp-sme-strict", new="jp-sme")
    rises = forth.biggest(rises=True)
    assert [firm.change for firm in rises] == sorted(
        (firm.change or Decimal(0) for firm in rises), reverse=True
    )
    assert rises[0].name == "typical"
    assert forth.biggest(rises=False) == ()
    assert [firm.path for firm in back.biggest(rises=False)] == [firm.path for firm in rises]


def test_what_cannot_be_read_is_named_and_counted(book: Path, tmp_path: Path) -> None:
    (book / "rubbish.json").write_text('{"a": 1}')
    (book / "broken.json").write_text("{")
    (book / "other.json").write_text(sheet({"NO-SUCH": "mv"}))
    envelope = {"payloadType": "x", "payload": "", "signatures": []}
    (book / "forged.signed.json").write_text(json.dumps(envelope))
    missing = tmp_path / "missing.json"
    result = compared(book, missing)
    assert {Path(item.path).name for item in result.unreadable} == {
        "rubbish.json", "broken.json", "other.json", "forged.signed.json", "missing.json",
    }  # fmt: skip
    assert len(result.firms) == 3
    told = result.to_json()
    assert len(told["unreadable"]) == 5
    assert all(item["code"] for item in told["unreadable"])


def test_a_report_whose_figures_are_wrecked_does_not_stop_the_rest(book: Path) -> None:
    report = bad()
    report["rating"]["base_premium"] = "abc"
    report["rating"]["base_source"] = "given"
    (book / "a-wreck.json").write_bytes(report_bytes({**report, "report_id": "ps-" + "0" * 32}))
    result = compared(book)
    assert [Path(item.path).name for item in result.unreadable] == ["a-wreck.json"]
    assert len(result.firms) == 3


def test_the_same_report_counts_once(book: Path) -> None:
    copy = book / "z-second.json"
    copy.write_bytes((book / "z-report.json").read_bytes())
    result = compared(book, book / "typical.json")
    assert len(result.firms) == 3
    assert result.repeated == ((str(copy), str(book / "z-report.json")),)


def test_evidence_belongs_to_the_report_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.signed.json").write_text(json.dumps({"payloadType": "x"}))
    (tmp_path / "a.evidence.json").write_text("[]")
    (tmp_path / "b.evidence.json").write_text("[]")
    names = [Path(item.path).name for item in compared(tmp_path).unreadable]
    assert names == ["a.signed.json", "b.evidence.json"]


def test_a_profile_that_cannot_be_used_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        compared(tmp_path, new="jp-smee")
    assert caught.value.code == "profile.not_found"


def test_a_certificate_that_one_profile_does_not_know_is_named(book: Path) -> None:
    result = compared(book / "z-report.json", new="uk-cyber-essentials")
    (firm,) = result.firms
    assert (firm.old.ignored, firm.new.ignored) == ((), ("sa2",))
    assert firm.new.to_json()["ignored_certificates"] == ["sa2"]


def test_a_profile_without_a_premium_has_nothing_to_add_up(book: Path) -> None:
    result = compared(book / "z-report.json", new="uk-cyber-essentials")
    assert result.unreadable == ()
    assert result.firms[0].change is None
    assert result.new_totals.premium is None
    assert result.new_totals.mean_factor is None
    assert sum(result.new_totals.statuses.values()) == 1
    assert result.biggest(rises=True) == ()


def test_two_currencies_are_not_subtracted(book: Path) -> None:
    result = compared(book / "z-report.json", old="us-filed", new="jp-sme")
    (firm,) = result.firms
    assert firm.old.premium is not None
    assert firm.new.premium is not None
    assert firm.change is None


def test_an_empty_folder_gives_nothing_to_add_up(tmp_path: Path) -> None:
    result = compared(tmp_path)
    assert (result.firms, result.old_totals.premium, result.old_totals.mean_factor) == (
        (), None, None,
    )  # fmt: skip
    assert share_of_change(None, Decimal(1)) is None
    assert share_of_change(Decimal(100), Decimal(110)) == Decimal("0.1")
