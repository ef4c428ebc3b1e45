"""Whether files are shared by SMB version 1, which nothing has been able to secure since 2017."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.host.collect_smb_server import SmbServerFacts
from posture_scan.checks.host.setting import Origin

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unknown, unseen

_WITHOUT_SMB1: Final = 16_299
"""Windows 10 1709 and Server 2019 on: SMB 1 is not installed unless somebody adds it."""


@check(needs=SmbServerFacts)
def v1(seen: SmbServerFacts) -> Verdict:
    """Files are shared by SMB version 1."""
    if seen.platform == "darwin":
        return not_applicable("macos")
    return _windows(seen) if seen.platform == "windows" else _samba(seen)


def _windows(seen: SmbServerFacts) -> Verdict:
    if seen.setting.origin is Origin.LOCAL:
        return fail("switched_on") if seen.setting.value else ok("switched_off")
    if seen.setting.value is None or seen.build is None:
        return unseen(seen)
    if seen.build < _WITHOUT_SMB1:
        return fail("on_by_default", build=seen.build)
    if seen.driver is None:
        return unseen(seen)
    if seen.driver:
        return fail("added", build=seen.build)
    return ok("off_by_default", build=seen.build)


def _samba(seen: SmbServerFacts) -> Verdict:
    if not seen.installed:
        return not_applicable("no_server")
    if seen.running is False:
        return not_applicable("not_running")
    if seen.speaks_v1 is None:
        if any(item.hides == "smb.conf" for item in seen.not_read):
            return unseen(seen, "smb.conf", reason="samba_unclear")
        return unknown("samba_unclear", what="smb.conf")  # read, and no more can be read
    if not seen.speaks_v1:
        return ok("samba_off", minimum=seen.minimum or f"Samba {seen.version}")
    if seen.running is None:
        return unseen(seen, "unit")
    return fail("samba_on", minimum=seen.minimum or f"Samba {seen.version}")
