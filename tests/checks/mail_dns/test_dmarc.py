"""DMARC: records as strings, the walk up the tree, and the verdicts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import dmarc
from posture_scan.checks.mail_dns.collect_dmarc import DmarcRecord, dmarc_record, steps
from posture_scan.checks.mail_dns.collect_mx import MailUse
from posture_scan.checks.mail_dns.dmarc_parse import DmarcPolicy, parse_dmarc

from posture_scan.sdk import Attempt, AttemptError, Check, Facts
from tests.checks.mail_dns.zone import DOMAIN, MAIL, SILENT, UNSAID, Said, said, world

ALL: dict[str, Check] = {
    "missing": dmarc.missing, "broken": dmarc.broken, "not_enforced": dmarc.not_enforced,
}  # fmt: skip
REJECT = "v=DMARC1; p=reject"


def look(own: Said, domain: str = DOMAIN, more: dict[str, Said] | None = None) -> DmarcRecord:
    net = world({f"_dmarc.{domain} TXT": own, **(more or {})}, known=(domain,))
    seen: DmarcRecord = dmarc_record.function(domain, net)
    assert len([one for one in net.looked_up if one[1] == "TXT"]) <= 8
    return seen


def failing(seen: Facts, use: MailUse | None = MAIL) -> dict[str, str]:
    verdicts = {name: said(check, seen, use) for name, check in ALL.items()}
    return {name: reason for name, (status, reason) in verdicts.items() if status == "fail"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (REJECT, {}),
        ("v=DMARC1;p=quarantine;rua=mailto:d@x.jp", {}),
        ("V = DMARC1 ; P = Reject ; ", {}),
        ("v=DMARC1\\x09;\\x09p=reject", {}),
        ("v=DMARC1; rua=mailto:d@x.jp; p=reject", {}),
        ("v=DMARC1; p=reject; sp=quarantine; np=reject; psd=n; pct=100; fo=1; x=y", {}),
        ("v=DMARC1; p=reject; pct=oops; t=n", {}),
        (("v=spf1 -all", REJECT, "something"), {}),
        ((), {"missing": "none"}),
        ("v=DMARC2; p=reject", {"missing": "none"}),
        ("v=dmarc1; p=reject", {"missing": "none"}),
        ("p=reject; v=DMARC1", {"missing": "none"}),
        ("v=spf1 -all", {"missing": "none"}),
        ((REJECT, REJECT), {"broken": "several"}),
        ("v=DMARC1", {"broken": "no_policy"}),
        ("v=DMARC1; rua=mailto:d@x.jp", {"broken": "no_policy"}),
        ("v=DMARC1; p=rejct", {"broken": "bad_policy"}),
        ("v=DMARC1; p=", {"broken": "bad_policy"}),
        ("v=DMARC1; p=reject; sp=all", {"broken": "bad_policy"}),
        ("v=DMARC1; p=reject; p=none", {"broken": "twice"}),
        ("v=DMARC1; p=none", {"not_enforced": "only_watched"}),
        ("v=DMARC1; p=reject; t=y", {"not_enforced": "testing"}),
        ("v=DMARC1; p=reject; pct=0", {"not_enforced": "part"}),
        ("v=DMARC1; p=reject; pct=99", {"not_enforced": "part"}),
        ("v=DMARC1; p=reject; sp=none", {"not_enforced": "subdomains"}),
        ("v=DMARC1; p=reject; np=none", {"not_enforced": "subdomains"}),
    ],
)
def test_each_weakness_and_no_other(own: Said, expected: dict[str, str]) -> None:
    assert failing(look(own)) == expected


def test_a_domain_without_mail_has_to_ask_for_refusal() -> None:
    quarantine = look("v=DMARC1; p=quarantine")
    for use in (SILENT, UNSAID):
        assert failing(look(REJECT), use) == {}
        assert failing(quarantine, use) == {"not_enforced": "no_mail"}
        assert failing(look(()), use) == {"missing": "no_mail"}
    assert said(dmarc.not_enforced, quarantine, None) == ("unknown", "mail_unread")
    assert said(dmarc.not_enforced, look(REJECT), None) == ("pass", "reject")


def test_the_walk_goes_up_in_eight_steps_at_most() -> None:
    assert steps("a.b.jp") == ("a.b.jp", "b.jp", "jp")
    long = steps("a.b.c.d.e.f.g.h.i.j.mail.example.com")
    assert long[0].startswith("a.b.c")
    assert long[1] == "g.h.i.j.mail.example.com"
    assert (len(long), long[-1]) == (8, "com")
    eight = steps("a.b.c.d.e.f.example.com")
    assert (len(eight), eight[1]) == (8, "b.c.d.e.f.example.com")


@pytest.mark.parametrize(
    ("above", "found_at", "policy"),
    [
        ({"_dmarc.b.jp TXT": "v=DMARC1; p=none; sp=reject"}, "b.jp", "reject"),
        ({"_dmarc.b.jp TXT": "v=DMARC1; p=reject"}, "b.jp", "reject"),
        ({"_dmarc.b.jp TXT": REJECT, "_dmarc.jp TXT": "v=DMARC1; p=none; psd=y"}, "b.jp", "reject"),
        ({"_dmarc.b.jp TXT": REJECT, "_dmarc.jp TXT": "v=DMARC1; p=none"}, "jp", "none"),
        ({"_dmarc.b.jp TXT": f"{REJECT}; psd=n", "_dmarc.jp TXT": "v=DMARC1; p=none"}, "b.jp",
         "reject"),
        ({"_dmarc.jp TXT": "v=DMARC1; p=reject; sp=quarantine; psd=y"}, "jp", "quarantine"),
        ({"_dmarc.b.jp TXT": (REJECT, REJECT)}, "", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_what_counts_from_above(above: dict[str, Said], found_at: str, policy: str) -> None:
    seen = look((), "a.b.jp", above)
    assert (seen.found_at, seen.effective, seen.inherited) == (found_at, policy, bool(found_at))


def test_its_own_record_counts_before_any_above() -> None:
    seen = look("v=DMARC1; p=none", "a.b.jp", {"_dmarc.b.jp TXT": REJECT})
    assert failing(seen) == {"not_enforced": "only_watched"}


def test_several_of_its_own_do_not_hide_behind_the_one_above() -> None:
    seen = look((REJECT, REJECT), "a.b.jp", {"_dmarc.b.jp TXT": REJECT})
    assert failing(seen) == {"broken": "several"}


def test_an_alias_is_followed_and_remembered() -> None:
    net = world({f"_dmarc.{DOMAIN} TXT": REJECT}, aliases={f"_dmarc.{DOMAIN} TXT": "d.x.jp"})
    seen = dmarc_record.function(DOMAIN, net)
    assert (seen.alias, failing(seen)) == ("d.x.jp", {})


@pytest.mark.parametrize("question", [f"_dmarc.{DOMAIN} TXT", "_dmarc.jp TXT", f"{DOMAIN} SOA"])
def test_what_is_not_answered_is_no_absence(question: str) -> None:
    known = () if question.endswith("SOA") else (DOMAIN,)
    with pytest.raises(AttemptError):
        dmarc_record.function(DOMAIN, world({question: Attempt.TIMEOUT}, known=known))


def test_a_domain_that_is_not_there() -> None:
    seen = dmarc_record.function("exmaple.jp", world({}))
    assert {said(check, seen) for check in ALL.values()} == {("unknown", "no_domain")}


@given(st.text(), st.sampled_from(["v=DMARC1", "v=DMARC1;p=reject;", ""]))
def test_any_content_gives_a_typed_result(text: str, start: str) -> None:
    assert isinstance(parse_dmarc(start + text), DmarcPolicy)
    seen = look(start + text)
    assert seen.text.isprintable()
    assert all(said(check, seen)[1] for check in ALL.values())
