"""UDP inside discovery as a whole: beside TCP, in scope, and part of what makes a scan finished."""

from __future__ import annotations

import dataclasses
import time

import pytest

from posture_scan.collect.guard import Guard
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.ports import default_ports
from posture_scan.discovery.world import Target
from posture_scan.model.evidence import Attempt
from posture_scan.sdk import ProtocolSpec
from tests.collect.scripted import says, serving
from tests.discovery.datagrams import answering, closed_port
from tests.discovery.specs import SSH
from tests.discovery.test_hosts import Lab

HERE, THERE, OUTSIDE = "127.50.4.21", "127.50.4.22", "127.50.5.21"


def spec(port: int, name: str = "knock") -> ProtocolSpec:
    return ProtocolSpec(name, lambda said: said == b"yes", b"?", (port,), transport="udp")


def test_services_of_both_kinds_come_in_one_scan() -> None:
    lab = Lab()
    with (
        answering(HERE, answer=lambda _data: b"yes") as post,
        serving(says(b"SSH-2.0-x\r\n"), HERE) as ssh,
    ):
        specs = (dataclasses.replace(SSH, ports=(ssh,)), spec(post.port))
        here, there = lab.scan(Target(HERE, ("n",), "a"), Target(THERE), specs=specs)
    assert [(s.protocol, s.transport) for s, _ in here.services] == [
        ("ssh", "tcp"), ("knock", "udp"),
    ]  # fmt: skip
    assert here.ports.udp_services == ((post.port, "knock"),)
    assert post.port not in here.ports.open_ports
    assert here.ports.finished
    assert there.ports.finished
    assert there.ports.udp_closed == (post.port,)
    lines = [line for line in lab.record if line.transport == "udp"]
    assert [(line.purpose, line.address, line.port, line.count) for line in lines] == [
        ("discovery.udp", HERE, 0, 1), ("discovery.udp", THERE, 0, 1),
    ]  # fmt: skip
    told = [values for event, values in lab.events if event == "service"]
    assert {"address": HERE, "port": post.port, "protocol": "knock", "tls": False,
            "transport": "udp"} in told  # fmt: skip


def test_udp_ports_left_out_make_no_finished_scan() -> None:
    shut = closed_port(HERE)
    specs = (SSH, spec(shut))
    (some,) = Lab().scan(Target(HERE), specs=specs, ports=default_ports(specs))
    assert not some.ports.finished
    assert some.ports.udp_closed == ()
    (whole,) = Lab().scan(Target(HERE), specs=specs, ports=[*default_ports(specs), shut])
    assert whole.ports.finished
    assert whole.ports.udp_closed == (shut,)


def test_at_the_deadline_open_questions_make_no_finished_scan() -> None:
    lab = Lab(seconds=0.6)
    with answering(HERE) as post:
        (scan,) = lab.scan(Target(HERE), specs=(spec(post.port),), ports=[post.port, 1])
    assert scan.ports.udp_silent == ()
    assert not scan.ports.finished


def test_outside_the_scope_no_datagram_is_sent() -> None:
    lab = Lab()
    with answering(OUTSIDE) as post:
        (scan,) = lab.scan(Target(OUTSIDE), specs=(spec(post.port),))
    assert scan.attempt is Attempt.OUT_OF_SCOPE
    assert not scan.ports.finished
    assert post.received == []
    assert lab.record == []


@pytest.mark.parametrize("address", ["224.0.0.251", "0.0.0.0", "::ffff:127.50.5.21"])
def test_what_leads_to_others_is_not_touched_even_if_listed(address: str) -> None:
    lab = Lab(targets=("224.0.0.0/24", "0.0.0.0", "127.50.4.0/24"))
    lab.world = dataclasses.replace(lab.world, guard=Guard(lab.world.scope).check)
    (scan,) = lab.scan(Target(address), specs=(spec(5353),), ports=[5353])
    assert scan.attempt is Attempt.OUT_OF_SCOPE
    assert lab.record == []


def test_at_a_polite_pace_udp_comes_before_tcp_and_not_beside_it() -> None:
    lab = Lab()
    shut = [closed_port(HERE) for _ in range(3)]
    specs = [spec(port, f"knock{port}") for port in shut]
    began = time.monotonic()
    (scan,) = discover(
        [Target(HERE)], specs=specs, world=lab.world, engine="builtin", ports=[*shut, 1],
        probes_per_second=4,
    )  # fmt: skip
    assert set(scan.ports.udp_closed) == set(shut)
    assert [line.purpose for line in lab.record] == ["discovery.udp", "discovery.builtin"]
    assert time.monotonic() - began > 2, "one datagram a second"
