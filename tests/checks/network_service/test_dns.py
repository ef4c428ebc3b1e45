"""Name servers: what counts as looking names up for strangers, and what does not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.network_service import collect_dns, dns
from posture_scan.checks.network_service.collect_dns import QUERY, DnsAnswer

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.checks.network_service.samples import DNS_OPEN, DNS_REFUSED
from tests.fakes import FakeNet, Talk

PLACE = Service("dns", transport="udp", address="192.0.2.1", port=53)


def answer(flags: int, *records: bytes, count: int = -1) -> bytes:
    head = struct.pack(">6H", 0x7053, flags, 1, len(records) if count < 0 else count, 0, 0)
    return b"".join((head, collect_dns.QUESTION, *records))


def record(kind: int, data: bytes, name: bytes = b"\xc0\x0c") -> bytes:
    return name + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


ADDRESS = record(1, b"\xc0\x00\x02\x01")
ALIAS = record(5, b"\x01x\x00")
OTHER = record(46, b"\x00" * 20)


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        (DNS_OPEN, Status.FAIL, "answers_strangers"),
        (answer(0x8180, ALIAS, record(1, b"\x01\x02\x03\x04", b"\x01x\x00")), Status.FAIL,
         "answers_strangers"),
        (DNS_REFUSED, Status.PASS, "own_names_only"),
        (answer(0x8185), Status.PASS, "refused"),  # some refuse and still set RA
        (answer(0x8183), Status.PASS, "refused"),
        (answer(0x8100), Status.PASS, "own_names_only"),  # a referral
        (answer(0x8500, ADDRESS), Status.PASS, "own_names_only"),  # a parking server's wildcard
        (answer(0x8182), Status.UNKNOWN, "offered_without_answer"),
        (answer(0x8180), Status.UNKNOWN, "offered_without_answer"),
        (answer(0x8180, OTHER), Status.UNKNOWN, "offered_without_answer"),
        (answer(0x8100, ADDRESS), Status.UNKNOWN, "offered_without_answer"),
        (answer(0x8380), Status.UNKNOWN, "truncated"),
        (answer(0x8300), Status.UNKNOWN, "truncated"),
    ],
)  # fmt: skip
def test_open_or_not(said: bytes, status: Status, reason: str) -> None:
    seen = collect_dns.read(said)
    verdict = dns.open_resolver.function(seen)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert dns.exposed.function(seen).status is Status.FAIL


def test_what_discovery_heard_is_not_asked_for_again() -> None:
    net = FakeNet()
    heard = Service("dns", transport="udp", address="192.0.2.1", port=53, greeting=DNS_OPEN)
    assert collect_dns.dns_answer.function(heard, net).answers == 1
    tcp = Service("dns_tcp", address="192.0.2.1", port=53, greeting=b"\x00\x0c" + DNS_REFUSED)
    assert collect_dns.dns_tcp_answer.function(tcp, net).code == 5
    assert net.sent == []


def test_without_a_greeting_one_question_is_asked() -> None:
    net = FakeNet(datagrams=(DNS_OPEN,), talks=(Talk(replies=(b"\x00\x2d" + DNS_OPEN,)),))
    assert collect_dns.dns_answer.function(PLACE, net).recursion_offered
    assert collect_dns.dns_tcp_answer.function(PLACE, net).recursion_offered
    assert net.sent == [QUERY, b"\x00\x1d" + QUERY]
    assert len(QUERY) == 29


@pytest.mark.parametrize("said", [QUERY, b"", DNS_OPEN[:20], b"\x00" * 40, DNS_OPEN[2:]])
def test_what_is_no_answer_is_a_failed_attempt(said: bytes) -> None:
    with pytest.raises(AttemptError) as caught:
        collect_dns.dns_answer.function(PLACE, FakeNet(datagrams=(said,)))
    assert caught.value.attempt is Attempt.PROTOCOL_MISMATCH


@given(st.binary(max_size=200), st.integers(0, 65_535), st.integers(0, 0x7FFF))
def test_hostile_records_are_counted_within_bounds(tail: bytes, count: int, flags: int) -> None:
    said = answer(0x8000 | flags & 0x87FF, tail, count=count)
    seen = collect_dns.read(said)
    assert isinstance(seen, DnsAnswer)
    assert 0 <= seen.answers <= 32


def test_a_name_that_never_ends_ends() -> None:
    endless = b"\x3f" + b"a" * 63
    assert collect_dns.read(answer(0x8180, endless * 100, count=9)).answers == 0
