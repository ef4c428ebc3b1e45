"""SoftEther VPN: a server that can be reached and says which it is."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_softether import SoftetherAnswer

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=SoftetherAnswer, absent=Status.PASS)
def exposed(seen: SoftetherAnswer) -> Verdict:
    """A SoftEther VPN server answers on its own path."""
    if not seen.found:
        return ok("not_softether" if seen.asked else "no_hint")
    return fail(
        "reachable", actual=f"{seen.version} build {seen.build}", product=seen.product,
        version=seen.version, build=seen.build,
    )  # fmt: skip
