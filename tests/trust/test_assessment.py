from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture_scan.errors import AnswerIsNoError, IncompleteError
from posture_scan.trust import assessment, base64_text, canonical
from posture_scan.trust.policy import Policy
from posture_scan.trust.signing import SignedBundle, sign_with
from posture_scan.trust.verify import examine
from tests.trust.samples import (
    BUNDLE,
    CONTRACTOR,
    FOREIGN,
    NOW,
    STORE,
    check,
    refused,
    report,
    resigned,
    rewritten,
    signed,
)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("predicate/signers", [], "E-TYP-005"),
        ("predicate/signers", [{}], "E-TYP-005"),
        ("predicate/signers", None, "E-TYP-005"),
        ("predicate/schemaVersion", 1, "E-TYP-004"),
        ("predicate/evidence/records", True, "E-TYP-005"),
        ("predicate/report/report_id", 7, "E-TYP-005"),
        ("predicate/report", [], "E-TYP-005"),
        ("predicate/report/evidence", [], "E-TYP-005"),
        ("predicate/report/scope", None, "E-TYP-005"),
        ("predicate/report/scope/valid_from", "soon", "E-TYP-005"),
        ("predicate/report/findings", [1], "E-TYP-005"),
        ("predicate/report/started_at", "2026-11-22 09:00", "E-TYP-005"),
        ("predicate/report/finished_at", "2026-11-22T08:00:00Z", "E-TYP-005"),
        ("predicate/report/finished_at", "9999-12-31T23:59:59Z", "E-TYP-005"),
        ("predicate/report/rating/profile/id", "other", "E-TYP-006"),
        ("predicate/expiresAt", "never", "E-TYP-005"),
        ("predicate/signedAt", None, "E-TYP-005"),
        ("predicate/evidence", None, "E-TYP-005"),
        ("predicate/evidence/format", "jsonl", "E-TYP-005"),
        ("predicate/evidence/name", "other.json", "E-TYP-006"),
        ("predicate/evidence/digest/sha256", "00" * 32, "E-TYP-006"),
        ("predicate/tool/version", "9.9", "E-TYP-006"),
        ("predicate/coverage/assetsReached", 99, "E-TYP-006"),
        ("predicate/authorisation/targets", ["0.0.0.0/0"], "E-TYP-006"),
        ("predicate/clock/finishedAt", "2026-12-01T00:00:00Z", "E-TYP-006"),
        ("subject", [], "E-TYP-005"),
    ],
)
def test_a_dishonest_signer_s_contradictions_are_found(path: str, value: Any, code: str) -> None:
    data = resigned(BUNDLE, CONTRACTOR, path, value)
    assert refused(lambda: check(data)) == code


def test_a_second_payload_beside_the_signed_one_is_never_read() -> None:
    other = {"payload": base64_text.encode(b"{}"), "report": {"rating": {"score": 100}}}
    wrapped = rewritten(lambda members: members.update(other_payload=other))
    assert refused(lambda: check(wrapped)) == "E-IN-007"
    assert check(wrapped, policy=FOREIGN).report["rating"]["score"] == 41
    assert refused(lambda: check(b"[" + BUNDLE.envelope + b"]")) == "E-IN-012"


def test_another_report_s_evidence_is_refused() -> None:
    other = signed(CONTRACTOR, evidence=[], findings=[])
    wrong = lambda: check(BUNDLE.envelope, evidence=other.evidence)  # noqa: E731
    assert refused(wrong) == "E-EVD-001"


def test_evidence_can_be_demanded() -> None:
    demanding = Policy(evidence_required=True)
    missing = lambda: check(BUNDLE.envelope, policy=demanding)  # noqa: E731
    assert refused(missing, IncompleteError) == "E-EVD-005"
    check(BUNDLE.envelope, evidence=BUNDLE.evidence, policy=demanding)


def test_a_finding_without_its_evidence_is_refused_by_signer_and_reader() -> None:
    assert refused(lambda: signed(CONTRACTOR, evidence=[])) == "E-EVD-003"
    bundle = signed(CONTRACTOR, findings=[], evidence=[])
    data = resigned(bundle, CONTRACTOR, "predicate/report/findings", report()["findings"])
    coverage = assessment.summary(report())["coverage"]

    data = resigned(SignedBundle(data, b"", ""), CONTRACTOR, "predicate/coverage", coverage)
    assert refused(lambda: check(data, evidence=bundle.evidence)) == "E-EVD-003"


def test_evidence_must_be_a_list_even_if_its_digest_fits() -> None:
    evidence = canonical.dumps({"id": "e0"})
    data = BUNDLE.envelope
    for path in ("subject/0/digest", "predicate/evidence/digest"):
        bundle = SignedBundle(data, b"", "")
        data = resigned(bundle, CONTRACTOR, path, canonical.digests(evidence))
    assert refused(lambda: check(data, evidence=evidence)) == "E-TYP-006"


def test_a_wrong_count_of_records_is_refused() -> None:
    data = resigned(BUNDLE, CONTRACTOR, "predicate/evidence/records", 2)
    assert refused(lambda: check(data, evidence=BUNDLE.evidence)) == "E-TYP-006"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        ["predicate", "predicate/report", "predicate/signers", "predicate/evidence",
         "predicate/report/scope", "predicate/report/assets", "predicate/report/connections",
         "predicate/report/findings", "predicate/report/rating", "predicate/report/scope/targets",
         "predicate/report/scope/names", "predicate/report/assets/0", "subject", "subject/0"]
    ),
    st.recursive(
        st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "203.0.113.7", "\x00"]),
        lambda inner: st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "name", "role", "keyid", "address"]), inner),
        max_leaves=4,
    ),
)  # fmt: skip
def test_whatever_a_trusted_signer_signs_gives_no_traceback(path: str, value: Any) -> None:
    examine(resigned(BUNDLE, CONTRACTOR, path, value), STORE, now=NOW, evidence=BUNDLE.evidence)


def contradictory() -> dict[str, Any]:
    status = {"id": "IAM-MFA-REM", "status": "contradicted", "evidence_class": "verified"}
    return {**report(), "criteria": [status]}


def test_a_contradicted_report_gets_no_clean_signature() -> None:
    with pytest.raises(AnswerIsNoError) as caught:
        sign_with(contradictory(), [CONTRACTOR], now=NOW)
    assert caught.value.code == "E-OUT-004"
    assert "IAM-MFA-REM" in str(caught.value.values["criteria"])


def test_signed_as_unreconciled_it_says_so_and_the_reader_is_told() -> None:
    bundle = sign_with(contradictory(), [CONTRACTOR], now=NOW, unreconciled=True)
    verified = check(bundle.envelope)
    assert [note.values for note in verified.notes if note.code == "E-ACK-003"] == [
        {"criteria": "IAM-MFA-REM"}
    ]
