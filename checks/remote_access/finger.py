"""finger: a list of users for anyone who asks; its port is open."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.port_number import by_number

from posture_scan.sdk import PortScan, Status, Verdict, check

PORT: Final = 79


@check(needs=PortScan, absent=Status.PASS)
def exposed(seen: PortScan) -> Verdict:
    """Something that was not recognised accepts connections on the port of finger."""
    verdict: Verdict = by_number(seen, PORT)
    return verdict
