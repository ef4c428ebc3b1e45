"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_anydesk import AnydeskCertificate
from posture_scan.checks.remote_access.collect_rd_gateway import RdGatewayFront
from posture_scan.checks.remote_access.collect_rd_web import RdWebFront
from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation
from posture_scan.checks.remote_access.collect_screenconnect import ScreenconnectFront
from posture_scan.checks.remote_access.collect_ssh import SshHello
from posture_scan.checks.remote_access.collect_vnc import RfbSecurity
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer

from posture_scan.sdk import Facts, PortScan, ServiceSeen

YES, NO, BROKEN = RdpAnswer("accepted", 1), RdpAnswer("refused", failure=5), RdpAnswer("timeout")
OTHER = RdpAnswer("refused", failure=3)
RDP = (YES, NO, BROKEN, OTHER, RdpAnswer("accepted", 0))
GREETINGS = (b"", b"\x01", b"MikroTik v6.42\r\nLogin: ")
NUMBERS = (79, 513, 514)
SSH_CHACHA = "chacha20-poly1305@openssh.com"


def ports(
    open_ports: tuple[int, ...], unnamed: tuple[int, ...], *, finished: bool = True
) -> PortScan:
    """What a look at an address brought, with these ports open and these of them unnamed."""
    return PortScan("builtin", "1", 1000, open_ports, 900, 0, finished, unnamed)


FACTS: tuple[Facts, ...] = (
    *(RdpNegotiation(YES, a, b) for a in RDP for b in RDP),
    *(RfbSecurity("003.008", kinds, server_decided=False) for kinds in ((), (1,), (2,), (19,))),
    SshHello("SSH-1.5-x", "x", protocol1=True),
    SshHello("SSH-2.0-x", "x", protocol1=False),
    SshHello("SSH-1.99-x", "x", protocol1=True),
    SshHello("SSH-3.0-x", "x", protocol1=False),
    SshHello("SSH-2.0-x", "x", protocol1=False, strict_kex=True, read_algorithms=True),
    SshHello("SSH-2.0-x", "x", protocol1=False, kex=("mlkem768x25519-sha256",),
             read_algorithms=True),
    SshHello("SSH-2.0-x", "x", protocol1=False, ciphers=("none", SSH_CHACHA), macs=("none",),
             read_algorithms=True),
    *(WinrmAnswer(found, asked=True) for found in (True, False)),
    WinrmAnswer(found=True, asked=True, how="identify", build="10.0.17763"),
    *(RdGatewayFront(how) for how in ("", "gateway", "rpc_proxy", "logon_everywhere")),
    *(RdWebFront(strength) for strength in ("", "weak", "strong")),
    *(ScreenconnectFront(how) for how in ("", "title", "header")),
    *(ScreenconnectFront("header", version) for version in ("23.9.7.8804", "99.1.2.3")),
    ports(NUMBERS, NUMBERS),
    ports(NUMBERS, ()),
    ports((), ()),
    ports((), (), finished=False),
    *(AnydeskCertificate(found) for found in (True, False)),
    *(ServiceSeen("x", tls=False, greeting=g, recognised_by="answer") for g in GREETINGS),
)  # fmt: skip
