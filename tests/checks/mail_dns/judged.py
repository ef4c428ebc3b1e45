"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from datetime import UTC, datetime

from posture_scan.checks.mail_dns.collect_caa import CaaRecords
from posture_scan.checks.mail_dns.collect_dane import DaneHost, DaneState
from posture_scan.checks.mail_dns.collect_dkim import DkimKeys
from posture_scan.checks.mail_dns.collect_dmarc import DmarcRecord
from posture_scan.checks.mail_dns.collect_dnssec import DnssecState
from posture_scan.checks.mail_dns.collect_mta_sts import MtaStsPolicy, MtaStsRecord
from posture_scan.checks.mail_dns.collect_mx import MailUse
from posture_scan.checks.mail_dns.collect_spf import SpfRecord
from posture_scan.checks.mail_dns.collect_tls_rpt import TlsReporting
from posture_scan.checks.mail_dns.dkim_parse import DkimKey
from posture_scan.checks.mail_dns.dmarc_parse import parse_dmarc
from posture_scan.checks.mail_dns.spf_tree import NOT_READ, SpfTree
from posture_scan.checks.mail_dns.sts_certificate import StsCertificate
from posture_scan.checks.mail_dns.sts_parse import StsPolicy

from posture_scan.sdk import Attempt, Facts
from tests.checks.mail_dns.zone import MAIL, SILENT, UNSAID

START, END = datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
GOOD = StsCertificate(seen=True, named=True, begins=START, ends=END)
ENFORCED = StsPolicy("enforce", 604_800, ("m.x.jp",))
BESIDE: tuple[tuple[Facts, ...], ...] = ((), (MAIL,), (SILENT,), (UNSAID,))


def spf(*, nobody: bool = False, **tree: str | int) -> Facts:
    whole = SpfTree(**tree)
    seen: Facts = SpfRecord(records=("v=spf1",), nobody=nobody, tree=whole)
    return seen


def dmarc(text: str = "", *, inherited: bool = False, several: int = 0) -> Facts:
    seen: Facts = DmarcRecord(
        found_at="example.jp" if text else "", inherited=inherited, text=text,
        policy=parse_dmarc(text), several=several,
    )  # fmt: skip
    return seen


def policy(
    policy: StsPolicy = ENFORCED, *, status: int = 200, attempt: Attempt = Attempt.OK,
    shown: StsCertificate = GOOD, uncovered: tuple[str, ...] = (),
) -> Facts:  # fmt: skip
    seen: Facts = MtaStsPolicy(
        announced=True, status=status, attempt=attempt, policy=policy, uncovered=uncovered,
        certificate=shown,
    )  # fmt: skip
    return seen


def dane(*hosts: DaneHost, mx: bool = True, validates: bool = True) -> Facts:
    seen: Facts = DaneState(hosts=hosts, mx_authenticated=mx, validates=validates)
    return seen


FIXED = DaneHost("m.x.jp", 1, 1, authenticated=True)
SPF: tuple[Facts, ...] = (
    SpfRecord(no_name=True), SpfRecord(), SpfRecord(records=("v=spf1", "v=spf1")),
    *(spf(error=error, at="x") for error in (
        "syntax", "too_many_lookups", "too_many_voids", "too_many_mx", "loop", "nothing_there",
        "several_there")),
    spf(unread="x", last=NOT_READ), spf(unread="x", last="-"), spf(last="-"), spf(last="~"),
    spf(last="~", nobody=True), spf(last="?"), spf(), spf(last="+", everyone="+all"),
)  # fmt: skip
DMARC: tuple[Facts, ...] = (
    DmarcRecord(no_name=True), dmarc(), dmarc(several=2), dmarc("v=DMARC1"),
    *(dmarc(f"v=DMARC1; {rest}") for rest in (
        "p=none", "p=reject", "p=quarantine", "p=reject; t=y", "p=reject; pct=5",
        "p=reject; sp=none", "p=x", "p=none; p=none")),
    dmarc("v=DMARC1; p=reject", inherited=True),
)  # fmt: skip
FACTS: tuple[Facts, ...] = (
    *SPF, *DMARC,
    DkimKeys(no_name=True), DkimKeys(asked=5),
    *(DkimKeys(keys=(DkimKey("s", "rsa", bits),)) for bits in (512, 1024, 2048)),
    DkimKeys(keys=(DkimKey("s", "revoked"),), asked=5),
    MAIL, SILENT, MailUse(no_name=True), MailUse(), MailUse(address=True),
    MailUse(hosts=("m",), null=True), MailUse(hosts=("m",), literal=("m",)),
    MailUse(hosts=("m",), lost=("m",)), MailUse(hosts=("m",), aliases=("m",)),
    MailUse(hosts=("m",), unread=("m",)),
    MtaStsRecord(no_name=True), MtaStsRecord(), MtaStsRecord(count=2), MtaStsRecord(count=1),
    MtaStsRecord(count=1, has_id=True),
    MtaStsPolicy(no_name=True), MtaStsPolicy(), MtaStsPolicy(announced=True, no_host=True),
    policy(attempt=Attempt.OUT_OF_SCOPE), policy(attempt=Attempt.TIMEOUT), policy(status=503),
    policy(status=404), policy(), policy(StsPolicy("testing", 1, ("m.x.jp",))),
    policy(StsPolicy("none")), policy(StsPolicy("enforce", 1, ("m.x.jp",))),
    policy(StsPolicy(wrong="mode")), policy(uncovered=("m.x.jp",)),
    policy(shown=StsCertificate(seen=True, fault="self_signed")),
    policy(shown=StsCertificate(seen=True)), policy(shown=StsCertificate(seen=True, named=True)),
    TlsReporting(no_name=True), TlsReporting(), TlsReporting(count=2), TlsReporting(count=1),
    TlsReporting(count=1, reported_to=True),
    DaneState(no_name=True), DaneState(), dane(DaneHost("m.x.jp")),
    dane(DaneHost("m.x.jp", unread=True)), dane(FIXED), dane(FIXED, DaneHost("n.x.jp")),
    dane(DaneHost("m.x.jp", 1, 0)), dane(DaneHost("m.x.jp", 1, 1)), dane(FIXED, mx=False),
    dane(FIXED, validates=False),
    DnssecState(no_name=True), DnssecState(), DnssecState(validates=True),
    *(DnssecState(zone="jp", keys_above=keys, authenticated=signed, validates=True)
      for keys, signed in ((0, False), (1, False), (1, True))),
    CaaRecords(no_name=True), CaaRecords(), CaaRecords(found_at="jp", others=("iodef",)),
    CaaRecords(found_at="jp", issuers=("x.jp",)),
)  # fmt: skip
