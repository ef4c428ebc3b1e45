"""A check with Japanese words only."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.sdk import Facts, Net, Service, Verdict, check, collector, fail


@dataclass(frozen=True)
class LampState(Facts):
    """What was seen."""

    text: str


@collector(on=Service("http"))
def lamp_state(service: Service, net: Net) -> LampState:
    """Ask once."""
    return LampState(net.exchange(service, b"?").decode("latin-1"))


@check(needs=LampState)
def on(seen: LampState) -> Verdict:
    """It shines."""
    return fail("shines", actual=seen.text)
