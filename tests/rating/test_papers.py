"""A file handed in beside an answer: what it settles, what it denies, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from posture_scan.mistakes import MistakesError
from posture_scan.model.answer import Answer, Answers
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.load import parse_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import contradictions
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from posture_scan.text.catalog import Catalog
from tests.rating.samples import (
    NOW,
    SME,
    STRICT,
    address,
    answers,
    changed,
    document,
    finding,
    host,
    says,
)
from tests.rating.test_criteria import decided

TENANT = Asset("tenant:google_workspace", "tenant")
CLD, ADM = "IAM-MFA-CLD", "IAM-MFA-ADM"
ATTESTED, DOCUMENTED, NONE = EvidenceClass.ATTESTED, EvidenceClass.DOCUMENTED, EvidenceClass.NONE
PASS, FAIL, NA, UNKNOWN = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN

REQUIRED = (PASS, PASS, PASS)
UNPROVEN = (PASS, PASS, FAIL)
GAPS = (PASS, FAIL, NA)
OFF = (FAIL, NA, NA)
OPEN = (UNKNOWN, UNKNOWN, UNKNOWN)
Three = tuple[Status, Status, Status]


def shown(verdicts: Three, prefix: str = "", days: int = 1) -> list[Finding]:
    """What a list says, as the engine judges it."""
    names = (f"tenant.{prefix}mfa_{name}" for name in ("off", "gaps", "unproven"))
    return [
        finding(
            name, status, TENANT.id, vantage=Vantage.HOST, confidence=80,
            method=Method.TENANT_EXPORT, observed_at=NOW - timedelta(days=days),
        )
        for name, status in zip(names, verdicts, strict=True)
    ]  # fmt: skip


def cloud(
    verdicts: Three, mail: str = "", files: str = "", days: int = 1
) -> CriterionStatus:  # fmt: skip
    said = {key: value for key, value in (("mail", mail), ("cloud", files)) if value}
    given = answers(says(CLD, **said)) if said else None
    return decided(CLD, shown(verdicts, days=days), (TENANT,), given)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [(REQUIRED, State.MET), (UNPROVEN, State.PARTIAL), (GAPS, State.PARTIAL),
     (OFF, State.NOT_MET)],
)  # fmt: skip
def test_without_an_answer_the_list_decides_and_counts_as_a_document(
    verdicts: Three, state: State
) -> None:
    status = cloud(verdicts)
    assert (status.status, status.evidence_class) == (state, DOCUMENTED)
    assert status.disagreement is None
    assert f"tenant.mfa_off@{TENANT.id}" in cloud(OFF).findings


@pytest.mark.parametrize("profile", [SME, STRICT], ids=lambda profile: profile.id)
def test_both_shipped_profiles_read_it(profile: Profile) -> None:
    status = decided(CLD, shown(REQUIRED), (TENANT,), None, profile)
    assert (status.status, status.evidence_class) == (State.MET, DOCUMENTED)


@pytest.mark.parametrize(
    ("verdicts", "mail", "files", "state", "based_on", "kind"),
    [
        # the list bears the answer out
        (REQUIRED, "all", "all", State.MET, DOCUMENTED, ""),
        (REQUIRED, "some", "all", State.PARTIAL, ATTESTED, ""),
        # the list speaks of its tenant alone: what a person admits of another service counts
        (REQUIRED, "all", "none", State.NOT_MET, ATTESTED, ""),
        (GAPS, "some", "some", State.PARTIAL, DOCUMENTED, ""),
        (GAPS, "all", "all", State.PARTIAL, DOCUMENTED, "overstated"),
        (GAPS, "none", "all", State.NOT_MET, ATTESTED, ""),
        (OFF, "none", "none", State.NOT_MET, DOCUMENTED, ""),
        (OFF, "all", "all", State.CONTRADICTED, DOCUMENTED, "contradicted"),
        (OFF, "some", "some", State.CONTRADICTED, DOCUMENTED, "contradicted"),
        # what the list cannot show it does not deny: an honest answer loses nothing by it
        (UNPROVEN, "all", "all", State.MET, ATTESTED, ""),
        (UNPROVEN, "some", "some", State.PARTIAL, DOCUMENTED, ""),
        # mail lies elsewhere: then the list is about the other services
        (REQUIRED, "not_used", "all", State.MET, DOCUMENTED, ""),
        (OFF, "not_used", "all", State.CONTRADICTED, DOCUMENTED, "contradicted"),
        (OFF, "not_used", "not_used", State.CONTRADICTED, DOCUMENTED, "contradicted"),
        (REQUIRED, "not_used", "not_used", State.MET, DOCUMENTED, ""),
        # one path answered, the other settled by the list
        (REQUIRED, "all", "", State.MET, DOCUMENTED, ""),
        # a list that tells nothing leaves everything to the answer
        (OPEN, "all", "all", State.MET, ATTESTED, ""),
        (OPEN, "", "", State.UNKNOWN, NONE, ""),
    ],
)  # fmt: skip
def test_the_list_beside_an_answer(  # noqa: PLR0917 -- a row of the table
    verdicts: Three, mail: str, files: str, state: State, based_on: EvidenceClass, kind: str
) -> None:
    status = cloud(verdicts, mail, files)
    assert (status.status, status.evidence_class) == (state, based_on)
    assert (status.disagreement.kind if status.disagreement else "") == kind


def test_the_ledger_says_what_was_answered_and_what_the_list_shows() -> None:
    (entry,) = contradictions([cloud(OFF, "all", "all")])
    assert (entry["answer"], entry["seen"]) == ("cloud=all, mail=all", "not_met")
    assert f"tenant.mfa_off@{TENANT.id}" in entry["findings"]


def test_a_document_behind_the_answer_keeps_its_class_where_the_list_cannot_show_it() -> None:
    answer = Answer(CLD, {"mail": "all", "cloud": "all"}, document=document())
    status = decided(CLD, shown(UNPROVEN), (TENANT,), answers(answer))
    assert (status.status, status.evidence_class) == (State.MET, DOCUMENTED)


def administrators(verdicts: Three, **said: str) -> CriterionStatus:
    given = answers(says(ADM, **said)) if said else None
    return decided(ADM, shown(verdicts, "admin_"), (TENANT,), given)


def test_servers_and_the_backup_console_are_not_in_a_list_of_accounts() -> None:
    assert administrators(REQUIRED).status is State.UNKNOWN
    assert "unanswered" in {reason.id for reason in administrators(REQUIRED).reasons}
    rest = administrators(REQUIRED, server="all", backup="all")
    assert (rest.status, rest.evidence_class) == (State.MET, ATTESTED)
    open_ = administrators(REQUIRED, server="all")
    assert open_.status is State.UNKNOWN
    assert "path_open" in {reason.id for reason in open_.reasons}


def test_bad_news_of_one_part_needs_no_answer_to_the_rest() -> None:
    status = administrators(OFF)
    assert (status.status, status.evidence_class) == (State.NOT_MET, DOCUMENTED)
    denied = administrators(OFF, admin="all", server="all", backup="all")
    assert denied.status is State.CONTRADICTED
    (entry,) = contradictions([denied])
    assert entry["path"] == "admin"


def test_a_list_that_is_too_old_leaves_the_answer_as_it_is() -> None:
    for days, state in ((89, State.MET), (91, State.UNKNOWN)):
        assert cloud(REQUIRED, days=days).status is state
    old = cloud(OFF, "all", "all", days=91)
    assert (old.status, old.evidence_class) == (State.MET, ATTESTED)
    assert "too_old" in {reason.id for reason in cloud(REQUIRED, days=91).reasons}


def test_an_old_answer_beside_a_fresh_list() -> None:
    said = says(CLD, mail="all", cloud="all")
    long_ago: Answers = answers(said, on=date(2024, 1, 1))
    status = decided(CLD, shown(REQUIRED), (TENANT,), long_ago)
    assert (status.status, status.evidence_class) == (State.MET, DOCUMENTED)
    assert decided(CLD, shown(OFF), (TENANT,), long_ago).status is State.NOT_MET


def test_without_a_list_nothing_is_different() -> None:
    status = decided(CLD, [])
    assert (status.status, status.evidence_class) == (State.UNKNOWN, NONE)
    assert [reason.id for reason in status.reasons] == ["unanswered"]
    given = answers(says(CLD, mail="all", cloud="all"))
    assert decided(CLD, [], given=given).evidence_class is ATTESTED


RULE = 'evidence_class = "documented"\npaths = ["mail", "cloud"]\n'


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (RULE, 'paths = ["mail", "cloud"]\n', "tenant_is_documented"),
        (RULE, 'paths = ["mail", "cloud"]\n', "only_documented"),
        (RULE, 'evidence_class = "documented"\n', "paths_missing"),
        (RULE, RULE.replace("mail", "post"), "unknown_reference"),
        ('assets = ["tenant"]', 'assets = ["tenant", "host"]', "tenant_is_documented"),
        ('assets = ["tenant"]', 'assets = ["host"]', "tenant_is_documented"),
        ('assets = ["tenant"]', 'assets = ["domain"]', "tenant_is_documented"),
        ('unproven_if = ["tenant.mfa_unproven"]', 'unproven_if = ["tenant.mfa_gaps"]',
         "duplicate"),
    ],
)  # fmt: skip
def test_a_rule_that_claims_too_much_is_refused(before: str, after: str, code: str) -> None:
    with pytest.raises(MistakesError) as raised:
        parse_profile(changed(before, after))
    found = {mistake.code: mistake for mistake in raised.value.mistakes}
    assert f"profile.{code}" in found
    for language in ("ja", "en"):
        mistake = found[f"profile.{code}"]
        assert "{" not in Catalog(language)(f"error.{mistake.code}", **mistake.values)


def storage(none: Status, stale: Status, where: str = "192.0.2.9") -> list[Finding]:
    """What a network storage's own record says, as the engine judges it."""
    return [
        finding(name, status, where, vantage=Vantage.HOST, confidence=80,
                method=Method.DEVICE_EXPORT)
        for name, status in (("nas_backup.none", none), ("nas_backup.stale", stale))
    ]  # fmt: skip


