"""MTA-STS: the record, the policy as a web server hands it out, and its certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import mta_sts
from posture_scan.checks.mail_dns.collect_mta_sts import (
    PATH,
    MtaStsPolicy,
    mta_sts_policy,
    mta_sts_record,
)
from posture_scan.checks.mail_dns.sts_parse import StsPolicy, covers, parse_policy

from posture_scan.sdk import Attempt, AttemptError, HttpResponse
from tests.checks.encryption.certificates import issue
from tests.checks.mail_dns.zone import DOMAIN, MAIL, NOW, SILENT, Said, judge, said, world
from tests.fakes import Talk, page

NAME = f"mta-sts.{DOMAIN}"
RECORD = "v=STSv1; id=20260101;"
DAY = timedelta(days=1)
SOUND = issue(NAME, starts=NOW - 30 * DAY, ends=NOW + 30 * DAY)
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: m.x.jp\r\nmax_age: 604800\r\n"
BASE: dict[str, Said] = {
    f"_mta-sts.{DOMAIN} TXT": RECORD, f"{NAME} A": "192.0.2.9", f"{DOMAIN} MX": "10 m.x.jp.",
}  # fmt: skip


def look(
    answer: str | HttpResponse | Attempt = POLICY, *, chain: tuple[bytes, ...] = (SOUND.der,),
    trust: str = "", refuses: Attempt | None = None, **more: Said,
) -> MtaStsPolicy:  # fmt: skip
    served = answer if isinstance(answer, HttpResponse | Attempt) else page(answer)
    changed = {**BASE, **{key.replace("__", " "): value for key, value in more.items()}}
    net = world(changed, talks=(Talk(chain=chain, refuses=refuses),), pages={PATH: served},
                trust=trust)  # fmt: skip
    seen: MtaStsPolicy = mta_sts_policy.function(DOMAIN, net)
    return seen


def test_a_sound_policy_passes() -> None:
    seen = look()
    assert said(mta_sts.broken, seen) == ("pass", "sound")
    assert said(mta_sts.not_enforced, seen) == ("pass", "enforced")


@pytest.mark.parametrize(
    ("old", "new", "broken", "enforced"),
    [
        ("enforce", "testing", ("pass", "sound"), ("fail", "testing")),
        ("mode: enforce\r\nmx: m.x.jp", "mode: none", ("pass", "sound"), ("fail", "withdrawn")),
        ("604800", "3600", ("pass", "sound"), ("fail", "short_lived")),
        ("604800", "99999999", ("fail", "wrong"), ("not_applicable", "broken")),
        ("STSv1", "STSv2", ("fail", "wrong"), ("not_applicable", "broken")),
        ("mode: enforce", "", ("fail", "wrong"), ("not_applicable", "broken")),
        ("mx: m.x.jp", "", ("fail", "wrong"), ("not_applicable", "broken")),
        ("mx: m.x.jp", "mx: *", ("fail", "wrong"), ("not_applicable", "broken")),
        ("m.x.jp", "*.x.jp", ("pass", "sound"), ("pass", "enforced")),
        ("m.x.jp", "*.jp", ("fail", "uncovered"), ("pass", "enforced")),
        ("m.x.jp", "n.x.jp", ("fail", "uncovered"), ("pass", "enforced")),
        ("\r\n", "\n", ("pass", "sound"), ("pass", "enforced")),
    ],
)
def test_what_stands_in_the_policy(
    old: str, new: str, broken: tuple[str, str], enforced: tuple[str, str]
) -> None:
    seen = look(POLICY.replace(old, new))
    assert said(mta_sts.broken, seen) == broken
    assert said(mta_sts.not_enforced, seen) == enforced


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        (page("", status=404), ("fail", "not_there")),
        (page("", status=301, location="https://x.jp/"), ("fail", "not_there")),
        (page("", status=503), ("unknown", "busy")),
        (page("", status=204), ("unknown", "busy")),
        (Attempt.TIMEOUT, ("unknown", "not_reached")),
        (Attempt.OUT_OF_SCOPE, ("unknown", "out_of_scope")),
    ],
)
def test_what_the_web_server_says(answer: HttpResponse | Attempt, broken: tuple[str, str]) -> None:
    assert said(mta_sts.broken, look(answer)) == broken


def test_a_name_outside_the_scope_is_said_so() -> None:
    seen = look(refuses=Attempt.OUT_OF_SCOPE)
    assert said(mta_sts.broken, seen) == said(mta_sts.not_enforced, seen)
    assert said(mta_sts.broken, seen) == ("unknown", "out_of_scope")


@pytest.mark.parametrize(
    ("chain", "trust", "reason"),
    [
        (SOUND, "self_signed", "untrusted"),
        (issue("www.x.jp", starts=NOW - DAY, ends=NOW + DAY), "", "other_name"),
        (issue(NAME, names=(), starts=NOW - DAY, ends=NOW + DAY), "", "other_name"),
        (issue(NAME, starts=NOW - 9 * DAY, ends=NOW - DAY), "", "out_of_date"),
        (issue(NAME, starts=NOW + DAY, ends=NOW + 9 * DAY), "", "out_of_date"),
    ],
)
def test_the_certificate_counts(chain: object, trust: str, reason: str) -> None:
    der = chain.der  # type: ignore[attr-defined] # an Issued of the neighbouring tests
    assert said(mta_sts.broken, look(chain=(der,), trust=trust)) == ("fail", reason)


def test_a_wildcard_certificate_and_one_that_cannot_be_read() -> None:
    wild = issue(NAME, names=(f"*.{DOMAIN}",), starts=NOW - DAY, ends=NOW + DAY)
    assert said(mta_sts.broken, look(chain=(wild.der,))) == ("pass", "sound")
    assert said(mta_sts.broken, look(chain=(b"junk",))) == ("fail", "untrusted")


def test_a_name_without_an_address() -> None:
    net = world({f"_mta-sts.{DOMAIN} TXT": RECORD})
    seen = mta_sts_policy.function(DOMAIN, net)
    assert said(mta_sts.broken, seen) == ("fail", "no_host")
    assert said(mta_sts.not_enforced, seen) == ("not_applicable", "broken")


@pytest.mark.parametrize(
    ("text", "missing", "unclear"),
    [
        (RECORD, ("pass", "present"), ("pass", "sound")),
        ("v=STSv1; id=", ("pass", "present"), ("fail", "no_id")),
        ("v=STSv1; id=2026-01", ("pass", "present"), ("fail", "no_id")),
        ((RECORD, RECORD), ("pass", "present"), ("fail", "several")),
        (("v=spf1 -all", RECORD), ("pass", "present"), ("pass", "sound")),
        ("v=STSv2; id=1", ("fail", "none"), ("not_applicable", "no_record")),
        ((), ("fail", "none"), ("not_applicable", "no_record")),
    ],
)
def test_the_record(text: Said, missing: tuple[str, str], unclear: tuple[str, str]) -> None:
    seen = mta_sts_record.function(DOMAIN, world({f"_mta-sts.{DOMAIN} TXT": text}))
    assert said(mta_sts.missing, seen, MAIL) == missing
    assert said(mta_sts.unclear, seen, MAIL) == unclear
    if missing[0] == "fail":
        assert said(mta_sts.missing, seen, SILENT) == ("not_applicable", "no_mail")
        assert said(mta_sts.missing, seen, None) == ("unknown", "mail_unread")


def test_without_one_record_no_connection_is_made() -> None:
    for text in ((), (RECORD, RECORD)):
        net = world({**BASE, f"_mta-sts.{DOMAIN} TXT": text})
        seen = mta_sts_policy.function(DOMAIN, net)
        assert (net.connections, net.requests) == (0, [])
        assert said(mta_sts.broken, seen) == ("not_applicable", "no_record")


def test_what_is_not_answered_is_no_absence() -> None:
    with pytest.raises(AttemptError):
        mta_sts_record.function(DOMAIN, world({f"_mta-sts.{DOMAIN} TXT": Attempt.TIMEOUT}))


def test_a_domain_that_is_not_there() -> None:
    record = mta_sts_record.function("exmaple.jp", world({}))
    policy = mta_sts_policy.function("exmaple.jp", world({}))
    for check in (mta_sts.missing, mta_sts.unclear):
        assert said(check, record) == ("unknown", "no_domain")
    for check in (mta_sts.broken, mta_sts.not_enforced):
        assert judge(check, policy).reason == "no_domain"


def test_a_star_stands_for_one_label() -> None:
    assert covers("*.x.jp", "m.x.jp")
    assert not covers("*.x.jp", "a.m.x.jp")
    assert not covers("*.x.jp", "x.jp")


@given(st.binary())
def test_any_policy_gives_a_typed_result(body: bytes) -> None:
    assert isinstance(parse_policy(body), StsPolicy)
    assert isinstance(parse_policy(b"version: STSv1\nmode: enforce\n" + body), StsPolicy)
