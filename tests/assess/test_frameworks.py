"""Framework views of a real report: made by the program, decaying with its evidence."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.frameworks import CHOICES, Wanted, framework_views
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.model.answer import Answer, Answers
from posture_scan.model.scope import Scope
from posture_scan.report.document import report_bytes

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A real report of an address on which nothing listens, with two honest answers."""
    today = NOW.date()
    scope = Scope(
        "例", "代表", today - timedelta(days=2), today + timedelta(days=2), ("127.60.5.9",)
    )
    answers = Answers(
        "jp-sme", "例 太郎", "代表", today,
        (Answer("TRN-AWR", {"": "yes"}), Answer("IR-PLAN", {"": "no"})),
    )  # fmt: skip
    work = Work(load_packs(), manner=Manner("builtin", "lan"))
    return assess(
        Permission(scope), work, Terms("jp-sme", answers), clock=lambda: datetime.now(UTC),
        stop=threading.Event(), progress=lambda _event, **_values: None,
    )  # fmt: skip


def shown(
    report: dict[str, Any] | None, wanted: Wanted | None = None, *, days: int = 0, profile: str = ""
) -> dict[str, Any]:
    later = datetime.now(UTC) + timedelta(days=days)
    return framework_views(wanted or Wanted(), profile=profile, report=report, now=later)


def statuses(value: dict[str, Any], name: str) -> dict[str, str]:
    (found,) = (item for item in value["frameworks"] if item["id"] == name)
    return {item["id"]: item["status"] for item in found["items"] if item["asked"]}


def test_only_what_the_report_knows_is_said(report: dict[str, Any]) -> None:
    value = shown(report)
    known = {key: state for key, state in statuses(value, "scs4").items() if state != "unknown"}
    assert known == {
        "4-5-1": "met", "3-2-1 ★4": "met",
        "4-2-1 ★4": "met", "6-1-1": "not_met", "4-2-2": "not_met", "7-1-1": "not_met",
    }  # fmt: skip
    (three,) = (item for item in value["frameworks"] if item["id"] == "scs3")
    assert (three["said"], three["counts"]["covered"], three["counts"]["unknown"]) == (4, 1, 19)
    points = {item["id"]: item["points"] for item in value["ipa25"]["questions"]}
    assert {key: n for key, n in points.items() if n >= 0} == {"5": 4, "20": 4, "24": 0}
    assert value["ipa25"]["score"] == 4 + 4 + 0 - 22
    assert value["ipa25"]["machine"] == []


def test_evidence_that_is_no_longer_valid_covers_nothing(report: dict[str, Any]) -> None:
    value = shown(report, days=400)
    for name in ("scs3", "scs4", "ipa25", "cis", "csf", "cyber-essentials"):
        assert set(statuses(value, name).values()) == {"unknown"}
    assert value["ipa25"]["score"] == -25
    assert {item["status"] for item in value["security_action"]["articles"]} == {"unknown"}


def test_the_views_agree_with_the_reports_own_criteria(report: dict[str, Any]) -> None:
    rated = {item["id"]: item["status"] for item in report["criteria"]}
    for name in shown(report)["frameworks"]:
        for item in name["items"]:
            assert all(one["status"] == rated[one["id"]] for one in item["criteria"])


def test_the_keys_are_the_same_whatever_is_asked_for(report: dict[str, Any]) -> None:
    for given in (None, report):
        for one in CHOICES:
            value = shown(given, Wanted((one,)))
            assert sorted(value) == [
                "at", "frameworks", "ipa25", "profile", "report_id", "security_action",
            ]  # fmt: skip
            assert (value["report_id"] is None) == (given is None)
            assert (value["ipa25"] is not None) == (one == "ipa25" and given is not None)
            assert (value["security_action"] is not None) == (one == "security-action")
            assert report_bytes(value)


def test_answers_from_the_file_count_without_a_report_too() -> None:
    value = shown(None, Wanted(("ipa25",), {"7": "yes"}))
    assert value["ipa25"]["score"] == 4 - 24


def test_an_id_is_looked_at_whatever_is_asked_for() -> None:
    value = shown(None, Wanted(("scs3",), declared_id="51234567890"))
    assert value["security_action"]["declared_id"]["form"] == "current"


def test_another_profile_can_be_named(report: dict[str, Any]) -> None:
    assert shown(report, profile="jp-sme-strict")["profile"]["id"] == "jp-sme-strict"
    assert shown(report)["profile"]["id"] == "jp-sme"


def test_what_is_wanted_is_everything_by_default() -> None:
    assert dataclasses.asdict(Wanted())["of"] == CHOICES
