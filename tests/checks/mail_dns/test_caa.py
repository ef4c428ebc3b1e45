"""CAA and TLS-RPT: who may issue, who is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import caa, tls_rpt
from posture_scan.checks.mail_dns.collect_caa import CaaRecords, caa_records
from posture_scan.checks.mail_dns.collect_tls_rpt import TlsReporting, tls_reporting

from posture_scan.sdk import Attempt, AttemptError
from tests.checks.mail_dns.zone import DOMAIN, MAIL, SILENT, Said, said, world


def issuing(own: Said, above: Said = ()) -> CaaRecords:
    net = world({f"{DOMAIN} CAA": own, "jp CAA": above})
    seen: CaaRecords = caa_records.function(DOMAIN, net)
    return seen


@pytest.mark.parametrize(
    ("own", "above", "verdict"),
    [
        ('0 issue "letsencrypt.org"', (), ("pass", "limited")),
        ('128 ISSUE "ca.example; account=1"', (), ("pass", "limited")),
        ('0 issue ";"', (), ("pass", "limited")),
        ((), '0 issue "ca.example"', ("pass", "limited")),
        ('0 iodef "mailto:x@x.jp"', '0 issue "ca.example"', ("fail", "others_only")),
        ('0 issuewild ";"', (), ("fail", "others_only")),
        ((), (), ("fail", "none")),
    ],
)
def test_caa(own: Said, above: Said, verdict: tuple[str, str]) -> None:
    assert said(caa.missing, issuing(own, above)) == verdict


def test_caa_that_is_not_answered_is_no_absence() -> None:
    for own, above in ((Attempt.TIMEOUT, ()), ((), Attempt.PROTOCOL_MISMATCH)):
        with pytest.raises(AttemptError):
            issuing(own, above)
    seen = caa_records.function("exmaple.jp", world({}))
    assert said(caa.missing, seen) == ("unknown", "no_domain")


@given(st.text())
def test_any_caa_record_gives_a_typed_result(text: str) -> None:
    assert said(caa.missing, issuing(text))[0] in {"pass", "fail"}


def told(text: Said) -> TlsReporting:
    seen: TlsReporting = tls_reporting.function(DOMAIN, world({f"_smtp._tls.{DOMAIN} TXT": text}))
    return seen


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("v=TLSRPTv1; rua=mailto:t@x.jp", ("pass", "present")),
        ("v=TLSRPTv1;rua=https://x.jp/r,mailto:t@x.jp", ("pass", "present")),
        ("v=TLSRPTv1; RUA=MAILTO:t@x.jp", ("pass", "present")),
        ("v=TLSRPTv1; rua=ftp://x.jp", ("fail", "no_place")),
        ("v=TLSRPTv1;", ("fail", "no_place")),
        (("v=TLSRPTv1; rua=mailto:t@x.jp",) * 2, ("fail", "several")),
        (("v=spf1 -all", "v=TLSRPTv2; rua=mailto:t@x.jp"), ("fail", "none")),
        ((), ("fail", "none")),
    ],
)
def test_tls_rpt(text: Said, verdict: tuple[str, str]) -> None:
    assert said(tls_rpt.missing, told(text), MAIL) == verdict
    assert said(tls_rpt.missing, told(text), SILENT) == ("not_applicable", "no_mail")
    assert said(tls_rpt.missing, told(text), None) == ("unknown", "mail_unread")


def test_tls_rpt_that_is_not_answered_is_no_absence() -> None:
    with pytest.raises(AttemptError):
        told(Attempt.TIMEOUT)
    seen = tls_reporting.function("exmaple.jp", world({}))
    assert said(tls_rpt.missing, seen) == ("unknown", "no_domain")


@given(st.text())
def test_any_tls_rpt_record_gives_a_typed_result(text: str) -> None:
    assert told(f"v=TLSRPTv1; {text}").text.isprintable()
