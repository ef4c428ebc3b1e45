"""What is said of VPNs that did not answer: silence over UDP, closed ports, unnamed ports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Evidence, Facts, PortScan
from posture_scan.model.finding import Finding
from posture_scan.sdk import Attempt, Method, ServiceSeen, Vantage
from tests.checks.vpn.samples import INVALID_KE, PPTP_LINUX

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACKS = load_packs()
UDP = (500, 1194, 1701, 4500, 51820)


def record(facts: Facts, port: int = 0, transport: str = "tcp") -> Evidence:
    kind = f"core.{type(facts).__name__}"
    return Evidence(
        f"e{port}", kind, "a1", Vantage.EXTERNAL, "discovery", 1, NOW, Attempt.OK,
        Method.PROTOCOL_HANDSHAKE, facts, address="192.0.2.1", port=port, transport=transport,
    )  # fmt: skip


def findings(check: str, scan: PortScan, *more: Evidence) -> list[Finding]:
    asset = Asset("a1", "address", "192.0.2.1", fully_scanned=True, reached=True)
    found = judge(PACKS, [record(scan), *more], [asset], now=NOW)
    return [finding for finding in found if finding.check == check]


def scan(silent: tuple[int, ...] = (), *, heard: bool = True, **more: tuple[int, ...]) -> PortScan:
    closed = tuple(port for port in UDP if port not in silent)
    return PortScan(
        "builtin", "1", 100, more.get("tcp", ()), 90, 0, finished=True,
        unidentified=more.get("tcp", ()), udp_closed=closed, udp_silent=silent,
        udp_unidentified=more.get("strange", ()), udp_heard=heard,
    )  # fmt: skip


EXPOSED = ("ike", "openvpn", "wireguard", "l2tp", "pptp", "softether", "sstp")


@pytest.mark.parametrize("subject", EXPOSED)
def test_where_everything_is_closed_no_vpn_is_exposed(subject: str) -> None:
    (only,) = findings(f"{subject}.exposed", scan())
    assert (only.status.value, only.reason) == ("pass", "absent")


@pytest.mark.parametrize("subject", ["openvpn", "wireguard"])
def test_silence_of_what_may_be_mute_is_never_a_pass(subject: str) -> None:
    (only,) = findings(f"{subject}.exposed", scan(UDP))
    assert (only.status.value, only.reason) == ("unknown", "udp_mute")


@pytest.mark.parametrize("subject", ["ike", "l2tp"])
def test_other_silence_counts_only_where_the_way_is_known_to_be_open(subject: str) -> None:
    (heard,) = findings(f"{subject}.exposed", scan(UDP))
    (deaf,) = findings(f"{subject}.exposed", scan(UDP, heard=False))
    assert heard.status.value == "pass"
    assert (deaf.status.value, deaf.reason) == ("unknown", "udp_path_unproven")


def test_an_unnamed_port_may_be_the_vpn() -> None:
    assert findings("openvpn.exposed", scan(tcp=(1194,)))[0].reason == "unidentified_port"
    assert findings("pptp.exposed", scan(tcp=(1723,)))[0].reason == "unidentified_port"
    assert findings("softether.exposed", scan(tcp=(443,)))[0].reason == "unidentified_port"
    assert findings("ike.exposed", scan(strange=(500,)))[0].reason == "unidentified_port"


def test_what_was_seen_but_not_collected_is_no_pass() -> None:
    seen = ServiceSeen("ike", tls=False, greeting=INVALID_KE, recognised_by="answer")
    for check in ("ike.exposed", "ike.weak_crypto"):
        (only,) = findings(check, scan(), record(seen, 500, "udp"))
        assert (only.status.value, only.reason) == ("error", "result_missing")


def test_pptp_is_judged_by_discoverys_own_record() -> None:
    seen = ServiceSeen("pptp", tls=False, greeting=PPTP_LINUX, recognised_by="answer")
    place = PortScan("builtin", "1", 100, (1723,), 90, 0, finished=True)
    (only,) = findings("pptp.exposed", place, record(seen, 1723))
    assert (only.status.value, only.reason) == ("fail", "reachable_vendor")
