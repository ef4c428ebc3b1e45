"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_ike import IkeAnswer
from posture_scan.checks.vpn.collect_l2tp import L2tpAnswer
from posture_scan.checks.vpn.collect_openvpn import OpenvpnAnswer
from posture_scan.checks.vpn.collect_softether import SoftetherAnswer
from posture_scan.checks.vpn.collect_sstp import SstpAnswer

from posture_scan.sdk import Facts, ServiceSeen
from tests.checks.vpn.samples import PPTP_LINUX

IKE = (
    IkeAnswer("2", "2.0", "invalid_ke", 17, 14, weak="accepted", weak_group=2),
    IkeAnswer("2", "2.0", "invalid_ke", 17, 14, weak="accepted", weak_group=14),
    IkeAnswer("2", "2.0", "invalid_ke", 17, 14, weak="refused"),
    IkeAnswer("2", "2.0", "cookie", 16390, weak="unclear"),
    IkeAnswer("2", "1.0", "invalid_version", 5),
    IkeAnswer("1", "1.0", "selected", 0, 2, ("3DES", "SHA1", "PSK"), ("FortiGate", "DPD")),
    IkeAnswer("1", "1.0", "selected", 0, 14, ("AES-256", "SHA2-256", "PSK"), ("DPD",)),
    IkeAnswer("1", "1.0", "no_proposal", 14),
    IkeAnswer("1", "2.0", "invalid_version", 5),
    IkeAnswer("1", "1.0", "other", 7),
)
FACTS: tuple[Facts, ...] = (
    *IKE,
    *(ServiceSeen("x", tls=False, greeting=g, recognised_by="answer") for g in (b"", PPTP_LINUX)),
    OpenvpnAnswer("udp"),
    L2tpAnswer(accepted=True),
    L2tpAnswer(accepted=True, vendor="YAMAHA Corporation"),
    L2tpAnswer(accepted=False),
    SoftetherAnswer(found=True, asked=True, product="SoftEther", version="5.01", build=9674),
    SoftetherAnswer(found=False, asked=True),
    SoftetherAnswer(found=False, asked=False),
    *(SstpAnswer(found, server) for found in (True, False) for server in ("", "MikroTik-SSTP")),
)
