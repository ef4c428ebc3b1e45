"""A farm of TLS servers: each shows exactly its own weaknesses and its own facts, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.probe import MOST_CONNECTIONS

from tests.checks.encryption.certificates import NAME
from tests.checks.encryption.judging import failing, judge, not_seen
from tests.lab.farm import FARM
from tests.lab.farm.facts_read import summary
from tests.lab.farm.model import Server
from tests.lab.farm.running import Place, farm, missing
from tests.lab.installed import lacking
from tests.lab.tls_service import assess

pytestmark = pytest.mark.lab

NET = 1
FEW = 10
"""Connections to one service on average."""
Assess = Callable[[Server], TlsFacts]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    there = [server for server in FARM if not missing(server)]
    with farm(there, tmp_path_factory.mktemp("farm"), NET) as started:
        yield started


@pytest.fixture(scope="module")
def seen(places: dict[str, Place]) -> Assess:
    known: dict[str, TlsFacts] = {}

    def facts(server: Server) -> TlsFacts:
        if server.id not in known:
            place, names = places[server.id], (NAME,) if server.named else ()
            known[server.id] = assess(place.folder, place.port, *names, address=place.address)
        return known[server.id]

    return facts


def here(server: Server) -> Server:
    if missing(server):
        lacking(missing(server))
    return server


@pytest.mark.parametrize("server", FARM, ids=lambda server: server.id)
def test_findings(server: Server, seen: Assess) -> None:
    facts = seen(here(server))
    assert failing(facts) == server.failing
    assert not_seen(facts) == server.unseen


@pytest.mark.parametrize("server", FARM, ids=lambda server: server.id)
def test_facts(server: Server, seen: Assess) -> None:
    facts = seen(here(server))
    expected = dict(server.expected)
    if facts.no_name.detail == "not_asked" and facts.connections > FEW:
        expected["no_name"] = "unseen not_asked"  # asked where connections are left to spare
    assert summary(facts) == expected


def test_the_farm_is_large_and_costs_few_connections(seen: Assess) -> None:
    costs = {one.id: seen(one).connections for one in FARM if not missing(one)}
    assert len(FARM) == len({one.id for one in FARM}) >= 30
    assert {name: cost for name, cost in costs.items() if cost > MOST_CONNECTIONS} == {}
    assert sum(costs.values()) <= FEW * len(costs)


def test_a_server_that_wants_a_name_is_seen_by_no_other(places: dict[str, Place]) -> None:
    place = places.get("nginx_by_name_only") or lacking("nginx")
    bare = assess(place.folder, place.port, address=place.address)
    assert failing(bare) == set()
    assert {"tls.tls10", "tls.rc4", "tls.no_tls12", "cert.expired"} <= not_seen(bare)
    assert judge("tls.rc4", bare).values[0] == ("named", False)
