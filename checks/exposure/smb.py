"""SMB file shares: reachable, the outdated version 1 still on, messages not signed."""

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


@check(needs=SmbNegotiation)
def signing_not_required(seen: SmbNegotiation) -> Verdict:
    """The server takes messages without a signature, which lets others act in a user's name."""
    if seen.signing_required:
        return ok("required", actual=_version(seen))
    if not seen.smb2_dialect and seen.smb1 != "accepted":
        return unknown("not_agreed", attempt=seen.smb1)
    return fail("not_required", actual=_version(seen))


def _version(seen: SmbNegotiation) -> str:
    """Return the latest version of SMB that the server speaks, such as 3.1.1."""
    if not seen.smb2_dialect:
        return "SMB 1"
    return "SMB " + ".".join(f"{seen.smb2_dialect:04x}"[1:])
