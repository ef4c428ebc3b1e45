"""SonicWall firewalls: the exported settings (.exp), ``show version`` or ``show device``.

An .exp file is Base64 of ``name=value`` pairs joined by ``&``; ``buildNum`` and
``shortProdName`` are the two that public converters of such files read.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting
from posture_scan.checks.edge_device.read_export import (
    admin,
    built,
    lines_of,
    not_mine,
    the_only,
)

from posture_scan.sdk import Document, collector

_TITLE: Final = "SonicWall (SonicOS)"
_NUMBER: Final = r"(\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,3})?(?:-\d{1,5}[a-z]{0,2})?)"
_FIRMWARE: Final = re.compile(
    r'^(?:firmware-version "|Firmware Version: )SonicOSX? (?:Enhanced |Standard )?' + _NUMBER
)
_BUILD_NUMBER: Final = re.compile(_NUMBER)
_MODEL: Final = re.compile(
    r'^(?:model|Model|Model Name|product-name)[: ]{1,2}"?'
    r"((?:SonicWALL )?(?:TZ|NS[AaVvSsp]{1,3}|SOHO)[A-Za-z0-9 ]{0,16})"
)
_PRODUCT: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ]{1,24}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]{64,}")
_UNTRUSTED_ZONE: Final = "wan"
_INSIDE_ZONES: Final = frozenset({"lan", "dmz", "wlan", "mgmt"})
_SERVICES: Final = ("https", "http", "ssh")


@collector(on=Document("device_export"))
def sonicwall_export(content: bytes) -> DeviceExport:
    """Read exported settings, ``show version`` or ``show current-config`` of a SonicWall."""
    pairs = _pairs(content)
    if pairs is not None:
        return _exported(content, pairs)
    lines = list(lines_of(content))
    found = [match[1] for line in lines if (match := _FIRMWARE.match(line.strip()))]
    if not found:
        raise not_mine()
    models = {m[1].strip() for line in lines if (m := _MODEL.match(line.strip()))}
    facts = built(
        content, "sonicwall", "sonicos", _TITLE, version=the_only(found), model=the_only(models)
    )
    return replace(facts, settings=_from_commands(lines))


def _pairs(content: bytes) -> dict[str, str] | None:
    """Return the settings of an .exp file, or None for any other file."""
    body = content.strip().rstrip(b"&")
    if not _BASE64.fullmatch(body):
        return None
    try:
        text = base64.b64decode(b"".join(body.split()), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return None
    parts = (part.partition("=") for part in text.split("&"))
    return {key.strip(): _plain(value) for key, _, value in parts}


def _plain(value: str) -> str:
    """Undo the escapes that the few values that are looked at may hold."""
    return value.strip().replace("%20", " ").replace("+", " ").replace("%2D", "-")


def _exported(content: bytes, pairs: dict[str, str]) -> DeviceExport:
    found = _BUILD_NUMBER.match(pairs.get("buildNum", ""))
    if not found or "shortProdName" not in pairs:
        raise not_mine()
    model = pairs["shortProdName"]
    facts = built(
        content, "sonicwall", "sonicos", _TITLE, version=found[1],
        model=model if _PRODUCT.fullmatch(model) else "",
    )  # fmt: skip
    zones = {
        key.rsplit("_", 1)[-1]: value.lower()
        for key, value in pairs.items()
        if key.startswith(("iface_zone_", "interface_Zone_"))
    }
    managed = {
        word: {key.rsplit("_", 1)[-1] for key, value in pairs.items()
               if key.startswith(f"iface_{word}_mgmt_") and value in ("on", "1")}
        for word in _SERVICES
        if any(key.startswith(f"iface_{word}_mgmt_") for key in pairs)
    }  # fmt: skip
    return replace(facts, settings=_admin(zones, managed))


def _from_commands(lines: list[str]) -> tuple[Setting, ...]:
    """Read ``interface``, ``zone`` and ``management`` out of ``show current-config``."""
    zones: dict[str, str] = {}
    managed: dict[str, set[str]] = {}
    place = ""
    for line in lines:
        words = line.split()
        if not line[:1].isspace():
            place = words[1] if words[:1] == ["interface"] and len(words) > 1 else ""
        elif place and words[:1] == ["zone"] and len(words) > 1:
            zones[place] = words[1].strip('"').lower()
        elif place and words[:1] == ["management"]:
            for word in set(words[1:]) & set(_SERVICES):
                managed.setdefault(word, set()).add(place)
    if not zones:
        return ()
    return _admin(zones, {word: managed.get(word, set()) for word in _SERVICES})


def _admin(zones: dict[str, str], managed: dict[str, set[str]]) -> tuple[Setting, ...]:
    outward = {place for place, zone in zones.items() if zone == _UNTRUSTED_ZONE}
    inward = {place for place, zone in zones.items() if zone in _INSIDE_ZONES}
    found: dict[str, Setting] = {
        f"admin_{word}": admin(f"admin_{word}", places, outward, inward)
        for word, places in managed.items()
    }
    return tuple(found[name] for name in sorted(found))
