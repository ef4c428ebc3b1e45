"""Printers and print servers reachable from outside."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.network_service.collect_printer import PrinterAnswer

from posture_scan.sdk import Method, PortScan, Status, Verdict, check, fail, ok, unknown

_RAW: Final = range(9100, 9108)
"""Ports of raw printing: what arrives there is printed, so nothing is ever sent to them."""


@check(needs=PrinterAnswer, absent=Status.PASS)
def exposed(seen: PrinterAnswer) -> Verdict:
    """A printer or a print server answers at all."""
    if not seen.found:
        return ok("no_printer")
    if seen.model:
        return fail("reachable_model", actual=seen.model, model=seen.model)
    return fail("reachable", actual="IPP")


@check(needs=PortScan, absent=Status.PASS)
def raw_port(seen: PortScan) -> Verdict:
    """A port that printers print from is open; nothing but its number tells."""
    found = [port for port in seen.unidentified if port in _RAW]
    if found:
        numbers = ", ".join(str(port) for port in found)
        return fail("open", actual=numbers, method=Method.PORT_NUMBER_ONLY, numbers=numbers)
    return ok("none_open") if seen.finished else unknown("not_looked_at")
