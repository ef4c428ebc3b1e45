"""UDP questions against sockets that answer, refuse, keep silent or say nonsense."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from posture_scan.discovery.states import SweepLimits
from posture_scan.discovery.udp import Question, questions, sweep
from posture_scan.discovery.udp_found import understood
from posture_scan.discovery.world import Target
from posture_scan.sdk import ProtocolSpec
from tests.discovery.datagrams import answering, closed_port

HERE, THERE = "127.73.1.1", "127.73.1.2"


def spec(
    name: str, *ports: int, mute: bool = False, judge: Callable[[bytes], bool] = bool
) -> ProtocolSpec:
    return ProtocolSpec(name, judge, f"{name}?".encode(), ports, transport="udp", mute=mute)


def limits(seconds: float = 10.0, per_second: int = 0) -> SweepLimits:
    return SweepLimits(deadline=time.monotonic() + seconds, per_second=per_second)


def test_an_answer_a_refusal_and_silence_are_told_apart() -> None:
    shut = closed_port(HERE)
    with answering(HERE, answer=lambda data: b"re:" + data) as open_, answering(HERE) as mute:
        asked = questions([spec("a", open_.port), spec("b", shut), spec("c", mute.port)])
        began = time.monotonic()
        swept = sweep([HERE], asked, limits())[HERE]
        took = time.monotonic() - began
    found = understood(Target(HERE, ("n",), "asset"), swept, asked)
    assert [(s.protocol, s.port, s.transport, s.greeting) for s, _ in found.services] == [
        ("a", open_.port, "udp", b"re:a?")
    ]
    assert found.services[0][0].names == ("n",)
    assert found.services[0][0].asset == "asset"
    assert found.services[0][1].recognised_by == "answer"
    assert found.closed == (shut,)
    assert found.silent == (mute.port,)
    assert found.heard
    assert found.finished
    assert open_.received == [b"a?"]
    assert mute.received == [b"c?", b"c?"]
    assert swept.datagrams == 4
    assert 1.9 < took < 4


def test_two_protocols_may_ask_and_answer_on_one_port() -> None:
    with answering(HERE, answer=lambda data: b"yes" if data != b"c?" else None) as post:
        asked = questions([spec(name, post.port) for name in "abc"])
        found = understood(Target(HERE), sweep([HERE], asked, limits())[HERE], asked)
    assert [s.protocol for s, _ in found.services] == ["a", "b"]
    assert found.silent == found.unidentified == ()
    assert sorted(post.received) == [b"a?", b"b?", b"c?", b"c?"]


@pytest.mark.parametrize("said", [b"", b"nonsense", b"a?", b"x" * 60_000])
def test_what_no_protocol_recognises_is_not_named(said: bytes) -> None:
    with answering(HERE, answer=lambda _data: said) as post:
        asked = questions([spec("a", post.port, judge=lambda data: data == b"a?")])
        swept = sweep([HERE], asked, limits())[HERE]
    found = understood(Target(HERE), swept, asked)
    assert found.services == ()
    assert found.unidentified == (post.port,)
    assert found.heard
    assert post.received == [b"a?"]
    assert swept.received <= 4096


def test_an_echo_is_no_service_even_where_the_question_looks_like_an_answer() -> None:
    with answering(HERE, answer=lambda data: data) as post:
        asked = questions([spec("a", post.port)])
        found = understood(Target(HERE), sweep([HERE], asked, limits())[HERE], asked)
    assert found.services == ()
    assert found.unidentified == (post.port,)


def test_a_lost_first_datagram_is_made_good_by_the_second() -> None:
    heard: list[bytes] = []

    def second_time(data: bytes) -> bytes | None:
        heard.append(data)
        return b"yes" if len(heard) > 1 else None

    with answering(HERE, answer=second_time) as post:
        asked = questions([spec("a", post.port)])
        swept = sweep([HERE], asked, limits())[HERE]
    assert list(swept.answers.values()) == [b"yes"]
    assert post.received == [b"a?", b"a?"]


def test_an_answer_is_kept_to_its_limit() -> None:
    with answering(HERE, answer=lambda _data: b"y" * 9000) as post:
        asked = questions([spec("a", post.port)])
        swept = sweep([HERE], asked, limits())[HERE]
    ((service, seen),) = understood(Target(HERE), swept, asked).services
    assert len(service.greeting) == len(seen.greeting) == 2048
    assert swept.received == 4096


def test_mute_protocols_are_asked_first_and_only_given_ports_are_asked() -> None:
    specs = [
        spec("b", 500, 4500), spec("mute", 1194, mute=True),
        ProtocolSpec("tcp", bool, b"x", (80,)),
    ]  # fmt: skip
    assert [(q.spec.name, q.port) for q in questions(specs)] == [
        ("mute", 1194), ("b", 500), ("b", 4500),
    ]  # fmt: skip
    assert [q.port for q in questions(specs, [80, 4500])] == [4500]
    assert questions(specs, [80]) == ()


def test_addresses_are_asked_side_by_side_within_the_pace() -> None:
    with answering(HERE) as one, answering(THERE, one.port) as other:
        asked = [Question(spec(name, one.port), one.port) for name in "abcd"]
        began = time.monotonic()
        swept = sweep([HERE, THERE], asked, limits(per_second=10))
        took = time.monotonic() - began
    assert [s.datagrams for s in swept.values()] == [8, 8]
    assert len(one.received) == len(other.received) == 8
    assert 0.6 + 1.0 < took < 5, "eight datagrams at ten a second, and the last one's wait"


def test_a_stop_and_a_deadline_leave_questions_open() -> None:
    with answering(HERE) as post:
        asked = questions([spec("a", post.port), spec("b", post.port)])
        swept = sweep([HERE], asked, limits(seconds=0.3))[HERE]
        found = understood(Target(HERE), swept, asked)
        assert not found.finished
        assert found.silent == ()
        stopped = SweepLimits(deadline=time.monotonic() + 5, stop=threading.Event())
        stopped.stop.set()
        before = len(post.received)
        assert sweep([HERE], asked, stopped)[HERE].datagrams == 0
    assert len(post.received) == before


def test_an_address_without_a_way_was_never_asked() -> None:
    # A broadcast address needs a right that no socket here has: the kernel refuses to send.
    asked = questions([spec("a", 500)])
    swept = sweep(["255.255.255.255"], asked, limits())["255.255.255.255"]
    assert swept.datagrams == 0
    assert not understood(Target("255.255.255.255"), swept, asked).finished


def test_ipv6_is_asked_like_ipv4() -> None:
    shut = closed_port("::1")
    with answering("::1", answer=lambda _data: b"yes") as post:
        asked = questions([spec("a", post.port), spec("b", shut)])
        found = understood(Target("::1"), sweep(["::1"], asked, limits())["::1"], asked)
    assert [s.port for s, _ in found.services] == [post.port]
    assert found.closed == (shut,)
