"""Where mail goes: MX, the null MX, servers that lead nowhere."""

from __future__ import annotations

import pytest
from posture_scan.checks.mail_dns import mx
from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_servers

from posture_scan.sdk import Attempt, AttemptError
from tests.checks.mail_dns.zone import DOMAIN, Said, said, world

HOST: dict[str, Said] = {"m.x.jp A": "192.0.2.1"}


def look(mx_records: Said, more: dict[str, Said] | None = None) -> MailUse:
    net = world({f"{DOMAIN} MX": mx_records, **(more or {})})
    seen: MailUse = mail_servers.function(DOMAIN, net)
    assert len(net.looked_up) <= 64
    return seen


@pytest.mark.parametrize(
    ("records", "more", "missing", "broken"),
    [
        ("10 m.x.jp.", HOST, ("pass", "named"), ("pass", "sound")),
        ("10 M.X.JP.", {"m.x.jp AAAA": "2001:db8::1"}, ("pass", "named"), ("pass", "sound")),
        ("0 .", {}, ("pass", "takes_none"), ("not_applicable", "no_servers")),
        ((), {}, ("pass", "nothing_there"), ("not_applicable", "no_servers")),
        ((), {f"{DOMAIN} A": "192.0.2.1"}, ("fail", "unsaid"), ("not_applicable", "no_servers")),
        (("0 .", "10 m.x.jp."), HOST, ("pass", "named"), ("fail", "null_beside")),
        ("10 gone.x.jp.", {}, ("pass", "named"), ("fail", "lost")),
        ("10 192.0.2.1.", {}, ("pass", "named"), ("fail", "literal")),
        ("10 " + "a" * 70 + ".jp.", {}, ("pass", "named"), ("fail", "lost")),
        ("10 m.x.jp.", {"m.x.jp A": Attempt.TIMEOUT}, ("pass", "named"), ("unknown", "not_read")),
    ],
)
def test_each_state(
    records: Said, more: dict[str, Said], missing: tuple[str, str], broken: tuple[str, str]
) -> None:
    seen = look(records, more)
    assert said(mx.missing, seen) == missing
    assert said(mx.broken, seen) == broken


def test_a_server_that_is_an_alias() -> None:
    net = world({f"{DOMAIN} MX": "10 m.x.jp.", **HOST}, aliases={"m.x.jp A": "n.x.jp"})
    assert said(mx.broken, mail_servers.function(DOMAIN, net)) == ("fail", "alias")


@pytest.mark.parametrize(
    ("records", "text", "silent", "unused"),
    [
        ("0 .", "v=spf1 -all", True, True), ((), "v=spf1 -all", True, True),
        ("0 .", (), False, True), ("0 .", "v=spf1 include:x.jp -all", False, False),
        ("10 m.x.jp.", "v=spf1 -all", False, False), ("0 .", Attempt.TIMEOUT, False, False),
    ],
)  # fmt: skip
def test_a_domain_without_mail_is_proven_so(
    records: Said, text: Said, *, silent: bool, unused: bool
) -> None:
    seen = look(records, {**HOST, f"{DOMAIN} TXT": text})
    assert (seen.sends_none, seen.unused) == (silent, unused)


def test_what_is_not_answered_is_no_absence() -> None:
    for kind in ("SOA", "MX", "A"):
        with pytest.raises(AttemptError):
            mail_servers.function(DOMAIN, world({f"{DOMAIN} {kind}": Attempt.TIMEOUT}, known=()))


def test_a_domain_that_is_not_there() -> None:
    seen = mail_servers.function("exmaple.jp", world({}))
    assert not seen.takes_none
    assert said(mx.missing, seen) == said(mx.broken, seen) == ("unknown", "no_domain")


def test_many_servers_are_looked_up_within_bounds() -> None:
    seen = look(tuple(f"{at} m{at}.x.jp." for at in range(100)))
    assert len(seen.hosts) == 10
