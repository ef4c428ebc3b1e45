"""Docker: its interface reachable without any certificate."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_docker import DockerAnswer

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=DockerAnswer, absent=Status.PASS)
def exposed(seen: DockerAnswer) -> Verdict:
    """The Docker interface answers to anyone."""
    if seen.found:
        return fail("reachable", actual=seen.version, version=seen.version)
    return ok("no_docker")
