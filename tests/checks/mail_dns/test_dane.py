"""DANE and DNSSEC: what is signed, what only looks so, and a resolver that does not validate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import dane, dnssec
from posture_scan.checks.mail_dns.collect_dane import DaneState, dane_state, usable
from posture_scan.checks.mail_dns.collect_dnssec import DnssecState, dnssec_state
from posture_scan.checks.mail_dns.collect_mx import MailUse

from posture_scan.sdk import Attempt, AttemptError
from tests.checks.mail_dns.zone import DOMAIN, MAIL, SILENT, Said, said, world

ROOT = ". SOA"
GOOD = "3 1 1 " + "ab" * 32
SIGNED = (ROOT, f"{DOMAIN} MX", "_25._tcp.m.x.jp TLSA", "_25._tcp.n.x.jp TLSA")
BOTH: dict[str, Said] = {
    f"{DOMAIN} MX": ("10 m.x.jp.", "20 n.x.jp."), "_25._tcp.m.x.jp TLSA": GOOD,
    "_25._tcp.n.x.jp TLSA": GOOD, ". SOA": "a. b. 1 1 1 1 1",
}  # fmt: skip


def keyed(signed: tuple[str, ...]) -> list[str]:
    """The fake keeps names without the dot of the root."""
    return [" SOA" if one == ROOT else one for one in signed]


def look(signed: tuple[str, ...] = SIGNED, **changed: Said) -> DaneState:
    whole = {**BOTH, **{f"_25._tcp.{key}.x.jp TLSA": value for key, value in changed.items()}}
    whole[" SOA"] = whole.pop(". SOA")
    seen: DaneState = dane_state.function(DOMAIN, world(whole, signed=keyed(signed)))
    return seen


@pytest.mark.parametrize(
    ("seen", "missing", "broken"),
    [
        (look(), ("pass", "present"), ("pass", "sound")),
        (look(n=()), ("pass", "present"), ("fail", "partly")),
        (look(m=(), n=()), ("fail", "none"), ("not_applicable", "no_records")),
        (look(n="1 1 1 " + "ab" * 32), ("pass", "present"), ("fail", "useless")),
        (look(n="3 1 1 abcd"), ("pass", "present"), ("fail", "useless")),
        (look((ROOT, f"{DOMAIN} MX")), ("pass", "present"), ("fail", "unsigned")),
        (look((ROOT, *SIGNED[2:])), ("pass", "present"), ("fail", "unsigned_list")),
        (look(()), ("pass", "present"), ("unknown", "resolver_trusts")),
    ],
)
def test_each_state(seen: DaneState, missing: tuple[str, str], broken: tuple[str, str]) -> None:
    assert said(dane.missing, seen) == missing
    assert said(dane.broken, seen) == broken


def test_what_is_not_answered_is_no_absence() -> None:
    unsigned = (ROOT, f"{DOMAIN} MX")
    seen = look(unsigned, m=Attempt.PROTOCOL_MISMATCH, n=())
    assert said(dane.missing, seen) == said(dane.broken, seen) == ("unknown", "not_read")
    seen = look((*unsigned, SIGNED[3]), m=Attempt.TIMEOUT)
    assert said(dane.broken, seen) == ("unknown", "not_read")


def test_where_no_mail_is_taken_it_does_not_arise() -> None:
    for check in (dane.missing, dane.broken):
        assert said(check, look(), SILENT) == ("not_applicable", "no_mail")
        assert said(check, look(), None) == ("unknown", "mail_unread")
        assert said(check, DaneState(), MAIL) == ("not_applicable", "no_servers")
        assert said(check, DaneState(no_name=True), MailUse(no_name=True))[0] == "unknown"


@given(st.text())
def test_any_tlsa_record_is_read(text: str) -> None:
    assert usable(text) in {True, False}


def zone(signed: tuple[str, ...], ds: Said = (), domain: str = DOMAIN) -> DnssecState:
    said_so: dict[str, Said] = {" SOA": "a.", f"{DOMAIN} DS": ds, f"www.{DOMAIN} A": "192.0.2.1"}
    seen: DnssecState = dnssec_state.function(domain, world(said_so, signed=keyed(signed)))
    return seen


DS = "1 13 2 " + "ab" * 32


@pytest.mark.parametrize("domain", [DOMAIN, f"www.{DOMAIN}"])
@pytest.mark.parametrize(
    ("signed", "ds", "verdict"),
    [
        ((ROOT, f"{DOMAIN} SOA"), DS, ("pass", "signed")),
        ((ROOT,), (), ("fail", "unsigned")),
        ((ROOT,), DS, ("fail", "cut_off")),
        ((), DS, ("unknown", "resolver_trusts")),
        ((), (), ("unknown", "resolver_trusts")),
    ],
)
def test_dnssec(signed: tuple[str, ...], ds: Said, verdict: tuple[str, str], domain: str) -> None:
    seen = zone(signed, ds, domain)
    assert seen.zone == DOMAIN
    assert said(dnssec.missing, seen) == verdict


def test_dnssec_of_a_domain_that_is_not_there_or_has_no_zone() -> None:
    assert said(dnssec.missing, zone((ROOT,), domain="x.invalid")) == ("unknown", "no_domain")
    net = world({" SOA": "a.", "y.jp A": "192.0.2.1", "jp NS": "x."}, signed=[" SOA"])
    assert said(dnssec.missing, dnssec_state.function("y.jp", net)) == ("unknown", "no_zone")


@pytest.mark.parametrize("question", [" SOA", f"{DOMAIN} SOA", f"{DOMAIN} DS"])
def test_a_resolver_that_fails(question: str) -> None:
    said_so: dict[str, Said] = {question: Attempt.PROTOCOL_MISMATCH}
    known = () if question.startswith(DOMAIN) and question.endswith("SOA") else (DOMAIN,)
    with pytest.raises(AttemptError):
        dnssec_state.function(DOMAIN, world(said_so, known=known))
