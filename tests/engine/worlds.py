"""Whole firms as evidence, made of the real packs' own facts: what a full scan would leave."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, ObjectLock, Proof
from posture_scan.checks.backup.nas_facts import NasBackups
from posture_scan.checks.cloud_identity.tenant_facts import Standing, TenantUsers
from posture_scan.checks.database.answer import OPEN, PASSWORD, DatabaseAnswer
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.exposure.collect_admin_panel import AdminPage
from posture_scan.checks.exposure.collect_docker import DockerAnswer
from posture_scan.checks.exposure.collect_ftp import FtpGreeting
from posture_scan.checks.exposure.collect_kubernetes import KubernetesAnswer
from posture_scan.checks.exposure.collect_management import ManagementFace
from posture_scan.checks.exposure.collect_smb import SmbNegotiation
from posture_scan.checks.network_service.collect_dns import DnsAnswer
from posture_scan.checks.network_service.collect_mailbox import ImapOffer, Pop3Offer
from posture_scan.checks.network_service.collect_printer import PrinterAnswer
from posture_scan.checks.network_service.collect_rtsp import RtspAnswer
from posture_scan.checks.network_service.collect_smtp import SmtpOffer
from posture_scan.checks.network_service.collect_snmp import SnmpEngine
from posture_scan.checks.network_service.collect_xmpp import XmppOffer
from posture_scan.checks.remote_access.collect_anydesk import AnydeskCertificate
from posture_scan.checks.remote_access.collect_rd_gateway import RdGatewayFront
from posture_scan.checks.remote_access.collect_rd_web import RdWebFront
from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation
from posture_scan.checks.remote_access.collect_screenconnect import ScreenconnectFront
from posture_scan.checks.remote_access.collect_ssh import SshHello
from posture_scan.checks.remote_access.collect_telnet import TelnetBanner
from posture_scan.checks.remote_access.collect_vnc import RfbSecurity
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer
from posture_scan.checks.software.collect import Banner, HeaderSeen
from posture_scan.checks.software.recognise import recognise
from posture_scan.checks.vpn.collect_ike import IkeAnswer
from posture_scan.checks.vpn.collect_l2tp import L2tpAnswer
from posture_scan.checks.vpn.collect_openvpn import OpenvpnAnswer
from posture_scan.checks.vpn.collect_softether import SoftetherAnswer
from posture_scan.checks.vpn.collect_sstp import SstpAnswer
from posture_scan.checks.web.collect_http import WebAnswer

from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import Asset, Attempt, Evidence, PortScan, ServiceSeen, Vantage
from posture_scan.sdk import Bucket, Document, Domain, Facts, Machine, Service
from tests.checks.backup.scene import job, seen_with
from tests.checks.computer import DAY, NOW
from tests.checks.encryption.judging import NO, YES
from tests.checks.encryption.judging import facts as tls_facts
from tests.checks.host import access_variants as access
from tests.checks.host import protect_variants as protect
from tests.checks.host import variants_updates as host_updates
from tests.checks.mail_dns import variants as mail

PACKS = load_packs()
NAME = "shop.example.jp"


def _ssh(cipher: str) -> SshHello:
    sound = ("curve25519-sha256",)
    return SshHello(
        "SSH-2.0-OpenSSH_9.2p1", "OpenSSH_9.2p1", protocol1=False, kex=sound,
        host_keys=("ssh-ed25519",), ciphers=(cipher,), macs=("hmac-sha2-256-etm@openssh.com",),
        compression=("none",), strict_kex=True, read_algorithms=True,
    )  # fmt: skip


def _rdp(legacy: str) -> RdpNegotiation:
    refused = RdpAnswer("refused", failure=5)
    return RdpNegotiation(RdpAnswer("accepted", 2), refused, RdpAnswer(legacy, 0, 5))


def _edge(**read: Any) -> EdgeFront:
    return EdgeFront("fortigate", "FortiGate", "strong", vpn_page=True, **read)


def _tenant(everyone: Standing) -> TenantUsers:
    return TenantUsers("google_workspace", "0" * 64, everyone, everyone)


def _export(version: str, pptp: str) -> DeviceExport:
    return DeviceExport("m", "fortios", "FortiOS", version, "0" * 64, settings=(
        Setting("pptp", pptp), Setting("admin_https", pptp, outside=True),
    ))  # fmt: skip


def _nas(*, failed: bool | None, enabled: bool | None) -> NasBackups:
    job = BackupJob("synology_hyper_backup", "task", enabled=enabled, last_run_failed=failed,
                    proofs=(Proof("task_record", "D", NOW - timedelta(hours=1)),))  # fmt: skip
    return NasBackups("Synology Hyper Backup", "0" * 64, (job,))


def _banner(text: str) -> Banner:
    found = recognise("server", text)
    return Banner("http", b"HTTP/1.1 200 OK", (HeaderSeen("server", text),), (), found, "read")


OLD = tuple(Trial(version, YES) for version in VERSIONS)
VARIANTS: Mapping[type[Facts], tuple[Facts, ...]] = {
    TlsFacts: (
        tls_facts(name=NAME), tls_facts(name=NAME, versions=OLD, trust="self_signed"),
        tls_facts(name="", trust="not_judged"),
        tls_facts(name=NAME, forward_secrecy=Trial("forward_secrecy", NO)),
    ),
    AdminPage: (AdminPage(), AdminPage("fortigate", "FortiGate"), AdminPage(complete=False)),
    DatabaseAnswer: (
        DatabaseAnswer(""), DatabaseAnswer("redis", OPEN), DatabaseAnswer("redis", PASSWORD),
        DatabaseAnswer("mysql", host_refused=True),
    ),
    DockerAnswer: (DockerAnswer(found=False), DockerAnswer(found=True, version="24.0")),
    KubernetesAnswer: (KubernetesAnswer(), KubernetesAnswer("api", "refused", "v1.30.2"),
                       KubernetesAnswer("kubelet", "open", sure=False)),
    ManagementFace: (ManagementFace(), ManagementFace("veeam", "Veeam")),
    FtpGreeting: (
        FtpGreeting(234, tls_from_the_start=True), FtpGreeting(234, tls_from_the_start=False),
        FtpGreeting(500, tls_from_the_start=False),
    ),
    SmbNegotiation: (SmbNegotiation("refused", 0x311), SmbNegotiation("accepted", 0x202)),
    DnsAnswer: (
        DnsAnswer(5, recursion_offered=False, authoritative=False, truncated=False, answers=0),
        DnsAnswer(0, recursion_offered=True, authoritative=False, truncated=False, answers=1),
    ),
    RtspAnswer: (RtspAnswer(), RtspAnswer("Example/1")),
    SnmpEngine: (SnmpEngine(99999), SnmpEngine(8072, "Net-SNMP")),
    PrinterAnswer: (PrinterAnswer(found=False), PrinterAnswer(found=True, model="X 1")),
    SmtpOffer: (SmtpOffer(greeting_code=220, hello_code=250, starttls=True),
                SmtpOffer(greeting_code=220, hello_code=250), SmtpOffer(greeting_code=554)),
    XmppOffer: (XmppOffer(starttls=True, starttls_required=True),
                XmppOffer(clear_logins=("PLAIN",)), XmppOffer(turned_away=True)),
    ImapOffer: (ImapOffer(starttls=True, login_disabled=True), ImapOffer()),
    Pop3Offer: (Pop3Offer(listed=True, stls=True), Pop3Offer()),
    AnydeskCertificate: (AnydeskCertificate(found=False), AnydeskCertificate(found=True)),
    RdGatewayFront: (RdGatewayFront(), RdGatewayFront("gateway"), RdGatewayFront("rpc_proxy")),
    RdWebFront: (RdWebFront(), RdWebFront("strong"), RdWebFront("weak")),
    RdpNegotiation: (_rdp("refused"), _rdp("accepted")),
    ScreenconnectFront: (ScreenconnectFront(), ScreenconnectFront("header", "23.9.7")),
    SshHello: (_ssh("aes256-gcm@openssh.com"), _ssh("arcfour")),
    EdgeFront: (EdgeFront(), _edge(version="7.4.8", version_state="read"), _edge(),
                _edge(version="5.4.1", version_state="read"), EdgeFront(complete=False)),
    TelnetBanner: (TelnetBanner(23), TelnetBanner(23, "FortiGate")),
    RfbSecurity: (RfbSecurity("3.8", (2,), False), RfbSecurity("3.8", (1,), False)),  # noqa: FBT003
    WinrmAnswer: (WinrmAnswer(found=False, asked=True), WinrmAnswer(True, True, "identify")),  # noqa: FBT003
    Banner: (_banner("nginx"), _banner("nginx/1.4.0"), _banner("Apache/2.4.49 (Unix)"),
             Banner("ssh", b"x")),
    TenantUsers: (
        _tenant(Standing(5, registered=5, enforced=5)),
        _tenant(Standing(5, registered=0, enforced=0)), _tenant(Standing(5, unclear=5)),
    ),
    DeviceExport: (_export("7.4.8", "off"), _export("5.4.1", "on"), _export("", "unclear")),
    NasBackups: (_nas(failed=False, enabled=True), _nas(failed=True, enabled=False),
                 _nas(failed=None, enabled=None)),
    IkeAnswer: (
        IkeAnswer("2", "2.0", "invalid_ke", 17, 14, weak="refused"),
        IkeAnswer("1", "1.0", "selected", 0, 2, ("3DES", "SHA1", "PSK")),
        IkeAnswer("2", "2.0", "cookie", 16390, weak="unclear"),
    ),
    L2tpAnswer: (L2tpAnswer(accepted=False), L2tpAnswer(accepted=True, vendor="Example")),
    OpenvpnAnswer: (OpenvpnAnswer("udp"), OpenvpnAnswer("tcp")),
    SoftetherAnswer: (
        SoftetherAnswer(found=False, asked=True),
        SoftetherAnswer(found=True, asked=True, product="SoftEther", version="5.01", build=9674),
        SoftetherAnswer(found=False, asked=False),
    ),
    SstpAnswer: (SstpAnswer(found=False), SstpAnswer(found=True, server="Example")),
    WebAnswer: (
        WebAnswer(tls=True, name=NAME, status=200, page=True, content=True, head_read=True,
                  hsts=("max-age=31536000",)),
        WebAnswer(tls=False, name=NAME, status=200, page=True, content=True, head_read=True),
        WebAnswer(tls=True, name="", status=503, failed=True),
    ),
    BackupSurvey: (seen_with(job()), seen_with(), seen_with(job(enabled=False))),
    ObjectLock: (
        ObjectLock("s3:s3.example/bucket", lock_enabled=True, listing_whole=True, newest_at=NOW,
                   newest_mode="COMPLIANCE", newest_until=NOW + 30 * DAY, newest_seen=True),
        ObjectLock("s3:s3.example/bucket", lock_enabled=False),
        ObjectLock("s3:s3.example/bucket", lock_enabled=None),
    ),
    **protect.VARIANTS,
    **host_updates.VARIANTS,
    **access.VARIANTS,
}  # fmt: skip
"""What each collector may bring, the sound answer first."""

MAIL_VARIANTS: Mapping[type[Facts], Sequence[Facts]] = mail.VARIANTS
"""The same for collectors that read a domain's DNS."""

