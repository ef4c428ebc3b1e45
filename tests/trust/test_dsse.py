from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.errors import AnswerIsNoError
from posture_scan.trust import base64_text, dsse, public_key
from tests.trust.samples import public, signer

HELLO = "http://example.com/HelloWorld"


def code_of(data: bytes) -> str:
    with pytest.raises(AnswerIsNoError) as caught:
        dsse.parse(data)
    return caught.value.code


def envelope(**changes: Any) -> bytes:
    members = {"payload": "eA==", "payloadType": "t", "signatures": [{"sig": "QQ=="}]}
    return json.dumps({**members, **changes}).encode()


def without(name: str) -> bytes:
    members = json.loads(envelope())
    del members[name]
    return json.dumps(members).encode()


def test_pae_is_the_one_of_the_standard() -> None:
    # github.com/secure-systems-lab/dsse protocol.md, "Test Vectors"
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae(HELLO, b"hello world") == expected


def test_pae_counts_bytes_not_characters() -> None:
    assert dsse.pae("型", b"") == "DSSEv1 3 型 0 ".encode()


@given(st.text(), st.binary(), st.text(), st.binary())
def test_two_pairs_never_share_a_pae(kind: str, body: bytes, other: str, text: bytes) -> None:
    same = dsse.pae(kind, body) == dsse.pae(other, text)
    assert same == ((kind, body) == (other, text))


def test_the_signed_example_of_the_standard_verifies() -> None:
    # Its key is P-256 and its signature the bare r and s, which our reader wants in DER.
    numbers = ec.EllipticCurvePublicNumbers(
        46950820868899156662930047687818585632848591499744589407958293238635476079160,
        5640078356564379163099075877009565129882514886557779369047442380624545832820,
        ec.SECP256R1(),
    )
    key = public_key.load(public_key.spki_of(numbers.public_key()))
    raw = base64_text.decode(
        "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
        document="x",
        member="sig",
    )
    der = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    signed = dsse.Envelope(HELLO, b"hello world", (dsse.Signature(der),))
    assert dsse.makers(signed, [key]) == (key,)
    # vector "payload-type-swapped": the type is part of what is signed
    swapped = dsse.Envelope("http://example.com/Other", b"hello world", signed.signatures)
    assert dsse.makers(swapped, [key]) == (None,)
    assert dsse.makers(dsse.Envelope(HELLO, b"hello worle", signed.signatures), [key]) == (None,)


@pytest.mark.parametrize("curve", [False, True])
def test_what_is_signed_is_read_back_and_verifies(*, curve: bool) -> None:
    key, other = signer(curve=curve), signer()
    sealed = dsse.sign("text/x", b"body", [key])
    read = dsse.parse(sealed.to_bytes())
    assert read == sealed
    (maker,) = dsse.makers(read, [public(other), public(key)])
    assert maker is not None
    assert maker.keyid == key.keyid


def test_a_forged_or_missing_hint_hides_no_signature() -> None:
    key, other = signer(), signer()
    sealed = dsse.sign("text/x", b"body", [key])
    for hint in ("", other.keyid, "nonsense"):
        hinted = dsse.Envelope("text/x", b"body", (dsse.Signature(sealed.signatures[0].sig, hint),))
        (maker,) = dsse.makers(hinted, [public(other), public(key)])
        assert maker is not None
        assert maker.keyid == key.keyid


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "E-IN-012"),
        (without("payload"), "E-IN-004"),
        (without("payloadType"), "E-IN-004"),
        (without("signatures"), "E-IN-004"),
        (envelope(signatures=[]), "E-IN-004"),
        (envelope(signatures=[{}]), "E-IN-004"),
        (envelope(signatures={}), "E-IN-012"),
        (envelope(signatures=["QQ=="]), "E-IN-012"),
        (envelope(signatures=[{"sig": 1}]), "E-IN-012"),
        (envelope(signatures=[{"sig": "QQ==", "keyid": None}]), "E-IN-012"),
        (envelope(signatures=[{"sig": "QQ==", "keyid": "x" * 300}]), "E-IN-012"),
        (envelope(payload=None), "E-IN-012"),
        (envelope(payloadType=7), "E-IN-012"),
        (envelope(signatures=[{"sig": "QQ=="}] * 17), "E-IN-006"),
        (envelope(payload="eB=="), "E-IN-005"),
        (envelope(signatures=[{"sig": "QR=="}]), "E-IN-005"),
        (envelope(signatures=[{"sig": "QQ"}]), "E-IN-005"),
        (b'{"payload":"","payload":"","payloadType":"","signatures":[]}', "E-IN-002"),
    ],
)
def test_malformed_envelopes_are_refused_by_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_unknown_members_are_named() -> None:
    data = envelope(extra=1, signatures=[{"sig": "QQ==", "cert": "x"}])
    assert dsse.parse(data).unknown_members == ("extra", "signatures[0].cert")


@given(st.binary() | st.recursive(
    st.none() | st.integers() | st.text() | st.sampled_from(["QQ==", "eA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["payload", "payloadType", "signatures", "sig", "keyid", "x"]), inner
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_bytes_give_an_envelope_or_a_typed_refusal(data: bytes) -> None:
    try:
        read = dsse.parse(data)
    except AnswerIsNoError:
        return
    assert read.signatures
