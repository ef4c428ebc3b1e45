"""IKE: what its answers mean, what is asked of it, and that nothing it sends is trusted."""

from __future__ import annotations

import dataclasses
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.vpn import collect_ike, ike
from posture_scan.checks.vpn.collect_ike import IkeAnswer
from posture_scan.checks.vpn.ike_answer import read
from posture_scan.checks.vpn.ike_names import WEAK_GROUPS
from posture_scan.checks.vpn.ike_questions import main_mode, weak_only, wrong_group

from posture_scan.sdk import Attempt, AttemptError, Collector, Method, Service, Status
from tests.checks.vpn import samples
from tests.checks.vpn.samples import SPI1, SPI2, isakmp, payload
from tests.fakes import Answer, FakeNet

PLACE = Service("ike", transport="udp", address="192.0.2.1", port=500)
WEAK_ONE = isakmp(SPI2, "29202220", payload(0, bytes.fromhex("000000110002")))
SELECTED_V2 = isakmp(
    SPI2, "21202220",
    payload(34, bytes.fromhex(
        "0000002c01010004" "0300000c0100000c800e0080" "0300000802000002" "0300000803000002"
        "0000000804000002")),
    payload(40, bytes.fromhex("00020000") + bytes(128)), payload(0, bytes(32)),
    responder=b"responds",
)  # fmt: skip


def look(collector: Collector, greeting: bytes, *datagrams: Answer) -> tuple[IkeAnswer, FakeNet]:
    net = FakeNet(datagrams=datagrams)
    seen = collector.function(dataclasses.replace(PLACE, greeting=greeting), net)
    assert isinstance(seen, IkeAnswer)
    return seen, net


def transforms(proposal: bytes) -> set[tuple[int, int]]:
    found, rest = set(), proposal[8:]
    while rest:
        length = struct.unpack_from(">H", rest, 2)[0]
        found.add((rest[4], struct.unpack_from(">H", rest, 6)[0]))
        rest = rest[length:]
    return found


def proposals(message: bytes) -> list[set[tuple[int, int]]]:
    rest, found = message[32 : 28 + struct.unpack_from(">H", message, 30)[0]], []
    while rest:
        length = struct.unpack_from(">H", rest, 2)[0]
        found.append(transforms(rest[:length]))
        rest = rest[length:]
    return found


def test_no_proposal_of_the_second_question_is_without_something_weak() -> None:
    weak = {1: {2, 3}, 3: {1}, 4: set(WEAK_GROUPS)}
    for proposal in proposals(weak_only()):
        by_kind = {kind: {n for k, n in proposal if k == kind} for kind, _ in proposal}
        assert any(by_kind.get(kind) and by_kind[kind] <= numbers for kind, numbers in weak.items())


def test_the_questions_are_framed_as_they_say_and_fit_one_packet() -> None:
    for message in (wrong_group(), weak_only(), main_mode()):
        assert struct.unpack_from(">I", message, 24)[0] == len(message) < 1200
    assert len(wrong_group()) == 284
    # The public value's group is one of those offered (RFC 7296 section 3.4).
    for message in (wrong_group(), weak_only()):
        at = 28 + struct.unpack_from(">H", message, 30)[0]
        group = struct.unpack_from(">H", message, at + 4)[0]
        assert any((4, group) in proposal for proposal in proposals(message))


@pytest.mark.parametrize(
    ("greeting", "second", "verdict"),
    [
        (samples.INVALID_KE, samples.NO_PROPOSAL, ("weak_refused", Status.PASS)),
        (samples.NO_PROPOSAL, samples.NO_PROPOSAL, ("weak_refused", Status.PASS)),
        (samples.INVALID_KE, WEAK_ONE, ("weak_accepted", Status.FAIL)),
        (samples.INVALID_KE, samples.INVALID_KE, ("something_weak_accepted", Status.FAIL)),
        (SELECTED_V2, samples.NO_PROPOSAL, ("weak_accepted", Status.FAIL)),
        (samples.INVALID_KE, SELECTED_V2, ("weak_accepted", Status.FAIL)),
        (samples.INVALID_KE, samples.COOKIE, ("not_told", Status.UNKNOWN)),
        (samples.COOKIE, samples.COOKIE, ("not_told", Status.UNKNOWN)),
        (samples.INVALID_KE, Attempt.TIMEOUT, ("not_told", Status.UNKNOWN)),
        (samples.INVALID_KE, b"noise", ("not_told", Status.UNKNOWN)),
        (samples.KNOWS_NO_V2, b"", ("only_v1", Status.FAIL)),
    ],
    ids=range(11),
)
def test_version_2(greeting: bytes, second: Answer, verdict: tuple[str, Status]) -> None:
    for collector, mark in ((collect_ike.ike_500, b""), (collect_ike.ike_4500, bytes(4))):
        marked = mark + second if isinstance(second, bytes) and second[:7] == SPI2[:7] else second
        seen, net = look(collector, mark + greeting, marked)
        judged = ike.weak_crypto.function(seen)
        assert (judged.reason, judged.status) == verdict
        assert ike.exposed.function(seen).status is Status.FAIL
        assert net.sent in ([], [mark + weak_only()])