DOORS = (
    ("http", True, 443), ("http", False, 80), ("http", True, 10443), ("ssh", False, 22),
    ("rdp", False, 3389), ("rdp", False, 13389), ("vnc", False, 5900), ("ftp", False, 21),
    ("smb", False, 445), ("redis", False, 6379), ("mysql", False, 3306), ("tls", True, 8883),
    ("telnet", False, 23), ("mqtt", False, 1883), ("pptp", False, 1723), ("x11", False, 6000),
    ("smtp", False, 25), ("imap", False, 143), ("pop3", False, 110), ("rtsp", False, 554),
    ("dns_tcp", False, 53), ("openvpn_tcp", False, 1194), ("msrpc", False, 135),
    ("ike", False, 500), ("ikev1", False, 500), ("ike_natt", False, 4500), ("l2tp", False, 1701),
    ("openvpn", False, 1194), ("snmp", False, 161), ("dns", False, 53), ("ntp", False, 123),
    ("wireguard", False, 51820), ("xmpp", False, 5222),
)  # fmt: skip
"""Protocol, whether inside TLS, and port."""

UDP = {spec.name: spec.ports for spec in PACKS.protocols if spec.transport == "udp"}
UDP_PORTS = frozenset(port for ports in UDP.values() for port in ports)
"""Every UDP port that is asked."""
DOCUMENTS = frozenset(
    f"{pack.name}.{item.returns.__name__}"
    for pack, item in PACKS.collectors
    if isinstance(item.on, Document)
)
"""Kinds of evidence that come from a file handed in."""

