"""Telling a real computer from something that answers on every port.

Firewalls that finish every handshake, proxies that hand every port to one server, and honeypots:
what they show says nothing of the firm, for better or worse. The limits and what was weighed are
in the decision 0005-answers-on-everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import ProtocolSpec

MOST_ANYWHERE: Final = 100
"""Open ports of one address: no office server in any network has more of the list open."""
MOST_OUTSIDE: Final = 25
"""Seen from the Internet, more open ports than this are a middlebox or honeypot."""
MOST_KINDS: Final = 8
"""Likewise more different kinds of software than this."""
MANY_MUTE: Final = 10
"""So many ports that accept and never say a word, and no others but a few, are no services."""
_MUTE_SHARE: Final = 4
"""Mute ports for each that speaks."""
MANY_STRANGE: Final = 10
"""Ports on which something else speaks than lives there everywhere: one server behind them all."""

_WINDOWS_PORTS: Final = frozenset(
    {42, 53, 80, 88, 135, 139, 389, 443, 445, 464, 593, 636, 3268, 3269, 3389, 5357, 5985, 5986,
     9389, 47001}
)  # fmt: skip
"""What one Windows server, a domain controller at most, answers on.

Microsoft, "Service overview and network port requirements for Windows"; 47001 is WinRM's own.
"""
_WINDOWS_RPC: Final = range(49_152, 65_536)
"""The dynamic ports of its RPC services (the same source)."""
_WINDOWS_SPEAKS: Final = ({"smb", "netbios_session"}, {"msrpc", "rdp", "ldap", "kerberos", "winrm"})
"""One of the first and one of the second must have been recognised before it is believed."""
_WEB: Final = frozenset({80, 443, 4433, 4443, 8080, 8443, 10443})
_FAMILIES: Final = {
    "smtp": "mail", "imap": "mail", "pop3": "mail", "tls": "http", "netbios_session": "smb",
}  # fmt: skip
"""Protocols that one piece of software usually speaks together; the others stand for themselves."""


@dataclass(frozen=True)
class Look:
    """What one address's TCP ports showed."""

    open_ports: Collection[int]
    named: Mapping[int, str]
    """The protocol recognised on a port."""
    mute: Collection[int] = ()
    """Open ports that were asked to the end and never said a byte."""
    external: bool = True
    """Seen from the Internet, where few doors are meant to be open."""


def usual_protocols(specs: Iterable[ProtocolSpec]) -> dict[int, frozenset[str]]:
    """Return which protocols live on a TCP port everywhere."""
    found: dict[int, set[str]] = {}
    for spec in specs:
        if spec.transport == "tcp":
            for port in spec.ports:
                found.setdefault(port, set()).add(spec.name)
    return {port: frozenset(names) for port, names in found.items()}


def too_many(open_ports: Collection[int], *, external: bool) -> bool:
    """Tell by the ports alone that they are more than any computer has, whatever speaks there."""
    others = [port for port in open_ports if not _may_be_windows(port)]
    return len(open_ports) > MOST_ANYWHERE or (external and len(others) > MOST_OUTSIDE)


def answers_everything(look: Look, usual: Mapping[int, frozenset[str]]) -> bool:
    """Judge one address; ``usual`` is what ``usual_protocols`` returns."""
    windows = _windows(look)
    others = set(look.open_ports) - windows
    mute = set(look.mute) - windows
    if too_many(look.open_ports, external=look.external) or _strange(look, usual) >= MANY_STRANGE:
        return True
    if len(mute) >= MANY_MUTE and len(mute) >= _MUTE_SHARE * (len(look.open_ports) - len(mute)):
        return True
    kinds = {_FAMILIES.get(name, name) for port, name in look.named.items() if port in others}
    return look.external and (len(others) > MOST_OUTSIDE or len(kinds) > MOST_KINDS)


def _windows(look: Look) -> set[int]:
    """The open ports that one Windows server explains, if one was recognised here."""
    speaks = set(look.named.values())
    if not all(speaks & some for some in _WINDOWS_SPEAKS):
        return set()
    return {port for port in look.open_ports if _may_be_windows(port)}


def _may_be_windows(port: int) -> bool:
    return port in _WINDOWS_PORTS or port in _WINDOWS_RPC


def _strange(look: Look, usual: Mapping[int, frozenset[str]]) -> int:
    """Count ports on which another protocol was recognised than the one that is at home there.

    TLS with nothing recognised inside says nothing of what it wraps.
    """
    return sum(
        1 for port, name in look.named.items()
        if name != "tls" and port in usual and name not in usual[port]
        and not (name == "http" and port in _WEB)
    )  # fmt: skip
