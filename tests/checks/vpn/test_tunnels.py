"""OpenVPN, WireGuard, L2TP and PPTP: what counts as an answer, and what is made of it."""

from __future__ import annotations

import dataclasses
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.vpn import collect_l2tp, collect_openvpn, l2tp, openvpn, pptp, wireguard
from posture_scan.checks.vpn.collect_l2tp import L2tpAnswer
from posture_scan.checks.vpn.collect_openvpn import OpenvpnAnswer
from posture_scan.checks.vpn.collect_pptp import vendor
from posture_scan.checks.vpn.collect_wireguard import wireguard as wireguard_protocol

from posture_scan.sdk import Attempt, AttemptError, Service, ServiceSeen, Status
from tests.checks.vpn import samples
from tests.fakes import FakeNet, Talk

PLACE = Service("l2tp", transport="udp", address="192.0.2.1", port=1701)


# --- OpenVPN -----------------------------------------------------------------------------------


def test_the_same_facts_come_of_both_transports_and_nothing_more_is_asked() -> None:
    net = FakeNet()
    for spec, collector, over in (
        (collect_openvpn.openvpn, collect_openvpn.openvpn_over_udp, "udp"),
        (collect_openvpn.openvpn_tcp, collect_openvpn.openvpn_over_tcp, "tcp"),
    ):
        service = Service(spec.name, greeting=samples.SAMPLES[spec.name][0])
        assert collector.function(service, net) == OpenvpnAnswer(over)
    assert (net.sent, net.connections) == ([], 0)
    assert openvpn.exposed.function(OpenvpnAnswer("udp")).status is Status.FAIL


def test_openvpn_may_stay_silent_over_udp_but_has_to_answer_over_tcp() -> None:
    assert collect_openvpn.openvpn.mute
    assert not collect_openvpn.openvpn_tcp.mute
    # First on 443, it would hide the web side of SoftEther and of OpenVPN's port-share.
    assert collect_openvpn.openvpn_tcp.ports == (1194,)


@pytest.mark.parametrize("place", [0, *range(9, 26)])
def test_a_reset_that_does_not_answer_ours_is_none(place: int) -> None:
    broken = bytearray(samples.RESET)
    broken[place] ^= 0x80
    assert not collect_openvpn.openvpn.recognise(bytes(broken))


def test_openvpn_asked_anew_where_nmap_named_it() -> None:
    net = FakeNet(datagrams=[samples.RESET], talks=[Talk(replies=(b"\x00\x1a" + samples.RESET,))])
    assert collect_openvpn.openvpn_over_udp.function(PLACE, net) == OpenvpnAnswer("udp")
    assert collect_openvpn.openvpn_over_tcp.function(PLACE, net) == OpenvpnAnswer("tcp")
    with pytest.raises(AttemptError):
        collect_openvpn.openvpn_over_udp.function(PLACE, FakeNet(datagrams=[b"x"]))


# --- WireGuard ---------------------------------------------------------------------------------


def test_wireguards_question_has_the_form_of_an_initiation_and_holds_no_key() -> None:
    question = wireguard_protocol.sends
    assert len(question) == 148
    assert question[:4] == b"\1\0\0\0"
    assert question[8:] == bytes(140)
    assert wireguard_protocol.mute


@given(st.integers(0, 200), st.binary(max_size=148))
def test_only_an_answer_to_us_of_the_right_form_counts(length: int, noise: bytes) -> None:
    assert not wireguard_protocol.recognise(noise)
    assert not wireguard_protocol.recognise(wireguard_protocol.sends[:length])
    if length not in {0, len(samples.WIREGUARD)}:
        assert not wireguard_protocol.recognise((samples.WIREGUARD * 3)[:length])


def test_wireguard_is_no_fault_and_an_answer_is_told() -> None:
    seen = ServiceSeen("wireguard", tls=False, greeting=b"", recognised_by="answer")
    assert wireguard.exposed.function(seen).reason == "reachable"


# --- L2TP --------------------------------------------------------------------------------------


def test_l2tp_reads_the_maker_keeps_no_host_name_and_closes_the_tunnel() -> None:
    net = FakeNet()
    service = dataclasses.replace(PLACE, greeting=samples.L2TP)
    seen = collect_l2tp.l2tp_tunnel.function(service, net)
    assert seen == L2tpAnswer(accepted=True, vendor="xelerance.com", firmware="0690")
    assert b"vh" not in repr(seen).encode()
    (farewell,) = net.sent
    bits, length, tunnel = struct.unpack_from(">HHH", farewell)
    assert (bits, length, tunnel) == (0xC802, len(farewell), 0xD61A)
    assert farewell[12:20] == bytes.fromhex("8008000000000004")
    assert l2tp.exposed.function(seen).status is Status.FAIL


def test_a_refusal_opens_nothing_and_is_told_as_one() -> None:
    net = FakeNet()
    seen = collect_l2tp.l2tp_tunnel.function(
        dataclasses.replace(PLACE, greeting=samples.L2TP_NO), net
    )
    assert (seen, net.sent) == (L2tpAnswer(accepted=False), [])
    assert l2tp.exposed.function(seen).reason == "answers"


def test_l2tp_asked_anew_and_what_is_no_l2tp() -> None:
    seen = collect_l2tp.l2tp_tunnel.function(PLACE, FakeNet(datagrams=[samples.L2TP]))
    assert seen.vendor == "xelerance.com"
    with pytest.raises(AttemptError) as other:
        collect_l2tp.l2tp_tunnel.function(PLACE, FakeNet(datagrams=[b"\xc8\x02"]))
    assert other.value.attempt is Attempt.PROTOCOL_MISMATCH


@given(st.binary(max_size=300))
def test_any_attributes_are_read_without_an_error(body: bytes) -> None:
    head = struct.pack(">6H", 0xC802, 20 + len(body), 0x7073, 0, 0, 1)
    answer = head + bytes.fromhex("8008000000000002") + body
    assert collect_l2tp.l2tp.recognise(answer)
    service = dataclasses.replace(PLACE, greeting=answer)
    seen = collect_l2tp.l2tp_tunnel.function(service, FakeNet())
    assert seen.vendor.isprintable()
    assert len(seen.firmware) <= 4


# --- PPTP --------------------------------------------------------------------------------------


def test_pptp_names_the_maker_and_not_the_host() -> None:
    seen = ServiceSeen("pptp", tls=False, greeting=samples.PPTP_LINUX, recognised_by="answer")
    judged = pptp.exposed.function(seen)
    assert (judged.reason, dict(judged.values)) == ("reachable_vendor", {"vendor": "linux"})
    assert "local" not in repr(judged)
    assert vendor(b"\0" * 156) == ""
