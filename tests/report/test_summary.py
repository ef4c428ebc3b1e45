from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest

from posture_scan.model.finding import Finding, Status
from posture_scan.model.words import CriterionWords
from posture_scan.report.amounts import best_premium
from posture_scan.report.summary import summarise
from posture_scan.report.view import Summary
from posture_scan.text.catalog import Catalog
from tests.report import hostile, sample

LANGUAGES = ("ja", "en")
OURS = ("report.", "scope.", "answers.", "error.report.", "error.scope.", "error.answers.",
        "error.file.")  # fmt: skip


def seen(report: dict[str, Any], language: str = "en") -> Summary:
    return summarise(report, sample.checks(language), sample.criteria_words(language), language)


def test_the_first_screen_of_a_gate() -> None:
    top = seen(sample.bad()).headline
    assert (top.status, top.score, top.grade, top.coverage) == ("gate", Decimal("48.2"), "D", "82%")
    assert top.status_items == ("No internet-exposed remote desktop",)
    assert [value for _, value in top.money] == [
        "120,000 yen", "96,000 yen", "24,000 yen", "65,010 yen", "30,990 yen",
    ]  # fmt: skip
    assert "30,990 yen" in top.unlock
    assert top.referral == (
        "Rescan after remediation; no terms until then", "Statements and observations differ",
    )  # fmt: skip


def test_the_first_screen_of_a_discount() -> None:
    top = seen(sample.good(), "ja").headline
    assert top.status == "ok"
    assert top.status_items == ()
    assert [value for _, value in top.money] == [
        "120,000円", "65,010円", "54,990円", "55,680円", "9,330円",
    ]  # fmt: skip
    assert dict(top.discounts)["合わせた割引率"] == "32.28%"
    assert [value for _, value in top.scores] == [
        "47.0 / 100", "66.0 / 100", "57.0 から 71.5", "55,680円 から 65,010円",
    ]  # fmt: skip


def test_nothing_assessed_is_no_score_and_no_grade() -> None:
    found = seen(sample.interrupted())
    assert found.headline.score is None
    assert found.headline.score_text == "no score"
    assert found.headline.grade == "none"
    assert found.headline.status == "insufficient"
    assert "stopped by the person who ran it" in found.incomplete
    assert len(found.headline.status_items) == 2


def test_three_things_to_do_gates_first_then_by_yen() -> None:
    found = seen(sample.bad())
    assert [fix.criterion for fix in found.fixes] == ["EXT-RDP", "BKP-TEST", "BKP-JOB"]
    first = found.fixes[0]
    assert first.title == "Remote Desktop can be reached"
    assert first.badge == "gate_critical"
    assert first.worth == "Fixing this is worth 30,990 yen a year."
    assert first.effort == "about 2 h"
    assert first.how == "Stop forwarding the port."
    assert [fix.how for fix in found.fixes[1:]] == [
        "Answer this question.", "Run host on the machines",
    ]  # fmt: skip
    assert [fix.criterion for fix in found.all_fixes[3:]] == ["NET-TLS"]


def test_a_gate_beside_another_gate_says_why_it_is_worth_nothing_alone() -> None:
    figures = sample.rating(
        gates=["EXT-RDP", "VUL-EOL"],
        fixes=[sample.fix("VUL-EOL", "fix", "0", "high"),
               sample.fix("EXT-RDP", "fix", "0", "critical"),
               sample.fix("BKP-JOB", "prove", "900")],
    )  # fmt: skip
    found = seen(sample.bad(rating=figures))
    assert [fix.badge for fix in found.fixes] == ["gate_critical", "gate_high", ""]
    assert found.fixes[0].worth.startswith("By itself this changes no amount")


def test_what_is_required_comes_before_what_is_dear() -> None:
    figures = sample.rating(
        status="insufficient", gates=[], missing=["EXT-VPN"],
        fixes=[sample.fix("BKP-JOB", "prove", "900"), sample.fix("EXT-VPN", "prove", "0")],
    )  # fmt: skip
    assert [fix.criterion for fix in seen(sample.bad(rating=figures)).fixes] == [
        "EXT-VPN", "BKP-JOB",
    ]  # fmt: skip


