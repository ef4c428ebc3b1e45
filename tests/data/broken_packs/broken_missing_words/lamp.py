"""A check whose words are missing."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.sdk import Facts, Net, Service, Verdict, check, collector, fail


@dataclass(frozen=True)
class LampSeen(Facts):
    """What was seen."""

    text: str


@collector(on=Service("http"))
def lamp_seen(service: Service, net: Net) -> LampSeen:
    """Ask once."""
    return LampSeen(net.exchange(service, b"?").decode("latin-1"))


@check(needs=LampSeen)
def on(seen: LampSeen) -> Verdict:
    """It shines."""
    return fail("shines", actual=seen.text)
