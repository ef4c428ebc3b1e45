"""What each collector of this pack may bring about a domain, the sound answer first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

from posture_scan.sdk import Facts
from tests.checks.mail_dns.judged import FIXED, dane, dmarc, policy, spf
from tests.checks.mail_dns.zone import MAIL, SILENT

VARIANTS: Mapping[type[Facts], Sequence[Facts]] = {
    MailUse: (MAIL, MailUse(), SILENT),
    SpfRecord: (spf(last="-"), SpfRecord(), spf(last="?"), spf(error="syntax")),
    DmarcRecord: (
        dmarc("v=DMARC1; p=reject"), DmarcRecord(), dmarc("v=DMARC1; p=none"), dmarc("v=DMARC1"),
    ),
    DkimKeys: (DkimKeys(keys=(DkimKey("s", "rsa", 2048),), asked=5), DkimKeys(asked=5)),
    MtaStsRecord: (MtaStsRecord(count=1, has_id=True), MtaStsRecord()),
    MtaStsPolicy: (policy(), policy(status=404)),
    TlsReporting: (TlsReporting(count=1, reported_to=True), TlsReporting()),
    DaneState: (dane(FIXED), dane(DaneHost("m.x.jp"))),
    DnssecState: (
        DnssecState(zone="jp", keys_above=1, authenticated=True, validates=True),
        DnssecState(zone="jp", validates=True),
    ),
    CaaRecords: (CaaRecords(found_at="jp", issuers=("x.jp",)), CaaRecords()),
}  # fmt: skip
