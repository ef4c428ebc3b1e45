"""Where a weakness was seen: thirty computers are one line, and no place is told twice in one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from posture_scan.model.finding import Finding, Severity, Status
from posture_scan.model.words import CheckWords
from posture_scan.report.summary import summarise
from posture_scan.report.view import Place
from tests.report import sample
from tests.report.test_html import read
from tests.report.test_html import rendered as page
from tests.report.test_terminal import rendered as screen

WORDS = {
    "rdp.exposed": CheckWords("RDP", reasons={
        "both": "{address}, port {port} answered.", "address": "{address} answered.",
        "udp": "{address}, UDP port {port} answered.", "broken": "{address",
        "neither": "Port {port} is open.",
    }),
}  # fmt: skip


def weak(reason: str = "both", **changes: Any) -> Finding:
    found = sample.finding("rdp.exposed", Status.FAIL, reason, port=3389, severity=Severity.HIGH)
    return replace(found, **changes)


def places(*findings: Finding) -> tuple[Place, ...]:
    (only,) = summarise(sample.bad(findings=list(findings)), WORDS, {}, "en").weaknesses
    return only.places


@pytest.mark.parametrize(
    ("reason", "changes", "told"),
    [
        ("both", {}, True),
        ("address", {}, False),
        ("address", {"port": 0}, True),
        ("neither", {}, False),
        ("both", {"transport": "udp"}, False),
        ("udp", {"transport": "udp"}, True),
        ("both", {"asset": "host:pc-1", "address": ""}, False),
        ("broken", {}, False),
        ("without a sentence", {}, False),
    ],
)
def test_a_place_goes_unsaid_only_where_the_sentence_names_all_of_it(
    reason: str, changes: dict[str, Any], *, told: bool
) -> None:
    (only,) = places(weak(reason, **changes))
    assert only.told is told


def machines(count: int) -> list[Finding]:
    return [
        weak("neither", asset=f"host:pc{number:02}", address="", port=0)
        for number in range(1, count + 1)
    ]


def test_computers_in_the_same_state_are_one_line_under_their_own_names() -> None:
    odd = replace(machines(1)[0], asset="host:odd", confidence=60)
    same, other = places(*machines(30), odd)
    assert same.where == tuple(f"pc{number:02}" for number in range(1, 31))
    assert other.where == ("odd",)


def test_the_page_names_every_computer_and_the_screen_counts_the_rest() -> None:
    report = sample.bad(findings=machines(30))
    shown, printed = read(page(report, "en")).text, screen(report, "en", width=120)
    assert all(f"pc{number:02}" in shown for number in range(1, 31))
    assert shown.count("Reason: neither") == 1
    assert printed.count("Reason: neither") == 1
    assert "pc10 and 20 more" in " ".join(printed.split())


def test_a_line_names_its_place_once() -> None:
    report = sample.bad(findings=[sample.finding("rdp.exposed", Status.FAIL, "reachable",
                                                 port=3389)])  # fmt: skip
    lines = [line for line in screen(report, "en", width=120).split("\n") if "answered." in line]
    assert [line.strip() for line in lines] == ["203.0.113.2:3389 answered."]
