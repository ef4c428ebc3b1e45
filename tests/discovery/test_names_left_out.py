"""A server's own name, often a person's, never reaches what discovery stores."""

from __future__ import annotations

import struct

from posture_scan.checks.vpn import collect_l2tp, pptp
from posture_scan.checks.vpn.collect_pptp import vendor

from posture_scan.discovery.identify import Identifier
from posture_scan.discovery.pack_code import judged, kept
from posture_scan.discovery.talk import MOST_CONNECTIONS, Waits
from posture_scan.discovery.udp import Question, UdpSwept
from posture_scan.discovery.udp_found import understood
from posture_scan.discovery.world import Target
from posture_scan.engine.packs import load_packs
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Service
from posture_scan.sdk import Attempt, AttemptError
from tests.checks.vpn.samples import L2TP, PPTP_LINUX
from tests.collect.fixture import real_net, scope
from tests.collect.scripted import replies, serving

ADDRESS = "127.68.1.3"
SPECS = {spec.name: spec for spec in load_packs().protocols}
NAME = b"TARO-YAMADA-NOTE"
PPTP = PPTP_LINUX[:28] + NAME.ljust(64, b"\0") + PPTP_LINUX[92:]


def l2tp_reply(*, before: bytes = b"", after: bytes = b"") -> bytes:
    """The real server's answer, its host name another, and more attributes around it."""
    attributes = L2TP[12:].replace(bytes.fromhex("800900000007687669"), b"")
    own = struct.pack(">HHH", 0x8000 | (6 + len(NAME)), 0, 7) + NAME
    body = attributes[:8] + before + own + attributes[8:] + after
    return L2TP[:2] + struct.pack(">H", 12 + len(body)) + L2TP[4:12] + body


def test_pptp_is_stored_without_the_name_and_with_the_maker() -> None:
    with serving(replies(PPTP + NAME), ADDRESS, 1723) as port:
        net = real_net([], within=scope(ADDRESS), connections=MOST_CONNECTIONS)
        place = Service(address=ADDRESS, port=port)
        found = Identifier([SPECS["pptp"]], Waits(0.1, 0.2, 0.2)).identify(place, net).found
    assert found is not None
    service, seen = found
    assert service.greeting == seen.greeting
    assert NAME not in seen.greeting
    assert NAME not in repr(encode(seen)).encode()
    assert len(seen.greeting) == len(PPTP)
    assert vendor(seen.greeting) == vendor(PPTP) == "linux"
    assert pptp.exposed.judge(seen, None).reason == "reachable_vendor"


def test_l2tp_is_stored_without_the_name_and_with_the_maker() -> None:
    spec = SPECS["l2tp"]
    answer = l2tp_reply()
    assert NAME in answer
    question = Question(spec, 1701)
    swept = UdpSwept(answers={question: answer + NAME})
    ((service, seen),) = understood(Target(ADDRESS), swept, [question]).services
    assert service.greeting == seen.greeting
    assert NAME not in seen.greeting
    assert len(seen.greeting) == len(answer)

    class Closing:
        def datagram(self, *_: object) -> bytes:
            raise AttemptError(Attempt.TIMEOUT)

    facts = collect_l2tp.l2tp_tunnel.function(service, Closing())
    assert (facts.accepted, facts.vendor, facts.firmware) == (True, "xelerance.com", "0690")


def test_a_name_in_any_other_place_of_an_l2tp_answer_is_left_out_too() -> None:
    hidden = struct.pack(">HHH", 0xC000 | (6 + len(NAME)), 0, 8) + NAME
    of_a_maker = struct.pack(">HHH", 0x8000 | (6 + len(NAME)), 9, 8) + NAME
    unknown = struct.pack(">HHH", 0x8000 | (6 + len(NAME)), 0, 99) + NAME
    broken = struct.pack(">HHH", 0x8000 | 900, 0, 8) + NAME
    for odd in (hidden, of_a_maker, unknown, broken):
        for answer in (l2tp_reply(before=odd), l2tp_reply(after=odd)):
            assert judged(SPECS["l2tp"], answer)
            stored = kept(SPECS["l2tp"], answer)
            assert NAME not in stored
            assert judged(SPECS["l2tp"], stored)
            assert len(stored) == len(answer)
