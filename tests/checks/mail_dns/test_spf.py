"""SPF: following a record within the limits, and what the checks make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import spf
from posture_scan.checks.mail_dns.collect_mx import MailUse
from posture_scan.checks.mail_dns.collect_spf import SpfRecord, spf_record

from posture_scan.sdk import Attempt, AttemptError, Check, Facts
from tests.checks.mail_dns.zone import DOMAIN, MAIL, SILENT, UNSAID, Said, said, world

ALL: dict[str, Check] = {
    "missing": spf.missing, "broken": spf.broken, "permissive": spf.permissive, "soft": spf.soft,
}  # fmt: skip


def look(own: Said, more: dict[str, Said] | None = None) -> SpfRecord:
    net = world({f"{DOMAIN} TXT": own, **(more or {})})
    seen: SpfRecord = spf_record.function(DOMAIN, net)
    assert len(net.looked_up) <= 64
    return seen


def reasons(seen: Facts, use: MailUse | None = MAIL) -> dict[str, tuple[str, str]]:
    return {name: said(check, seen, use) for name, check in ALL.items()}


def failing(seen: Facts, use: MailUse | None = MAIL) -> dict[str, str]:
    return {name: reason for name, (status, reason) in reasons(seen, use).items()
            if status == "fail"}  # fmt: skip


def test_a_sound_record_passes_everything() -> None:
    seen = look("v=spf1 ip4:192.0.2.0/24 include:_spf.x.jp -all",
                {"_spf.x.jp TXT": "v=spf1 mx -all", "_spf.x.jp MX": "10 m.x.jp."})  # fmt: skip
    assert seen.tree.lookups == 2
    assert {status for status, _ in reasons(seen).values()} == {"pass"}


def test_softfail_passes_for_a_domain_with_mail() -> None:
    assert failing(look("v=spf1 ip4:192.0.2.1 ~all")) == {}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((), {"missing": "none"}),
        (("google-site-verification=1", "v=spf10 x"), {"missing": "none"}),
        (("v=spf1 -all", "V=SPF1 mx -all"), {"broken": "several"}),
        ("v=spf1 +all", {"permissive": "everyone"}),
        ("v=spf1 all", {"permissive": "everyone"}),
        ("v=spf1 ip4:0.0.0.0/0 -all", {"permissive": "everyone"}),
        ("v=spf1 ip6:2000::/3 -all", {"permissive": "everyone"}),
        ("v=spf1 ip4:192.0.2.1 ?all", {"soft": "neutral"}),
        ("v=spf1 ip4:192.0.2.1", {"soft": "no_end"}),
        ("v=spf1 ipv4:192.0.2.1 -all", {"broken": "syntax"}),
        ("v=spf1 include:gone.x.jp -all", {"broken": "nothing_there"}),
        ("v=spf1 include:example.jp -all", {"broken": "loop"}),
        ("v=spf1 redirect=gone.x.jp", {"broken": "nothing_there"}),
        ("v=spf1 a:a.x.jp mx:b.x.jp exists:c.x.jp -all", {"broken": "too_many_voids"}),
        ("v=spf1 -ip4:0.0.0.0/0 -all", {}),
        ("v=spf1 ip4:192.0.2.1 ~ALL", {}),
    ],
)
def test_each_weakness_and_no_other(own: Said, expected: dict[str, str]) -> None:
    assert failing(look(own)) == expected


def chain(length: int) -> dict[str, Said]:
    found: dict[str, Said] = {
        f"s{at}.x.jp TXT": f"v=spf1 include:s{at + 1}.x.jp -all" for at in range(1, length)
    }
    return {**found, f"s{length}.x.jp TXT": "v=spf1 -all"}


@pytest.mark.parametrize(("length", "expected"), [(10, {}), (11, {"broken": "too_many_lookups"})])
def test_ten_lookups_are_the_limit(length: int, expected: dict[str, str]) -> None:
    assert failing(look("v=spf1 include:s1.x.jp -all", chain(length))) == expected


def test_two_answers_with_nothing_are_the_limit() -> None:
    seen = look("v=spf1 a:a.x.jp mx:b.x.jp -all")
    assert seen.tree.voids == 2
    assert failing(seen) == {}


@pytest.mark.parametrize(("servers", "expected"), [(10, {}), (11, {"broken": "too_many_mx"})])
def test_ten_servers_of_one_mx_are_the_limit(servers: int, expected: dict[str, str]) -> None:
    hosts = tuple(f"10 m{at}.x.jp." for at in range(servers))
    assert failing(look("v=spf1 mx -all", {f"{DOMAIN} MX": hosts})) == expected


def test_everyone_is_let_in_through_an_include_but_not_by_its_softer_end() -> None:
    wide: dict[str, Said] = {"w.x.jp TXT": "v=spf1 +all"}
    assert failing(look("v=spf1 include:w.x.jp -all", wide)) == {"permissive": "everyone"}
    assert failing(look("v=spf1 ~include:w.x.jp -all", wide)) == {}
    soft: dict[str, Said] = {"w.x.jp TXT": "v=spf1 ?all"}
    assert failing(look("v=spf1 include:w.x.jp -all", soft)) == {}
    assert failing(look("v=spf1 redirect=w.x.jp", soft)) == {"soft": "neutral"}


def test_macros_are_counted_and_not_looked_up() -> None:
    net = world({f"{DOMAIN} TXT": "v=spf1 exists:%{i}._spf.x.jp include:%{d}.x.jp -all"})
    seen = spf_record.function(DOMAIN, net)
    assert (seen.tree.lookups, seen.tree.macros, seen.tree.voids) == (2, 2, 0)
    assert net.looked_up == [(DOMAIN, "SOA"), (DOMAIN, "TXT")]


@pytest.mark.parametrize("attempt", [Attempt.TIMEOUT, Attempt.PROTOCOL_MISMATCH])
def test_what_cannot_be_read_is_unknown(attempt: Attempt) -> None:
    seen = look("v=spf1 include:slow.x.jp -all", {"slow.x.jp TXT": attempt})
    got = reasons(seen)
    assert got["broken"] == got["permissive"] == ("unknown", "not_read")
    assert failing(seen) == {}
    seen = look("v=spf1 redirect=slow.x.jp", {"slow.x.jp TXT": attempt})
    assert reasons(seen)["soft"] == ("unknown", "not_read")
    with pytest.raises(AttemptError):
        look(attempt)


def test_a_domain_that_is_not_there_is_unknown() -> None:
    seen = spf_record.function("exmaple.jp", world({}))
    assert set(reasons(seen).values()) == {("unknown", "no_domain")}


def test_a_domain_without_mail() -> None:
    assert failing(look("v=spf1 -all"), SILENT) == {}
    assert failing(look("v=spf1 ~all"), SILENT) == {"soft": "no_mail"}
    assert failing(look(()), UNSAID) == {"missing": "no_mail"}
    assert said(spf.soft, look("v=spf1 ~all"), None) == ("unknown", "mail_unread")


def test_what_is_kept_is_short_and_shows_itself() -> None:
    seen = look("v=spf1 \x1b[31m\\x1b[2J " + "a" * 3000)
    assert len(seen.records[0]) <= 512
    assert seen.records[0].isprintable()
    assert seen.tree.at.isprintable()


@given(st.lists(st.text(max_size=80), max_size=3), st.text(max_size=60))
def test_any_content_gives_a_typed_result(texts: list[str], tail: str) -> None:
    own = (*texts, f"v=spf1 {tail}")
    assert all(reason for _, reason in reasons(look(own)).values())


def test_a_name_with_nothing_at_all_was_not_answered_for() -> None:
    """As some resolvers do for a zone that its servers do not serve."""
    lame: dict[str, Said] = {"lame.x.jp TXT": ()}
    seen = look("v=spf1 include:lame.x.jp -all", lame)
    assert reasons(seen)["broken"] == ("unknown", "not_read")
    used = {**lame, "lame.x.jp A": "192.0.2.1"}
    assert failing(look("v=spf1 include:lame.x.jp -all", used)) == {"broken": "nothing_there"}
    with pytest.raises(AttemptError):
        spf_record.function("lame.x.jp", world(lame))
