"""SECURITY ACTION: what is seen of the pledge, and what an id looks like."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.rating.frameworks.data import framework
from posture_scan.rating.frameworks.ipa25 import score
from posture_scan.rating.frameworks.security_action import declaration, form
from posture_scan.rating.frameworks.view import view
from tests.rating.samples import SME, every, statuses

ALL = {str(number): "yes" for number in range(1, 26)}


def declared(codes: dict[str, str], answers: dict[str, str] | None = None) -> dict[str, Any]:
    known = {item.id: item for item in statuses(codes)}
    questions = score(view(framework("ipa25"), SME, known), answers or {})
    return declaration(questions, view(framework("scs3"), SME, known)).to_json()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("51234567890", "current"), ("41234567890", "old"), ("5123456789", "wrong"),
        ("512345678901", "wrong"), ("61234567890", "wrong"), ("51234567890\n", "wrong"),
        ("\uff15" * 11, "wrong"), ("5123456789x", "wrong"), ("", "wrong"),
    ],
)  # fmt: skip
def test_the_form_of_an_id(given: str, expected: str) -> None:
    assert form(given) == expected


def test_six_articles_follow_from_the_report() -> None:
    codes = {"END-EDR": "mv", "BKP-JOB": "nv", "TRN-AWR": "pa"}
    shown = {item["id"]: item["status"] for item in declared(codes)["articles"]}
    assert shown == {
        "1": "unknown", "2": "met", "3": "unknown", "4": "unknown", "5": "partial", "6": "not_met",
    }  # fmt: skip


def test_that_a_policy_is_published_is_never_seen() -> None:
    stars = declared(every("md"), ALL)["two_stars"]
    assert stars["check"] == {"status": "met", "decided": 25, "questions": 25}
    assert stars["policy"]["status"] == "met"
    assert stars["published"]["status"] == "unknown"


def test_nothing_seen_shows_nothing() -> None:
    shown = declared({})
    assert {item["status"] for item in shown["articles"]} == {"unknown"}
    assert {step["status"] for step in shown["two_stars"].values()} == {"unknown"}
    assert shown["declared_id"] is None


def test_the_mapping_alone_has_no_status() -> None:
    questions = score(view(framework("ipa25"), SME, None), {})
    scs = view(framework("scs3"), SME, None)
    shown = declaration(questions, scs, rated=False).to_json()
    assert {item["status"] for item in shown["articles"]} == {None}
    assert {step["status"] for step in shown["two_stars"].values()} == {None}
    assert shown["articles"][5]["criteria"] == ["BKP-JOB", "BKP-ISO", "BKP-TEST"]
