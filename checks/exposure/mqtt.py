"""MQTT: a message broker of machines and sensors reachable from outside."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("mqtt"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """An MQTT broker answers at all."""
    return fail("reachable", actual=seen.protocol)
