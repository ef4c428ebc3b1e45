"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_anydesk import AnydeskCertificate
from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation
from posture_scan.checks.remote_access.collect_ssh import SshHello
from posture_scan.checks.remote_access.collect_vnc import RfbSecurity
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer

from posture_scan.sdk import Facts, ServiceSeen

YES, NO, BROKEN = RdpAnswer("accepted", 1), RdpAnswer("refused", failure=5), RdpAnswer("timeout")
OTHER = RdpAnswer("refused", failure=3)
RDP = (YES, NO, BROKEN, OTHER)

FACTS: tuple[Facts, ...] = (
    *(RdpNegotiation(YES, a, b) for a in RDP for b in RDP),
    *(RfbSecurity("003.008", kinds, server_decided=False) for kinds in ((), (1,), (2,), (19,))),
    SshHello("SSH-1.5-x", "x", protocol1=True),
    SshHello("SSH-2.0-x", "x", protocol1=False),
    SshHello("SSH-2.0-x", "x", protocol1=False, strict_kex=True, read_algorithms=True),
    *(WinrmAnswer(found, asked=True) for found in (True, False)),
    *(AnydeskCertificate(found) for found in (True, False)),
    *(ServiceSeen("x", tls=False, greeting=g, recognised_by="answer") for g in (b"", b"\x01")),
)  # fmt: skip