Choose = Callable[[Sequence[Facts]], Facts]


@dataclass(frozen=True)
class World:
    """A firm as it was seen: everything that judging and rating start from."""

    evidence: tuple[Evidence, ...]
    assets: tuple[Asset, ...]

    def without(self, record: Evidence) -> World:
        rest = tuple(item for item in self.evidence if item.id != record.id)
        return dataclasses.replace(self, evidence=rest)

    def failed(self, record: Evidence, attempt: Attempt) -> World:
        lost = with_id(dataclasses.replace(record, attempt=attempt, facts=None))
        return dataclasses.replace(self, evidence=(*self.without(record).evidence, lost))

    def half_scanned(self, asset: Asset) -> World:
        half = dataclasses.replace(asset, fully_scanned=False)
        assets = tuple(half if item == asset else item for item in self.assets)
        return dataclasses.replace(self, assets=assets)


def _record(
    kind: str, facts: Facts, service: Service, vantage: Vantage, by: str = "test"
) -> Evidence:
    return with_id(
        Evidence(
            "", kind, service.asset, vantage, by, 1, NOW, Attempt.OK, facts.method, facts, "",
            service.address, service.port, service.transport, service.names,
        )
    )  # fmt: skip


def address(
    name: str,
    doors: Sequence[tuple[str, bool, int]],
    unnamed: Sequence[int],
    choose: Choose,
    *,
    quiet: str = "closed",
    heard: bool = True,
) -> World:
    """One address with these services, each looked at by every collector that selects it.

    ``quiet`` is the state of the UDP ports on which nothing answers: closed or silent.
    """
    ports = tuple(sorted([*(port for n, _, port in doors if n not in UDP), *unnamed]))
    udp = tuple((port, n) for n, _, port in doors if n in UDP)
    scan = PortScan(
        "builtin", "1", 1000, ports, 1000, 0, True, tuple(unnamed),  # noqa: FBT003
        udp_services=udp, udp_heard=heard,
    )  # fmt: skip
    rest: dict[str, Any] = {f"udp_{quiet}": tuple(sorted(UDP_PORTS - {port for port, _ in udp}))}
    scan = dataclasses.replace(scan, **rest)
    whole = Service(address=name, asset=name)
    records = [_record("core.PortScan", scan, whole, Vantage.EXTERNAL)]
    for protocol, tls, port in doors:
        service = Service(
            protocol, tls=tls, address=name, port=port, names=(NAME,), asset=name,
            transport="udp" if protocol in UDP else "tcp",
        )  # fmt: skip
        seen = ServiceSeen(protocol, tls=tls, greeting=b"", recognised_by="answer")
        records.append(_record("core.ServiceSeen", seen, service, Vantage.EXTERNAL))
        for pack, item in PACKS.collectors:
            if item.asks(service):
                kind = f"{pack.name}.{item.returns.__name__}"
                facts, by = choose(VARIANTS[item.returns]), f"{pack.name}.{item.name}"
                records.append(_record(kind, facts, service, Vantage.EXTERNAL, by))
    asset = Asset(name, "address", name, (NAME,), fully_scanned=True, reached=True)
    return World(tuple(records), (dataclasses.replace(asset, open_ports=ports),))