def test_a_weakness_that_was_found_stays_while_the_discount_is_suspended() -> None:
    figures = sample.rating(
        status="insufficient",
        fixes=[sample.fix("NET-TLS", "fix", "0"), sample.fix("BKP-JOB", "prove", "0")],
    )
    (only,) = seen(sample.bad(rating=figures)).all_fixes
    assert only.criterion == "NET-TLS"
    assert only.worth.endswith("but it is a weakness that was found.")


def test_a_grave_weakness_that_was_found_stands_before_what_was_not_seen() -> None:
    figures = sample.rating(
        status="insufficient", missing=[{"criterion": "EXT-VPN"}],
        fixes=[sample.fix("EXT-VPN", "prove", "0"),
               sample.fix("EXT-RDP", "fix", "0", "", "rdp.exposed")],
    )  # fmt: skip
    found = seen(sample.bad(rating=figures)).fixes
    assert [fix.criterion for fix in found] == ["EXT-RDP", "EXT-VPN"]


def test_an_answer_is_worth_no_more_than_a_document_can_bring() -> None:
    item = sample.fix("TRN-AWR", "answer", "1000")
    item["reachable"] = {"evidence_class": "documented", "yen": "750"}
    found = seen(sample.bad(rating=sample.rating(fixes=[item])))
    assert found.fixes[0].amount == "750 yen"


def test_weaknesses_and_unknowns_say_where_and_why() -> None:
    found = seen(sample.bad())
    assert [weak.check for weak in found.weaknesses] == ["rdp.exposed", "tls.tls10"]
    assert found.weaknesses[0].places[0].where == ("203.0.113.2:3389",)
    assert found.weaknesses[0].places[0].said == "203.0.113.2:3389 answered."
    assert ("Seen", "TLSv1.0") in found.weaknesses[1].places[0].facts
    assert found.counts == (
        "weak 2, for information 0, unknown 4, fine 1, not applicable 0, accepted 0"
    )
    scanned = found.unknowns[0]
    assert (scanned.count, scanned.where) == (2, "203.0.113.3")
    assert "Scan it again" in scanned.said
    assert "Remote Desktop can be reached" in scanned.titles
    assert any("KeyError" in item.said for item in found.unknowns)


def test_what_may_keep_silent_by_right_comes_last_and_equal_words_stand_once() -> None:
    def unknown(reason: str, port: int) -> Finding:
        return sample.finding("rdp.exposed", Status.UNKNOWN, reason, port=port)

    mute = [unknown("udp_mute", port) for port in range(1, 6)]
    found = seen(sample.bad(findings=[*mute, unknown("attempt.timeout", 3389)])).unknowns
    assert [item.count for item in found] == [1, 5]
    assert "keep silent" in found[1].said


def test_a_sentence_about_one_port_says_how_many_other_places_are_like_it() -> None:
    findings = [
        sample.finding("rdp.exposed", Status.UNKNOWN, "reachable", port=port)
        for port in (3389, 3390)
    ]
    (item,) = seen(sample.bad(findings=findings)).unknowns
    assert item.said == "203.0.113.2:3389 answered. (other places like this: 1)"


def test_an_observed_value_is_shown_in_words() -> None:
    findings = [
        sample.finding("rdp.exposed", Status.FAIL, "reachable", port=3389, actual=actual)
        for actual in ("rdp", "off", "16")
    ]
    (weak,) = seen(sample.bad(findings=findings)).weaknesses
    assert [place.facts[0] for place in weak.places] == [
        ("Seen", "Remote Desktop (RDP)"), ("Seen", "off"), ("Seen", "16"),
    ]  # fmt: skip


def test_an_answer_that_a_scan_contradicts_is_listed() -> None:
    ((title, lines),) = seen(sample.bad()).contradictions
    assert title == "MFA for every remote user"
    assert "Answer: not used" in lines
    assert "Remote Desktop can be reached" in lines


def test_criteria_stand_in_groups_and_unknown_ones_say_what_would_prove_them() -> None:
    groups = {group.title: group.criteria for group in seen(sample.bad()).groups}
    assert list(groups) == [
        "Visible from outside", "Flaws and updates", "Identity and access", "Backup",
        "Organisation",
    ]  # fmt: skip
    assert groups["Backup"][0].reasons == ("Run host on the machines",)
    assert groups["Flaws and updates"][0].evidence_text == "document"


