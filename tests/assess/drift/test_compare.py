"""Two reports of a firm compared: what lapsed, what is new, what is merely out of sight."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.drift.compare import Options, compare
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answer, Answers
from posture_scan.model.codec import encode
from tests.assess.drift.scene import ADDRESS, DAY, FIRST, OTHER, SCOPE, machine, report


def drift(*reports: dict[str, Any], **options: Any) -> dict[str, Any]:
    return compare(reports, Options(**options))


def moves(found: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["move"] for row in found["criteria"]}


def checks(found: dict[str, Any], kind: str) -> set[tuple[str, str]]:
    return {(item["check"], item["asset"]) for item in found["findings"][kind]}


def test_a_report_against_itself_is_no_drift(tmp_path: Path) -> None:
    one = report(0, {ADDRESS: True}, machines=[machine(tmp_path)])
    found = drift(one, one)
    assert (found["verdict"], found["exit_code"]) == ("unchanged", 0)
    for key in ("lapsed", "criteria", "assets", "scope", "signals"):
        assert found[key] == []
    assert not any(found["findings"].values())
    assert not any(found["sight"].values())


def test_the_same_firm_a_month_later_is_no_drift() -> None:
    found = drift(report(0), report(30))
    assert (found["verdict"], found["criteria"]) == ("unchanged", [])


def test_a_credited_control_that_is_gone_has_lapsed() -> None:
    found = drift(report(0), report(30, {ADDRESS: True}))
    lapsed = [(row["id"], row["lapsed"]) for row in found["lapsed"]]
    assert lapsed[0] == ("EXT-RDP", "weak")
    assert {how for _, how in lapsed[1:]} <= {"unseen"}
    assert ("telnet.exposed", ADDRESS) in checks(found, "new")
    assert (found["verdict"], found["exit_code"]) == ("worse", 1)


def test_the_order_on_the_line_does_not_matter() -> None:
    one, other = report(0), report(30, {ADDRESS: True})
    assert drift(one, other) == drift(other, one)


def test_a_service_that_is_seen_gone_is_mended() -> None:
    found = drift(report(0, {ADDRESS: True}), report(30))
    assert ("telnet.exposed", ADDRESS) in checks(found, "fixed")
    assert moves(found)["EXT-RDP"] == "improved"
    assert (found["verdict"], found["exit_code"]) == ("changed", 0)


@pytest.mark.parametrize("how", ["left", "not_whole", "deselected"])
def test_what_is_not_looked_at_any_more_is_never_called_mended(how: str) -> None:
    before = report(0, {ADDRESS: False, OTHER: True})
    after = {
        "left": lambda: report(30, {ADDRESS: False}),
        "not_whole": lambda: report(30, {ADDRESS: False, OTHER: None}),
        "deselected": lambda: report(
            30, {ADDRESS: False, OTHER: False}, deselected=("telnet.exposed",)
        ),
    }[how]()
    found = drift(before, after)
    assert checks(found, "fixed") & {("telnet.exposed", OTHER)} == set()
    assert ("telnet.exposed", OTHER) in checks(found, "lost")
    why = {"left": "asset_left", "not_whole": "not_fully_scanned", "deselected": "deselected"}[how]
    (row,) = [x for x in found["findings"]["lost"] if x["check"] == "telnet.exposed"]
    assert row["why"] == why


def test_sight_lost_alone_is_incomplete_and_no_worsening(tmp_path: Path) -> None:
    found = drift(report(0, machines=[machine(tmp_path)]), report(30))
    assert (found["verdict"], found["exit_code"]) == ("unseen", 3)
    assert {row["lapsed"] for row in found["lapsed"]} <= {"unseen"}
    assert {item["why"] for item in found["sight"]["lost"]} == {"asset_left"}


def test_a_weakness_of_a_computer_nobody_had_looked_at_is_first_seen(tmp_path: Path) -> None:
    found = drift(report(0), report(30, machines=[machine(tmp_path, 30)]))
    assert checks(found, "new") == set()
    assert {asset for _, asset in checks(found, "first_seen")} == {"host:pc-1"}
    assert {item["asset"] for item in found["sight"]["gained"]} == {"host:pc-1"}


def test_a_bad_asset_that_left_is_named_with_what_was_weak() -> None:
    smaller = replace(SCOPE, targets=("203.0.113.1/32",), computers=0)
    found = drift(
        report(0, {ADDRESS: False, OTHER: True}), report(30, {ADDRESS: False}, scope=smaller)
    )
    (gone,) = found["assets"]
    assert (gone["id"], gone["move"]) == (OTHER, "left")
    assert {"check": "telnet.exposed", "port": 23, "severity": "critical"} in gone["weak"]
    assert {(x["kind"], x["narrower"]) for x in found["scope"]} == {
        ("target_added", False), ("target_removed", True), ("computers", True),
    }  # fmt: skip
    assert {"weak_asset_left", "narrower.target_removed", "narrower.computers"} <= {
        item["id"] for item in found["signals"]
    }


def test_a_renamed_computer_is_one_computer(tmp_path: Path) -> None:
    found = drift(
        report(0, machines=[machine(tmp_path)]),
        report(30, machines=[machine(tmp_path, 30, name="new-name")]),
    )
    (one,) = found["assets"]
    assert (one["id"], one["move"], one["other"]) == ("host:pc-1", "renamed", "host:new-name")


def test_both_are_rated_by_the_same_rules_at_their_own_times() -> None:
    old, new = report(0, profile="jp-sme-strict"), report(80)
    found = drift(old, new)
    assert found["profile"]["id"] == "jp-sme"
    assert [item["other_rules"] for item in found["reports"]] == [True, False]
    assert found["criteria"] == []
    assert drift(old, new, profile="jp-sme-strict")["profile"]["id"] == "jp-sme-strict"


def test_other_organisations_are_refused_and_another_spelling_is_none() -> None:
    full_width = replace(SCOPE, organisation="株式会社 例")
    assert drift(report(0), report(30, scope=full_width))["verdict"] == "unchanged"
    other = report(30, scope=replace(SCOPE, organisation="有限会社別"))
    with pytest.raises(UsageError, match=r"diff\.organisations"):
        drift(report(0), other)
    assert drift(report(0), other, anyway=True)["exit_code"] == 0


def test_a_report_that_a_stranger_wrote_is_refused_in_a_line() -> None:
    odd = report(0)
    odd["findings"][0]["status"] = "splendid"
    with pytest.raises(UsageError, match=r"report\.unreadable_member"):
        drift(odd, report(30))


def test_a_rise_is_held_to_the_levels_of_the_profile() -> None:
    found = drift(report(0), report(30), granted=Decimal("0.15"), profile="jp-sme-strict")
    renewal = found["renewal"]
    assert (renewal["rise"], renewal["before"], renewal["before_source"]) == (1, "0.15", "given")
    assert Decimal(renewal["granted"]) <= Decimal(renewal["earned"])
    free = drift(report(0), report(30))["renewal"]
    assert (free["rise"], free["granted"]) == (None, free["earned"])
    assert free["before_source"] == "old"


def test_three_reports_tell_a_course_and_the_two_newest_are_compared() -> None:
    found = drift(report(0, {ADDRESS: True}), report(30), report(60))
    assert (len(found["reports"]), found["verdict"]) == (3, "unchanged")
    assert found["not_looked"] == ["one_line"]


def test_a_report_that_was_judged_again_counts_from_then() -> None:
    late = {**report(0), "judged_at": "2026-12-22T03:00:00.000000Z"}
    found = drift(late, report(20))
    assert found["reports"][-1]["at"] == "2026-12-22T03:00:00.000000Z"


@pytest.mark.parametrize(("day", "counts"), [(-3, True), (20, True), (200, False)])
def test_answers_given_after_the_scan_count_as_its_owner_saw_them(
    day: int,
    counts: bool,  # noqa: FBT001
) -> None:
    answered = (FIRST + day * DAY).date()
    given = Answers("jp-sme", "代表", "例 太郎", answered, (Answer("TRN-AWR", {"": "yes"}),))
    later = {**report(0), "answers": encode(given)}
    found = drift(later, report(30))
    assert (moves(found).get("TRN-AWR") == "lost") is counts


def test_a_check_seen_from_another_place_does_not_mend() -> None:
    lan = report(30)
    for item in lan["findings"]:
        item["vantage"] = "lan"
    found = drift(report(0, {ADDRESS: True}), lan)
    assert found["findings"]["fixed"] == []
    assert {row["why"] for row in found["findings"]["lost"]} == {"other_vantage"}


def test_what_is_not_sure_enough_does_not_mend() -> None:
    vague = report(30)
    for item in vague["findings"]:
        item["confidence"] = 30
    found = drift(report(0, {ADDRESS: True}), vague)
    assert {row["why"] for row in found["findings"]["lost"]} == {"unsure"}
    assert found["findings"]["fixed"] == []


def test_the_moment_of_the_older_report_does_not_age_it() -> None:
    """Rated today, evidence of last year would be expired, and every change look like news."""
    found = drift(report(0), report(330))
    assert found["criteria"] == []
