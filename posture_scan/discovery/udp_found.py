"""What the answers over UDP mean: services, closed ports, silence, and what was not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from posture_scan.discovery.pack_code import judged, kept
from posture_scan.discovery.talk import GREETING_LIMIT
from posture_scan.discovery.udp import Question, UdpSwept
from posture_scan.discovery.world import Target
from posture_scan.model.evidence import Attempt, Service, ServiceSeen


@dataclass(frozen=True)
class UdpFound:
    """One address's UDP ports, ready for its ``PortScan``."""

    services: tuple[tuple[Service, ServiceSeen], ...] = ()
    closed: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    unidentified: tuple[int, ...] = ()
    heard: bool = False
    finished: bool = True
    """Every question was asked to the end."""

    def members(self) -> dict[str, Any]:
        """Return the members of ``PortScan`` that are about UDP."""
        return {
            "udp_services": tuple((one.port, one.protocol) for one, _ in self.services),
            "udp_closed": self.closed,
            "udp_silent": self.silent,
            "udp_unidentified": self.unidentified,
            "udp_heard": self.heard,
        }


def understood(target: Target, swept: UdpSwept, asked: Sequence[Question]) -> UdpFound:
    """Tell what the address's answers mean; several protocols may answer on one port."""
    named = sorted(
        (question for question in swept.answers if _recognised(question, swept)),
        key=lambda question: (question.port, question.spec.name),
    )
    spoke = {question.port for question in swept.answers}
    closed = {question.port for question in swept.closed} - spoke
    judged = swept.judged()
    cut_off = {question.port for question in asked if question not in judged}
    silent = {question.port for question in swept.silent} - spoke - closed - cut_off
    return UdpFound(
        services=tuple(_service(target, question, swept) for question in named),
        closed=tuple(sorted(closed)),
        silent=tuple(sorted(silent)),
        unidentified=tuple(sorted(spoke - {question.port for question in named})),
        heard=swept.heard,
        finished=not cut_off,
    )


def _recognised(question: Question, swept: UdpSwept) -> bool:
    return judged(question.spec, swept.answers[question]) is True


def _service(target: Target, question: Question, swept: UdpSwept) -> tuple[Service, ServiceSeen]:
    name = question.spec.name
    greeting = kept(question.spec, swept.answers[question])[:GREETING_LIMIT]
    service = Service(
        name, address=target.address, port=question.port, transport="udp", names=target.names,
        greeting=greeting, asset=target.asset,
    )  # fmt: skip
    return service, ServiceSeen(name, tls=False, greeting=greeting, recognised_by="answer")


def outcome(swept: UdpSwept, found: UdpFound) -> Attempt:
    """Return how the sweep ended, for the list of connections."""
    if swept.heard:
        return Attempt.OK
    return Attempt.TIMEOUT if found.finished else Attempt.INTERRUPTED