@pytest.mark.parametrize("profile", [SME, STRICT], ids=lambda profile: profile.id)
@pytest.mark.parametrize(
    ("none", "stale", "state"),
    [(PASS, PASS, State.MET), (PASS, FAIL, State.PARTIAL), (FAIL, NA, State.NOT_MET),
     (PASS, UNKNOWN, State.UNKNOWN)],
)  # fmt: skip
def test_a_storages_own_record_counts_as_a_document(
    profile: Profile, none: Status, stale: Status, state: State
) -> None:
    places = (address(), address("192.0.2.9", scanned=False))
    status = decided("BKP-JOB", storage(none, stale), places, None, profile)
    assert status.status is state
    assert (status.evidence_class is DOCUMENTED) is (state is not State.UNKNOWN)


def test_without_a_storages_record_the_answer_decides_as_before() -> None:
    status = decided("BKP-JOB", [], (address(),), answers(says("BKP-JOB", "yes")))
    assert (status.status, status.evidence_class) == (State.MET, ATTESTED)


def test_what_a_machine_saw_itself_stands_before_a_storages_record() -> None:
    seen = [
        finding(check, PASS, "pc-1", vantage=Vantage.HOST)
        for check in ("backup.none", "backup.stale")
    ]
    status = decided("BKP-JOB", [*seen, *storage(PASS, FAIL)], (host(), address("192.0.2.9")))
    assert (status.status, status.evidence_class) == (State.MET, EvidenceClass.VERIFIED)


def test_an_answer_that_a_storages_record_denies_is_contradicted() -> None:
    given = answers(says("BKP-JOB", "yes"))
    status = decided("BKP-JOB", storage(FAIL, NA), (address("192.0.2.9"),), given)
    assert status.status is State.CONTRADICTED
