"""FortiGate: a configuration backup, or the output of ``get system status``.

Sources: the header line and block syntax of FortiOS backups as public tools read them (rancid,
oxidized, batfish, nipper), FortiOS CLI reference (``vpn ssl settings``, ``system interface``);
``get system status`` as recorded in ntc-templates (Apache-2.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    admin,
    believed,
    built,
    is_private,
    is_public,
    lines_of,
    locked,
    moment,
    not_mine,
    switch,
    the_only,
    unclear,
)

from posture_scan.sdk import Document, collector

_HEADER: Final = re.compile(
    r"^#config-version=((?:FG|FWF|FW\d)[A-Z0-9]{1,10})-(\d{1,2}\.\d{1,2}(?:\.\d{1,3})?)"
    r"-FW-build(\d{1,6})-(\d{2})(\d{2})(\d{2})(?::|$)"
)
_STATUS: Final = re.compile(
    r"^Version: Forti(Gate|WiFi)-([A-Z0-9-]{1,20}) v(\d{1,2}\.\d{1,2}\.\d{1,3}),"
    r"build(\d{1,6}),(\d{2})(\d{2})(\d{2})\b"
)
_TIME: Final = re.compile(
    r"^System time: [A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})$"
)
_ENCRYPTED: Final = b"#FGBK"
_DEPTH: Final = 40
_EVERYWHERE: Final = "0.0.0.0 0.0.0.0"
_OPEN_TO_ALL: Final = frozenset({_EVERYWHERE, "::/0"})
_WAN_GROUPS: Final = frozenset({"system sdwan", "system virtual-wan-link"})

Path = tuple[str, ...]


@collector(on=Document("device_export"))
def fortigate_export(content: bytes) -> DeviceExport:
    """Read a configuration backup or ``get system status`` of a FortiGate."""
    if content.startswith(_ENCRYPTED):
        raise locked()
    lines = list(lines_of(content))
    headers = [found for line in lines[:200] if (found := _HEADER.match(line))]
    states = [found for line in lines if (found := _STATUS.match(line.strip()))]
    if not headers and not states:
        raise not_mine()
    versions = [_plain(found[2]) for found in headers] + [found[3] for found in states]
    builds = [found[3].lstrip("0") for found in headers]
    builds += [found[4].lstrip("0") for found in states]
    made = [_day(*found.group(4, 5, 6)) for found in headers]
    made += [_day(*found.group(5, 6, 7)) for found in states]
    models = [f"Forti{found[1]}-{found[2]}" for found in states]
    facts = built(
        content, "fortigate", "fortios", "FortiGate (FortiOS)", version=the_only(versions),
        model=the_only(models) or the_only(found[1] for found in headers),
        build=the_only(builds), stated_at=believed(_stated(lines), *made),
    )  # fmt: skip
    return replace(facts, settings=_settings(lines) if headers else ())


def _plain(version: str) -> str:
    """Old headers write 5.4 as ``5.04``; a patch release is not in them."""
    return ".".join(str(int(part)) for part in version.split("."))


def _day(year: str, month: str, day: str) -> datetime | None:
    at: datetime | None = moment(f"20{year}", month, day, "00:00:00")
    return at


def _stated(lines: list[str]) -> datetime | None:
    for line in lines:
        found = _TIME.match(line.strip())
        if found:
            month, day, clock, year = found.groups()
            at: datetime | None = moment(year, month, day, clock)
            return at
    return None


# --- the configuration -----------------------------------------------------------------------


@dataclass
class _Config:
    """What of a configuration bears on remote access; names live no longer than the reading."""

    ssl: dict[str, str] = field(default_factory=dict)
    pptp: str = ""
    l2tp: str = ""
    tunnels: set[str] = field(default_factory=set)
    tunnel_ports: set[str] = field(default_factory=set)
    access: dict[str, str] = field(default_factory=dict)
    outward: set[str] = field(default_factory=set)
    inward: set[str] = field(default_factory=set)
    routes: dict[Path, dict[str, str]] = field(default_factory=dict)
    admins: set[Path] = field(default_factory=set)
    limited_admins: set[Path] = field(default_factory=set)
    own_rules: bool = False


def _settings(lines: list[str]) -> tuple[Setting, ...]:
    config = _Config()
    for path, words in _walk(lines):
        _note(config, path, words)
    config.outward |= {
        route["device"] for route in config.routes.values()
        if "device" in route and route.get("dst", _EVERYWHERE) == _EVERYWHERE
    }  # fmt: skip
    config.inward -= config.outward
    found: dict[str, Setting] = {
        "ssl_vpn": _ssl_vpn(config),
        "ipsec": switch(
            "ipsec", on=bool(config.tunnels), outside=bool(config.tunnel_ports & config.outward)
        ),
        "pptp": switch("pptp", on=config.pptp == "enable", outside=True),
        "l2tp": switch("l2tp", on=config.l2tp == "enable", outside=True),
    }
    for name, word in (("https", "https"), ("http", "http"), ("ssh", "ssh"), ("telnet", "telnet")):
        found[f"admin_{name}"] = _admin(config, f"admin_{name}", word)
    return tuple(found[name] for name in sorted(found))


def _walk(lines: Iterable[str]) -> Iterator[tuple[Path, list[str]]]:
    """Yield every ``set`` and ``edit`` with the blocks around it; quoted text is skipped over."""
    path: list[str] = []
    quoted = False
    for line in lines:
        inside, quoted = quoted, quoted ^ bool(_quotes(line) % 2)
        words = line.split()
        if inside or not words:
            continue
        if words[0] == "config" and len(path) < _DEPTH:
            path.append(" ".join(words[1:]))
        elif words[0] == "edit" and len(path) < _DEPTH:
            path.append("edit " + _bare(" ".join(words[1:])))
            yield tuple(path), []
        elif words[0] in ("end", "next") and path:
            path.pop()
        elif words[0] == "set":
            yield tuple(path), words[1:]


def _quotes(line: str) -> int:
    return line.replace("\\\\", "").replace('\\"', "").count('"')


def _bare(text: str) -> str:
    return text.strip('"')


def _note(config: _Config, path: Path, words: list[str]) -> None:
    """Keep one line where it bears on remote access; virtual domains only stand in front."""
    block = next((part for part in reversed(path) if not part.startswith("edit ")), "")
    name = path[-1].removeprefix("edit ") if path and path[-1].startswith("edit ") else ""
    key, value = (words[0], _bare(" ".join(words[1:]))) if words else ("", "")
    if block.startswith("vpn "):
        _vpn(config, block.removeprefix("vpn "), name, key, value)
    elif block.startswith("firewall local-in-policy"):
        config.own_rules = config.own_rules or bool(name)
    elif block == "system interface" and name:
        _interface(config, name, key, value)
    elif block == "router static" and key in ("device", "dst"):
        config.routes.setdefault(path, {})[key] = value
    elif block == "members" and key == "interface" and not _WAN_GROUPS.isdisjoint(path):
        config.outward.add(value)
    elif block == "system admin" and name:
        config.admins.add(path)
        if re.match(r"(?:ip6-)?trusthost\d", key) and value not in _OPEN_TO_ALL:
            config.limited_admins.add(path)


def _vpn(config: _Config, block: str, name: str, key: str, value: str) -> None:
    if block == "ssl settings":
        config.ssl[key] = value
    elif block == "pptp" and key == "status":
        config.pptp = value
    elif block == "l2tp" and key == "status":
        config.l2tp = value
    elif block in ("ipsec phase1-interface", "ipsec phase1") and name:
        config.tunnels.add(name)
        config.tunnel_ports |= {value} if key == "interface" else set()


def _interface(config: _Config, name: str, key: str, value: str) -> None:
    if key == "allowaccess":
        config.access[name] = value
    faces_out = (key == "role" and value == "wan") or (key == "mode" and value == "pppoe")
    if faces_out or (key == "ip" and is_public(value)) or re.fullmatch(r"wan\d{0,2}", name):
        config.outward.add(name)
    elif (key == "role" and value in ("lan", "dmz")) or (key == "ip" and is_private(value)):
        config.inward.add(name)


def _ssl_vpn(config: _Config) -> Setting:
    """Without an interface it does not listen, but a short backup may leave defaults out."""
    if config.ssl.get("status") == "disable":
        return switch("ssl_vpn", on=False)
    places = {_bare(part) for part in config.ssl.get("source-interface", "").split('" "')}
    if places == {""}:
        return unclear("ssl_vpn")
    outside = "any" in places or bool(places & config.outward)
    return switch("ssl_vpn", on=True, outside=outside or not places <= config.inward)


def _admin(config: _Config, name: str, word: str) -> Setting:
    """Say whether administration answers, and whether towards the Internet."""
    open_on = {place for place, access in config.access.items() if word in access.split()}
    limited = bool(config.admins) and config.admins == config.limited_admins
    setting: Setting = admin(name, open_on, config.outward, config.inward)
    return unclear(name) if setting.outside and (limited or config.own_rules) else setting
