"""SNMP: device management reachable from outside."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_snmp import SnmpEngine

from posture_scan.sdk import Status, Verdict, check, fail


@check(needs=SnmpEngine, absent=Status.PASS)
def exposed(seen: SnmpEngine) -> Verdict:
    """An SNMP agent answers; the maker is named where the number is known."""
    if seen.maker:
        return fail("reachable_maker", actual=str(seen.enterprise), maker=seen.maker)
    return fail("reachable", actual=str(seen.enterprise))
