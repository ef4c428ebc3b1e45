from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.errors import (
    NotPermittedError,
)
from posture_scan.trust import base64_text, canonical, dsse, statement
from posture_scan.trust.policy import Policy
from posture_scan.trust.store import TrustStore
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
    signer,
    trusting,
)


def test_a_signed_report_comes_out_as_it_went_in() -> None:
    seen = check(BUNDLE.envelope, evidence=BUNDLE.evidence)
    assert seen.report == report()
    assert seen.payload_sha256 == BUNDLE.payload_sha256
    assert seen.facts["organisation"] == "株式会社例"
    assert seen.facts["expires_at"] == "2027-02-20T09:10:00Z"
    assert seen.facts["evidence_checked"] is True
    (key,) = seen.signers
    assert (key.name, key.role, key.key.keyid) == ("アクメ", "contractor", CONTRACTOR.keyid)


def test_without_the_evidence_file_the_report_has_none_and_the_notes_say_so() -> None:
    seen = check(BUNDLE.envelope)
    assert "evidence" not in seen.report
    assert [line.code for line in seen.notes] == ["E-EVD-005", "E-TIM-001", "E-AUT-001"]
    assert seen.facts["evidence_records"] == 1


def test_two_signers_in_two_roles() -> None:
    agent = signer("agent", "scanner-7", curve=True)
    bundle = signed(agent, CONTRACTOR)
    seen = check(
        bundle.envelope,
        trusting(CONTRACTOR, agent),
        policy=Policy(require={"agent": 1, "contractor": 1}),
    )
    assert {key.role for key in seen.signers} == {"agent", "contractor"}


def test_a_report_the_company_signed_itself_needs_no_note_about_its_permission() -> None:
    owner = signer("sme", "株式会社例")
    notes = check(signed(owner).envelope, trusting(owner)).notes
    assert [line.code for line in notes] == ["E-EVD-005", "E-TIM-001"]


def test_the_same_input_gives_the_same_examination() -> None:
    first = examine(BUNDLE.envelope, STORE, now=NOW, evidence=BUNDLE.evidence).to_json()
    second = examine(BUNDLE.envelope, STORE, now=NOW, evidence=BUNDLE.evidence).to_json()
    assert canonical.dumps(first) == canonical.dumps(second)
    assert first["verdict"] == "valid"


def test_an_examination_keeps_the_steps_before_the_refusal() -> None:
    seen = examine(BUNDLE.envelope, TrustStore(), now=NOW)
    assert [line.step for line in seen.checks] == ["input", "payload_type", "verdict"]
    assert seen.to_json()["exit_code"] == 4
    assert seen.verified is None


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_every_single_changed_byte_is_refused(mask: int) -> None:
    data = BUNDLE.envelope
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= mask
        error = examine(bytes(changed), STORE, now=NOW).error
        assert error is not None, position
        assert error.exit_code == 1, (position, error.code)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_other_edit_is_refused(data: st.DataObject) -> None:
    good = BUNDLE.envelope
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 8)))
    changed = good[:start] + data.draw(st.binary(max_size=8)) + good[end:]
    error = examine(changed, STORE, now=NOW).error
    assert (error is None) == (changed == good)


@given(st.binary(max_size=300))
def test_random_bytes_are_a_typed_refusal(data: bytes) -> None:
    assert refused(lambda: check(data)).startswith("E-IN-")


@pytest.mark.parametrize("mask", [0x01, 0x80])
def test_every_changed_byte_of_the_evidence_is_refused(mask: int) -> None:
    for position in range(len(BUNDLE.evidence)):
        changed = bytearray(BUNDLE.evidence)
        changed[position] ^= mask
        error = examine(BUNDLE.envelope, STORE, now=NOW, evidence=bytes(changed)).error
        assert error is not None
        assert error.code == "E-EVD-001"


def test_a_changed_payload_names_the_signer_it_pretends_to_be_from() -> None:
    def better(members: dict[str, Any]) -> None:
        payload = dsse.parse(BUNDLE.envelope).payload.replace(b'"score":41', b'"score":97')
        members["payload"] = base64_text.encode(payload)

    assert refused(lambda: check(rewritten(better))) == "E-SIG-005"


def test_white_space_and_another_alphabet_are_refused_unless_foreign_layouts_are_read() -> None:
    loose = json.dumps(json.loads(BUNDLE.envelope), indent=1).encode()
    assert refused(lambda: check(loose)) == "E-IN-007"
    assert check(loose, policy=FOREIGN).report == check(BUNDLE.envelope).report
    extended = rewritten(lambda members: members.update(extra=1))
    assert refused(lambda: check(extended)) == "E-IN-007"
    notes = check(extended, policy=FOREIGN).notes
    assert notes[0].code == "E-IN-013"
    assert notes[0].values == {"members": "extra"}


