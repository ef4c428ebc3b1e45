"""Answers: what they claim, what they rest on, and where the scan disagrees."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from posture_scan.model.answer import Answer
from posture_scan.model.finding import Status
from posture_scan.rating.rate import contradictions
from posture_scan.rating.status import EvidenceClass, State
from tests.rating.samples import NOW, SME, address, answers, document, finding, host, says
from tests.rating.test_criteria import backup, decided

REMOTE = next(c for c in SME.criteria if c.id == "IAM-MFA-REM")
PATHS = REMOTE.question.paths if REMOTE.question else ()
NOTHING = [finding(check) for path in PATHS for check in path.contradicted_by]
A, D, V = EvidenceClass.ATTESTED, EvidenceClass.DOCUMENTED, EvidenceClass.VERIFIED


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("yes", State.MET), ("partly", State.PARTIAL), ("no", State.NOT_MET), ("", State.UNKNOWN),
     ("perhaps", State.UNKNOWN)],
)  # fmt: skip
def test_a_plain_answer(choice: str, expected: State) -> None:
    given = answers(Answer("TRN-AWR", {"": choice} if choice else {}))
    assert decided("TRN-AWR", [], given=given).status is expected


def test_a_document_weighs_more_until_it_expires() -> None:
    answer = dataclasses.replace(says("TRN-AWR", "yes"), document=document())
    assert decided("TRN-AWR", [], given=answers(answer)).evidence_class is D
    old = dataclasses.replace(answer, document=document(NOW.date() - timedelta(days=366)))
    status = decided("TRN-AWR", [], given=answers(old))
    assert (status.status, status.evidence_class) == (State.MET, A)
    assert "document_expired" in {r.id for r in status.reasons}


def test_a_document_without_a_digest_is_only_a_word() -> None:
    paper = dataclasses.replace(document(), sha256="deadbeef")
    answer = dataclasses.replace(says("TRN-AWR", "yes"), document=paper)
    assert decided("TRN-AWR", [], given=answers(answer)).evidence_class is A


@pytest.mark.parametrize("days", [-366, 3])
def test_old_and_future_answers_do_not_count(days: int) -> None:
    given = answers(says("TRN-AWR", "yes"), on=NOW.date() + timedelta(days=days))
    assert decided("TRN-AWR", [], given=given).status is State.UNKNOWN


def test_an_answer_of_the_day_in_tokyo_counts_before_midnight_in_london() -> None:
    given = answers(says("TRN-AWR", "yes"), on=NOW.date() + timedelta(days=1))
    assert decided("TRN-AWR", [], given=given).status is State.MET


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ({"vpn": "all", "support": "all", "vendor": "all"}, State.MET),
        ({"vpn": "all", "support": "some", "vendor": "all"}, State.PARTIAL),
        ({"vpn": "all", "support": "some"}, State.UNKNOWN),
        ({"vpn": "none"}, State.NOT_MET),
        ({"vpn": "all", "support": "all", "vendor": "not_used"}, State.MET),
    ],
)
def test_paths_take_the_worst(paths: dict[str, str], expected: State) -> None:
    given = answers(says("IAM-MFA-REM", **paths))
    assert decided("IAM-MFA-REM", [], given=given).status is expected


def test_not_used_counts_only_when_the_scan_has_shown_it() -> None:
    nowhere = answers(says("IAM-MFA-REM", vpn="not_used", support="not_used", vendor="not_used"))
    assert decided("IAM-MFA-REM", [], given=nowhere).status is State.UNKNOWN
    assert decided("IAM-MFA-REM", NOTHING, given=nowhere).status is State.NOT_APPLICABLE
    assert decided("IAM-MFA-REM", NOTHING[1:], given=nowhere).status is State.UNKNOWN


def test_a_silent_udp_port_cannot_contradict_a_persons_word() -> None:
    nowhere = answers(says("IAM-MFA-REM", vpn="not_used", support="all", vendor="all"))
    others = [f for f in NOTHING if f.check != "openvpn.exposed"]
    mute = finding("openvpn.exposed", Status.UNKNOWN, reason="udp_mute")
    cut_off = finding("openvpn.exposed", Status.UNKNOWN, reason="not_fully_scanned")
    assert decided("IAM-MFA-REM", [*others, mute], given=nowhere).status is State.MET
    assert decided("IAM-MFA-REM", [*others, cut_off], given=nowhere).status is State.UNKNOWN


def test_not_used_on_one_path_needs_proof_too() -> None:
    mixed = answers(says("IAM-MFA-REM", vpn="not_used", support="all", vendor="all"))
    assert decided("IAM-MFA-REM", NOTHING, given=mixed).status is State.MET
    assert decided("IAM-MFA-REM", [], given=mixed).status is State.UNKNOWN


def test_not_used_beside_a_vpn_seen_is_contradicted() -> None:
    given = answers(says("IAM-MFA-REM", vpn="not_used", support="all", vendor="all"))
    seen = [f for f in NOTHING if f.check != "sslvpn.exposed"]
    seen.append(finding("sslvpn.exposed", Status.FAIL, port=443))
    status = decided("IAM-MFA-REM", seen, given=given)
    assert status.status is State.CONTRADICTED
    (entry,) = contradictions([status])
    assert entry["path"] == "vpn"
    assert entry["findings"] == ["sslvpn.exposed@192.0.2.1:443"]


def test_nothing_that_only_exists_on_paper_is_not_applicable() -> None:
    given = answers(says("IAM-MFA-CLD", mail="not_used", cloud="not_used"))
    status = decided("IAM-MFA-CLD", NOTHING, given=given)
    assert status.status is State.UNKNOWN
    assert "not_used_unproven" in {r.id for r in status.reasons}


def test_yes_beside_a_failure_seen_is_contradicted() -> None:
    seen = [backup("none", Status.FAIL), backup("stale", Status.NOT_APPLICABLE)]
    for choice in ("yes", "partly"):
        status = decided("BKP-JOB", seen, (host(),), answers(says("BKP-JOB", choice)))
        assert status.status is State.CONTRADICTED
    agreed = decided("BKP-JOB", seen, (host(),), answers(says("BKP-JOB", "no")))
    assert (agreed.status, agreed.disagreement) == (State.NOT_MET, None)


def test_a_humble_answer_never_costs_what_the_machine_saw() -> None:
    seen = [backup("none", Status.PASS), backup("stale", Status.PASS)]
    status = decided("BKP-JOB", seen, (host(),), answers(says("BKP-JOB", "no")))
    assert (status.status, status.evidence_class) == (State.MET, V)
    assert status.disagreement is not None
    assert status.disagreement.kind == "understated"


def test_a_proud_answer_cannot_lift_what_the_machine_saw_in_part() -> None:
    seen = [backup("none", Status.PASS), backup("stale", Status.FAIL)]
    given = answers(says("BKP-JOB", "yes"))
    status = decided("BKP-JOB", seen, (host(),), given)
    assert (status.status, status.evidence_class) == (State.PARTIAL, V)
    two = decided("BKP-JOB", seen, (host(), host("pc-2")), given)
    assert (two.status, two.evidence_class) == (State.PARTIAL, A)


def test_an_answer_to_what_is_not_asked_does_not_count() -> None:
    given = answers(says("EXT-RDP", "yes"))
    assert decided("EXT-RDP", [], (address(),), given).status is State.UNKNOWN


def test_answers_expire_by_the_profiles_days_to_the_day() -> None:
    given = answers(says("TRN-AWR", "yes"), on=date(2025, 11, 23))
    assert decided("TRN-AWR", [], given=given).status is State.MET
    given = answers(says("TRN-AWR", "yes"), on=date(2025, 11, 22))
    assert decided("TRN-AWR", [], given=given).status is State.UNKNOWN
