"""IKE against Debian's strongSwan; what is true comes from its connection's own settings."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from posture_scan.checks.vpn import collect_ike, ike
from posture_scan.checks.vpn.collect_ike import IkeAnswer

from posture_scan.sdk import Method, Service, Status
from tests.lab import looking
from tests.lab.servers_vpn import Enclosure, strongswan

pytestmark = pytest.mark.lab

ASKED = (
    (collect_ike.ike, collect_ike.ike_500),
    (collect_ike.ike_natt, collect_ike.ike_4500),
    (collect_ike.ikev1, collect_ike.ikev1_main_mode),
)


def look(server: Enclosure) -> list[IkeAnswer]:
    """Ask as discovery does and then as the collectors do: IKEv2, IKEv2 on 4500, IKEv1."""

    def work() -> list[Any]:
        found = []
        for spec, collector in ASKED:
            place = Service(spec.name, transport="udp", address=server.address, port=spec.ports[0])
            answer = looking.net(server.address).datagram(place, spec.sends)
            assert spec.recognise(answer)
            found.append(looking.collect(collector, dataclasses.replace(place, greeting=answer)))
        return found

    seen: list[IkeAnswer] = server.inside(work)
    return seen


def judged(seen: IkeAnswer) -> tuple[Status, str]:
    verdict = ike.weak_crypto.function(seen)
    return verdict.status, verdict.actual


def test_outdated_proposals_of_both_versions_are_found() -> None:
    with strongswan(0, "3des-sha1-modp1024") as server:
        two, behind_nat, one = look(server)
    assert (two.spoken, two.outcome, two.weak) == ("2.0", "no_proposal", "accepted")
    assert behind_nat == two
    assert judged(two) == (Status.FAIL, "group 2")
    assert (one.outcome, one.algorithms, one.group) == ("selected", ("3DES", "SHA1", "PSK"), 2)
    assert judged(one) == (Status.FAIL, "3DES, SHA1, PSK, group 2")
    assert {"XAUTH", "DPD"} <= set(one.vendors)


def test_a_weak_group_offered_first_is_read_from_its_choice() -> None:
    with strongswan(2, "aes128-sha1-modp1024") as server:
        two, _, _ = look(server)
    assert (two.outcome, two.group) == ("selected", 2)
    assert two.algorithms == ("AES-CBC-128", "SHA1", "PRF-SHA1")
    assert judged(two) == (Status.FAIL, "group 2")


def test_sound_settings_of_version_2_pass_and_nothing_is_left_open_there() -> None:
    with strongswan(2, "aes256-sha256-modp2048") as server:
        two, behind_nat, one = look(server)
        assert "IKE_SAs: 0 total, 0 half-open" in server.ask()
    for seen in (two, behind_nat):
        assert (seen.outcome, seen.group, seen.weak) == ("invalid_ke", 14, "refused")
        assert judged(seen)[0] is Status.PASS
        assert ike.exposed.function(seen).status is Status.FAIL
    # strongSwan refuses in IKEv1's form although no IKEv1 connection is set up.
    assert (one.spoken, one.outcome) == ("1.0", "no_proposal")
    verdict = ike.weak_crypto.function(one)
    assert (verdict.status, verdict.method) == (Status.PASS, Method.ANALYSIS)


def test_version_1_is_outdated_whatever_it_chooses() -> None:
    with strongswan(1, "aes256-sha256-modp2048") as server:
        two, _, one = look(server)
    assert (one.algorithms, one.group) == (("AES-256", "SHA2-256", "PSK"), 14)
    assert ike.weak_crypto.function(one).reason == "v1_alive"
    assert (two.outcome, two.weak) == ("no_proposal", "refused")
