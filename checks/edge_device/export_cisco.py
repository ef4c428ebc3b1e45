"""Cisco ASA, FTD, IOS and IOS XE: ``show version``, with ``show running-config`` where given.

Sources: ``show version`` as recorded in ntc-templates (Apache-2.0) and the FTD form as public
parsers read it; Cisco's ASA command reference (``webvpn``, ``http``, ``ssh``, ``telnet``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    EARLIEST,
    JST,
    admin,
    built,
    lines_of,
    moment,
    not_mine,
    switch,
    the_only,
    unclear,
)

from posture_scan.sdk import Document, collector

_ASA_NUMBER: Final = r"(\d{1,2}\.\d{1,2}\(\d{1,3}(?:\.\d{1,3})?\)\d{0,3})"
_ASA: Final = re.compile(
    rf"^(?:Cisco Adaptive Security Appliance Software|ASA) Version {_ASA_NUMBER}"
)
_FTD: Final = re.compile(
    r"^(?:Model\s{0,40}: Cisco ([A-Za-z0-9 ]{1,40}?) ?Threat Defense(?: for [A-Za-z]{1,12})? "
    r"\(\d{1,3}\) |(?:: )?NGFW )Version (\d{1,2}\.\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)"
    r"(?: \(Build (\d{1,6})\))?"
)
_IOS_XE: Final = re.compile(r"^Cisco IOS XE Software, Version (\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]?)")
_IOS: Final = re.compile(
    r"^Cisco (?:IOS Software|Internetwork Operating System Software).{0,120}?"
    r", Version (\d{2}\.\d{1,2}(?:\([0-9a-z.]{1,10}\)(?:[A-Z]{1,4}\d{0,3}[a-z]?\d?)?"
    r"|\.\d{1,2}[a-z]?))(?![A-Za-z0-9])"
)
_MODEL: Final = re.compile(
    r"^(?:: )?(?:Hardware:\s{1,6}([A-Za-z0-9-]{2,24}),|cisco ([A-Za-z0-9/-]{2,24}) \()"
)
_CLOCK: Final = re.compile(
    r"^[*.]?(\d{2}:\d{2}:\d{2})\.\d{3} ([A-Z]{3,5}) [A-Z][a-z]{2} "
    r"([A-Z][a-z]{2}) (\d{1,2}) (\d{4})$"
)
_ZONES: Final = {"UTC": UTC, "GMT": UTC, "JST": JST}

_ASA_LINE: Final = re.compile(
    r"^(http|ssh|telnet) (\d{1,3}(?:\.\d{1,3}){3} \d{1,3}(?:\.\d{1,3}){3}"
    r"|[0-9a-fA-F:]{2,39}/\d{1,3}) ([\w.-]{1,48})$"
)
_ANYBODY: Final = frozenset({"0.0.0.0 0.0.0.0", "::/0"})


@collector(on=Document("device_export"))
def cisco_export(content: bytes) -> DeviceExport:
    """Read ``show version`` and ``show running-config`` of an ASA, FTD or IOS device."""
    lines = list(lines_of(content))
    plain = [line.strip() for line in lines]
    product, title, version, build, model = _software(plain)
    models = {m[1] or m[2] for line in plain if (m := _MODEL.match(line))}
    facts = built(
        content, "cisco", product, title, version=version, build=build,
        model=the_only(models) or model, stated_at=_clock(plain),
    )  # fmt: skip
    return replace(facts, settings=_settings(product, lines))


def _software(lines: list[str]) -> tuple[str, str, str, str, str]:
    """Return product, title, version, build and model; an FTD also names the ASA inside it."""
    ftd = [match for line in lines if (match := _FTD.match(line))]
    if ftd:
        build = the_only(match[3] for match in ftd if match[3])
        model = the_only(match[1] for match in ftd if match[1])
        title = "Cisco Firepower Threat Defense"
        return "cisco-ftd", title, the_only(match[2] for match in ftd), build, model
    for product, title, pattern in (
        ("cisco-asa", "Cisco ASA", _ASA),
        ("cisco-ios-xe", "Cisco IOS XE", _IOS_XE),
        ("cisco-ios", "Cisco IOS", _IOS),
    ):
        found = [_unpadded(match[1]) for line in lines if (match := pattern.match(line))]
        if found:
            return product, title, the_only(found), "", ""
    raise not_mine()


def _unpadded(version: str) -> str:
    """IOS XE writes the same release as ``17.09.04a`` and ``17.9.4a``."""
    return re.sub(r"(?<![0-9])0(?=[0-9])", "", version)


def _clock(lines: list[str]) -> datetime | None:
    """Return what ``show clock`` in the same file says."""
    for line in lines:
        found = _CLOCK.match(line)
        if found:
            clock, zone, month, day, year = found.groups()
            at: datetime | None = moment(year, month, day, clock, _ZONES.get(zone, EARLIEST))
            return at
    return None


# --- the configuration -----------------------------------------------------------------------


def _settings(product: str, lines: list[str]) -> tuple[Setting, ...]:
    if product not in ("cisco-asa", "cisco-ftd"):
        return _ios(lines)
    if not any(line.startswith("interface ") for line in lines):
        return ()
    outward, inward = _facing(lines)
    outward, inward = _facing(lines)
    found: dict[str, Setting] = {
        "ssl_vpn": _on_interfaces("ssl_vpn", _inside_block(lines, "webvpn"), "enable", outward),
        "ipsec": _on_interfaces("ipsec", iter(lines), r"crypto ikev[12] enable", outward),
    }
    served = [match for line in lines if (match := _ASA_LINE.match(line))]
    for name, word in (("admin_https", "http"), ("admin_ssh", "ssh"), ("admin_telnet", "telnet")):
        rules = [(match[2], match[3]) for match in served if match[1] == word]
        if word == "http" and not any(line.startswith("http server enable") for line in lines):
            rules = []
        found[name] = _admin(name, rules, outward, inward)
    return tuple(found[name] for name in sorted(found))


def _facing(lines: list[str]) -> tuple[set[str], set[str]]:
    """Return the names of interfaces that face the Internet, and of those that face inwards.

    Security level 0 is outside and 100 inside by definition; an interface called outside is
    believed too. Any other level leaves it open.
    """
    outward: set[str] = set()
    inward: set[str] = set()
    name = ""
    for line in lines:
        words = line.split()
        if line.startswith("interface "):
            name = ""
        elif words[:1] == ["nameif"] and len(words) > 1:
            name = words[1]
            outward |= {name} if name.lower().startswith("outside") else set()
        elif words[:2] == ["security-level", "0"] and name:
            outward.add(name)
        elif words[:2] == ["security-level", "100"] and name:
            inward.add(name)
    return outward, inward - outward


def _inside_block(lines: list[str], head: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if line[:1].isspace():
            if inside:
                yield line.strip()
        else:
            inside = line == head


def _on_interfaces(name: str, lines: Iterator[str], words: str, outward: set[str]) -> Setting:
    pattern = re.compile(rf"^{words} ([\w.-]{{1,48}})(?: |$)")
    places = {match[1] for line in lines if (match := pattern.match(line))}
    return switch(name, on=bool(places), outside=bool(places & outward))


def _admin(name: str, rules: list[tuple[str, str]], outward: set[str], inward: set[str]) -> Setting:
    """Open to everybody outside is open; to some addresses outside is for a person to judge."""
    everybody = {place for who, place in rules if who in _ANYBODY}
    limited = {place for _, place in rules} - everybody
    setting: Setting = admin(name, everybody | (limited & inward), outward, inward)
    return setting if setting.outside or limited <= inward else unclear(name)


def _ios(lines: list[str]) -> tuple[Setting, ...]:
    """Of an IOS configuration only what needs no look at access lists."""
    if not any(line.startswith("interface ") for line in lines):
        return ()
    dial_in = {line.strip() for line in lines}
    pptp = switch("pptp", on="protocol pptp" in dial_in, outside=True)
    return switch("l2tp", on="protocol l2tp" in dial_in), pptp
