"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_dns import DnsAnswer
from posture_scan.checks.network_service.collect_mailbox import ImapOffer, Pop3Offer
from posture_scan.checks.network_service.collect_printer import PrinterAnswer
from posture_scan.checks.network_service.collect_rtsp import RtspAnswer
from posture_scan.checks.network_service.collect_smtp import SmtpOffer
from posture_scan.checks.network_service.collect_snmp import SnmpEngine
from posture_scan.checks.network_service.collect_xmpp import XmppOffer

from posture_scan.sdk import Facts, PortScan, ServiceSeen


def dns(code: int, *, ra: bool = False, aa: bool = False, tc: bool = False, n: int = 0) -> Facts:
    seen: Facts = DnsAnswer(code, recursion_offered=ra, authoritative=aa, truncated=tc, answers=n)
    return seen


def smtp(hello: int, *, starttls: bool = False, clear_logins: tuple[str, ...] = ()) -> Facts:
    seen: Facts = SmtpOffer(
        greeting_code=220, hello_code=hello, starttls=starttls, clear_logins=clear_logins
    )
    return seen


def ports(*unnamed: int, others: tuple[int, ...] = (), finished: bool = True) -> PortScan:
    return PortScan("x", "1", 9, (*unnamed, *others), 0, 0, finished, unnamed)


FACTS: tuple[Facts, ...] = (
    ServiceSeen("x", tls=False, greeting=b"", recognised_by="answer"),
    dns(0, ra=True, n=1), dns(0), dns(5, ra=True), dns(2, ra=True), dns(0, tc=True),
    SnmpEngine(8072, "Net-SNMP"), SnmpEngine(99999),
    RtspAnswer(), RtspAnswer("Example/1"),
    ports(9100, 9101), ports(22), ports(finished=False),
    PrinterAnswer(found=False), PrinterAnswer(found=True), PrinterAnswer(found=True, model="X 1"),
    SmtpOffer(tls_from_the_start=True), SmtpOffer(greeting_code=554), smtp(421),
    smtp(250, starttls=True), smtp(250, clear_logins=("PLAIN",)),
    smtp(250),
    ImapOffer(tls_from_the_start=True), ImapOffer(turned_away=True), ImapOffer(),
    ImapOffer(starttls=True), ImapOffer(starttls=True, login_disabled=True),
    Pop3Offer(tls_from_the_start=True), Pop3Offer(), Pop3Offer(listed=True),
    Pop3Offer(listed=True, clear_logins=("USER",)),
    Pop3Offer(listed=True, stls=True, clear_logins=("USER",)),
    XmppOffer(tls_from_the_start=True), XmppOffer(turned_away=True), XmppOffer(old_logon=True),
    XmppOffer(), XmppOffer(starttls=True), XmppOffer(starttls=True, starttls_required=True),
    XmppOffer(clear_logins=("PLAIN",)),
)  # fmt: skip
