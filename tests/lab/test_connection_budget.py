"""What one whole scan with all packs costs a web service: connections, counted on its side."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from posture_scan.assess.observe import Manner, Observed, observe
from posture_scan.collect.pace import Pace
from posture_scan.engine.packs import load_packs
from posture_scan.sdk import Attempt
from tests.checks.edge_device.sites import DEVICES
from tests.collect.fixture import scope
from tests.lab.counting import counting
from tests.lab.daemon import free_port
from tests.lab.looking import NOW
from tests.lab.pki import Authority
from tests.lab.servers_web import nginx
from tests.lab.web_site import shown

pytestmark = pytest.mark.lab

BEHIND, FRONT = "127.68.2.1", "127.68.2.2"
PACKS = load_packs()
MOST = 25
"""Connections to a plain web server with TLS in one scan."""
SWEEP = 1
"""The look at whether the port is open at all: one line for the whole address."""


def scan(port: int) -> tuple[Observed, Counter[str]]:
    """Look at this one port with everything there is; also the connections by who made them."""
    manner = Manner(engine="builtin", pace="lan", ports=(port,))
    seen = observe(
        scope(FRONT), [FRONT], PACKS, manner, clock=lambda: NOW, stop=threading.Event(),
        progress=lambda _event, **_values: None,
    )  # fmt: skip
    return seen, Counter(line.purpose for line in seen.connections if line.port == port)


def refused(seen: Observed) -> list[str]:
    """The records that ended because something was asked too often."""
    return [
        f"{record.collector}: {record.detail}"
        for record in seen.evidence
        if record.attempt is Attempt.LIMIT_REACHED
    ]


def test_a_plain_web_server_with_tls(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).leaf("www.example.jp")
    # More than what discovery keeps of a page: whoever needs the rest has to ask again.
    (tmp_path / "index.html").write_text(f"<title>Shop</title>{'<p>hello</p>' * 900}", "utf-8")
    tls = f"ssl_certificate {certificate}; ssl_certificate_key {key}; root {tmp_path};"
    port = free_port(FRONT)
    with (
        nginx(BEHIND, tmp_path, tls, tls=True) as service,
        counting(FRONT, port, (BEHIND, service.port)) as counted,
    ):
        seen, by = scan(port)
    assert refused(seen) == []
    assert counted.connections <= MOST, by
    assert counted.connections == sum(by.values()) + SWEEP


def test_the_gateway_that_is_asked_the_most(tmp_path: Path) -> None:
    with shown(DEVICES["fortigate_old"].site, BEHIND, tmp_path, []) as service:
        port = free_port(FRONT)
        with counting(FRONT, port, (BEHIND, service.port)) as counted:
            seen, by = scan(port)
    assert refused(seen) == []
    assert counted.connections < Pace.named("normal").per_service, by
