"""IPA's and CRYPTREC's guide GL-3001: the three settings, their boundaries, and the unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.facts import Agreed, TlsFacts, Trial
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.suites import WEAK_CLASSES
from posture_scan.checks.encryption.yardsticks.ipa import level

from tests.checks.encryption import certificates as made
from tests.checks.encryption.judging import NO, UNSEEN, YES, facts
from tests.checks.encryption.yardsticks.test_ssl_labs import (
    TLS12,
    TLS13,
    hide,
    leaf,
    sound,
    trial,
    versions,
    weak,
)

RANKS = ("high", "recommended", "exception", "none")


def test_tls13_with_forward_secrecy_everywhere_is_high() -> None:
    assert level(sound()).shown() == "high"
    assert level(versions(sound(), tls12=NO)).shown() == "high"


@pytest.mark.parametrize(("seen", "token"), [
    (versions(sound(), tls13=NO), "no TLS 1.3"),
    (trial(sound(), "static_rsa", YES), "static RSA"),
])  # fmt: skip
def test_what_leaves_it_recommended(seen: TlsFacts, token: str) -> None:
    found = level(seen)
    assert (found.shown(), found.missing) == ("recommended", (token,))


@pytest.mark.parametrize(("seen", "token"), [
    (versions(sound(), tls10=YES), "TLS 1.0"),
    (versions(sound(), tls11=YES), "TLS 1.1"),
    (versions(sound(), tls10=YES, tls12=NO, tls13=NO), "no TLS 1.2"),
    (weak(sound(), rc4=YES), "RC4"),
    (weak(sound(), x3des=YES), "3DES"),
    (trial(sound(), "forward_secrecy", NO), "no forward secrecy"),
])  # fmt: skip
def test_what_leaves_the_exception(seen: TlsFacts, token: str) -> None:
    found = level(seen)
    assert found.shown() == "exception"
    assert token in found.missing


@pytest.mark.parametrize(("seen", "token"), [
    (versions(sound(), ssl2=YES), "SSL 2.0"),
    (versions(sound(), ssl3=YES), "SSL 3.0"),
    *[(weak(sound(), **{f"x{kind}": YES}), token) for kind, token in (
        ("null", "NULL"), ("anon", "anon"), ("export", "EXPORT"), ("des", "DES"))],
    (sound(chain=(leaf("rsa1024"),)), "RSA 1024"),
    (sound(chain=(leaf("p192"),)), "EC 192"),
    (sound(chain=(leaf("dsa2048"),)), "DSA 2048"),
])  # fmt: skip
def test_what_no_setting_allows(seen: TlsFacts, token: str) -> None:
    found = level(seen)
    assert (found.shown(), found.missing) == ("none", (token,))


def test_a_certificate_signed_with_sha1_is_in_no_setting() -> None:
    issuer = made.authority(kind="rsa2048")
    der = made.issue(issuer=issuer).der.replace(made.OID_SHA256_RSA, made.OID_SHA1_RSA)
    assert level(sound(chain=(der,))).missing == ("SHA1",)


@pytest.mark.parametrize(("bits", "shown"), [(2047, "exception"), (2048, "high")])
def test_sizes_of_primes(bits: int, shown: str) -> None:
    assert level(trial(sound(dh_bits=bits), "dhe", YES)).shown() == shown


@pytest.mark.parametrize(("group", "bits", "shown"), [
    ("secp224r1", 224, "exception"), ("odd", 255, "exception"), ("secp256r1", 256, "high"),
    ("x25519", 255, "high"), ("odd", 0, "high / exception"),
])  # fmt: skip
def test_sizes_of_curves(group: str, bits: int, shown: str) -> None:
    assert level(sound(agreed=(replace(TLS12, group=group, bits=bits),))).shown() == shown


def test_a_hybrid_exchange_is_no_small_curve() -> None:
    hybrid = Agreed("tls13", TLS13.suite, "kem", "x25519mlkem768", 255)
    assert level(sound(agreed=(hybrid,))).shown() == "high"


@pytest.mark.parametrize(("seen", "shown"), [
    (versions(sound(), tls13=UNSEEN), "high / recommended"),
    (versions(sound(), tls10=UNSEEN), "high / exception"),
    (versions(sound(), ssl2=UNSEEN), "high / none"),
    (trial(sound(), "dhe", UNSEEN), "high / exception"),
    (sound(chain=()), "high / none"),
    (sound(chain=(leaf("ed25519"),)), "high / none"),
    (sound(agreed=()), "high / exception"),
    (versions(sound(), tls12=UNSEEN, tls13=UNSEEN), "high / exception"),
    (versions(sound(), tls10=YES, ssl3=UNSEEN), "exception / none"),
])  # fmt: skip
def test_what_was_not_seen_leaves_it_open(seen: TlsFacts, shown: str) -> None:
    assert level(seen).shown() == shown


def test_evidence_from_before_the_newer_questions_is_open() -> None:
    assert level(facts(chain=(leaf(),))).unseen == ("key exchange",)


@st.composite
def services(draw: st.DrawFn) -> TlsFacts:
    outcome = st.sampled_from([YES, NO, NO, UNSEEN])
    seen = versions(sound(), **{one: draw(outcome) for one in VERSIONS})
    seen = weak(seen, **{f"x{one}": draw(outcome) for one in WEAK_CLASSES})
    for field in ("dhe", "static_rsa", "forward_secrecy"):
        seen = trial(seen, field, draw(outcome))
    return replace(seen, dh_bits=draw(st.sampled_from([0, 1024, 2048])))


THINGS = [*VERSIONS, *WEAK_CLASSES, "dhe", "static_rsa", "forward_secrecy", "chain", "agreed"]


@given(services(), st.sampled_from(THINGS))
def test_what_is_not_seen_never_improves_what_is_certain(seen: TlsFacts, gone: str) -> None:
    assert RANKS.index(level(hide(seen, gone)).worst) >= RANKS.index(level(seen).worst)


@given(services(), st.sampled_from(["ssl2", "ssl3", "tls10", "tls11", *WEAK_CLASSES, "dh"]))
def test_a_weakness_never_improves_a_setting(seen: TlsFacts, more: str) -> None:
    if more in VERSIONS:
        worse = versions(seen, **{more: YES})
    elif more in WEAK_CLASSES:
        worse = weak(seen, **{f"x{more}": YES})
    else:
        worse = replace(seen, dhe=Trial("dhe", YES), dh_bits=1024)
    assert RANKS.index(level(worse).best) >= RANKS.index(level(seen).best)
