"""Messaging servers by name and by what they offer, against Prosody and ejabberd."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from posture_scan.checks.network_service import xmpp
from posture_scan.checks.network_service.collect_xmpp import xmpp_offer

from posture_scan.model.evidence import Connection
from posture_scan.sdk import Service
from tests.lab import looking
from tests.lab.daemon import need, self_signed
from tests.lab.naming import scanned
from tests.lab.servers_starttls import SERVERS_PORT, ejabberd, prosody

pytestmark = pytest.mark.lab

ADDRESS = "127.71.2.2"
CLIENTS, DIRECT = 5222, 5223


def reasons(service: Service) -> tuple[str, str]:
    """What both checks say of one port."""
    seen = looking.collect(xmpp_offer, service)
    first, second = (looking.judge(one, seen, service) for one in (xmpp.no_starttls,
                                                                   xmpp.plaintext))  # fmt: skip
    return first.reason, second.reason


@pytest.mark.parametrize("server", [prosody, ejabberd])
@pytest.mark.parametrize("engine", ["builtin", pytest.param("nmap", marks=pytest.mark.slow)])
def test_it_is_named_on_its_own_ports(tmp_path: Path, server: object, engine: str) -> None:
    if engine == "nmap":
        need("nmap")
    lines: list[Connection] = []
    start = prosody if server is prosody else ejabberd
    with start(ADDRESS, tmp_path, self_signed(tmp_path), client=CLIENTS) as service:
        for port in (CLIENTS, SERVERS_PORT):
            (found,) = scanned(replace(service, port=port), engine, lines)
            assert (found.protocol, found.tls) == ("xmpp", False)
            assert b"from=" not in found.greeting


def test_it_is_named_behind_tls(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    with prosody(ADDRESS, tmp_path, pair, client=CLIENTS, direct=DIRECT) as service:
        (found,) = scanned(replace(service, port=DIRECT), "builtin", [])
        assert (found.protocol, found.tls) == ("xmpp", True)
        assert reasons(found) == ("always_encrypted", "always_encrypted")


@pytest.mark.parametrize(
    ("encrypts", "required", "plain", "clients", "servers"),
    [
        (True, True, False, "required no_login_in_clear", "offered no_login_in_clear"),
        (True, False, False, "offered no_login_in_clear", "offered no_login_in_clear"),
        (True, False, True, "offered login_in_clear", "offered no_login_in_clear"),
        (False, False, False, "not_offered no_login_in_clear", "not_offered no_login_in_clear"),
        (False, False, True, "not_offered login_in_clear", "not_offered no_login_in_clear"),
    ],
)
def test_prosody(
    tmp_path: Path, *, encrypts: bool, required: bool, plain: bool, clients: str, servers: str
) -> None:
    pair = self_signed(tmp_path) if encrypts else None
    with prosody(ADDRESS, tmp_path, pair, required=required, plain=plain) as service:
        assert " ".join(reasons(service)) == clients
        assert " ".join(reasons(replace(service, port=SERVERS_PORT))) == servers
        assert reasons(replace(service, names=())) == ("turned_away", "turned_away")


@pytest.mark.parametrize(
    ("encrypts", "clients", "servers"),
    [(True, "required no_login_in_clear", "offered no_login_in_clear"),
     (False, "not_offered login_in_clear", "not_offered no_login_in_clear")],
)  # fmt: skip
def test_ejabberd(tmp_path: Path, *, encrypts: bool, clients: str, servers: str) -> None:
    pair = self_signed(tmp_path) if encrypts else None
    with ejabberd(ADDRESS, tmp_path, pair) as service:
        assert " ".join(reasons(service)) == clients
        assert " ".join(reasons(replace(service, port=SERVERS_PORT))) == servers
        assert reasons(replace(service, names=())) == ("turned_away", "turned_away")
