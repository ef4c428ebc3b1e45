"""The list of ports, and ports as text."""

from __future__ import annotations

import pytest

from posture_scan.discovery.ports import COMMON_PORTS, default_ports, parse_ports, written
from posture_scan.errors import UsageError
from posture_scan.sdk import ProtocolSpec


def test_the_list_has_exactly_a_thousand_ports() -> None:
    assert len(COMMON_PORTS) == len(set(COMMON_PORTS)) == 1000
    assert {21, 22, 23, 25, 80, 443, 445, 1433, 3306, 3389, 5432, 5900, 5985} <= set(COMMON_PORTS)


def test_ports_that_protocols_name_come_first_and_once() -> None:
    odd = ProtocolSpec("odd", bool, ports=(33999, 80))
    datagrams = ProtocolSpec("ike", bool, ports=(65001,), transport="udp")
    ports = default_ports([odd, datagrams])
    assert ports[:2] == (80, 33999)
    assert len(ports) == len(set(ports)) == 1001
    assert 65001 not in ports


def test_ports_read_and_written_are_the_same() -> None:
    assert parse_ports("22, 80-82 443") == (22, 80, 81, 82, 443)
    assert written([443, 80, 81, 82, 22]) == "22,80-82,443"
    assert parse_ports(written(COMMON_PORTS)) == COMMON_PORTS
    assert parse_ports("") == ()
    assert not written(())


@pytest.mark.parametrize("text", ["http", "0", "65536", "9-1", "1-", "-5", "1-2-3", "²"])
def test_what_is_no_port_is_said_plainly(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_ports(text)
    assert caught.value.code == "ports.bad"
