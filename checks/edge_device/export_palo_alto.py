"""Palo Alto Networks: ``show system info``, or the exported XML configuration.

The XML's ``detail-version`` is not known to name the hotfix (``-h3``), and hotfixes are what
decides with PAN-OS: without one only the branch is taken from it, and nothing exact is claimed.
Sources: ``show system info`` as recorded in ntc-templates (Apache-2.0); PAN-OS XML as public
tools read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from xml.parsers import expat

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    admin,
    built,
    is_public,
    lines_of,
    moment,
    not_mine,
    switch,
    the_only,
    unclear,
)

from posture_scan.sdk import Document, collector

_TITLE: Final = "Palo Alto Networks (PAN-OS)"
_VERSION: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,3}(?:-h\d{1,3})?")
_INFO: Final = re.compile(r"^(sw-version|model|time|family): (.{1,60})$")
_TIME: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})"
)
_MODEL: Final = re.compile(r"(?:PA|VM)-[A-Z0-9]{1,12}")
_DEPTH: Final = 100
_TO_THE_END: Final = True
_OUTWARD: Final = frozenset({"untrust", "outside", "wan", "internet", "external"})
_INWARD: Final = frozenset({"trust", "inside", "lan", "internal", "dmz"})
_HEAD: Final = re.compile(rb"^\s{0,64}(?:<\?xml[^>]{0,200}>\s{0,64})?<(?:config|response)\b")


@collector(on=Document("device_export"))
def palo_alto_export(content: bytes) -> DeviceExport:
    """Read ``show system info`` or a configuration export of a PAN-OS firewall."""
    if _HEAD.match(content.removeprefix(b"\xef\xbb\xbf")[:500]):
        return _xml(content)
    found: dict[str, set[str]] = {}
    for line in lines_of(content):
        match = _INFO.match(line.strip())
        if match:
            found.setdefault(match[1], set()).add(match[2].strip())
    model = the_only(found.get("model", ()))
    version = the_only(found.get("sw-version", ()))
    if not _MODEL.fullmatch(model) or not _VERSION.fullmatch(version):
        raise not_mine()
    return built(
        content, "palo_alto", "pan-os", _TITLE, version=version, model=model,
        stated_at=_stated(the_only(found.get("time", ()))),
    )  # fmt: skip


def _stated(text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    month, day, clock, year = found.groups()
    at: datetime | None = moment(year, month, day, clock)
    return at


# --- the XML configuration -------------------------------------------------------------------


@dataclass
class _Config:
    """What of the tree bears on remote access; names live no longer than the reading."""

    versions: list[str] = field(default_factory=list)
    portals: bool = False
    tunnels: bool = False
    open_profiles: dict[str, set[str]] = field(default_factory=dict)
    limited: set[str] = field(default_factory=set)
    profile_of: dict[str, str] = field(default_factory=dict)
    outward: set[str] = field(default_factory=set)
    inward: set[str] = field(default_factory=set)


def _xml(content: bytes) -> DeviceExport:
    config = _Config()
    try:
        _Reader(config).parse(content)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise not_mine() from error
    if not config.versions:
        raise not_mine()
    detail = the_only(config.versions)
    version = detail if "-h" in detail else ".".join(detail.split(".")[:2])
    facts = built(content, "palo_alto", "pan-os", _TITLE, version=version, build=detail)
    return replace(facts, settings=_settings(config))


class _Reader:
    """Walks the tree as it comes: no tree is built, no entity is taken, depth is bounded."""

    def __init__(self, config: _Config) -> None:
        self.config = config
        self.path: list[str] = []
        self.text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    def parse(self, content: bytes) -> None:
        self.parser.Parse(content, _TO_THE_END)

    def _refuse(self, *_declared: object) -> None:
        """A document type is where entities come from; no export has one."""
        raise not_mine()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= _DEPTH:
            raise not_mine()
        if tag == "config":
            version = attributes.get("detail-version") or attributes.get("version", "")
            if _VERSION.fullmatch(version):
                self.config.versions.append(version)
        name = attributes.get("name", "")
        self.path.append(f"{tag}={name}" if name else tag)
        self.text = []

    def _characters(self, text: str) -> None:
        if len(self.text) < _DEPTH:
            self.text.append(text[:200])

    def _end(self, _tag: str) -> None:
        _note(self.config, self.path, "".join(self.text).strip())
        self.path.pop()
        self.text = []


def _note(config: _Config, path: list[str], value: str) -> None:
    """Keep one element where it bears on remote access."""
    tags = [part.partition("=")[0] for part in path]
    names = [part.partition("=")[2] for part in path]
    if tags[-2:-1] in (["global-protect-portal"], ["global-protect-gateway"]):
        config.portals = True
    elif tags[-3:-1] == ["ike", "gateway"]:
        config.tunnels = True
    elif tags[-3:-1] == ["interface-management-profile", "entry"]:
        if tags[-1] == "permitted-ip":
            config.limited.add(names[-2])
        elif value == "yes":
            config.open_profiles.setdefault(names[-2], set()).add(tags[-1])
    elif tags[-1] == "interface-management-profile":
        config.profile_of[_interface(tags, names)] = value
    elif tags[-3:] == ["network", "layer3", "member"] and "zone" in tags:
        zone = next((n for t, n in zip(tags[::-1], names[::-1], strict=True) if t == "entry"), "")
        config.outward |= {value} if zone.lower() in _OUTWARD else set()
        config.inward |= {value} if zone.lower() in _INWARD else set()
    elif tags[-2:] == ["ip", "entry"] and is_public(names[-1]):
        config.outward.add(_interface(tags[:-1], names[:-1]))


def _interface(tags: list[str], names: list[str]) -> str:
    """Return the innermost named entry: the interface or the unit below it."""
    pairs = zip(tags[::-1], names[::-1], strict=True)
    return next((name for tag, name in pairs if tag == "entry" and name), "")


def _settings(config: _Config) -> tuple[Setting, ...]:
    found: dict[str, Setting] = {
        "ssl_vpn": switch("ssl_vpn", on=config.portals, outside=bool(config.outward)),
        "ipsec": switch("ipsec", on=config.tunnels),
    }
    for word in ("https", "http", "ssh", "telnet"):
        found[f"admin_{word}"] = _admin(config, word)
    return tuple(found[name] for name in sorted(found))


def _admin(config: _Config, word: str) -> Setting:
    name = f"admin_{word}"
    open_on = {
        place: profile for place, profile in config.profile_of.items()
        if word in config.open_profiles.get(profile, ())
    }  # fmt: skip
    outside = {profile for place, profile in open_on.items() if place in config.outward}
    setting: Setting = admin(name, open_on, config.outward, config.inward - config.outward)
    return unclear(name) if outside & config.limited else setting
