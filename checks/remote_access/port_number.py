"""Services of the early Internet that cannot be recognised without asking what must not be asked.

rlogin and rsh say nothing before a user name is sent, and finger's only question lists who is
logged on. So they are told by the number of an open port on which nothing else was recognised:
the weakest kind of evidence there is, and named as such (``port_number_only``).
"""

from __future__ import annotations

from posture_scan.sdk import Method, PortScan, Verdict, fail, ok, unknown


def by_number(seen: PortScan, number: int) -> Verdict:
    """Judge one port of an address that was looked at."""
    if number in seen.unidentified:
        return fail(
            "unnamed_port_open", actual=f"tcp/{number}", expected="closed",
            method=Method.PORT_NUMBER_ONLY, number=number,
        )  # fmt: skip
    if number in seen.open_ports:
        return ok("another_service", number=number)
    return ok("closed", number=number) if seen.finished else unknown("not_looked_at", number=number)
