"""A real telnetd behind a firewall that lets one address in, seen from two lines."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.drift.compare import Options, compare
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.model.scope import Scope
from tests.lab.daemon import need, program
from tests.lab.servers_network import OFFICE, in_own_network
from tests.lab.servers_remote import telnetd

pytestmark = pytest.mark.lab

SCANNER, SECOND = "192.0.2.9", "192.0.2.10"
TELNET = 23


def ip(*words: str) -> None:
    subprocess.run([program("ip"), *words], check=True, capture_output=True)


@contextmanager
def from_address(source: str) -> Iterator[None]:
    """Let connections to the office come from this address."""
    ip("addr", "add", f"{source}/32", "dev", "lo")
    ip("route", "replace", "local", OFFICE, "dev", "lo", "table", "local", "src", source)
    try:
        yield
    finally:
        ip("addr", "del", f"{source}/32", "dev", "lo")


def scan(source: str, line: str, at: datetime) -> dict[str, Any]:
    day = at.date()
    scope = Scope("株式会社例", "代表", day - timedelta(days=2), day + timedelta(days=2), (OFFICE,))
    work = Work(load_packs(), manner=Manner("builtin", "lan"), line=line)
    with from_address(source):
        return assess(
            Permission(scope), work, Terms("jp-sme"), clock=lambda: at, stop=threading.Event(),
            progress=lambda _event, **_values: None,
        )  # fmt: skip


def test_what_is_open_for_the_scanner_alone_shows_from_a_second_line(tmp_path: Path) -> None:
    need("nft", "ip", "telnetd")
    now = datetime.now(UTC)
    rules = (
        "add table ip f; add chain ip f in { type filter hook input priority 0; };"
        f"add rule ip f in ip saddr != {SCANNER} tcp dport {TELNET} drop"
    )

    def look() -> tuple[dict[str, Any], dict[str, Any]]:
        with telnetd(OFFICE, tmp_path, port=TELNET):
            subprocess.run([program("nft"), rules], check=True, capture_output=True)
            own = scan(SCANNER, "office", now - timedelta(hours=2))
            return own, scan(SECOND, "mobile", now)

    own, second = in_own_network(look)
    assert (own["line"], second["line"]) == ("office", "mobile")
    assert TELNET in own["assets"][0]["open_ports"]
    assert TELNET not in second["assets"][0]["open_ports"]
    found = compare([own, second], Options())
    (signal,) = [item for item in found["signals"] if item["id"].endswith("_one_line")]
    assert signal["id"] == "open_to_one_line"
    assert (signal["values"]["weak_line"], signal["values"]["line"]) == ("office", "mobile")
    assert "one_line" not in found["not_looked"]
    assert found["findings"]["fixed"] == []
    lost = {item["check"]: item["why"] for item in found["findings"]["lost"]}
    assert lost["telnet.exposed"] == "other_line"
