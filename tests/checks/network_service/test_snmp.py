"""SNMP: the maker's number and nothing else is kept; no community is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.network_service import ber, collect_snmp, snmp

from posture_scan.sdk import AttemptError, Service
from tests.checks.network_service.samples import SNMP
from tests.fakes import FakeNet

PLACE = Service("snmp", transport="udp", address="192.0.2.1", port=161)
YAMAHA = SNMP.replace(bytes.fromhex("80001f88"), bytes.fromhex("8000049e"))


def test_the_question_holds_no_community_and_no_user() -> None:
    sent = collect_snmp.discovery()
    assert b"public" not in sent
    version, header, security, scoped = ber.children(sent, ber.SEQUENCE)
    assert ber.number(version) == 3
    assert ber.read(header.value)[2].value == b"\x04"  # reportable, neither signed nor encrypted
    engine, *_, user, _, _ = ber.children(security.value, ber.SEQUENCE)
    assert (engine.value, user.value) == (b"", b"")
    assert ber.read(scoped.value)[2].tag == 0xA0
    assert len(sent) == 64


def test_the_maker_is_named_where_its_number_is_known() -> None:
    seen = collect_snmp.snmp_engine.function(PLACE, FakeNet(datagrams=(YAMAHA,)))
    assert (seen.enterprise, seen.maker) == (1182, "Yamaha")
    assert snmp.exposed.function(seen).reason == "reachable_maker"
    other = SNMP.replace(bytes.fromhex("80001f88"), bytes.fromhex("8001869f"))
    seen = collect_snmp.snmp_engine.function(PLACE, FakeNet(datagrams=(other,)))
    assert (seen.enterprise, seen.maker) == (99999, "")
    assert snmp.exposed.function(seen).reason == "reachable"


def test_a_report_that_discovery_heard_is_not_asked_for_again() -> None:
    net = FakeNet()
    heard = Service("snmp", transport="udp", address="192.0.2.1", port=161, greeting=SNMP)
    assert collect_snmp.snmp_engine.function(heard, net).maker == "Net-SNMP"
    assert net.sent == []


@pytest.mark.parametrize(
    "said",
    [
        collect_snmp.discovery(),
        SNMP.replace(b"\x70\x53\x4e\x4d", b"\x70\x53\x4e\x4e"),  # another's message
        SNMP.replace(b"\xa8", b"\xa2"),
        SNMP[:-3],
        b"",
    ],
)
def test_anything_else_is_a_failed_attempt(said: bytes) -> None:
    with pytest.raises(AttemptError):
        collect_snmp.snmp_engine.function(PLACE, FakeNet(datagrams=(said,)))


@given(st.binary(max_size=200))
def test_broken_encodings_are_read_within_their_bounds(data: bytes) -> None:
    for element in ber.read(data):
        assert element.value in data
        assert -(2**63) <= ber.number(element) < 2**63


@given(st.integers(0, len(SNMP)), st.binary(max_size=6))
def test_a_report_changed_anywhere_never_raises(at: int, change: bytes) -> None:
    said = SNMP[:at] + change + SNMP[at + len(change) :]
    assert len(collect_snmp.engine_id(said)) in {0, *range(5, 33)}
