"""VPN gateways that show nothing of themselves: judged by their own export, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from posture_scan.checks.edge_device import gateway, sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.engine.judge import glimpse, judge
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Evidence, Facts, PortScan
from posture_scan.model.finding import Finding
from posture_scan.sdk import Attempt, Method, Service, ServiceSeen, Status, Vantage
from tests.checks.edge_device.exports import FILES, READERS
from tests.checks.edge_device.judged_exports import export
from tests.products.young import young

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WEEK_OLD = NOW - timedelta(days=7)
PACKS = load_packs()
ADDRESS = "192.0.2.1"
BOTH = ("gateway.end_of_life", "gateway.known_exploited")
UDP = {"ike": 500, "ikev1": 500, "openvpn": 1194, "l2tp": 1701, "ike_natt": 4500}
TCP = {"openvpn_tcp": 1194, "pptp": 1723}
OTHERS = (51820,)
PATCHED = export("fortios", "7.4.11")


def record(facts: Facts, at: datetime, port: int = 0, transport: str = "tcp") -> Evidence:
    return Evidence(
        f"e-{transport}{port}-{getattr(facts, 'protocol', '')}-{getattr(facts, 'version', '')}",
        PACKS.kind_of(type(facts)), ADDRESS, Vantage.EXTERNAL, "x", 1, at, Attempt.OK,
        facts.method, facts, address=ADDRESS, port=port, transport=transport,
    )  # fmt: skip


def answering(protocol: str) -> Evidence:
    seen = ServiceSeen(protocol, tls=False, greeting=b"", recognised_by="answer")
    place = (UDP[protocol], "udp") if protocol in UDP else (TCP[protocol], "tcp")
    return record(seen, NOW, *place)


def ports(
    protocols: Iterable[str] = (), silent: Iterable[int] = (), *, heard: bool = True
) -> PortScan:
    over_udp = tuple((UDP[name], name) for name in protocols if name in UDP)
    quiet = set(silent)
    closed = {*UDP.values(), *OTHERS} - quiet - {port for port, _ in over_udp}
    return PortScan(
        "builtin", "1", 100, tuple(TCP[name] for name in protocols if name in TCP), 90, 0,
        finished=True, udp_closed=tuple(sorted(closed)), udp_silent=tuple(sorted(quiet)),
        udp_services=over_udp, udp_heard=heard,
    )  # fmt: skip


def findings(
    protocols: Iterable[str], *exports: DeviceExport, scan: PortScan | None = None
) -> dict[str, Finding]:
    """One finding a check; every test but one has one gateway at most."""
    found = every(protocols, *exports, scan=scan)
    assert len(found) == len(BOTH)
    return {finding.check: finding for finding in found}


def every(
    protocols: Iterable[str], *exports: DeviceExport, scan: PortScan | None = None
) -> list[Finding]:
    names = tuple(protocols)
    asset = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)
    records = [record(scan or ports(names), NOW), *(answering(name) for name in names)]
    records += [record(item, WEEK_OLD) for item in exports]
    found = judge(PACKS, records, [asset], now=NOW, products=young(NOW))
    return [finding for finding in found if finding.check in BOTH]


@pytest.mark.parametrize("protocol", [*UDP, *TCP])
def test_without_an_export_nothing_is_known_of_it(protocol: str) -> None:
    for finding in findings([protocol]).values():
        shown = "no_export_to_read" if "openvpn" in protocol else "version_not_readable"
        assert (finding.status, finding.reason) == (Status.UNKNOWN, shown)
        assert finding.port == (UDP | TCP)[protocol]


@pytest.mark.parametrize("protocol", ["ike", "ike_natt", "ikev1", "l2tp", "pptp"])
def test_a_patched_devices_export_clears_it_and_gives_it_its_age(protocol: str) -> None:
    for name, reason in zip(BOTH, ("supported", "none_known"), strict=True):
        finding = findings([protocol], PATCHED)[name]
        assert (finding.status, finding.reason) == (Status.PASS, reason)
        assert (finding.method, finding.observed_at) == (Method.DEVICE_EXPORT, WEEK_OLD)
        assert len(finding.evidence) == 2


def test_an_old_versions_export_convicts_it() -> None:
    found = findings(["ike"], export("fortios", "7.2.4"))
    assert [(f.status, f.method) for f in found.values()] == [
        (Status.FAIL, Method.DEVICE_EXPORT)
    ] * 2  # fmt: skip
    assert found["gateway.known_exploited"].reason == "affected_ransomware"


def test_a_real_files_content_decides() -> None:
    reader = next(item for item in READERS if item.name == "fortigate_export")
    status = reader.function(FILES["fortigate_status.txt"])
    found = findings(["ike"], status)
    assert found["gateway.end_of_life"].status is Status.PASS
    assert found["gateway.known_exploited"].status is Status.FAIL


@pytest.mark.parametrize(
    "exports",
    [
        (PATCHED, export("pan-os", "11.2.10")),
        (PATCHED, export("fortios", "7.6.6")),
        (export("fortios", "7.4.11", ipsec="off"),),
        (PATCHED, export("fortios", "", ipsec="off")),
    ],
)
def test_exports_that_cannot_be_the_gateways_decide_nothing(
    exports: tuple[DeviceExport, ...],
) -> None:
    for finding in findings(["ike"], *exports).values():
        assert (finding.status, finding.reason) == (Status.UNKNOWN, "export_contradicts")


@pytest.mark.parametrize(
    "exports",
    [
        (PATCHED, export("fortios", "", ipsec="on!")),
        (export("fortios", "7.4"), PATCHED),
        (export("fortios", "7.4.11", ipsec="unclear", pptp="off"),),
    ],
)
def test_exports_that_agree_count_as_one(exports: tuple[DeviceExport, ...]) -> None:
    for finding in findings(["ike"], *exports).values():
        assert finding.status is Status.PASS
        assert finding.actual == "7.4.11"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (export("fortios", ""), "version_not_in_file"),
        (export("cisco-ftd", "7.2.5"), "no_product_data"),
        (export("fortios", "7.4"), "not_settled"),
    ],
)
def test_an_export_that_tells_too_little_settles_nothing(item: DeviceExport, reason: str) -> None:
    finding = findings(["ike"], item)["gateway.known_exploited"]
    assert (finding.status, finding.reason) == (Status.UNKNOWN, reason)


@pytest.mark.parametrize("protocol", ["openvpn", "openvpn_tcp"])
@pytest.mark.parametrize("version", ["7.4.11", "7.2.4"])
def test_no_export_speaks_for_an_openvpn_server(protocol: str, version: str) -> None:
    for finding in findings([protocol], export("fortios", version)).values():
        assert (finding.status, finding.reason) == (Status.UNKNOWN, "no_export_to_read")


def test_each_gateway_at_an_address_is_judged_by_itself() -> None:
    found = every(["ike", "ike_natt", "openvpn"], PATCHED)
    states = {(f.port, f.status) for f in found if f.check == "gateway.end_of_life"}
    assert states == {(500, Status.PASS), (4500, Status.PASS), (1194, Status.UNKNOWN)}


def test_where_everything_is_closed_there_is_no_gateway() -> None:
    for finding in findings([]).values():
        assert (finding.status, finding.reason) == (Status.PASS, "absent")


@pytest.mark.parametrize(
    ("silent", "heard", "reason"),
    [
        ((1194,), True, "udp_mute"),
        ((500, 1194, 1701, 4500), True, "udp_mute"),
        ((500,), False, "udp_path_unproven"),
        ((1701,), False, "udp_path_unproven"),
    ],
)
def test_silence_is_no_absence(
    silent: tuple[int, ...],
    heard: bool,  # noqa: FBT001
    reason: str,
) -> None:
    for finding in findings([], scan=ports([], silent, heard=heard)).values():
        assert (finding.status, finding.reason) == (Status.UNKNOWN, reason)
    for finding in findings([], PATCHED, scan=ports([], silent, heard=heard)).values():
        assert finding.reason == reason


def test_other_silence_counts_where_the_way_is_open() -> None:
    for finding in findings([], scan=ports([], (500, 1701, 4500))).values():
        assert (finding.status, finding.reason) == (Status.PASS, "absent")


def test_one_gateway_cleared_says_nothing_of_a_port_that_may_be_mute() -> None:
    found = every(["ike"], PATCHED, scan=ports(["ike"], (1194,)))
    reasons = {f.reason for f in found if f.check == "gateway.end_of_life"}
    assert reasons == {"supported", "udp_mute"}


def test_a_gateway_whose_record_is_lost_is_no_pass() -> None:
    for finding in findings([], PATCHED, scan=ports(["ike"])).values():
        assert (finding.status, finding.reason) == (Status.ERROR, "result_missing")


def test_other_services_are_none_of_its_business() -> None:
    for check in (gateway.end_of_life, gateway.known_exploited):
        assert check.wants(Service("ikev1"))
        assert not check.wants(Service("ssh"))


def test_it_is_shown_while_the_scan_goes_on() -> None:
    item = answering("pptp")
    shown = glimpse(PACKS, item, Service("pptp", address=ADDRESS, port=1723), NOW, young(NOW))
    assert {f.check for f in shown if f.check in BOTH} == set(BOTH)


# --- the same narrowing, for the front pages of SSL-VPN gateways ----------------------------------


def test_ssl_vpn_is_judged_on_web_services_only() -> None:
    asset = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)
    seen = ServiceSeen("ssh", tls=False, greeting=b"SSH-2.0-x", recognised_by="answer")
    scan = PortScan("builtin", "1", 100, (22,), 99, 0, finished=True, udp_closed=(500,))
    records = [record(scan, NOW), record(seen, NOW, 22), record(EdgeFront(), NOW, 22)]
    found = judge(PACKS, records, [asset], now=NOW, products=young(NOW))
    told = {(f.check, f.port, f.reason) for f in found}
    for name in ("exposed", "end_of_life", "known_exploited"):
        assert (f"sslvpn.{name}", 0, "absent") in told
        assert (f"device.{name}", 22, "no_device") in told


def test_a_port_that_is_usual_for_another_protocol_hides_no_web_page() -> None:
    asset = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)
    for port, reason in ((22, "absent"), (443, "unidentified_port")):
        scan = PortScan(
            "builtin", "1", 100, (port,), 99, 0, finished=True, unidentified=(port,)
        )  # fmt: skip
        found = judge(PACKS, [record(scan, NOW)], [asset], now=NOW)
        assert [f.reason for f in found if f.check == "sslvpn.exposed"] == [reason]
        assert [f.reason for f in found if f.check == "device.exposed"] == ["unidentified_port"]


def test_marks_of_several_gateways_name_none_and_clear_none() -> None:
    seen = EdgeFront(complete=False, conflict=("FortiGate", "BIG-IP"))
    verdict = sslvpn.exposed.function(seen)
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "conflicting")
    assert dict(verdict.values)["products"] == "FortiGate, BIG-IP"
