"""Cameras and recorders whose video service is reachable from outside."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_rtsp import RtspAnswer

from posture_scan.sdk import Status, Verdict, check, fail


@check(needs=RtspAnswer, absent=Status.PASS)
def exposed(seen: RtspAnswer) -> Verdict:
    """A video server answers at all."""
    if seen.server:
        return fail("reachable_server", actual=seen.server, server=seen.server)
    return fail("reachable", actual="RTSP")
