"""The packs' own code in discovery: it may fail, and it says what of an answer may be stored."""

from __future__ import annotations

import dataclasses

from posture_scan.discovery.identify import Identifier
from posture_scan.discovery.pack_code import judged, kept
from posture_scan.discovery.talk import MOST_CONNECTIONS, Waits
from posture_scan.discovery.udp import Question, UdpSwept
from posture_scan.discovery.udp_found import understood
from posture_scan.discovery.world import Target
from posture_scan.model.evidence import Service
from posture_scan.sdk import ProtocolSpec
from tests.collect.fixture import real_net, scope
from tests.collect.scripted import replies, says, serving
from tests.discovery.specs import SSH

ADDRESS = "127.68.1.2"
QUICK = Waits(greeting=0.1, answer=0.1, patient=0.2)


def crash(answer: bytes) -> bool:
    raise IndexError(answer)


ASKING = ProtocolSpec("asking", crash, sends=b"?")
GREETING = ProtocolSpec("greeting", crash)
ABOVE_UDP = ProtocolSpec("above_udp", crash, sends=b"?", ports=(4000,), transport="udp")


def test_a_recogniser_that_fails_says_neither_yes_nor_no() -> None:
    assert judged(ASKING, b"x") is None
    assert judged(SSH, b"SSH-2.0-x") is True
    assert judged(SSH, b"x") is judged(SSH, b"") is False
    assert judged(dataclasses.replace(ASKING, recognise=bool), b"?") is False


def test_over_tcp_the_others_still_have_their_say() -> None:
    place = Service(address=ADDRESS)
    identifier = Identifier([GREETING, ASKING, SSH], QUICK)
    with serving(says(b"SSH-2.0-x\r\n"), ADDRESS) as port:
        net = real_net([], within=scope(ADDRESS), connections=MOST_CONNECTIONS)
        known = identifier.identify(dataclasses.replace(place, port=port), net)
    with serving(replies(b"what?"), ADDRESS) as port:
        net = real_net([], within=scope(ADDRESS), connections=MOST_CONNECTIONS)
        unknown = identifier.identify(dataclasses.replace(place, port=port), net)
    assert known.found is not None
    assert (known.found[0].protocol, known.asked) == ("ssh", True)
    # It may be the failing protocol: nobody judged that, so the look is not a whole one.
    assert (unknown.found, unknown.asked) == (None, False)


def test_over_udp_the_port_stays_unnamed() -> None:
    question = Question(ABOVE_UDP, 4000)
    swept = UdpSwept(answers={question: b"x"})
    found = understood(Target(ADDRESS), swept, [question])
    assert (found.services, found.unidentified) == ((), (4000,))


def test_what_may_not_be_stored_is_not() -> None:
    def nameless(answer: bytes) -> bytes:
        return answer.replace(b"taro", b"\0\0\0\0")

    greeter = dataclasses.replace(SSH, keep=nameless)
    with serving(says(b"SSH-2.0-taro\r\n"), ADDRESS) as port:
        net = real_net([], within=scope(ADDRESS), connections=MOST_CONNECTIONS)
        place = Service(address=ADDRESS, port=port)
        found = Identifier([greeter], QUICK).identify(place, net).found
    assert found is not None
    assert found[0].greeting == found[1].greeting == b"SSH-2.0-\0\0\0\0\r\n"


def test_without_a_say_everything_is_kept_and_with_a_broken_one_nothing() -> None:
    assert kept(SSH, b"x") == b"x"
    assert kept(dataclasses.replace(SSH, keep=lambda answer: answer[:1]), b"xy") == b"x"
    assert kept(dataclasses.replace(SSH, keep=crash), b"xy") == b""  # type: ignore[arg-type]
