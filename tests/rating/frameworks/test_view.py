"""What a rating says about a framework: the worst of the criteria, and unknown stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.rating.frameworks.data import VIEWS, framework
from posture_scan.rating.frameworks.view import FrameworkView, Item, view
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import SME, every, statuses

SAID = (State.MET, State.PARTIAL, State.NOT_MET, State.CONTRADICTED, State.NOT_APPLICABLE)


def looked(name: str, codes: dict[str, str]) -> FrameworkView:
    return view(framework(name), SME, {item.id: item for item in statuses(codes)})


def at(name: str, id_: str, codes: dict[str, str]) -> Item:
    item = looked(name, codes).item(id_)
    assert item is not None
    return item


@pytest.mark.parametrize(
    ("codes", "state", "based_on"),
    [
        ({}, "unknown", ""),
        ({"BKP-JOB": "mv"}, "unknown", ""),
        ({"BKP-JOB": "mv", "BKP-ISO": "na"}, "not_met", "attested"),
        ({"BKP-JOB": "mv", "BKP-ISO": "pv"}, "unknown", ""),
        ({"BKP-JOB": "mv", "BKP-ISO": "pv", "BKP-TEST": "md"}, "partial", "documented"),
        ({"BKP-JOB": "mv", "BKP-ISO": "ma", "BKP-TEST": "md"}, "met", "attested"),
        ({"BKP-JOB": "mv", "BKP-ISO": "mv", "BKP-TEST": "mv"}, "met", "verified"),
    ],
)
def test_the_worst_of_the_criteria_decides(
    codes: dict[str, str], state: str, based_on: str
) -> None:
    item = at("scs3", "4-3-4", codes)
    assert item.status is not None
    assert (item.status.value, item.evidence_class.value) == (state, based_on)
    assert [one.id for one in item.criteria] == ["BKP-JOB", "BKP-ISO", "BKP-TEST"]


def test_a_bad_status_names_what_it_rests_on() -> None:
    item = at("scs3", "4-3-4", {"BKP-JOB": "mv", "BKP-ISO": "na"})
    assert item.to_json()["decided_by"] == ["BKP-ISO"]


def test_a_contradiction_is_the_worst() -> None:
    seen = {
        "BKP-JOB": CriterionStatus("BKP-JOB", State.CONTRADICTED, EvidenceClass.VERIFIED),
        "BKP-ISO": CriterionStatus("BKP-ISO", State.NOT_MET, EvidenceClass.ATTESTED),
    }
    item = view(framework("scs3"), SME, seen).item("4-3-4")
    assert item is not None
    assert (item.status, item.evidence_class) == (State.CONTRADICTED, EvidenceClass.VERIFIED)


def test_what_does_not_apply_is_left_out_unless_nothing_applies() -> None:
    none = CriterionStatus("EXT-ADM", State.NOT_APPLICABLE, EvidenceClass.VERIFIED)
    known = {item.id: item for item in statuses({"EXT-RDP": "mv"})} | {"EXT-ADM": none}
    shown = view(framework("cis"), SME, known)
    states = {name: item.status for name in ("4.6", "4.4") if (item := shown.item(name))}
    assert states == {"4.6": State.MET, "4.4": State.UNKNOWN}
    alone = {name: CriterionStatus(name, State.NOT_APPLICABLE) for name in ("EXT-RDP", "EXT-ADM")}
    item = view(framework("cis"), SME, alone).item("4.6")
    assert item is not None
    assert item.status is State.NOT_APPLICABLE


def test_what_a_machine_saw_says_nothing_about_people() -> None:
    assert at("ipa25", "6", every("mv")).status is State.UNKNOWN
    assert at("ipa25", "6", every("nv")).status is State.UNKNOWN
    assert at("ipa25", "1", every("mv")).status is State.MET
    assert at("ipa25", "20", every("md")).status is State.MET


def test_counts_are_of_the_whole_framework() -> None:
    shown = looked("scs3", every("mv")).to_json()
    assert (shown["total"], shown["asked"], shown["not_asked"], shown["said"]) == (26, 23, 3, 23)
    assert shown["counts"]["covered"] == 23
    shown = looked("scs4", every("mv")).to_json()
    assert (shown["total"], shown["asked"], shown["not_asked"]) == (43, 29, 14)
    shown = looked("cis", every("mv")).to_json()
    assert (shown["asked"], shown["counts"]["covered"]) == (37, 37)
    assert [item["id"] for item in shown["items"] if not item["counted"] and item["asked"]] == [
        "3.10", "9.5", "11.5",
    ]  # fmt: skip


def test_without_a_report_only_the_mapping_is_told() -> None:
    shown = view(framework("scs3"), SME, None).to_json()
    assert (shown["counts"], shown["said"], shown["asked"]) == (None, None, 23)
    assert {item["status"] for item in shown["items"]} == {None}
    assert {one["status"] for item in shown["items"] for one in item["criteria"]} == {None}


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_seen_covers_nothing(name: str) -> None:
    shown = view(framework(name), SME, {})
    assert shown.counts()["unknown"] == shown.asked > 0
    assert shown.said == 0


@given(
    st.dictionaries(
        st.sampled_from([item.id for item in SME.criteria]),
        st.tuples(st.sampled_from(SAID), st.sampled_from(list(EvidenceClass))),
    ),
    st.sampled_from(VIEWS),
)
def test_an_unknown_criterion_never_lets_an_id_count_as_covered(
    known: dict[str, tuple[State, EvidenceClass]], name: str
) -> None:
    given_ = {key: CriterionStatus(key, *value) for key, value in known.items()}
    shown = view(framework(name), SME, given_)
    for item in shown.items:
        if item.status in {State.MET, State.PARTIAL}:
            assert all(one.id in known for one in item.deciding)
            assert all(one.status is not State.UNKNOWN for one in item.deciding)
    assert sum(shown.counts().values()) == shown.asked
