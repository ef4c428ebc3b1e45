"""Collects what stands between this computer's services and everybody on the network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.assignments import assignments
from posture_scan.checks.host.firewall_rules import unexpected_is_dropped
from posture_scan.checks.host.plist import property_list
from posture_scan.checks.host.protection_script import windows_answer
from posture_scan.checks.host.setting import Origin, Setting, Source, effective, running
from posture_scan.checks.host.systemd import units

from posture_scan.sdk import (
    PASSIVE,
    Attempt,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    number_of,
    printable,
)


@dataclass(frozen=True)
class Profile:
    """Windows' firewall for one kind of network; 1 is on, and 0 lets unasked connections in."""

    name: str
    """``domain``, ``private`` or ``public``."""
    enabled: Setting
    blocks_inbound: Setting


@dataclass(frozen=True)
class Ufw:
    """Ubuntu's firewall as its files have it."""

    enabled: bool
    """``ENABLED`` in ufw.conf; the service is active whatever stands there."""
    input_policy: str
    """``drop``, ``reject``, ``accept`` or empty."""
    service: str
    """``active`` …; empty where systemd did not say."""


@dataclass(frozen=True)
class FirewallState(HostFacts):
    """What each platform says about its firewall; fields of the others stay empty."""

    dropped: bool | None = None
    """Linux: whether the rules in force refuse an unexpected IPv4 connection."""
    dropped6: bool | None = None
    uses_ipv6: bool | None = False
    """Linux: whether there is an address of IPv6; None where that is closed."""
    older_rules: bool = False
    """Linux: rules of the older kind are loaded, which only iptables-legacy can list."""
    ufw: Ufw | None = None
    profiles: tuple[Profile, ...] = ()
    service: bool | None = None
    """Windows: whether the firewall's service (MpsSvc) runs."""
    products: tuple[str, ...] = ()
    """Windows: other makers' firewalls that Windows knows to be on."""
    products_seen: bool = False
    """Whether that could be asked; it is not while Windows' own firewall stands."""
    application: bool | None = None
    """macOS: whether the application firewall is on."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def firewall_state(host: Host) -> FirewallState:
    """Read rules, settings and services; nothing is sent."""
    look = Look(host)
    if host.platform == "windows":
        return _windows(look)
    if host.platform == "darwin":
        application = _macos(look)
        return FirewallState("darwin", host.elevated, application=application,
                             not_read=look.noted())  # fmt: skip
    return _linux(look)


# --- Linux -----------------------------------------------------------------------------------

_OWN_ADDRESS: Final = "10"
"""The scope of ::1 in /proc/net/if_inet6."""

_IF_INET6: Final = "/proc/net/if_inet6"
_IF_INET6_FIELDS: Final = 6
_UFW: Final = "ufw.service"


def _linux(look: Look) -> FirewallState:
    dropped, dropped6 = _rules(look)
    names = [look.text(f"/proc/net/{kind}_tables_names", hides="rules") or ""
             for kind in ("ip", "ip6")]  # fmt: skip
    return FirewallState(
        "linux", look.host.elevated, dropped, dropped6,
        uses_ipv6=_uses_ipv6(look),
        older_rules=any("filter" in text.split() for text in names),
        ufw=_ufw(look), not_read=look.noted(),
    )  # fmt: skip


def _uses_ipv6(look: Look) -> bool | None:
    addresses = look.text(_IF_INET6, hides="ipv6")
    if addresses is None:
        return False if look.is_missing(_IF_INET6) else None
    rows = [line.split() for line in addresses.splitlines()]
    return any(len(row) == _IF_INET6_FIELDS and row[3] != _OWN_ADDRESS for row in rows)


def _rules(look: Look) -> tuple[bool | None, bool | None]:
    result = look.run(("nft", "-j", "list", "ruleset"), hides="rules", timeout=10.0)
    if result is None:
        return None, None
    if result.code != 0 and not look.host.elevated:
        look.note("nft", Attempt.PERMISSION_DENIED, "rules", "administrator")
        return None, None
    try:
        said = b"" if result.code or result.truncated else result.stdout
        dropped, dropped6 = unexpected_is_dropped(said)
    except ValueError:
        look.note("nft", Attempt.PROTOCOL_MISMATCH, "rules", "again")
        return None, None
    if dropped is None or dropped6 is None:  # a table whose rules this reader does not understand
        look.note("nft", Attempt.PROTOCOL_MISMATCH, "rules", "again")
    return dropped, dropped6


def _ufw(look: Look) -> Ufw | None:
    switch = look.text("/etc/ufw/ufw.conf", hides="ufw")
    if switch is None:
        return None
    policy = look.text("/etc/default/ufw", hides="ufw") or ""
    unit = (units(look, _UFW, hides="ufw") or {}).get(_UFW)
    return Ufw(
        assignments(switch).get("ENABLED", "").lower() == "yes",
        assignments(policy).get("DEFAULT_INPUT_POLICY", "").lower(),
        unit.active_state[:20] if unit else "",
    )


# --- Windows ---------------------------------------------------------------------------------

_LOCAL: Final = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
_POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
_PROFILES: Final = (
    ("domain", "DomainProfile", ("DomainProfile",)),
    ("private", "StandardProfile", ("PrivateProfile", "StandardProfile")),
    ("public", "PublicProfile", ("PublicProfile",)),
)
"""Name, local key (private networks are "standard" there), and the keys a policy may use."""

_BUILT_IN: Final = "D68DDC3A-831F-4FAE-9E44-DA132C1ACF46"


def _windows(look: Look) -> FirewallState:
    profiles = tuple(
        Profile(name, _firewall_setting(look, local, policies, "EnableFirewall"),
                _firewall_setting(look, local, policies, "DefaultInboundAction"))
        for name, local, policies in _PROFILES
    )  # fmt: skip
    service = running(look.host, "MpsSvc")
    if service is None:
        look.note("MpsSvc", Attempt.PERMISSION_DENIED, "service", "administrator")
    sound = service is True and all(
        profile.enabled.value == 1 and profile.blocks_inbound.value == 1 for profile in profiles
    )
    products = None if sound else _other_makers(look)
    return FirewallState(
        "windows", look.host.elevated, profiles=profiles, service=service,
        products=products or (), products_seen=products is not None,
        not_read=look.noted(),
    )  # fmt: skip


def _firewall_setting(look: Look, local: str, policies: tuple[str, ...], name: str) -> Setting:
    """Return 1 for on (or for blocking), which both are unless somebody said otherwise."""
    places = [Source(Origin.POLICY, rf"{_POLICY}\{key}", name) for key in policies]
    places.append(Source(Origin.LOCAL, rf"{_LOCAL}\{local}", name))
    return effective(look, tuple(places), default=1)


def _other_makers(look: Look) -> tuple[str, ...] | None:
    """Name firewalls that the security centre knows to be on: bits 12 to 15 of the state are 1.

    None where it could not be asked; a Windows Server has none, which is an answer.
    """
    answer = windows_answer(look)
    rows = answer.rows("FirewallProduct", hides="product") if answer else []
    if answer is None or any(note.hides == "product" for note in look.not_read):
        return None
    return tuple(
        printable(str(row.get("name", "")))[:60]
        for row in rows[:20]
        if (number_of(row.get("state")) >> 12) & 0xF == 1 and _BUILT_IN not in str(row.get("guid"))
    )


# --- macOS -----------------------------------------------------------------------------------

_ALF: Final = "/Library/Preferences/com.apple.alf.plist"
_STATE: Final = re.compile(rb"\(State = ([0-2])\)")
_PROFILER: Final = {
    "spfirewall_globalstate_off": False, "spfirewall_globalstate_allow_all": False,
    "spfirewall_globalstate_limit_connections": True, "spfirewall_globalstate_block_all": True,
}  # fmt: skip
_LAST_WITH_FILE: Final = 14
"""Up to macOS 14 the state stands in a file; an old copy of it may outlive an upgrade."""


def _macos(look: Look) -> bool | None:
    result = look.run(("socketfilterfw", "--getglobalstate"), hides="firewall", quiet=True)
    found = _STATE.search(result.stdout) if result else None
    if found:
        return found[1] != b"0"
    profiled = _profiled(look)
    if profiled is not None:
        return profiled
    version = look.run(("sw_vers", "-productVersion"), hides="firewall", quiet=True)
    major = re.match(rb"(\d{1,3})\.", version.stdout) if version else None
    if major and int(major[1]) <= _LAST_WITH_FILE:
        return _alf(look)
    look.note("socketfilterfw", Attempt.PROTOCOL_MISMATCH, "firewall", "again")
    return None


def _profiled(look: Look) -> bool | None:
    result = look.run(("system_profiler", "SPFirewallDataType", "-json"), hides="firewall",
                      timeout=20.0, quiet=True)  # fmt: skip
    try:
        items = json.loads(result.stdout)["SPFirewallDataType"] if result else []
        return next((_PROFILER.get(item.get("spfirewall_globalstate")) for item in items), None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _alf(look: Look) -> bool | None:
    table = property_list(look, _ALF, hides="firewall")
    state = table.get("globalstate") if table else None
    if type(state) is int:
        return state > 0
    look.note(_ALF, Attempt.PROTOCOL_MISMATCH, "firewall", "again")
    return None