def test_what_was_weak_is_named() -> None:
    seen, _ = look(collect_ike.ike_500, samples.INVALID_KE, WEAK_ONE)
    assert ike.weak_crypto.function(seen).actual == "group 2"
    seen, _ = look(collect_ike.ike_500, SELECTED_V2, samples.NO_PROPOSAL)
    assert seen.algorithms == ("AES-CBC-128", "PRF-SHA1", "SHA1")
    assert seen.group == 2


@pytest.mark.parametrize(
    ("greeting", "verdict", "method"),
    [
        (samples.MAIN_MODE, ("v1_weak", Status.FAIL), None),
        (samples.REFUSED_V1, ("v1_refused", Status.PASS), Method.ANALYSIS),
        (samples.KNOWS_NO_V1, ("v1_off", Status.PASS), None),
    ],
    ids=range(3),
)
def test_version_1(greeting: bytes, verdict: tuple[str, Status], method: Method | None) -> None:
    seen, net = look(collect_ike.ikev1_main_mode, greeting)
    judged = ike.weak_crypto.function(seen)
    assert (judged.reason, judged.status, judged.method) == (*verdict, method)
    assert net.sent == []


def test_what_a_version_1_server_chose_is_read() -> None:
    seen, _ = look(collect_ike.ikev1_main_mode, samples.MAIN_MODE)
    assert (seen.algorithms, seen.group) == (("3DES", "SHA1", "PSK"), 2)
    assert seen.vendors == ("XAUTH", "DPD")
    assert dict(ike.weak_crypto.function(seen).values)["weak"] == "3DES, group 2"


def test_a_maker_is_named_by_its_own_id_only_and_abilities_name_none() -> None:
    named = isakmp(
        SPI1, "01100200", payload(13, samples.SA_V1), payload(13, samples.FORTIGATE),
        payload(0, b"unheard of"), responder=b"responds",
    )  # fmt: skip
    seen, _ = look(collect_ike.ikev1_main_mode, named)
    assert (seen.vendors, seen.vendors_unknown) == (("FortiGate",), 1)
    assert ike.exposed.function(seen).reason == "reachable_vendor"
    seen, _ = look(collect_ike.ikev1_main_mode, samples.MAIN_MODE)
    assert ike.exposed.function(seen).reason == "reachable"


def test_without_discoverys_answer_it_asks_itself_and_silence_is_a_failed_attempt() -> None:
    seen, net = look(collect_ike.ike_500, b"", samples.INVALID_KE, samples.NO_PROPOSAL)
    assert (seen.weak, net.sent) == ("refused", [wrong_group(), weak_only()])
    for collector in (collect_ike.ike_500, collect_ike.ike_4500, collect_ike.ikev1_main_mode):
        with pytest.raises(AttemptError) as silent:
            look(collector, b"")
        assert silent.value.attempt is Attempt.TIMEOUT
        with pytest.raises(AttemptError) as other:
            look(collector, b"", b"something else")
        assert other.value.attempt is Attempt.PROTOCOL_MISMATCH


@given(st.sampled_from([samples.MAIN_MODE, SELECTED_V2, samples.INVALID_KE]), st.data())
def test_a_message_broken_anywhere_is_read_without_an_error(
    message: bytes, data: st.DataObject
) -> None:
    broken = bytearray(message)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(28, len(message) - 1))] = data.draw(st.integers(0, 255))
    answer = read(bytes(broken))
    assert answer.outcome
    assert len(answer.vendors) <= 16


@given(st.binary(max_size=400), st.sampled_from(["01100200", "29202220", "21202220"]))
def test_any_bytes_behind_a_header_are_read_without_an_error(body: bytes, head: str) -> None:
    assert read(isakmp(SPI1, head, body, responder=b"responds")).outcome
