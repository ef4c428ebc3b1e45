"""SSL Labs 2009r: every cap once, every boundary, and that no weakness ever helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.facts import Agreed, ShownChain, TlsFacts, Trial
from posture_scan.checks.encryption.probe import Outcome
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.suites import WEAK_CLASSES
from posture_scan.checks.encryption.yardsticks.levels import Need, climb
from posture_scan.checks.encryption.yardsticks.ssl_labs import LETTERS, LONG_HSTS, SslLabs, grade

from tests.checks.encryption import certificates as made
from tests.checks.encryption.certificates import NOW
from tests.checks.encryption.judging import NO, UNSEEN, YES, facts

TLS13 = Agreed("tls13", "TLS_AES_256_GCM_SHA384", "ecdh", "x25519", 255)
TLS12 = Agreed("tls12", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ecdh", "x25519", 255)
DAY = timedelta(days=1)
SINGLE = ("forward_secrecy", "static_rsa", "dhe", "compression", "secure_renegotiation",
          "client_renegotiation", "aead")  # fmt: skip


@cache
def leaf(kind: str = "p256", name: str = made.NAME, left: int = 60) -> bytes:
    return made.issue(name, issuer=made.authority(), kind=kind, ends=NOW + left * DAY).der


def sound(**changes: object) -> TlsFacts:
    """TLS 1.2 and 1.3 with everything asked for and answered well."""
    known = facts(
        chain=(leaf(),),
        agreed=(TLS13, TLS12),
        aead=Trial("aead", YES),
        client_renegotiation=Trial("client_renegotiation", NO),
        forward_secrecy=Trial("forward_secrecy", YES, suite=TLS12.suite),
    )
    return replace(known, **changes)


def versions(seen: TlsFacts, **outcomes: Outcome) -> TlsFacts:
    trials = tuple(replace(t, outcome=outcomes.get(t.id, t.outcome)) for t in seen.versions)
    return replace(seen, versions=trials)


def weak(seen: TlsFacts, **outcomes: Outcome) -> TlsFacts:
    named = {name.removeprefix("x"): outcome for name, outcome in outcomes.items()}
    return replace(
        seen, weak=tuple(replace(t, outcome=named.get(t.id, t.outcome)) for t in seen.weak)
    )


def trial(seen: TlsFacts, field: str, outcome: Outcome, suite: str = "") -> TlsFacts:
    return replace(seen, **{field: Trial(field, outcome, suite=suite)})


def graded(seen: TlsFacts, *, age: int | None = LONG_HSTS) -> SslLabs:
    return grade(seen, NOW, age)


def causes(found: SslLabs) -> set[str]:
    return {cap.cause for cap in found.caps}


def test_a_sound_service_is_graded_by_what_is_known_of_hsts() -> None:
    short = LONG_HSTS - 1
    found = {age: graded(sound(), age=age) for age in (LONG_HSTS, short, 0, None)}
    assert [one.letter for one in found.values()] == ["A+", "A-", "A-", "A"]
    assert found[None].unseen == ("HSTS",)
    assert causes(found[0]) == {"no HSTS"}
    assert causes(found[short]) == {"HSTS short 15551999"}
    assert found[LONG_HSTS].total.low == found[LONG_HSTS].total.high == Decimal(96)


def rc4(version: str) -> Agreed:
    return Agreed(version, "TLS_RSA_WITH_RC4_128_SHA", "rsa")


SSL3 = Agreed("ssl3", "TLS_RSA_WITH_AES_128_CBC_SHA", "rsa")
NO_13 = {"tls13": NO}
OTHER = (leaf("rsa2048", "other.example.jp"),)
SHOWN = ShownChain("rsa", named=True, certificates=OTHER, trust="trusted")
CASES: list[tuple[str, str, TlsFacts]] = [
    ("F", "SSL 2.0", versions(sound(), ssl2=YES)),
    ("C", "POODLE", versions(sound(agreed=(TLS13, TLS12, SSL3)), ssl3=YES)),
    ("F", "SSL 3.0 only", versions(sound(agreed=(SSL3,)), ssl3=YES, tls12=NO, tls13=NO)),
    ("B", "TLS 1.0", versions(sound(), tls10=YES)),
    ("B", "TLS 1.1", versions(sound(), tls11=YES)),
    ("C", "no TLS 1.2", versions(sound(), tls10=YES, tls12=NO, tls13=NO)),
    ("A-", "no TLS 1.3", versions(sound(agreed=(TLS12,)), tls13=NO)),
    ("F", "NULL", weak(sound(), null=YES)),
    ("F", "anon", weak(sound(), anon=YES)),
    ("F", "EXPORT", weak(sound(), export=YES)),
    ("F", "DES", weak(sound(), des=YES)),
    ("C", "RC4 with TLS 1.1 or later", weak(sound(agreed=(TLS13, rc4("tls12"))), rc4=YES)),
    ("B", "RC4", weak(versions(sound(agreed=(TLS13, rc4("tls10"))), tls10=YES, tls12=NO), rc4=YES)),
    ("C", "3DES", trial(weak(sound(), x3des=YES), "forward_secrecy", NO,
                        "TLS_RSA_WITH_3DES_EDE_CBC_SHA")),
    ("B", "no forward secrecy", trial(sound(), "forward_secrecy", NO, "TLS_RSA_WITH_AES_128_CBC")),
    ("B", "no AEAD", trial(versions(sound(agreed=(SSL3,)), tls13=NO), "aead", NO)),
    ("C", "compression", trial(sound(), "compression", YES)),
    ("A-", "no secure renegotiation", trial(sound(), "secure_renegotiation", NO)),
    ("F", "insecure renegotiation", trial(trial(sound(), "secure_renegotiation", NO),
                                          "client_renegotiation", YES)),
    ("T", "self-signed", sound(trust="self_signed")),
    ("T", "unknown issuer", sound(trust="unknown_ca")),
    ("T", "expired", sound(chain=(leaf(left=-1),))),
    ("M", "other name", sound(chain=(leaf(name="other.example.jp"),))),
    ("M", "other name", sound(more_chains=(SHOWN,))),
    ("B", "RSA 1024", sound(chain=(leaf("rsa1024"),))),
    ("B", "DH 1024", trial(sound(dh_bits=1024), "dhe", YES)),
    ("F", "DH 768", trial(sound(dh_bits=768), "dhe", YES)),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "cause", "seen"), CASES, ids=[case[1] for case in CASES])
def test_each_cap(letter: str, cause: str, seen: TlsFacts) -> None:
    found = graded(seen)
    assert found.letter == letter
    assert cause in causes(found)


@pytest.mark.parametrize(("oid", "letter", "cause"), [
    (made.OID_SHA1_RSA, "T", "SHA1"), (made.OID_MD5_RSA, "F", "MD5"),
])  # fmt: skip
def test_a_broken_signature(oid: bytes, letter: str, cause: str) -> None:
    issuer = made.authority(kind="rsa2048")
    der = made.issue(issuer=issuer).der.replace(made.OID_SHA256_RSA, oid)
    found = graded(sound(chain=(der,)))
    assert (found.letter, cause in causes(found)) == (letter, True)


def test_an_incomplete_chain_may_yet_lead_to_nobody_trusted() -> None:
    found = graded(sound(trust="incomplete"))
    assert (found.best, found.worst, found.letter) == ("B", "T", "")
    assert found.best_apart == found.worst_apart == "B"


@pytest.mark.parametrize(("bits", "letter", "points"), [
    (511, "F", 20), (512, "F", 40), (1023, "F", 40), (1024, "B", 80), (2047, "B", 80),
    (2048, "A+", 90), (4095, "A+", 90), (4096, "A+", 100),
])  # fmt: skip
def test_sizes_of_primes(bits: int, letter: str, points: int) -> None:
    found = graded(trial(sound(dh_bits=bits), "dhe", YES))
    assert (found.letter, found.exchange.low, found.exchange.high) == (letter, points, points)


@pytest.mark.parametrize(("bits", "letter", "points"), [
    (109, "F", 20), (110, "F", 40), (122, "F", 40), (123, "B", 80), (162, "B", 80),
    (163, "A+", 90), (224, "A+", 90), (225, "A+", 100), (256, "A+", 100),
])  # fmt: skip
def test_sizes_of_curves(bits: int, letter: str, points: int) -> None:
    found = graded(sound(agreed=(TLS13, replace(TLS12, group="odd", bits=bits))))
    assert (found.letter, found.exchange.low, found.exchange.high) == (letter, points, points)


def test_triple_des_at_the_end_of_the_list_costs_points_alone() -> None:
    found = graded(weak(sound(), x3des=YES))
    assert found.letter == "A+"
    assert found.cipher.low == Decimal(60)


def test_rc4_that_was_seen_under_no_version_leaves_it_open() -> None:
    found = graded(weak(sound(), rc4=YES))
    assert (found.best, found.worst) == ("B", "C")


def test_a_service_that_gives_rc4_alone_may_have_nothing_else() -> None:
    seen = versions(sound(agreed=(rc4("tls12"),)), tls13=NO)
    assert graded(weak(trial(seen, "aead", NO), rc4=YES)).worst == "F"


def test_evidence_from_before_the_newer_questions_is_not_graded() -> None:
    found = graded(facts(chain=(leaf(),)))
    assert (found.letter, found.worst) == ("", "F")
    assert "key exchange" in found.unseen


def test_without_a_name_trust_is_left_aside_and_said_so() -> None:
    found = graded(sound(name="", trust="not_judged"), age=None)
    assert (found.best, found.worst, found.best_apart, found.worst_apart) == ("A", "T", "A", "A")
    assert "trust" in found.unseen


WEAKER: list[Callable[[TlsFacts], TlsFacts]] = [
    *[lambda seen, v=v: versions(seen, **{v: YES}) for v in ("ssl2", "ssl3", "tls10", "tls11")],
    *[lambda seen, k=k: weak(seen, **{f"x{k}": YES}) for k in WEAK_CLASSES],
    lambda seen: trial(seen, "compression", YES),
    lambda seen: trial(seen, "secure_renegotiation", NO),
    lambda seen: trial(seen, "client_renegotiation", YES),
    lambda seen: trial(seen, "forward_secrecy", NO, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    lambda seen: trial(replace(seen, dh_bits=1024), "dhe", YES),
    lambda seen: replace(seen, trust="unknown_ca"),
    lambda seen: replace(seen, chain=(leaf("rsa1024", left=-1),)),
]
"""What makes any service weaker, or leaves it as weak as it is."""


@st.composite
def services(draw: st.DrawFn) -> TlsFacts:
    outcome = st.sampled_from([YES, NO, UNSEEN])
    seen = sound(trust=draw(st.sampled_from(["trusted", "self_signed", "incomplete", "unusable"])))
    seen = versions(seen, **{one: draw(outcome) for one in VERSIONS})
    seen = weak(seen, **{f"x{one}": draw(outcome) for one in WEAK_CLASSES})
    for field in SINGLE:
        seen = trial(seen, field, draw(outcome))
    agreed = st.sets(st.sampled_from([TLS13, TLS12, SSL3, rc4("tls10"), rc4("tls12")]))
    return replace(seen, agreed=tuple(draw(agreed)), dh_bits=draw(st.sampled_from([0, 1024, 2048])))


@given(services(), st.sampled_from(WEAKER), st.sampled_from([LONG_HSTS, 300, 0, None]))
def test_a_weakness_never_improves_a_grade(
    seen: TlsFacts,
    weaken: Callable[[TlsFacts], TlsFacts],
    age: int | None,
) -> None:
    seen = versions(seen, tls13=YES)  # an old version beside nothing newer would be a gain
    before, after = graded(seen, age=age), graded(weaken(seen), age=age)
    assert LETTERS.index(after.best) >= LETTERS.index(before.best)
    assert after.total.high <= before.total.high


@given(services(), st.sampled_from([*VERSIONS, *WEAK_CLASSES, *SINGLE, "chain", "agreed"]))
def test_what_is_not_seen_never_improves_what_is_certain(seen: TlsFacts, gone: str) -> None:
    before, after = graded(seen), graded(hide(seen, gone))
    assert LETTERS.index(after.worst) >= LETTERS.index(before.worst)
    assert after.total.low <= before.total.low


def hide(seen: TlsFacts, gone: str) -> TlsFacts:
    if gone in VERSIONS:
        return versions(seen, **{gone: UNSEEN})
    if gone in WEAK_CLASSES:
        return weak(seen, **{f"x{gone}": UNSEEN})
    return replace(seen, **{gone: ()}) if gone in {"chain", "agreed"} else trial(seen, gone, UNSEEN)


def test_the_climb_names_what_is_in_the_way_and_what_was_not_seen() -> None:
    fine, bad, unseen = Need("a", met=True), Need("b", met=False), Need("c", None)
    ladder = (("top", (fine, bad)), ("low", (fine, unseen)))
    found = climb(ladder)
    assert (found.best, found.worst, found.shown()) == ("low", "none", "low / none")
    assert (found.missing, found.unseen) == (("b",), ("c",))
