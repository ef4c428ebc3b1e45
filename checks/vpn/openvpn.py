"""OpenVPN: a server that answers strangers."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_openvpn import OpenvpnAnswer

from posture_scan.sdk import Status, Verdict, check, fail


@check(needs=OpenvpnAnswer, absent=Status.PASS)
def exposed(seen: OpenvpnAnswer) -> Verdict:
    """An OpenVPN server answers somebody who has no key of its tls-auth or tls-crypt."""
    return fail("reachable", actual="OpenVPN", expected="tls-crypt", over=seen.over.upper())
