"""The door controllers of a fictional maker: one question, one line of answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from posture_scan.sdk import (
    BANNER,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

QUESTION = b"DOOR?\r\n"
_ANSWER = re.compile(rb"DOOR (\d{1,3})\.(\d{1,3}) (OPEN|CLOSED|HIDDEN)\r\n")


@protocol("acme-door", sends=QUESTION, ports=(4242,))
def acme_door(answer: bytes) -> bool:
    """Any answer of a door names the door first."""
    return answer.startswith(b"DOOR ")


@dataclass(frozen=True)
class DoorState(Facts):
    """What a door says: its firmware, and whether it stands open."""

    major: int
    minor: int
    state: str
    """``open``, ``closed`` or ``hidden`` (the door will not say)."""


@collector(on=Service("acme-door"), intrusiveness=BANNER, max_connections=1)
def door_state(service: Service, net: Net) -> DoorState:
    """Ask the door once."""
    answer = net.exchange(service, QUESTION, limit=64)
    match = _ANSWER.fullmatch(answer)
    if match is None:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, answer[:32].hex())
    major, minor, state = match.groups()
    return DoorState(int(major), int(minor), state.decode().lower())
