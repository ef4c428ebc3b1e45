"""NEC UNIVERGE IX: ``show version`` or ``show running-config``.

Sources: outputs quoted in public documents of users (none copied here but single lines), NEC's
UNIVERGE IX command reference (``telnet-server``, ``ssh-server``, ``http-server``, ``ike``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    EARLIEST,
    JST,
    believed,
    built,
    lines_of,
    moment,
    not_mine,
    switch,
    the_only,
    unclear,
)

from posture_scan.sdk import Document, collector

_VERSION: Final = re.compile(
    r"^(?:! ?)?(?:NEC )?IX Series (IX\d{4}[A-Za-z0-9-]{0,8}) (?:\([a-z0-9-]{1,24}\) )?"
    r"Software, Version (\d{1,2}\.\d{1,2}\.\d{1,3}[A-Z]?)\b"
)
_MOMENT: Final = re.compile(
    r"^(?:! ?)?(Compiled|Current time) ([A-Z][a-z]{2}) (\d{2})-[A-Z][a-z]{2}-(\d{4}) "
    r"(\d{2}:\d{2}:\d{2})(?: (JST))?"
)
_SERVERS: Final = (
    ("admin_telnet", "telnet-server"),
    ("admin_ssh", "ssh-server"),
    ("admin_http", "http-server"),
)


@collector(on=Document("device_export"))
def nec_ix_export(content: bytes) -> DeviceExport:
    """Read ``show version`` or ``show running-config`` of a UNIVERGE IX router."""
    lines = [line.strip() for line in lines_of(content)]
    found = [match for line in lines if (match := _VERSION.match(line))]
    if not found:
        raise not_mine()
    facts = built(
        content, "nec_ix", "nec-univerge-ix", "NEC UNIVERGE IX",
        version=the_only(m[2] for m in found), model=the_only(m[1] for m in found),
        stated_at=believed(_when(lines, "Current time"), _when(lines, "Compiled")),
    )  # fmt: skip
    is_config = any(line.startswith("interface ") for line in lines)
    return replace(facts, settings=_settings(lines) if is_config else ())


def _when(lines: list[str], what: str) -> datetime | None:
    for line in lines:
        found = _MOMENT.match(line)
        if found and found[1] == what:
            _, month, day, year, clock, zone = found.groups()
            at: datetime | None = moment(year, month, day, clock, JST if zone else EARLIEST)
            return at
    return None


def _settings(lines: list[str]) -> tuple[Setting, ...]:
    """Servers are off unless switched on; which way they face depends on the filters."""
    tunnels = any(re.match(r"(?:ike|ikev2|ipsec) ", line) for line in lines)
    l2tp = any(re.match(r"l2tp |ppp profile .{0,40}l2tp", line) for line in lines)
    found: dict[str, Setting] = {
        "ipsec": switch("ipsec", on=tunnels),
        "l2tp": unclear("l2tp") if l2tp else switch("l2tp", on=False),
    }
    for name, server in _SERVERS:
        on = any(re.match(rf"{server} (?:ip|ipv6) enable\b", line) for line in lines)
        found[name] = unclear(name) if on else switch(name, on=False)
    return tuple(found[name] for name in sorted(found))
