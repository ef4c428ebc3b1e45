"""Mozilla's guidelines 6.0 and 5.8: what each level asks for, and what cannot be claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.facts import NOT_ASKED, Agreed, ShownChain, TlsFacts, Trial
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.suites import WEAK_CLASSES
from posture_scan.checks.encryption.yardsticks.mozilla import BEFORE, level

from tests.checks.encryption import certificates as made
from tests.checks.encryption.certificates import NOW
from tests.checks.encryption.judging import NO, UNSEEN, YES, facts
from tests.checks.encryption.yardsticks.test_ssl_labs import (
    TLS12,
    TLS13,
    hide,
    trial,
    versions,
    weak,
)

DAY = timedelta(days=1)
LONG = 63_072_000
RANKS = ("modern", "intermediate", "old", "none")


@cache
def leaf(kind: str = "p256", days: int = 90) -> bytes:
    return made.issue(
        issuer=made.authority(), kind=kind, starts=NOW - DAY, ends=NOW + (days - 1) * DAY
    ).der


def service(**changes: object) -> TlsFacts:
    """TLS 1.2 and 1.3 with nothing beyond the six suites, and everything asked for."""
    seen = replace(facts(chain=(leaf(),), agreed=(TLS13, TLS12)), **changes)
    return beyond(seen, Trial("cbc", NO))


def beyond(seen: TlsFacts, answer: Trial) -> TlsFacts:
    return replace(seen, cbc=answer)


def modern(**changes: object) -> TlsFacts:
    return versions(service(agreed=(TLS13,), **changes), tls12=NO)


def test_tls13_alone_with_a_short_lived_ecdsa_certificate_is_modern() -> None:
    for version in ("6.0", BEFORE):
        assert level(modern(), LONG, version).shown() == "modern"


def test_tls12_beside_it_is_intermediate() -> None:
    found = level(service(), LONG)
    assert (found.shown(), found.missing) == (
        "intermediate", ("TLS 1.2", "suite ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    )  # fmt: skip


@pytest.mark.parametrize(("answer", "shown"), [
    (Trial("cbc", NO), "intermediate"), (Trial("cbc", UNSEEN), "intermediate / none"),
    (Trial("cbc", YES), "none"),
])  # fmt: skip
def test_other_suites_must_be_ruled_out(answer: Trial, shown: str) -> None:
    assert level(beyond(service(), answer), LONG).shown() == shown


def test_without_the_question_nothing_is_claimed_of_tls12() -> None:
    unasked = beyond(facts(chain=(leaf(),), agreed=(TLS13, TLS12)), NOT_ASKED)
    found = level(unasked, LONG)
    assert (found.shown(), found.unseen) == ("intermediate / none", ("CBC",))


SHORT = ShownChain("rsa", named=True, certificates=(leaf("rsa1024"),), trust="trusted")
CBC = Agreed("tls12", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ecdh", "secp256r1", 256)


@pytest.mark.parametrize(("seen", "token"), [
    *[(versions(service(), **{v: YES}), t) for v, t in (
        ("ssl2", "SSL 2.0"), ("ssl3", "SSL 3.0"), ("tls10", "TLS 1.0"), ("tls11", "TLS 1.1"))],
    *[(weak(service(), **{f"x{kind}": YES}), kind.upper().replace("ANON", "anon"))
      for kind in WEAK_CLASSES],
    (trial(service(), "dhe", YES), "DHE"),
    (trial(service(), "static_rsa", YES), "static RSA"),
    (service(agreed=(TLS13, CBC)), "suite ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (service(agreed=(replace(TLS13, group="secp521r1"),)), "group secp521r1"),
    (service(agreed=(Agreed("tls13", "0x1304", "ecdh", "x25519", 255),)), "suite 0x1304"),
    (service(chain=(leaf("rsa1024"),)), "RSA 1024"),
    (service(chain=(leaf("ed25519"),)), "ED25519 256"),
    (service(more_chains=(SHORT,)), "RSA 1024"),
])  # fmt: skip
def test_each_thing_in_the_way_of_intermediate(seen: TlsFacts, token: str) -> None:
    found = level(seen, LONG)
    assert found.shown() == "none"
    assert token in found.missing


@pytest.mark.parametrize(("days", "shown"), [(90, "modern"), (91, "intermediate"),
                                             (366, "intermediate"), (367, "none")])  # fmt: skip
def test_lifespans(days: int, shown: str) -> None:
    assert level(modern(chain=(leaf(days=days),)), LONG).shown() == shown


@pytest.mark.parametrize(("kind", "shown"), [
    ("p256", "modern"), ("rsa2048", "intermediate"), ("rsa1024", "none"), ("p192", "none"),
])  # fmt: skip
def test_keys(kind: str, shown: str) -> None:
    assert level(modern(chain=(leaf(kind),)), LONG).shown() == shown


@pytest.mark.parametrize(("age", "shown"), [
    (LONG, "modern"), (LONG - 1, "none"), (0, "none"), (None, "modern"),
])  # fmt: skip
def test_hsts_counts_where_it_was_heard(age: int | None, shown: str) -> None:
    assert level(modern(), age).shown() == shown


@pytest.mark.parametrize(("age", "token"), [(0, "no HSTS"), (LONG - 1, "HSTS short 63071999")])
def test_what_is_wrong_with_hsts_is_said(age: int, token: str) -> None:
    assert level(modern(), age).missing == (token,)


def test_a_lifespan_is_told_in_days() -> None:
    assert level(modern(chain=(leaf(days=390),)), LONG).missing == ("certificate valid 390",)


def test_suites_of_tls13_count_under_their_numbers_too() -> None:
    seen = modern()
    numbers = tuple(replace(TLS13, suite=number) for number in ("0x1301", "0x1302", "0x1303"))
    assert level(replace(seen, agreed=numbers), LONG).shown() == "modern"


def test_old_is_a_level_of_58_alone_and_at_most_possible() -> None:
    static = Agreed("tls10", "TLS_RSA_WITH_AES_128_CBC_SHA", "rsa")
    seen = versions(service(chain=(leaf("rsa2048"),), agreed=(TLS13, static)), tls10=YES)
    seen = weak(trial(seen, "static_rsa", YES), x3des=YES)
    assert level(seen, LONG).shown() == "none"
    found = level(seen, LONG, BEFORE)
    assert (found.shown(), found.unseen) == ("old / none", ("other cipher suites",))
    assert level(weak(seen, rc4=YES), LONG, BEFORE).shown() == "none"
    assert level(trial(seen, "dhe", YES), LONG, BEFORE).shown() == "none"
    assert level(replace(seen, chain=(leaf(),)), LONG, BEFORE).shown() == "none"


def test_without_certificate_or_agreed_suites_no_level_is_certain() -> None:
    for seen in (modern(chain=()), replace(modern(), agreed=())):
        assert level(seen, LONG).shown() == "modern / none"


@st.composite
def services(draw: st.DrawFn) -> TlsFacts:
    outcome = st.sampled_from([YES, NO, NO, NO, UNSEEN])
    seen = versions(service(), **{one: draw(outcome) for one in VERSIONS})
    seen = weak(seen, **{f"x{one}": draw(outcome) for one in WEAK_CLASSES})
    seen = trial(trial(seen, "dhe", draw(outcome)), "static_rsa", draw(outcome))
    chain = (leaf(draw(st.sampled_from(["p256", "rsa2048", "rsa1024"]))),)
    return beyond(replace(seen, chain=chain), Trial("cbc", draw(outcome)))


THINGS = st.sampled_from([*VERSIONS, *WEAK_CLASSES, "dhe", "static_rsa", "chain", "agreed"])


@given(services(), THINGS, st.sampled_from(["6.0", BEFORE]))
def test_what_is_not_seen_never_improves_what_is_certain(
    seen: TlsFacts, gone: str, version: str
) -> None:
    hidden = beyond(hide(seen, gone), seen.cbc)
    before, after = level(seen, LONG, version), level(hidden, LONG, version)
    assert RANKS.index(after.worst) >= RANKS.index(before.worst)


@given(services(), st.sampled_from(["ssl2", "ssl3", "tls10", "tls11", *WEAK_CLASSES]))
def test_a_weakness_never_improves_a_level(seen: TlsFacts, more: str) -> None:
    worse = versions(seen, **{more: YES}) if more in VERSIONS else weak(seen, **{f"x{more}": YES})
    before, after = level(seen, LONG), level(beyond(worse, seen.cbc), LONG)
    assert RANKS.index(after.best) >= RANKS.index(before.best)
