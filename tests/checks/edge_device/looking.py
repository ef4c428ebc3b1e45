"""The constructed sites before the collector, and checks judged at one moment; no network."""

from __future__ import annotations

from datetime import UTC, datetime

from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront, edge_front

from posture_scan.sdk import Check, Context, Service, Vantage, Verdict
from tests.checks.edge_device.sites import Site
from tests.fakes import FakeNet, Talk, page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SERVICE = Service("http", tls=True, address="192.0.2.7", port=443)
_OID = {"CN": 0x03, "O": 0x0A, "OU": 0x0B}


def der(names: tuple[tuple[str, str], ...]) -> bytes:
    """Just the name parts of a certificate, encoded as in a real one."""
    parts = b""
    for kind, text in names:
        parts += b"\x06\x03\x55\x04" + bytes([_OID[kind], 0x0C, len(text)]) + text.encode()
    return b"\x30\x82" + parts


def net_of(site: Site) -> FakeNet:
    missing = site.pages.get("*", page("not here", status=404))
    return FakeNet(talks=[Talk(chain=(der(site.certificate),))], pages=site.pages, missing=missing)


def look(site: Site) -> EdgeFront:
    facts: EdgeFront = edge_front.function(SERVICE, net_of(site))
    return facts


def judge(check: Check, facts: EdgeFront) -> Verdict:
    return check.judge(facts, Context(NOW, NOW, SERVICE, Vantage.EXTERNAL))
