"""What is worth asking about rests on evidence, and changes no figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.host.collect_firewall import FirewallState
from posture_scan.checks.host.collect_listening import ListeningPorts

from posture_scan.assess.drift.compare import Options, compare
from tests.assess.drift.scene import (
    ADDRESS,
    DAY,
    FIRST,
    SCOPE,
    machine,
    report,
    survey,
    with_facts,
)

OPEN, SHUT, UNSEEN = {ADDRESS: True}, {ADDRESS: False}, {ADDRESS: None}


@pytest.fixture
def telnet_judged() -> Callable[[str], dict[str, Any]]:
    """Reports a day apart whose one weak finding about the port has this status."""

    def made(status: str) -> dict[str, Any]:
        found = report(0 if status == "fail" else 1, OPEN)
        at_port = [
            {**item, "status": status} if item["port"] and item["status"] == "fail" else item
            for item in found["findings"]
        ]
        return {**found, "findings": at_port}

    return made


def asked(*reports: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = compare(reports, Options())
    return {item["id"]: item for item in found["signals"]}


def test_open_shut_and_open_again_is_asked_about_with_its_three_reports() -> None:
    three = report(0, OPEN), report(40, SHUT), report(80, OPEN)
    found = asked(*three)["reopened"]
    assert found["subject"] == f"{ADDRESS}:23/tcp"
    assert set(found["evidence"]) >= {item["report_id"] for item in three}
    assert "telnet.exposed" in found["values"]["checks"]


@pytest.mark.parametrize("middle", [UNSEEN, OPEN])
def test_a_port_that_was_not_seen_shut_was_not_shut(middle: dict[str, bool | None]) -> None:
    assert "reopened" not in asked(report(0, OPEN), report(40, middle), report(80, OPEN))


def test_a_port_that_stayed_shut_after_it_was_closed_is_no_question() -> None:
    assert asked(report(0, OPEN), report(40, SHUT), report(80, SHUT)) == {}


@pytest.mark.parametrize(("days", "said"), [(3, True), (60, False)])
def test_weak_soon_after_it_was_shut(days: int, said: bool) -> None:  # noqa: FBT001
    found = asked(report(0, SHUT), report(days, OPEN))
    assert ("opened_soon_after" in found) is said


@pytest.mark.parametrize(
    ("lines", "days", "said"),
    [
        (("office", "mobile"), 3, True), (("office", "mobile"), 15, False),
        (("office", "ＯＦＦＩＣＥ "), 3, False), (("", "mobile"), 3, False), (("", ""), 3, False),
    ],
)  # fmt: skip
def test_open_to_one_of_two_named_lines(
    lines: tuple[str, str], days: int, said: bool  # noqa: FBT001
) -> None:  # fmt: skip
    two = report(0, OPEN, line=lines[0]), report(days, SHUT, line=lines[1])
    found = compare(two, Options())
    signals = {item["id"]: item for item in found["signals"]}
    assert ("open_to_one_line" in signals) is said
    assert ("one_line" in found["not_looked"]) is not said
    if said:
        values = signals["open_to_one_line"]["values"]
        assert (values["weak_line"], values["line"]) == lines
        assert "telnet.exposed" in values["checks"]
        assert {item["report_id"] for item in two} <= set(signals["open_to_one_line"]["evidence"])


def test_the_later_scan_may_be_the_one_that_sees_it_open() -> None:
    found = asked(report(0, SHUT, line="office"), report(1, OPEN, line="mobile"))
    assert set(found) == {"open_to_one_line"}
    assert found["open_to_one_line"]["values"]["weak_line"] == "mobile"


def test_another_line_in_between_is_no_course_of_time() -> None:
    office = report(0, OPEN, line="office"), report(80, OPEN, line="office")
    assert asked(office[0], report(40, SHUT, line="mobile"), office[1]) == {}
    assert "reopened" in asked(office[0], report(40, SHUT, line="office"), office[1])


def test_sound_to_one_line_alone(telnet_judged: Callable[[str], dict[str, Any]]) -> None:
    old, new = telnet_judged("fail"), telnet_judged("pass")
    found = asked({**old, "line": "mobile"}, {**new, "line": "office"})
    assert found["sound_to_one_line"]["values"]["weak_line"] == "mobile"
    assert asked(old, new) == {}


@pytest.mark.parametrize(
    ("ports", "dropped", "said"),
    [((22, 23), False, True), ((22, 23), True, False), ((22,), False, False)],
)
def test_shut_outside_while_a_computer_still_listens_without_a_firewall(
    tmp_path: Path, ports: tuple[int, ...], dropped: bool, said: bool  # noqa: FBT001
) -> None:  # fmt: skip
    facts = (
        ListeningPorts("linux", True, ports, finished=True),  # noqa: FBT003
        FirewallState("linux", True, dropped, dropped),  # noqa: FBT003
    )
    inside = with_facts(machine(tmp_path, 40), 40, *facts)
    found = asked(report(0, OPEN), report(40, SHUT, machines=[inside]))
    assert ("still_listening" in found) is said
    if said:
        assert found["still_listening"]["values"]["host"] == "pc-1"
        assert "firewall.off@host:pc-1" in found["still_listening"]["evidence"]


@pytest.mark.parametrize(("oldest", "said"), [(2, True), (40, False), (None, False)])
def test_a_backup_that_is_as_young_as_the_report(
    tmp_path: Path,
    oldest: int | None,
    said: bool,  # noqa: FBT001
) -> None:
    at = FIRST + 40 * DAY
    facts = survey(at - timedelta(hours=2), None if oldest is None else at - oldest * DAY)
    new = report(40, machines=[with_facts(machine(tmp_path, 40), 40, facts)])
    credited = [item for item in new["criteria"] if item["id"] == "BKP-JOB"]
    assert credited[0]["status"] in {"met", "partial"}
    found = compare([report(0), new], Options())
    assert ("backup_young" in {item["id"] for item in found["signals"]}) is said
    assert ("no_history" in found["not_looked"]) is (oldest is None)


def test_the_same_file_once_more_and_an_older_one(tmp_path: Path) -> None:
    one = machine(tmp_path, 0)
    again = asked(report(0, machines=[one]), report(40, machines=[one]))
    assert again["same_evidence"]["values"]["days"] == 40
    old, new = report(20, machines=[machine(tmp_path, 20)]), report(40, machines=[one])
    assert set(asked(old, new)) == {"older_evidence"}
    fresh = report(40, machines=[machine(tmp_path, 40)])
    assert asked(report(0, machines=[one]), fresh) == {}


def test_fewer_computers_and_another_one_under_the_same_name(tmp_path: Path) -> None:
    two = [machine(tmp_path / "a", 0), machine(tmp_path / "b", 0, name="pc-2", identity="1a2b")]
    found = asked(report(0, machines=two), report(30, machines=[machine(tmp_path / "a", 30)]))
    assert found["fewer_computers"]["values"] == {"before": 2, "after": 1, "missing": "pc-2"}
    swapped = machine(tmp_path / "c", 30, identity="3c4d")
    found = asked(report(0, machines=two[:1]), report(30, machines=[swapped]))
    assert "other_computer" in found


def test_times_that_cannot_be_as_they_stand(tmp_path: Path) -> None:
    ahead = report(30, machines=[machine(tmp_path, 32)])
    assert "from_the_future" in asked(report(0), ahead)
    data = report(30)
    data["product_data"] = {**data["product_data"], "as_of": "2027-03-01"}
    assert "data_from_the_future" in asked(report(0), data)
    early = {**report(30), "started_at": "2026-11-01T00:00:00.000000Z"}
    assert "runs_overlap" in asked(report(0), early)


def test_deselected_checks_and_missing_packs() -> None:
    new = report(30, deselected=("telnet.exposed",))
    new["packs"] = [item for item in new["packs"] if item["name"] != "vpn"]
    found = asked(report(0), new)
    assert found["deselected"]["values"] == {"checks": "telnet.exposed"}
    assert found["packs_gone"]["values"] == {"packs": "vpn"}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("exclude_added", {"exclude": ("203.0.113.9",)}),
        ("nothing_listens_added", {"nothing_listens": ("203.0.113.9",)}),
        ("data_on", {"data_on": ("pc-1",)}),
        ("target_removed", {"targets": ("203.0.113.1",)}),
        ("servers", {"servers": 0}),
    ],
)
def test_a_narrower_permission_is_asked_about_and_a_wider_one_is_not(
    name: str, change: dict[str, Any]
) -> None:
    wide = replace(SCOPE, servers=2)
    before, after = report(0, scope=wide), report(30, scope=replace(wide, **change))
    assert f"narrower.{name}" in asked(before, after)
    wider = report(30, scope=wide), {**before, "scope": after["scope"]}
    assert not {key for key in asked(wider[1], wider[0]) if key == f"narrower.{name}"}


def test_no_signal_changes_a_figure(tmp_path: Path) -> None:
    one = machine(tmp_path, 0)
    new = report(40, machines=[one])
    found = compare([report(0, machines=[one]), new], Options())
    assert found["signals"]
    figures = ("status", "score", "coverage", "discount", "premium")
    assert [found["reports"][-1][key] for key in figures] == [new["rating"][key] for key in figures]


def test_a_report_without_its_evidence_says_what_could_not_be_asked() -> None:
    bare = {**report(30), "evidence": []}
    assert compare([report(0), bare], Options())["not_looked"] == [
        "two_reports", "no_evidence", "one_line",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "facts",
    [
        {"jobs": "none"}, {"jobs": [3]}, {"jobs": [{"proofs": [1], "oldest_at": "yesterday"}]},
        {"ports": 23}, {},
    ],
)  # fmt: skip
def test_evidence_of_another_make_is_left_alone(facts: dict[str, Any]) -> None:
    odd = report(40)
    odd["evidence"] += [
        {"kind": kind, "id": "ev-1", "asset": "host:x", "facts": facts}
        for kind in ("backup.BackupSurvey", "host.ListeningPorts")
    ]
    assert asked(report(0, OPEN), odd) == {}
