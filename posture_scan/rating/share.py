"""The share rule: sound machines over those declared, where silence counts like weakness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from posture_scan.rating.status import State


@dataclass(frozen=True)
class MachineState:
    """What was seen on one machine."""

    state: State
    server: bool = False


@dataclass(frozen=True)
class Declared:
    """How many machines the scope names, servers included; zero where it does not say."""

    computers: int
    servers: int


def by_share(
    seen: Sequence[MachineState], declared: Declared, *, met_share: Decimal, weak_share: Decimal
) -> State:
    """Judge a criterion by the machines that are sound among those declared.

    - ``not_met``: weak on any server, or on more than ``weak_share`` of the machines;
    - ``met``: sound on every declared server and on at least ``met_share`` of the machines;
    - ``partial``: no server weak or unseen, and at most ``weak_share`` of the machines are;
    - else ``unknown``.

    A machine without evidence counts like a weak one, a server too, and for ``partial`` too:
    otherwise hiding a weak server's evidence would turn ``not_met`` into ``partial``.
    """
    asked = [m for m in seen if m.state is not State.NOT_APPLICABLE]
    if not asked:
        return State.NOT_APPLICABLE if seen else State.UNKNOWN
    servers = [m.state for m in asked if m.server]
    absent = [m for m in seen if m.state is State.NOT_APPLICABLE]
    computers = max(declared.computers - len(absent), len(asked))
    expected = max(declared.servers - sum(m.server for m in absent), len(servers))
    tolerated = weak_share * computers
    if _count(asked, State.NOT_MET) > tolerated or State.NOT_MET in servers:
        return State.NOT_MET
    proven = [state for state in servers if state in {State.MET, State.PARTIAL}]
    if not declared.computers or len(proven) < expected:
        return State.UNKNOWN
    sound, half = _count(asked, State.MET), _count(asked, State.PARTIAL)
    if sound >= met_share * computers and State.PARTIAL not in proven:
        return State.MET
    return State.PARTIAL if computers - sound - half <= tolerated else State.UNKNOWN


def _count(machines: Sequence[MachineState], state: State) -> int:
    return sum(1 for machine in machines if machine.state is state)
