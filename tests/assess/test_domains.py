"""Which names of a scope are domains, and what becomes of those that have no address."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import dns.message
import pytest

from posture_scan.assess.domains import domains_among, without_address
from posture_scan.assess.observe import Manner, Observed, observe
from posture_scan.collect.dns import Resolver
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.errors import NotPermittedError
from posture_scan.model.finding import Status
from posture_scan.model.scope import Intensity, Scope
from posture_scan.sdk import Attempt, AttemptError, DnsAnswer
from tests.collect.name_server import serving, zone

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PACKS = load_packs()
MAIL = PackSet(tuple(pack for pack in PACKS.packs if pack.name == "mail_dns"))
RECORDS: dict[tuple[str, str], list[str]] = {
    ("example.jp", "SOA"): ["ns.example.jp. host.example.jp. 1 7200 900 1209600 86400"],
    ("example.jp", "TXT"): ['"v=spf1 -all"'],
    ("_dmarc.example.jp", "TXT"): ['"v=DMARC1; p=reject"'],
    ("www.example.jp", "CNAME"): ["example.jp."],
}


def scope(*targets: str, **more: object) -> Scope:
    return Scope("例", "代表", date(2026, 11, 1), date(2026, 12, 1), targets, **more)  # type: ignore[arg-type]


def lookup(name: str, kind: str) -> DnsAnswer:
    if name == "mute.example.jp":
        raise AttemptError(Attempt.TIMEOUT)
    known = {
        ("example.jp", "SOA"): "x", ("mail.example.jp", "MX"): "10 x.", ("www.example.jp", "A"): "y"
    }  # fmt: skip
    found = known.get((name, kind))
    return DnsAnswer(name, kind, (found,) if found else (), no_name=name == "gone.example.jp")


def test_a_domain_is_listed_or_has_a_zone_or_takes_mail_in() -> None:
    names = ("example.jp", "mail.example.jp", "www.example.jp", "listed.example.jp", "localhost")
    found = domains_among(scope("192.0.2.1", domains=("Listed.example.jp.",)), names, lookup)
    assert found == ("example.jp", "mail.example.jp", "listed.example.jp")


def test_what_could_not_be_asked_about_counts_as_a_domain() -> None:
    mute = ("mute.example.jp",)
    assert domains_among(scope("x.jp"), mute, lookup) == mute
    assert domains_among(scope("x.jp"), mute, lookup, unresolved=mute) == ()
    assert domains_among(scope("x.jp", domains=mute), mute, lookup, unresolved=mute) == mute


def test_a_domain_without_an_address_by_design_is_no_gap() -> None:
    domains = ("example.jp", "gone.example.jp", "mute.example.jp")
    left = without_address((*domains, "www.example.jp"), domains, lookup)
    assert left == ("gone.example.jp", "mute.example.jp", "www.example.jp")


def look(permitted: Scope, *wanted: str) -> Observed:
    with serving(zone(RECORDS)) as server:
        return observe(
            permitted, wanted, MAIL, Manner(engine="builtin", resolver=Resolver((server,))),
            clock=lambda: NOW, stop=threading.Event(), progress=lambda *_a, **_v: None,
        )  # fmt: skip


@pytest.mark.parametrize("intensity", [Intensity.PASSIVE, Intensity.LIGHT])
def test_a_listed_domain_is_looked_at_in_dns_alone(intensity: Intensity) -> None:
    seen = look(scope("127.71.5.9", domains=("example.jp",), intensity=intensity), "example.jp")
    assert [(a.id, a.kind) for a in seen.assets] == [("example.jp", "domain")]
    assert {line.transport for line in seen.connections} == {"dns"}
    assert {line.address for line in seen.connections} == {"127.71.5.1"}  # the resolver
    assert any("TXT example.jp" in line.purpose for line in seen.connections)
    findings = judge(MAIL, seen.evidence, seen.assets, now=NOW)
    assert {f.asset for f in findings} == {"example.jp"}
    verdicts = {f.check: f.status for f in findings}
    assert set(verdicts) == {check.id for check in MAIL.checks}
    assert verdicts["spf.missing"] is Status.PASS
    assert verdicts["dmarc.missing"] is Status.PASS
    assert Status.ERROR not in verdicts.values()
    assert seen.complete


def test_a_silent_resolver_costs_two_questions_and_nothing_counts_as_read() -> None:
    asked = []

    def mute(query: dns.message.Message) -> None:
        asked.append(query)

    permitted = scope("127.71.5.9", "www.example.jp", domains=("example.jp",))
    with serving(mute) as server:
        seen = observe(
            permitted, ("example.jp", "www.example.jp"), MAIL,
            Manner(engine="builtin", resolver=Resolver((server,))), clock=lambda: NOW,
            stop=threading.Event(), progress=lambda *_a, **_v: None,
        )  # fmt: skip
    assert len(asked) <= 8  # dnspython asks a few times within the time of one question
    assert {(a.id, a.kind, a.reached) for a in seen.assets} == {
        ("example.jp", "domain", False), ("www.example.jp", "name", False)
    }  # fmt: skip
    assert not seen.complete
    reasons = {f.reason for f in judge(MAIL, seen.evidence, seen.assets, now=NOW)}
    assert reasons == {"lookup.timeout"}


def test_a_domain_that_nobody_allowed_is_not_asked_about() -> None:
    with pytest.raises(NotPermittedError):
        look(scope("127.71.5.9", domains=("example.jp",)), "other.jp")


def test_out_wins_over_in_for_domains_too() -> None:
    with pytest.raises(NotPermittedError):
        look(
            scope("127.71.5.9", domains=("example.jp",), exclude=("example.jp",)), "example.jp"
        )  # fmt: skip
