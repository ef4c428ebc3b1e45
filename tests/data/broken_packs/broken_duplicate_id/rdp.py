"""A check that takes the id of a built-in one."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.sdk import Facts, Net, Service, Verdict, check, collector, fail


@dataclass(frozen=True)
class LampRemote(Facts):
    """What was seen."""

    text: str


@collector(on=Service("http"))
def lamp_remote(service: Service, net: Net) -> LampRemote:
    """Ask once."""
    return LampRemote(net.exchange(service, b"?").decode("latin-1"))


@check(needs=LampRemote)
def exposed(seen: LampRemote) -> Verdict:
    """It shines."""
    return fail("shines", actual=seen.text)