def test_what_was_touched_by_whose_leave_and_with_what() -> None:
    found = seen(sample.bad())
    assert found.connections.note.startswith("3 lines, 302 connections in all; 536 bytes sent")
    assert found.assets.rows[1] == ("203.0.113.3", "", "", "not reached")
    assert ("Authorised by", "例 太郎(代表取締役)") in found.scope
    assert ("Left out", "203.0.113.5") in found.scope
    assert any("教育.pdf" in value and "a" * 64 in value for _, value in found.answers)
    assert len(found.limits) == 6
    assert any("jp-sme 1 (SHA-256 333" in value for _, value in found.tool)
    assert found.report_id.startswith("Report ps-")


def test_a_run_that_missed_a_target_says_so() -> None:
    assert seen(sample.bad()).incomplete == ""
    assert "Some targets could not be seen" in seen(sample.bad(complete=False)).incomplete


def test_what_could_not_be_seen_is_named_at_the_top() -> None:
    report = sample.bad(complete=False)
    first = report["assets"][0]
    some = {**first, "reached": False}
    lost = {**some, "id": "www.example.jp", "names": ["www.example.jp"], "address": ""}
    still = {**lost, "id": "203.0.113.9", "address": "203.0.113.9"}
    report["assets"] = [first, lost, still]
    assert seen(report).incomplete.endswith(" Not seen: www.example.jp, 203.0.113.9.")
    assert seen(report, "ja").incomplete.endswith(
        "見られなかった相手: www.example.jp、203.0.113.9。"
    )


def test_a_contradicted_answer_is_to_be_reconciled_not_titled_by_its_finding() -> None:
    item = sample.fix("IAM-MFA-REM", "fix", "0", "high", "rdp.exposed", status="contradicted")
    (found,) = seen(sample.bad(rating=sample.rating(fixes=[item]))).fixes
    assert found.title == "Reconcile: MFA for every remote user"
    assert found.kind_text == "reconcile"
    assert found.amount == "-"


def test_an_answer_by_path_is_spoken_in_words() -> None:
    ledger = [{"criterion": "IAM-MFA-REM", "kind": "contradicted", "seen": "used", "path": "vpn",
               "answer": "vpn=not_used, desk=all", "findings": []}]  # fmt: skip
    words = {"IAM-MFA-REM": CriterionWords("MFA", paths={"vpn": "VPN"})}
    report = sample.bad(rating=sample.rating(contradictions=ledger))
    ((_, lines),) = summarise(report, {}, words, "en").contradictions
    assert lines[1:] == ("Answer: VPN: not used, desk: everyone, everything", "Seen: in use")


def test_a_criterion_without_group_has_it_in_the_calculation() -> None:
    step = {"id": "no_credit", "values": {"criterion": "BKP-JOB", "group": "BKP"}}
    item = {**sample.criterion("BKP-JOB", "unknown"), "group": ""}
    report = sample.bad(criteria=[item], rating=sample.rating(trace=[step]))
    assert [group.title for group in seen(report).groups] == ["Backup"]


def test_reasons_of_one_kind_are_counted_not_repeated() -> None:
    item = sample.criterion("EXT-VPN", "unknown")
    item["reasons"] = [
        {"id": "missing", "check": "rdp.exposed", "asset": f"203.0.113.{n}"} for n in range(1, 5)
    ]
    ((found,),) = (group.criteria for group in seen(sample.bad(criteria=[item])).groups)
    assert len(found.reasons) == 2
    assert "203.0.113.1" in found.reasons[0]
    assert found.reasons[0].endswith("(and 3 more for the same reason)")


def test_the_calculation_is_spoken_in_words() -> None:
    values = {"criterion": "EXT-RDP", "status": "met", "evidence_class": "verified", "z": "1",
              "h": "1", "r_met": "0.95", "r": "0.95", "group": "EXT"}  # fmt: skip
    step = {"id": "credit", "values": values, "bound": "suspended", "lost": "0.3"}
    (shown,) = seen(sample.bad(rating=sample.rating(trace=[step])), "ja").trace
    assert "EXT-RDP" in shown
    assert "できている" in shown
    assert "0.95" in shown
    assert "0.3" in shown


