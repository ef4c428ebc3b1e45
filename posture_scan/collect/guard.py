"""The scope where a socket opens: the last word on every address before it is touched."""

from __future__ import annotations

import ipaddress
from typing import Final

from posture_scan.model.evidence import Attempt
from posture_scan.model.scope import IpAddress, Scope
from posture_scan.model.world import AttemptError

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1


class Guard:
    """Judges resolved addresses against one scope."""

    def __init__(self, scope: Scope) -> None:
        """Take the scope whose targets and exclusions count."""
        self._scope = scope

    def check(self, address: str, name: str = "") -> str:
        """Return the plain form of an address that may be touched.

        ``name`` is the name it is reached under; a name in scope brings its public addresses
        into scope, never a loopback, private or link-local one that is not itself listed.

        Raises:
            AttemptError: out_of_scope for everything else, and for what is no address.
        """
        host, _, zone = address.partition("%")
        try:
            ip = ipaddress.ip_address(host)
        except ValueError as error:
            raise AttemptError(Attempt.OUT_OF_SCOPE, "not_an_address") from error
        inner = _embedded(ip)
        plain = str(getattr(ip, "ipv4_mapped", None) or ip)
        if inner is not None and not self._scope.allows(str(inner), name):
            raise AttemptError(Attempt.OUT_OF_SCOPE, plain)
        if ip.is_multicast or ip.is_unspecified or not self._scope.allows(plain, name):
            raise AttemptError(Attempt.OUT_OF_SCOPE, plain)
        return f"{plain}%{zone}" if zone else plain


def _embedded(ip: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address really leads to, if it carries one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour
