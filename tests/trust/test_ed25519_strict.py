from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from posture_scan.errors import AnswerIsNoError
from posture_scan.trust import public_key
from posture_scan.trust.ed25519_strict import _P, is_sound
from tests.trust.samples import vectors

# All points whose order divides 8, in every encoding that reduces to one of them.
_ORDER_8 = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
)
SMALL_ORDER = (
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "00" * 32,
    "00" * 31 + "80",
    *_ORDER_8,
    "01" + "00" * 30 + "80",
    "ec" + "ff" * 31,
    "ed" + "ff" * 30 + "7f",
    "ed" + "ff" * 31,
    "ee" + "ff" * 30 + "7f",
    "ee" + "ff" * 31,
)
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_each_of_the_14_small_order_encodings_is_refused(encoded: str) -> None:
    assert not is_sound(bytes.fromhex(encoded))


def test_the_library_alone_would_accept_a_signature_that_fits_everything() -> None:
    identity = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SMALL_ORDER[0]))
    signature = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
    accepted = 0
    for number in range(20):
        try:
            identity.verify(signature, b"score %d" % number)
        except InvalidSignature:
            continue
        accepted += 1
    assert accepted == 20


def test_keys_of_the_published_hard_cases() -> None:
    cases = json.loads((vectors() / "ed25519_speccheck_keys.json").read_text("utf-8"))
    for case in cases["keys"]:
        assert is_sound(bytes.fromhex(case["public_key"])) is case["sound"], case


def test_a_mixed_order_key_is_refused() -> None:
    from posture_scan.trust import ed25519_strict as curve

    base = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    honest, torsion = curve._decode(base), curve._decode(bytes.fromhex(_ORDER_8[0]))
    assert honest is not None
    assert torsion is not None
    x, y, z, _ = curve._add(honest, torsion)
    x, y = x * pow(z, -1, _P) % _P, y * pow(z, -1, _P) % _P
    assert not is_sound((y | (x & 1) << 255).to_bytes(32, "little"))


def test_a_point_that_is_not_on_the_curve_and_a_wrong_length_are_refused() -> None:
    assert not is_sound(b"\x02" + bytes(31))
    assert not is_sound(bytes(31))
    assert not is_sound(bytes(33))


def test_200_honest_keys_pass() -> None:
    for _ in range(200):
        assert is_sound(Ed25519PrivateKey.generate().public_key().public_bytes_raw())


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_a_small_order_key_cannot_be_loaded(encoded: str) -> None:
    with pytest.raises(AnswerIsNoError) as caught:
        public_key.load(SPKI_PREFIX + bytes.fromhex(encoded))
    assert caught.value.code == "E-KEY-001"
