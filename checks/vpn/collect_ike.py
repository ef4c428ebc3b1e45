"""IKE: the key exchange of IPsec VPNs, in both its versions, on ports 500 and 4500.

IKEv2 is asked in the form that leaves the server without any state. IKEv1's first message does
leave a half-open exchange there for some seconds. Nothing is sent to end it: before keys are
agreed a delete cannot be authenticated, so servers ignore it (RFC 2408 section 3.15 leaves it
to them) and some log it as an attack; the server's own time-out is the lightest end.
"""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.vpn.ike_answer import Answer, is_answer_v1, is_answer_v2, read
from posture_scan.checks.vpn.ike_questions import (
    NON_ESP,
    SPI_V1,
    SPI_V2,
    main_mode,
    weak_only,
    wrong_group,
)

from posture_scan.sdk import Attempt, AttemptError, Facts, Net, Service, collector, protocol


@dataclass(frozen=True)
class IkeAnswer(Facts):
    """What an IKE server said to a first message."""

    asked: str
    """``1`` or ``2``: the version of our message."""
    spoken: str
    """The version of its answer, such as ``2.0``."""
    outcome: str
    """``selected``, ``invalid_ke``, ``no_proposal``, ``cookie``, ``invalid_version``, ``other``."""
    notify: int = 0
    group: int = 0
    """The Diffie-Hellman group it chose or asks for; 0 where it named none."""
    algorithms: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    vendors_unknown: int = 0
    weak: str = ""
    """IKEv2, to proposals that are all weak: ``accepted``, ``refused``, ``unclear``, or not
    asked."""
    weak_algorithms: tuple[str, ...] = ()
    weak_group: int = 0


@protocol("ike", sends=wrong_group(), ports=(500,), transport="udp")
def ike(answer: bytes) -> bool:
    """A response to our IKE_SA_INIT, or an IKEv1 server's word that it knows no IKEv2."""
    return bool(is_answer_v2(answer, SPI_V2))


@protocol("ike_natt", sends=NON_ESP + wrong_group(), ports=(4500,), transport="udp")
def ike_natt(answer: bytes) -> bool:
    """The same behind the mark that tells IKE from ESP (RFC 3948)."""
    return answer.startswith(NON_ESP) and bool(is_answer_v2(answer[4:], SPI_V2))


@protocol("ikev1", sends=main_mode(), ports=(500,), transport="udp")
def ikev1(answer: bytes) -> bool:
    """The server's choice in main mode, or its refusal."""
    return bool(is_answer_v1(answer, SPI_V1))


@collector(on=Service("ike"), max_connections=2)
def ike_500(service: Service, net: Net) -> IkeAnswer:
    """Read what discovery heard, and ask whether anything weak would be accepted."""
    return _ask_v2(service, net, b"")


@collector(on=Service("ike_natt"), max_connections=2)
def ike_4500(service: Service, net: Net) -> IkeAnswer:
    """The same on the port for peers behind address translation."""
    return _ask_v2(service, net, NON_ESP)


@collector(on=Service("ikev1"), max_connections=1)
def ikev1_main_mode(service: Service, net: Net) -> IkeAnswer:
    """Read what discovery heard: which of our proposals an IKEv1 server chose."""
    heard = service.greeting
    if not is_answer_v1(heard, SPI_V1):
        heard = net.datagram(service, main_mode())
    if not is_answer_v1(heard, SPI_V1):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no_ikev1_answer")
    return _facts("1", read(heard))


def _ask_v2(service: Service, net: Net, mark: bytes) -> IkeAnswer:
    heard = _unmarked(service.greeting, mark)
    if not is_answer_v2(heard, SPI_V2):
        heard = _unmarked(net.datagram(service, mark + wrong_group()), mark)
    if not is_answer_v2(heard, SPI_V2):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no_ikev2_answer")
    first = read(heard)
    if not first.version.startswith("2"):
        return _facts("2", first)
    try:
        told = _unmarked(net.datagram(service, mark + weak_only()), mark)
    except AttemptError as error:
        if error.attempt in {Attempt.TIMEOUT, Attempt.REFUSED, Attempt.FILTERED}:
            return _facts("2", first, Answer("", "other"))
        raise
    second = read(told) if is_answer_v2(told, SPI_V2) else Answer("", "other")
    return _facts("2", first, second)


def _unmarked(data: bytes, mark: bytes) -> bytes:
    return data[len(mark) :] if data.startswith(mark) else b""


def _facts(asked: str, first: Answer, weak: Answer | None = None) -> IkeAnswer:
    meanings = {"selected": "accepted", "invalid_ke": "accepted", "no_proposal": "refused"}
    return IkeAnswer(
        asked, first.version, first.outcome, first.notify, first.group, first.algorithms,
        first.vendors, first.vendors_unknown,
        weak="" if weak is None else meanings.get(weak.outcome, "unclear"),
        weak_algorithms=weak.algorithms if weak else (), weak_group=weak.group if weak else 0,
    )  # fmt: skip