def test_what_cannot_be_known_while_suspended_is_not_called_nothing() -> None:
    figures = sample.rating(unlock={"criteria": ["EXT-RDP"], "yen": "0"}, fixes=[])
    top = seen(sample.bad(rating=figures)).headline
    assert dict(top.money)["Discount missed"] == "known after the next check"
    figures["potential"] = {"premium": "48000"}
    top = seen(sample.bad(rating=figures)).headline
    assert dict(top.money)["Discount missed"] == "48,000 yen"


def test_best_premium_is_never_above_today() -> None:
    assert best_premium(sample.rating(unlock=None, fixes=[])) == Decimal(96000)
    assert best_premium(sample.rating()) == Decimal(65010)


def test_a_criterion_or_check_nobody_here_knows_is_called_by_its_id() -> None:
    found = summarise(sample.bad(), {}, {}, "en")
    assert found.weaknesses[0].title == "rdp.exposed"
    assert found.weaknesses[0].places[0].said == "Reason: reachable"
    assert found.headline.status_items == ("EXT-RDP",)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("report", [sample.bad, sample.good, sample.interrupted, hostile.report])
def test_every_sentence_is_there_and_harmless(report: Any, language: str) -> None:
    shown = repr(seen(report(), language))
    assert "report." not in shown.replace("report.json", "")
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    for text in texts(seen(report(), language)):
        assert not {unicodedata.category(char) for char in text} & hidden, text


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in texts(getattr(value, name))]
    return []


@pytest.mark.parametrize("report", [sample.bad, sample.good, sample.interrupted])
def test_both_languages_have_the_same_figures(report: Any) -> None:
    def figures(language: str) -> list[tuple[str, ...]]:
        top = seen(report(), language).headline
        pairs = (*top.scores, *top.money, *top.discounts)
        return [tuple(c for c in value if c.isdigit() or c in ".,%") for _, value in pairs]

    assert figures("ja") == figures("en")


def test_our_words_are_there_in_both_languages_and_of_certain_width() -> None:
    ja, en = Catalog("ja"), Catalog("en")
    ids = {item for item in ja.ids() | en.ids() if item.startswith(OURS)}
    assert len(ids) > 200
    for item in ids:
        for words in (ja, en):
            text = words.template(item)
            assert text is not None, f"{item} lacks {words.language}"
            wide = [char for char in text if unicodedata.east_asian_width(char) == "A"]
            assert not wide, f"{item}: {wide}"
        for forbidden in ("見積", "認定", "保証", "quotation", "guarantee"):
            assert forbidden not in (ja.template(item) or "") + (en.template(item) or "")


def test_the_calculation_names_things_and_groups_digits() -> None:
    base = {"id": "base_example", "bound": "", "lost": "",
            "values": {"base_premium": "67000", "industry": "retail", "plan": "1",
                       "annual_sales": "500000000"}}  # fmt: skip
    gate = {"id": "status_gate", "bound": "", "lost": "",
            "values": {"status": "gate", "gates": "EXT-RDP, BKP-JOB", "missing": "",
                       "assessed": "26", "applicable": "100"}}  # fmt: skip
    ja = seen(sample.bad(rating=sample.rating(trace=[base, gate])), "ja").trace
    en = seen(sample.bad(rating=sample.rating(trace=[base, gate])), "en").trace
    assert "67,000 円" in ja[0]
    assert "業種 小売" in ja[0]
    assert "500,000,000 yen" in en[0]
    assert "gate" not in ja[1]
    assert "外に公開された遠隔操作がない" in ja[1]


def test_an_item_that_stands_for_several_weaknesses_names_each_with_its_remedy() -> None:
    both = ("rdp.exposed@203.0.113.2:3389", "tls.tls10@203.0.113.2:443")
    one = sample.fix("EXT-RDP", "fix", "30990", "critical", *both)
    report = {**sample.bad(), "rating": sample.rating(fixes=[one])}
    fix = seen(report).fixes[0]
    titles = [
        words.title for name, words in sample.checks("en").items() if f"{name}@" in "".join(both)
    ]
    assert fix.title == f"{titles[0]} (and 1 more)"
    assert [step.split(":")[0] for step in fix.steps] == titles
    assert fix.how == ""
