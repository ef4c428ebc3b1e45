"""What the state of a firewall means, as a plain answer that more than one check can weigh."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.host.collect_firewall import FirewallState, Profile

_REFUSES = frozenset({"drop", "reject", "deny"})


@dataclass(frozen=True)
class Judgement:
    """Whether unexpected connections are refused, and why; without a reason it was not seen."""

    stands: bool | None
    reason: str = ""
    what: str = ""
    """The firewall, or the networks the reason speaks of."""
    origin: str = ""
    inferred: bool = False
    """Concluded from settings rather than seen in force."""


def judged(seen: FirewallState) -> Judgement:
    """Judge one computer's firewall."""
    if seen.platform == "windows":
        return _windows(seen)
    if seen.platform == "darwin":
        if seen.application is None:
            return Judgement(None)
        return Judgement(seen.application, "on" if seen.application else "off", "macOS")
    return _linux(seen)


def _linux(seen: FirewallState) -> Judgement:
    if seen.dropped and (seen.dropped6 or seen.uses_ipv6 is False):
        return Judgement(stands=True, reason="on", what="nftables")
    if _ufw_stands(seen):
        if seen.dropped is None or seen.older_rules:
            return Judgement(stands=True, reason="configured", inferred=True)
        return Judgement(None, "not_in_force")
    if seen.older_rules:
        return Judgement(None, "older_rules")
    if seen.dropped is None or (seen.dropped and None in (seen.uses_ipv6, seen.dropped6)):
        return Judgement(None)
    if seen.dropped:
        return Judgement(stands=False, reason="ipv6_open")
    disabled = seen.ufw is not None and not seen.ufw.enabled
    return Judgement(stands=False, reason="ufw_disabled" if disabled else "no_rules")


def _ufw_stands(seen: FirewallState) -> bool:
    """Tell whether ufw is switched on in every place; its service alone says nothing."""
    ufw = seen.ufw
    return bool(ufw and ufw.enabled and ufw.service == "active" and ufw.input_policy in _REFUSES)


def _windows(seen: FirewallState) -> Judgement:
    if seen.products:
        return Judgement(stands=True, reason="other_maker", what=seen.products[0], inferred=True)
    weakness = _windows_weakness(seen)
    if weakness is not None:
        return weakness if seen.products_seen else Judgement(None)  # another may stand instead
    if seen.service is None or not seen.profiles:
        return Judgement(None)
    if any(one.enabled.value != 1 or one.blocks_inbound.value != 1 for one in seen.profiles):
        return Judgement(None)
    origins = {setting.origin.value for one in seen.profiles
               for setting in (one.enabled, one.blocks_inbound)}  # fmt: skip
    return Judgement(stands=True, reason="on", what="Windows", origin=",".join(sorted(origins)))


def _windows_weakness(seen: FirewallState) -> Judgement | None:
    if seen.service is False:
        return Judgement(stands=False, reason="service_stopped")
    profiles = seen.profiles
    if disabled := [one for one in profiles if one.enabled.value == 0]:
        origin = disabled[0].enabled.origin.value
        return Judgement(stands=False, reason="profiles_off", what=_names(disabled), origin=origin)
    if letting := [one for one in profiles if one.blocks_inbound.value == 0]:
        return Judgement(stands=False, reason="inbound_allowed", what=_names(letting))
    return None


def _names(profiles: list[Profile]) -> str:
    return ", ".join(one.name for one in profiles)
