"""The TCP ports this computer listens on, and whether others can reach them.

The system's own table is open to every user; which program or person is behind a port is not
asked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Look, lift_of


@dataclass(frozen=True)
class Listener:
    """One listening TCP socket; one on ``::`` takes IPv4 connections as well."""

    port: int
    local_only: bool
    """Bound to a loopback address: nobody else gets there."""


def listeners(look: Look) -> tuple[Listener, ...] | None:
    """Return every listening TCP socket; None, noted, where not all could be seen."""
    read = {"windows": _windows, "darwin": _macos}.get(look.host.platform, _linux)
    sockets = read(look)
    if sockets is None:
        return None
    return tuple(Listener(port, _is_loopback(address)) for address, port in sockets)


def open_ports(found: tuple[Listener, ...]) -> frozenset[int]:
    """Return the ports that others can reach."""
    return frozenset(item.port for item in found if not item.local_only)


_Socket = tuple[str, int]


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False  # what cannot be understood may be open to all
    inner = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (inner or parsed).is_loopback


# --- Linux -----------------------------------------------------------------------------------

_LISTEN: Final = "0A"
_MOST: Final = 16 * 1_048_576
_LOCAL: Final = re.compile(r"([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})")


def _linux(look: Look) -> list[_Socket] | None:
    """Read proc_pid_net(5) tcp and tcp6; the second is not there without IPv6."""
    before = len(look.not_read)
    texts = [
        look.text(f"/proc/net/{name}", hides="socket", limit=_MOST) for name in ("tcp", "tcp6")
    ]
    if len(look.not_read) > before:
        return None
    if "local_address" not in (texts[0] or ""):  # the heading stands there without any socket too
        look.note("/proc/net/tcp", Attempt.TOOL_MISSING, "socket", "tool")
        return None
    found: list[_Socket] = []
    for text in texts:
        for line in (text or "").splitlines()[1:]:
            fields = line.split()
            local = _LOCAL.fullmatch(fields[1]) if len(fields) > 3 else None  # noqa: PLR2004
            if local and fields[3] == _LISTEN:
                found.append((_address(local[1]), int(local[2], 16)))
    return found


def _address(digits: str) -> str:
    """Turn what the kernel prints into an address: words of 32 bits, lowest byte first."""
    raw = bytes.fromhex(digits)
    turned = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    return str(ipaddress.ip_address(turned))


# --- Windows and macOS -----------------------------------------------------------------------


def _windows(look: Look) -> list[_Socket] | None:
    try:
        rows = look.host.system("listening")
    except AttemptError as error:
        look.note("GetExtendedTcpTable", error.attempt, "socket", lift_of(error))
        return None
    if not rows:  # Windows itself always listens: an empty list is no answer
        look.note("GetExtendedTcpTable", Attempt.PROTOCOL_MISMATCH, "socket", "again")
        return None
    return [(str(row.get("address", "")), int(row.get("port", 0))) for row in rows]


_NETSTAT: Final = ("netstat", "-anW", "-p", "tcp")
_ROW: Final = re.compile(
    r"tcp(?:4|6|46)\s+\d+\s+\d+\s+(\*|[0-9A-Fa-f:.%a-z]+)\.(\d{1,5})\s+\S+\s+LISTEN\b"
)


def _macos(look: Look) -> list[_Socket] | None:
    """Read ``netstat``, which shows everybody's sockets to every user and is not translated.

    ``lsof`` would leave out the sockets of other users, and with them those of the system.
    """
    result = look.run(_NETSTAT, hides="socket")
    if result is None:
        return None
    text = result.stdout.decode("utf-8", "replace")
    if result.code != 0 or result.truncated or "Local Address" not in text:
        look.note("netstat", Attempt.PROTOCOL_MISMATCH, "socket", "again")
        return None
    rows = [_ROW.match(line[:400]) for line in text.splitlines()]
    return [("::" if row[1] == "*" else row[1], int(row[2])) for row in rows if row]
