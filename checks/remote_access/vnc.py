"""VNC: reachable, and whether it lets anyone in without a password."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_vnc import RfbSecurity

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail, ok, unknown

_NONE: Final = 1
_WITH_LOGON: Final = frozenset({2, 5, 6, 30, 33, 35, 129, 130})
"""Types that always ask for a secret: VncAuth, RA2 and kin, Apple's (IANA registry of RFB)."""
_NAMES: Final = {
    1: "None", 2: "VncAuth", 5: "RA2", 6: "RA2ne", 7: "SSPI", 8: "SSPIne", 16: "Tight",
    17: "Ultra", 18: "TLS", 19: "VeNCrypt", 20: "SASL", 21: "MD5", 22: "xvp",
    23: "Secure Tunnel", 24: "Integrated SSH", 30: "Apple 30", 33: "Apple 33", 35: "Apple 35",
    129: "RA256", 130: "RA256ne",
}  # fmt: skip
"""IANA's registry of RFB security types; Apple's and 128 on are named by their makers only."""


@check(needs=ServiceSeen, on=Service("vnc"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """VNC answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=RfbSecurity)
def no_auth(seen: RfbSecurity) -> Verdict:
    """The server offers a session without any password."""
    kinds = " ".join(str(kind) for kind in seen.types)
    named = ", ".join(_NAMES.get(kind, str(kind)) for kind in seen.types)
    if _NONE in seen.types:
        return fail("none_offered", actual="open", expected="password", types=kinds)
    if not seen.types:
        return unknown("refused_to_say")
    if not _WITH_LOGON.issuperset(seen.types):
        # VeNCrypt, TLS and Tight hide a second choice inside, and "none" may be among it.
        return unknown("hidden_inside", actual=named, types=kinds, named=named)
    return ok("password_asked", actual="password", types=kinds)
