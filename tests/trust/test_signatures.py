from __future__ import annotations

import json
from typing import Any

import pytest

from posture_scan.errors import (
    NotTrustedError,
)
from posture_scan.trust import base64_text, canonical, dsse, statement
from posture_scan.trust.policy import Policy
from posture_scan.trust.store import TrustStore
from tests.trust.samples import (
    BUNDLE,
    CONTRACTOR,
    FOREIGN,
    check,
    refused,
    resigned,
    rewritten,
    signed,
    signer,
    trusting,
)


def test_an_unknown_signer_is_exit_4_with_the_fingerprint_to_ask_for() -> None:
    with pytest.raises(NotTrustedError) as caught:
        check(BUNDLE.envelope, trusting(signer()))
    assert caught.value.code == "E-SIG-004"
    assert str(caught.value.values["fingerprint"]).replace(" ", "") == CONTRACTOR.keyid
    assert refused(lambda: check(BUNDLE.envelope, TrustStore()), NotTrustedError) == "E-SIG-004"


def test_nothing_is_read_before_a_trusted_key_has_signed_it() -> None:
    """A payload that could not even be parsed is still only an unknown signer's."""
    for keyid, fingerprint in (("\x1b[2J", "-"), ("ab" * 32, " ".join(["abab"] * 16))):
        unread = dsse.Envelope(
            statement.PAYLOAD_TYPE, b"{", (dsse.Signature(b"x" * 64, keyid),)
        ).to_bytes()
        for policy in (Policy(), FOREIGN):
            with pytest.raises(NotTrustedError) as caught:
                check(unread, policy=policy)
            assert caught.value.code == "E-SIG-004"
            assert caught.value.values["fingerprint"] == fingerprint
            assert str(caught.value.values["keyid"]).isalnum() or fingerprint == "-"


def test_a_forged_key_id_is_refused() -> None:
    def forge(members: dict[str, Any]) -> None:
        members["signatures"][0]["keyid"] = "00" * 32

    assert refused(lambda: check(rewritten(forge))) == "E-SIG-008"
    assert check(rewritten(forge), policy=FOREIGN).signers[0].name == "アクメ"


def test_a_missing_key_id_is_refused() -> None:
    def forget(members: dict[str, Any]) -> None:
        del members["signatures"][0]["keyid"]

    assert refused(lambda: check(rewritten(forget))) == "E-SIG-008"
    assert check(rewritten(forget), policy=FOREIGN).signers[0].name == "アクメ"


def test_an_unknown_key_cannot_borrow_a_known_key_s_id() -> None:
    stranger = signer()
    sealed = dsse.sign(statement.PAYLOAD_TYPE, dsse.parse(BUNDLE.envelope).payload, [stranger])
    borrowed = dsse.Envelope(
        sealed.payload_type,
        sealed.payload,
        (dsse.Signature(sealed.signatures[0].sig, CONTRACTOR.keyid),),
    )
    assert refused(lambda: check(borrowed.to_bytes())) == "E-SIG-005"


def test_one_key_counts_once_however_often_it_signs() -> None:
    twice = rewritten(lambda members: members["signatures"].append(members["signatures"][0]))
    two = {"contractor": 2}
    assert refused(lambda: check(twice)) == "E-SIG-009"
    assert refused(lambda: check(twice, policy=Policy(require=two))) == "E-SIG-002"
    loose = Policy(require=two, allow_foreign_layout=True)
    assert refused(lambda: check(twice, policy=loose)) == "E-SIG-002"


def test_a_signature_cannot_be_taken_off_or_put_on() -> None:
    agent = signer("agent", "scanner-7")
    both, trusted = signed(agent, CONTRACTOR), trusting(agent, CONTRACTOR)
    members = json.loads(both.envelope)
    del members["signatures"][1]
    stripped = canonical.dumps(members)
    assert refused(lambda: check(stripped, trusted)) == "E-SIG-001"
    assert refused(lambda: check(stripped, trusted, policy=FOREIGN)) == "E-SIG-001"

    def put_on(members: dict[str, Any]) -> None:
        made = agent.sign(dsse.parse(BUNDLE.envelope).signed_bytes())
        members["signatures"].append({"keyid": agent.keyid, "sig": base64_text.encode(made)})

    assert refused(lambda: check(rewritten(put_on), trusted)) == "E-KEY-003"
    assert refused(lambda: check(rewritten(put_on)), NotTrustedError) == "E-SIG-004"
    notes = check(rewritten(put_on), policy=FOREIGN).notes
    assert notes[0].code == "E-SIG-010"


def test_a_named_signer_who_is_not_trusted_spoils_the_report() -> None:
    agent = signer("agent", "scanner-7")
    bundle = signed(agent, CONTRACTOR)
    assert refused(lambda: check(bundle.envelope), NotTrustedError) == "E-SIG-004"
    loose = lambda: check(bundle.envelope, policy=FOREIGN)  # noqa: E731
    assert refused(loose, NotTrustedError) == "E-SIG-004"


def test_a_missing_role_is_named() -> None:
    wanted = Policy(require={"agent": 1})
    assert refused(lambda: check(BUNDLE.envelope, policy=wanted)) == "E-SIG-001"
    only = Policy(accept_roles=("sme",))
    assert refused(lambda: check(BUNDLE.envelope, policy=only)) == "E-SIG-001"


def test_another_key_cannot_take_over_a_report() -> None:
    """The key is named inside the signed bytes, so a substituted one is noticed."""
    other = signer(name="ボルト")
    payload = dsse.parse(BUNDLE.envelope).payload
    taken = dsse.sign(statement.PAYLOAD_TYPE, payload, [other]).to_bytes()
    assert refused(lambda: check(taken, trusting(other))) == "E-KEY-003"


def test_a_key_cannot_sign_in_a_role_it_was_not_enrolled_for() -> None:
    role = resigned(BUNDLE, CONTRACTOR, "predicate/signers/0/role", "sme")
    assert refused(lambda: check(role)) == "E-KEY-006"


def test_one_key_cannot_fill_two_roles() -> None:
    listed = [{"role": role, "keyid": CONTRACTOR.keyid} for role in ("agent", "contractor")]
    data = resigned(BUNDLE, CONTRACTOR, "predicate/signers", listed)
    assert refused(lambda: check(data)) == "E-SIG-003"
