"""The TCP ports this computer listens on, and whether others can reach them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Look, lift_of

_FIELDS: Final = 4
_MOST: Final = 5_000


@dataclass(frozen=True)
class Listener:
    """One listening TCP socket."""

    port: int
    local_only: bool
    """Bound to a loopback address: nobody else gets there."""


def listeners(look: Look) -> tuple[Listener, ...] | None:
    """Return every listening TCP socket; None, noted, where that could not be asked.

    Windows answers itself; on Linux ``ss`` does. macOS is not asked: its services say more.
    """
    if look.host.platform == "windows":
        return _from_windows(look)
    if look.host.platform != "linux":
        return None
    result = look.run(("ss", "-tlnH"), hides="socket")
    if result is None or result.code != 0 or result.truncated:
        return None
    found = []
    for line in result.stdout.decode("ascii", "replace").splitlines()[:_MOST]:
        fields = line.split()
        if len(fields) < _FIELDS:
            continue
        address, _, port = fields[3].rpartition(":")
        if port.isdecimal():
            found.append(Listener(int(port), _is_local(address)))
    return tuple(found)


def _from_windows(look: Look) -> tuple[Listener, ...] | None:
    try:
        rows = look.host.system("listening")
    except AttemptError as error:
        look.note("listening sockets", error.attempt, "socket", lift_of(error))
        return None
    if not rows:  # Windows itself always listens: an empty list is no answer
        look.note("listening sockets", Attempt.PROTOCOL_MISMATCH, "socket", "again")
        return None
    return tuple(Listener(int(row["port"]), _is_local(str(row["address"]))) for row in rows)


def _is_local(address: str) -> bool:
    bare = address.strip("[]").partition("%")[0]
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:  # "*" is every address
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def open_ports(found: tuple[Listener, ...]) -> frozenset[int]:
    """Return the ports that others can reach."""
    return frozenset(item.port for item in found if not item.local_only)
