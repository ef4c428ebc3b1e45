"""What the tests on TLS servers share: a chain, its files, and one real assessment."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from posture_scan.checks.encryption.collect_tls import tls_assessment
from posture_scan.checks.encryption.facts import TlsFacts

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.model.evidence import Connection
from posture_scan.model.scope import Scope
from posture_scan.sdk import Service
from tests.checks.encryption.certificates import NOW, Issued, authority, intermediate, issue

ADDRESS = "127.30.0.1"
ROOT = authority()
MIDDLE = intermediate(ROOT)
SOUND = issue(issuer=MIDDLE, kind="rsa2048")
FULL = (SOUND, MIDDLE)


def write(folder: Path, chain: tuple[Issued, ...]) -> None:
    (folder / "leaf.pem").write_bytes(chain[0].pem)
    (folder / "key.pem").write_bytes(chain[0].key_pem)
    (folder / "rest.pem").write_bytes(b"".join(one.pem for one in chain[1:]))
    (folder / "full.pem").write_bytes(b"".join(one.pem for one in chain))
    (folder / "root.pem").write_bytes(ROOT.pem)


def assess(
    folder: Path,
    port: int,
    *names: str,
    address: str = ADDRESS,
    protocol: str = "http",
    made: list[Connection] | None = None,
) -> TlsFacts:
    scope = Scope("X", "Y", date(2026, 1, 1), date(2027, 1, 1), ("127.30.0.0/16",))
    lines: list[Connection] = [] if made is None else made
    net = RealNet(
        scope,
        pace=Pace.named("lan"),
        clock=lambda: NOW,
        deadline=time.monotonic() + 60,
        record=lines.append,
        purpose="tls_assessment",
        max_connections=tls_assessment.max_connections,
        ca_file=str(folder / "root.pem"),
    )
    service = Service(protocol, tls=True, address=address, port=port, names=names)
    facts: TlsFacts = tls_assessment.function(service, net)
    assert facts.connections == len(lines)
    return facts
