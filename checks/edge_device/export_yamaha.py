"""Yamaha RTX, NVR, FWX, vRX: ``show environment`` or ``show config``.

Sources: ``show environment`` as recorded in ntc-templates (Apache-2.0); Yamaha's command
reference (``pptp service``, ``l2tp service``, ``telnetd``, ``sshd``, ``httpd host``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    believed,
    built,
    is_private,
    lines_of,
    moment,
    not_mine,
    switch,
    the_only,
    unclear,
)

from posture_scan.sdk import Document, collector

_REVISION: Final = re.compile(
    r"^#?\s{0,2}((?:RTX|NVR|FWX|vRX)[A-Za-z0-9]{0,8}) (?:\([^)]{0,30}\) )?"
    r"Rev\.(\d{1,2}\.\d{2}\.\d{2})\b(.{0,60})"
)
_BUILT: Final = re.compile(
    r"\([A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})\)"
)
_NOW: Final = re.compile(
    r"^(?:Current time|現在時刻)\s?: (\d{4})/(\d{2})/(\d{2}) (\d{2}:\d{2}:\d{2})"
    r" ([+-])(\d{2}):(\d{2})$"
)
_REPORTED: Final = re.compile(
    r"^# Reporting Date: ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})$"
)
_CONFIG: Final = re.compile(r"^(?:ip (?:lan|route|pp)|pp select|tunnel select|login |dhcp service)")
_DAEMONS: Final = (("admin_telnet", "telnetd"), ("admin_ssh", "sshd"), ("admin_http", "httpd"))
_PLACE: Final = re.compile(r"(?:lan|bridge|vlan)\d{0,2}(?:/\d{1,2})?")
_OWN_ADDRESS: Final = re.compile(r"ip (lan\d{1,2}) address (dhcp|[0-9./]{7,18})")


@collector(on=Document("device_export"))
def yamaha_export(content: bytes) -> DeviceExport:
    """Read ``show environment`` or ``show config`` of a Yamaha router."""
    lines = [line.strip() for line in lines_of(content)]
    found = [match for line in lines if (match := _REVISION.match(line))]
    if not found:
        raise not_mine()
    facts = built(
        content, "yamaha", "yamaha-rtx", "Yamaha RTX/NVR", version=the_only(m[2] for m in found),
        model=the_only(m[1] for m in found),
        stated_at=believed(_stated(lines), *(_built_on(match[3]) for match in found)),
    )  # fmt: skip
    is_config = any(_CONFIG.match(line) for line in lines)
    return replace(facts, settings=_settings(lines) if is_config else ())


def _built_on(rest: str) -> datetime | None:
    found = _BUILT.search(rest)
    if not found:
        return None
    month, day, clock, year = found.groups()
    at: datetime | None = moment(year, month, day, clock, UTC)
    return at


def _stated(lines: list[str]) -> datetime | None:
    for line in lines:
        if exact := _NOW.match(line):
            try:
                return datetime.fromisoformat(
                    "{}-{}-{}T{}{}{}:{}".format(*exact.groups())
                ).astimezone(UTC)
            except (ValueError, OverflowError):
                return None
        if reported := _REPORTED.match(line):
            month, day, clock, year = reported.groups()
            at: datetime | None = moment(year, month, day, clock)
            return at
    return None


def _settings(lines: list[str]) -> tuple[Setting, ...]:
    """Only what the router is told; whether a filter on the line stops it is not settled here."""
    tunnels = any(re.match(r"ipsec (?:tunnel|sa policy|ike)\b", line) for line in lines)
    found: dict[str, Setting] = {
        "pptp": switch("pptp", on="pptp service on" in lines, outside=True),
        "l2tp": switch("l2tp", on=any(re.match(r"l2tp service on\b", x) for x in lines)),
        "ipsec": switch("ipsec", on=tunnels),
    }
    outward = {
        match[1] for line in lines
        if (match := _OWN_ADDRESS.match(line)) and not is_private(match[2])
    }  # fmt: skip
    for name, daemon in _DAEMONS:
        found[name] = _admin(name, daemon, lines, outward)
    return tuple(found[name] for name in sorted(found))


def _admin(name: str, daemon: str, lines: list[str], outward: set[str]) -> Setting:
    """A daemon that listens to any host may still be behind a filter: then it is unclear."""
    if f"{daemon} service off" in lines or f"{daemon} host none" in lines:
        return switch(name, on=False)
    if daemon == "sshd" and "sshd service on" not in lines:
        return switch(name, on=False)
    hosts = next((x.split()[2:] for x in lines if x.startswith(f"{daemon} host ")), [])
    if hosts and all(_is_inside(host, outward) for host in hosts):
        return switch(name, on=True)
    return unclear(name)


def _is_inside(host: str, outward: set[str]) -> bool:
    """``lan`` means every LAN port, also one that is connected to the Internet."""
    if _PLACE.fullmatch(host):
        return host.partition("/")[0] not in outward and not (host == "lan" and outward)
    private: bool = is_private(host.partition("-")[0])
    return private
