"""SMB file shares: reachable, and whether the outdated version 1 is still on."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_smb import SmbNegotiation

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail, ok, unknown


@check(needs=ServiceSeen, on=Service("smb"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A file share answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=SmbNegotiation)
def v1(seen: SmbNegotiation) -> Verdict:
    """The server accepts SMB version 1, the way WannaCry spread."""
    if seen.smb1 == "accepted":
        return fail("accepted", actual="SMB 1", expected="SMB 2+")
    if seen.smb1 == "refused":
        return ok("refused", actual=f"0x{seen.smb2_dialect:04x}")
    return unknown("probe_failed", attempt=seen.smb1)
