"""Checks on banners: missing fixes, versions told without need, and what absence means."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from posture_scan.checks.software.banner import (
    known_exploited,
    missing_fix,
    outdated,
    version_disclosed,
)
from posture_scan.checks.software.collect import Banner

from posture_scan.sdk import (
    Check,
    Context,
    Facts,
    ProductNamed,
    Service,
    Status,
    Vantage,
    Verdict,
)
from tests.checks.software.seen import FULL, NOW, judge, said, served
from tests.products.young import young

# --- left to the checks of the product ------------------------------------------------


@dataclass(frozen=True)
class Named(ProductNamed):
    """What another pack's evidence says of the same service."""

    yes: bool

    @property
    def names_product(self) -> bool:
        return self.yes


def beside(check: Check, seen: Banner, *facts: Facts, protocol: str = "http") -> Verdict:
    service = Service(protocol, address="127.0.0.1", port=443)
    products = young(NOW)
    context = Context(NOW, NOW, service, Vantage.EXTERNAL, beside=facts, products=products)
    return check.judge(seen, context)


@pytest.mark.parametrize("check", [outdated, known_exploited], ids=["outdated", "exploited"])
def test_a_service_that_announces_nothing_is_left_to_what_names_its_product(check: Check) -> None:
    masked = served(server="xxxxxxxx-xxxxx")
    assert beside(check, masked).status is Status.UNKNOWN
    assert beside(check, masked, Named(yes=False)).status is Status.UNKNOWN
    named = beside(check, masked, Named(yes=True))
    assert (named.status, named.reason) == (Status.NOT_APPLICABLE, "judged_by_its_product")
    told = beside(check, served(server="nginx/1.22.1"), Named(yes=True))
    assert told.status is not Status.NOT_APPLICABLE


@pytest.mark.parametrize("check", [outdated, known_exploited], ids=["outdated", "exploited"])
@pytest.mark.parametrize("protocol", ["ike", "ikev1", "openvpn", "l2tp", "pptp"])
def test_a_vpn_protocol_announces_nothing_by_its_nature(check: Check, protocol: str) -> None:
    verdict = beside(check, said("\x00\x01", protocol), protocol=protocol)
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "judged_as_a_gateway")
    assert beside(check, said("\x00\x01", "ntp"), protocol="ntp").status is Status.UNKNOWN


# --- missing_fix ----------------------------------------------------------------------


def test_a_revision_before_the_fix() -> None:
    verdict = judge(missing_fix, said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n"))
    assert (verdict.status, verdict.method) == (Status.FAIL, FULL)
    assert (verdict.actual, verdict.expected) == ("2+deb12u2", "2+deb12u5")
    assert dict(verdict.values)["cve"] == "CVE-2024-6387, CVE-2025-26465"


@pytest.mark.parametrize("revision", ["Debian-2+deb12u10", "Ubuntu-3ubuntu13.14"])
def test_a_revision_with_every_fix(revision: str) -> None:
    version = "9.2p1" if "deb12" in revision else "9.6p1"
    verdict = judge(missing_fix, said(f"SSH-2.0-OpenSSH_{version} {revision}\r\n"))
    assert (verdict.status, verdict.reason) == (Status.PASS, "fixes_present")


def test_no_revision_no_verdict() -> None:
    assert judge(missing_fix, said("SSH-2.0-OpenSSH_8.7\r\n")).status is Status.UNKNOWN
    other = judge(missing_fix, served(server="nginx/1.22.1"))
    assert (other.status, other.reason) == (Status.NOT_APPLICABLE, "not_listed")
    trixie = judge(missing_fix, said("SSH-2.0-OpenSSH_10.0p2 Debian-7\r\n"))
    assert (trixie.status, trixie.reason) == (Status.NOT_APPLICABLE, "no_fixes_listed")


# --- version_disclosed ----------------------------------------------------------------------


def test_a_version_that_nobody_asked_for() -> None:
    verdict = judge(version_disclosed, served(server="nginx/1.22.1", x_powered_by="PHP/8.2.7"))
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["software"] == "nginx 1.22.1, PHP 8.2.7"


def test_a_server_that_keeps_its_version_to_itself() -> None:
    assert judge(version_disclosed, served(server="nginx")).status is Status.PASS
    assert judge(version_disclosed, served()).status is Status.PASS


def test_versions_that_the_protocol_asks_for_and_services_without_words() -> None:
    ssh = judge(version_disclosed, said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"))
    assert (ssh.status, ssh.reason) == (Status.NOT_APPLICABLE, "required_by_protocol")
    rdp = judge(version_disclosed, said("\x03\0\0\x13\x0e\xd0\0\0", "rdp"))
    assert rdp.status is Status.NOT_APPLICABLE
    odd = judge(version_disclosed, said("220 FooFTP 3.1 ready\r\n", "ftp"))
    assert (odd.status, odd.reason) == (Status.UNKNOWN, "not_recognised")


@pytest.mark.parametrize(
    ("greeting", "protocol", "status"),
    [
        ("HTTP/1.0 200 ok\r\nContent-type: text/html\r\n\r\n<p>hello 1.2</p>", "http", Status.PASS),
        ("HTTP/1.1 200 OK\r\nDate: Mon\r\n\r\n", "docker", Status.PASS),
        ("RFB 003.008\n", "vnc", Status.NOT_APPLICABLE),
    ],
)
def test_the_number_of_a_protocol_is_no_version_of_a_product(
    greeting: str, protocol: str, status: Status
) -> None:
    assert judge(version_disclosed, said(greeting, protocol)).status is status


def test_an_asset_without_any_service_passes_what_asks_for_exposure() -> None:
    assert (outdated.absent, known_exploited.absent) == (Status.PASS, Status.PASS)
    assert version_disclosed.absent is Status.NOT_APPLICABLE
