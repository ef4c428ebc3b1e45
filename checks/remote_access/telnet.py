"""Telnet: a terminal over the network without any encryption."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_telnet import TelnetBanner, device_of

from posture_scan.sdk import Context, Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("telnet"), absent=Status.PASS, beside=TelnetBanner)
def exposed(seen: ServiceSeen, context: Context) -> Verdict:
    """Telnet answers at all; its prompt may say which device it is."""
    device = _device(seen, context)
    if device:
        return fail("reachable_device", actual=device, device=device)
    return fail("reachable", actual=seen.protocol)


def _device(seen: ServiceSeen, context: Context) -> str:
    """Return the device by what was heard at first, or by the prompt that came afterwards."""
    name, version = device_of(seen.greeting)
    for facts in context.beside:
        if not name and isinstance(facts, TelnetBanner) and facts.port == context.service.port:
            name, version = facts.device, facts.version
    return f"{name} {version}".strip()
