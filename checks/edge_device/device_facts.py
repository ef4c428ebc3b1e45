"""What a border device's own export says of it: the facts, never the secrets it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from posture_scan.sdk import Facts, Method, begins_with


@dataclass(frozen=True)
class Setting:
    """One door of the device, as its configuration has it."""

    id: str
    """``ssl_vpn``, ``ipsec``, ``pptp``, ``l2tp``, ``admin_https``, ``admin_http``,
    ``admin_ssh``, ``admin_telnet``."""
    state: str
    """``on``, ``off``, or ``unclear`` where the file does not settle it."""
    outside: bool = False
    """Whether it is open on an interface that faces the Internet."""


@dataclass(frozen=True)
class DeviceExport(Facts):
    """Product, version and remote-access settings out of one file, and the file's digest."""

    method: ClassVar[Method] = Method.DEVICE_EXPORT

    maker: str
    """Which reader understood it: ``fortigate``, ``cisco_asa`` …"""
    product: str
    """The product's id in the product data, as the fingerprint files name it."""
    title: str
    version: str
    """As the maker writes it; empty where the file does not say."""
    sha256: str
    """Of the whole file, lower-case hexadecimal."""
    model: str = ""
    build: str = ""
    stated_at: datetime | None = None
    """The moment of the export where the file itself gives one with its time zone."""
    settings: tuple[Setting, ...] = ()


def agree(exports: Iterable[DeviceExport], *versions: str) -> bool:
    """Tell whether the versions of several exports, and those beside, can be one device's.

    A shorter one fits every version that it begins: ``7.4`` and ``7.4.11``.
    """
    known = [version for version in (*versions, *(item.version for item in exports)) if version]
    return all(begins_with(a, b) or begins_with(b, a) or a == b for a in known for b in known)


def fullest(exports: Iterable[DeviceExport]) -> str:
    """Return the most precise version that the exports state; empty where none states one."""
    return max((item.version for item in exports), key=len, default="")