def with_export(world: World, choose: Choose) -> World:
    """The same address, with exports of the device of each kind handed in."""
    (asset,) = world.assets
    place = Service(address=asset.id, asset=asset.id, transport="")
    readers = {
        item.returns: (pack.name, item.name)
        for pack, item in PACKS.collectors
        if item.on == Document("device_export")
    }
    records = tuple(
        _record(
            f"{pack}.{kind.__name__}", choose(VARIANTS[kind]), place, Vantage.HOST, f"{pack}.{by}"
        )
        for kind, (pack, by) in readers.items()
    )
    return dataclasses.replace(world, evidence=(*world.evidence, *records))


def computer(name: str, role: str, choose: Choose) -> World:
    """One computer that was looked at from inside."""
    asset = Asset(name, "host", names=(name,), role=role, reached=True)
    records = [
        dataclasses.replace(
            _record(
                f"{pack.name}.{item.returns.__name__}", choose(VARIANTS[item.returns]),
                Service(asset=name, transport=""), Vantage.HOST,
            )
        )
        for pack, item in PACKS.collectors
        if isinstance(item.on, Machine | Bucket)
    ]  # fmt: skip
    return World(tuple(records), (asset,))


def domain(name: str, choose: Choose) -> World:
    """One domain that was read in DNS."""
    records = [
        _record(
            f"{pack.name}.{item.returns.__name__}", choose(MAIL_VARIANTS[item.returns]),
            Service(names=(name,), asset=name, transport=""), Vantage.EXTERNAL,
            f"{pack.name}.{item.name}",
        )
        for pack, item in PACKS.collectors
        if isinstance(item.on, Domain)
    ]  # fmt: skip
    return World(tuple(records), (Asset(name, "domain", names=(name,), reached=True),))


def tenant(choose: Choose) -> World:
    """One cloud tenant, its list of users handed in."""
    facts = choose(VARIANTS[TenantUsers])
    assert isinstance(facts, TenantUsers)
    asset = Asset(f"tenant:{facts.tenant}", "tenant", names=(facts.tenant,))
    record = _record(
        "cloud_identity.TenantUsers", facts, Service(asset=asset.id, transport=""), Vantage.HOST,
        "cloud_identity.google_workspace_users",
    )  # fmt: skip
    return World((record,), (asset,))


def together(*worlds: World) -> World:
    """One firm with all of these."""
    return World(
        tuple(record for world in worlds for record in world.evidence),
        tuple(asset for world in worlds for asset in world.assets),
    )
