"""Collects the TCP ports that this computer opens to others; programs and people are not kept."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    PASSIVE,
    Attempt,
    AttemptError,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    lift_of,
)


@dataclass(frozen=True)
class ListeningPorts(HostFacts):
    """The ports that listen on an address which others can reach."""

    ports: tuple[int, ...] = ()
    """Ascending; a port that listens on ``::`` takes IPv4 connections as well."""
    local_only: tuple[int, ...] = ()
    """Ports that listen on loopback addresses alone."""
    finished: bool = False
    """Whether every listening socket was seen."""


_Socket = tuple[str, int]


@collector(on=Machine(), intrusiveness=PASSIVE)
def listening_ports(host: Host) -> ListeningPorts:
    """Read the system's own table of sockets, which is open to every user; nothing is sent."""
    look = Look(host)
    read = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)
    sockets = read(look)
    found = [] if sockets is None else sockets
    near = {port for address, port in found if _is_loopback(address)}
    far = {port for address, port in found if not _is_loopback(address)}
    return ListeningPorts(
        platform=host.platform, elevated=host.elevated, ports=tuple(sorted(far)),
        local_only=tuple(sorted(near - far)), finished=sockets is not None,
        not_read=look.noted(),
    )  # fmt: skip


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
    found: list[_Socket] = []
    texts = [
        look.text(f"/proc/net/{name}", hides="socket", limit=_MOST) for name in ("tcp", "tcp6")
    ]
    if look.not_read or texts[0] is None:
        if texts[0] is None and not look.not_read:
            look.note("/proc/net/tcp", Attempt.TOOL_MISSING, "socket", "tool")
        return None
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
    rows: Iterable[re.Match[str] | None] = (_ROW.match(line[:400]) for line in text.splitlines())
    return [("::" if row[1] == "*" else row[1], int(row[2])) for row in rows if row]
