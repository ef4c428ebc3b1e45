"""Shares of sound machines: silence counts like weakness, so hiding one never helps."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.share import Declared, MachineState, by_share
from posture_scan.rating.status import State
from tests.rating.samples import finding, host
from tests.rating.test_criteria import decided

MET, PARTIAL, NOT_MET, UNKNOWN = State.MET, State.PARTIAL, State.NOT_MET, State.UNKNOWN
WORTH = {State.NOT_MET: 0, State.UNKNOWN: 0, State.PARTIAL: 1, State.MET: 2}


def judged(
    machines: list[MachineState], computers: int, servers: int = 0, weak_share: str = "0.50"
) -> State:
    return by_share(
        machines,
        Declared(computers, servers),
        met_share=Decimal("0.95"),
        weak_share=Decimal(weak_share),
    )


def some(state: State, count: int, *, server: bool = False) -> list[MachineState]:
    return [MachineState(state, server)] * count


@pytest.mark.parametrize(
    ("machines", "computers", "servers", "expected"),
    [
        (some(MET, 19), 20, 0, MET),
        (some(MET, 18), 20, 0, PARTIAL),
        (some(MET, 10), 20, 0, PARTIAL),
        (some(MET, 9), 20, 0, UNKNOWN),
        (some(MET, 9) + some(NOT_MET, 10), 20, 0, UNKNOWN),
        (some(MET, 9) + some(NOT_MET, 11), 20, 0, NOT_MET),
        (some(MET, 19) + some(NOT_MET, 1, server=True), 20, 1, NOT_MET),
        (some(MET, 19), 20, 1, UNKNOWN),
        (some(MET, 19) + some(MET, 1, server=True), 20, 1, MET),
        (some(MET, 19) + some(PARTIAL, 1, server=True), 20, 1, PARTIAL),
        (some(PARTIAL, 20), 20, 0, PARTIAL),
        (some(MET, 5), 0, 0, UNKNOWN),
        ([], 20, 0, UNKNOWN),
        (some(State.NOT_APPLICABLE, 3), 3, 0, State.NOT_APPLICABLE),
        (some(State.NOT_APPLICABLE, 10) + some(MET, 10), 20, 0, MET),
    ],
)
def test_the_share_of_those_declared(
    machines: list[MachineState], computers: int, servers: int, expected: State
) -> None:
    assert judged(machines, computers, servers) is expected


def test_a_hidden_weak_server_does_not_turn_not_met_into_partial() -> None:
    seen = some(MET, 12) + some(NOT_MET, 1, server=True)
    assert judged(seen, 20, 1) is NOT_MET
    hidden = some(MET, 12) + some(UNKNOWN, 1, server=True)
    assert judged(hidden, 20, 1) is UNKNOWN


def test_more_machines_than_declared_are_all_counted() -> None:
    assert judged(some(MET, 10) + some(NOT_MET, 15), 10) is NOT_MET


@given(
    st.lists(
        st.builds(MachineState, st.sampled_from([MET, PARTIAL, NOT_MET, UNKNOWN]), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 14),
    st.integers(0, 4),
    st.sampled_from(["0.05", "0.25", "0.50"]),
    st.data(),
)
def test_hiding_a_machine_never_helps(
    machines: list[MachineState], computers: int, servers: int, weak_share: str, data: st.DataObject
) -> None:
    before = judged(machines, computers, servers, weak_share)
    number = data.draw(st.integers(0, len(machines) - 1))
    hidden = list(machines)
    hidden[number] = dataclasses.replace(hidden[number], state=UNKNOWN)
    assert WORTH[judged(hidden, computers, servers, weak_share)] <= WORTH[before]


def seen(check: str, status: Status, machines: Sequence[Asset]) -> list[Finding]:
    return [finding(check, status, m.id, vantage=Vantage.HOST) for m in machines]


def test_a_profile_asks_for_a_share_of_the_computers() -> None:
    machines = [host(f"pc-{n}") for n in range(20)]

    def told(off: int, old: int, silent: int = 0, computers: int = 20) -> State:
        looked = machines[silent:]
        findings = [
            *seen("malware_protection.off", Status.FAIL, looked[:off]),
            *seen("malware_protection.off", Status.PASS, looked[off:]),
            *seen("malware_protection.outdated", Status.FAIL, looked[:old]),
            *seen("malware_protection.outdated", Status.PASS, looked[old:]),
        ]
        return decided("END-EDR", findings, machines, computers=computers).status

    assert told(off=0, old=0) is MET
    assert told(off=1, old=1) is MET  # one exception of twenty
    assert told(off=0, old=8) is PARTIAL
    assert told(off=0, old=0, silent=8) is PARTIAL
    assert told(off=11, old=11) is State.NOT_MET
    assert told(off=0, old=0, silent=17) is UNKNOWN
    assert told(off=0, old=0, computers=50) is UNKNOWN