def test_another_payload_type_is_refused() -> None:
    other = rewritten(lambda members: members.update(payloadType="application/json"))
    assert refused(lambda: check(other)) == "E-TYP-001"


@pytest.mark.parametrize("name", ["authorisation", "acknowledgement", "receipt", "score"])
def test_a_good_signature_over_another_predicate_is_refused(name: str) -> None:
    data = resigned(BUNDLE, CONTRACTOR, "predicateType", f"{statement.ATTESTATION_BASE}/{name}/v1")
    assert refused(lambda: check(data)) == "E-TYP-002"


def test_alias_members_are_refused() -> None:
    data = resigned(BUNDLE, CONTRACTOR, "predicate_type", statement.ASSESSMENT)
    assert refused(lambda: check(data)) == "E-TYP-003"


def test_a_newer_schema_is_refused_and_a_newer_minor_one_read() -> None:
    newer = resigned(BUNDLE, CONTRACTOR, "predicate/schemaVersion", "2.0")
    assert refused(lambda: check(newer)) == "E-TYP-004"
    check(resigned(BUNDLE, CONTRACTOR, "predicate/schemaVersion", "1.7"))
    check(resigned(BUNDLE, CONTRACTOR, "predicate/novelty", {"x": 1}))


def test_an_expired_report_is_authentic_but_of_no_use() -> None:
    late = NOW + timedelta(days=91)
    with pytest.raises(NotPermittedError) as caught:
        check(BUNDLE.envelope, now=late)
    assert (caught.value.code, caught.value.exit_code) == ("E-FRS-003", 5)
    archive = check(BUNDLE.envelope, now=late, policy=Policy(allow_expired=True))
    assert "E-FRS-003" in {line.code for line in archive.notes}


def test_a_signer_cannot_promise_a_longer_life_than_the_schema_grants() -> None:
    data = resigned(BUNDLE, CONTRACTOR, "predicate/expiresAt", "2099-01-01T00:00:00Z")
    late = NOW + timedelta(days=91)
    assert refused(lambda: check(data, now=late), NotPermittedError) == "E-FRS-003"
    shorter = resigned(BUNDLE, CONTRACTOR, "predicate/expiresAt", "2026-11-23T00:00:00Z")
    late = NOW + timedelta(days=2)
    assert refused(lambda: check(shorter, now=late), NotPermittedError) == "E-FRS-003"


def test_a_reader_can_ask_for_a_younger_report() -> None:
    strict = Policy(max_age=timedelta(days=30))
    check(BUNDLE.envelope, now=NOW + timedelta(days=29), policy=strict)
    old = lambda: check(BUNDLE.envelope, now=NOW + timedelta(days=31), policy=strict)  # noqa: E731
    assert refused(old, NotPermittedError) == "E-FRS-002"


def test_times_in_the_wrong_order_are_refused() -> None:
    early = lambda: check(BUNDLE.envelope, now=NOW - timedelta(seconds=301))  # noqa: E731
    assert refused(early, NotPermittedError) == "E-TIM-006"
    check(BUNDLE.envelope, now=NOW - timedelta(seconds=299))
    before = resigned(BUNDLE, CONTRACTOR, "predicate/signedAt", "2026-11-22T09:00:00Z")
    assert refused(lambda: check(before), NotPermittedError) == "E-TIM-006"


@pytest.mark.parametrize(
    "period",
    [
        {"valid_from": NOW + timedelta(seconds=1)},
        {"valid_until": NOW - timedelta(seconds=1)},
    ],
)
def test_a_key_outside_its_period_is_refused(period: dict[str, datetime]) -> None:
    with pytest.raises(NotPermittedError) as caught:
        check(BUNDLE.envelope, trusting(CONTRACTOR, **period))
    assert caught.value.code == "E-KEY-004"
    assert caught.value.values["end"] == (
        "2026-11-22T11:59:59Z" if "valid_until" in period else "-"
    )


def test_a_retired_key_cannot_be_used_with_an_old_date() -> None:
    retired = trusting(CONTRACTOR, valid_until=NOW + timedelta(days=1))
    check(BUNDLE.envelope, retired)
    later = lambda: check(BUNDLE.envelope, retired, now=NOW + timedelta(days=2))  # noqa: E731
    assert refused(later, NotPermittedError) == "E-KEY-004"
