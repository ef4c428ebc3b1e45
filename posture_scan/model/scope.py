"""What may be touched and who allowed it. Out wins over in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from posture_scan.model.evidence import Vantage

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Intensity(StrEnum):
    """How far a scan may go; nothing above ``light`` runs without written consent."""

    PASSIVE = "passive"
    LIGHT = "light"
    CONSENT_DEEP = "consent-deep"


@dataclass(frozen=True)
class Scope:
    """An organisation's written permission, as data."""

    organisation: str
    authorised_by: str
    valid_from: date
    valid_until: date
    targets: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    computers: int = 0
    """All PCs and servers of the firm; 0 means not declared."""
    servers: int = 0
    vantage: Vantage = Vantage.EXTERNAL
    intensity: Intensity = Intensity.LIGHT
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names an address is served under (SNI, Host) where DNS does not say."""
    nothing_listens: tuple[str, ...] = ()
    """Addresses on which, as the owner confirms, nothing is meant to answer."""
    domains: tuple[str, ...] = ()
    """Domains of the organisation whose mail and DNS are looked at, in DNS alone; those that
    ``targets`` names need not be repeated."""
    data_on: tuple[str, ...] = ()
    """Names of the computers that hold the data which must not be lost, and whose backups count;
    empty means every computer."""
    proof: str = ""
    """Random text from which the DNS record follows that proves a domain to be the
    organisation's; empty where nobody asked for such a proof."""

    def holds_data(self, names: tuple[str, ...]) -> bool:
        """Tell whether a computer of these names is one whose backups count."""
        declared = {name.casefold() for name in self.data_on}
        return not declared or any(name.casefold() in declared for name in names)

    def allows_address(self, address: str) -> bool:
        """Tell whether a resolved address may be touched by itself."""
        ip = ipaddress.ip_address(address)
        return _in_networks(ip, self.targets) and not _in_networks(ip, self.exclude)

    def allows_name(self, name: str) -> bool:
        """Tell whether a name is in scope; its addresses are judged by ``allows``."""
        return _matches(name, self.targets) and not _matches(name, self.exclude)

    def allows_domain(self, name: str) -> bool:
        """Tell whether DNS may be read as that of one of the organisation's domains."""
        named = name.rstrip(".").lower() in {one.rstrip(".").lower() for one in self.domains}
        return (named or self.allows_name(name)) and not _matches(name, self.exclude)

    def allows(self, address: str, name: str = "") -> bool:
        """Tell whether a socket may be opened to this address, reached under this name.

        A name in scope brings its public addresses into scope (the owner named the name);
        a name may never lead to a loopback, link-local or private address that is not
        itself listed, so that a DNS answer cannot point the scan inside.
        """
        ip = ipaddress.ip_address(address)
        if _in_networks(ip, self.exclude) or (name and _matches(name, self.exclude)):
            return False
        if _in_networks(ip, self.targets):
            return True
        return bool(name) and _matches(name, self.targets) and ip.is_global

    def covers_day(self, day: date) -> bool:
        """Tell whether the permission holds on this day, both ends included."""
        return self.valid_from <= day <= self.valid_until


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _in_networks(ip: IpAddress, entries: tuple[str, ...]) -> bool:
    # An IPv4 address in IPv6 clothes is the same address: look at it both ways.
    forms = [ip, *filter(None, [getattr(ip, "ipv4_mapped", None)])]
    networks = [net for net in map(_network, entries) if net is not None]
    return any(form in net for net in networks for form in forms)


def _matches(name: str, entries: tuple[str, ...]) -> bool:
    wanted = name.rstrip(".").lower()
    for entry in entries:
        pattern = entry.rstrip(".").lower()
        if pattern.startswith("*."):
            if wanted.endswith(pattern[1:]) and wanted != pattern[2:]:
                return True
        elif wanted == pattern:
            return True
    return False
