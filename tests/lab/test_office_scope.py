"""Only what the scope allows is touched, seen from the other side; and all of it is listed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from posture_scan.discovery.ports import default_ports
from posture_scan.engine.packs import load_packs
from tests.lab import servers_web
from tests.lab.counting import Counted, counting
from tests.lab.daemon import need
from tests.lab.office import Desk, errors, need_quiet_loopback
from tests.lab.pki import Authority

pytestmark = [pytest.mark.lab, pytest.mark.slow]

NETWORK = "127.70.5.0/29"
INSIDE = tuple(f"127.70.5.{number}" for number in range(1, 7))
REDIRECTS, COUNTED, EXCLUDED = INSIDE[1], INSIDE[3], INSIDE[2]
OUTSIDE, BEHIND = "127.70.6.1", "127.70.6.2"
NAME = "shop.example.jp"
HTTP, TO_OUTSIDE, TO_EXCLUDED, TLS = 8080, 8081, 8082, 8443


@dataclass
class Watched:
    """What came of one scan, and what the listeners saw of it."""

    report: dict[str, Any]
    excluded: Counted
    outside: Counted
    http: Counted
    tls: Counted
    before: int
    """Connections to the TLS service that were the test's own."""
    desk: Desk
    scope: Path

    def listed(self, address: str, port: int) -> int:
        return sum(
            line["count"] for line in self.report["connections"]
            if (line["address"], line["port"], line["transport"]) == (address, port, "tcp")
        )  # fmt: skip


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    need_quiet_loopback()
    folder = tmp_path_factory.mktemp("scope")
    authority = Authority(folder)
    with contextlib.ExitStack() as running:
        start = running.enter_context
        excluded = start(counting(EXCLUDED, HTTP))
        outside = start(counting(OUTSIDE, HTTP))
        http = start(counting(COUNTED, HTTP))
        start(redirecting(folder / "a", TO_OUTSIDE, f"http://{OUTSIDE}:{HTTP}/login"))
        start(redirecting(folder / "b", TO_EXCLUDED, f"http://{EXCLUDED}:{HTTP}/login"))
        tls = start(counting(COUNTED, TLS, start(sound_server(folder / "c", authority))))
        desk = Desk(folder)
        scope = desk.scope([NETWORK], exclude=[EXCLUDED], names={COUNTED: NAME})
        before = tls.connections
        report = desk.scan(scope, "--ca", str(authority.file), expect=3)
        http, tls = Counted(http.connections), Counted(tls.connections)  # as of this scan
        yield Watched(report, excluded, outside, http, tls, before, desk, scope)


@contextlib.contextmanager
def redirecting(folder: Path, port: int, target: str) -> Iterator[None]:
    """A web server in scope whose every page leads elsewhere."""
    folder.mkdir()
    with servers_web.nginx(REDIRECTS, folder, f"return 302 {target};", port=port):
        yield


@contextlib.contextmanager
def sound_server(folder: Path, authority: Authority) -> Iterator[tuple[str, int]]:
    """An HTTPS server out of reach of the scan but for the listener before it."""
    folder.mkdir()
    certificate, key = authority.leaf(NAME)
    server = f'ssl_certificate {certificate}; ssl_certificate_key {key}; return 200 "hello";'
    with servers_web.nginx(BEHIND, folder, server, tls=True) as service:
        yield service.address, service.port


def test_the_excluded_address_is_never_touched(watched: Watched) -> None:
    assert watched.excluded.connections == 0
    assert watched.http.connections > 0, "the same listener in scope was not seen: no proof"
    touched = {line["address"] for line in watched.report["connections"]}
    assert touched == set(INSIDE) - {EXCLUDED}
    assert EXCLUDED not in {asset["id"] for asset in watched.report["assets"]}
    assert EXCLUDED not in {finding["address"] for finding in watched.report["findings"]}


def test_a_redirect_out_of_the_scope_is_not_followed(watched: Watched) -> None:
    assert watched.outside.connections == 0
    assert watched.excluded.connections == 0
    for port in (TO_OUTSIDE, TO_EXCLUDED):
        assert watched.listed(REDIRECTS, port) > 0
    assert errors(watched.report) == []


def test_every_connection_is_listed(watched: Watched) -> None:
    """One probe of each port stands in the line of the sweep, every other one in its own."""
    ports = default_ports(load_packs().protocols)
    assert watched.listed(COUNTED, 0) == len(ports)
    assert watched.http.connections == watched.listed(COUNTED, HTTP) + 1
    assert watched.tls.connections - watched.before == watched.listed(COUNTED, TLS) + 1
    assert watched.listed(COUNTED, TLS) <= 40, "more than the manners allow one service"


def test_nmap_keeps_to_the_scope_too(watched: Watched) -> None:
    need("nmap")
    report = watched.desk.scan(watched.scope, engine="nmap", expect=3)
    assert watched.excluded.connections == 0
    assert watched.outside.connections == 0
    assert {line["address"] for line in report["connections"]} == set(INSIDE) - {EXCLUDED}
