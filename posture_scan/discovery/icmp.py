"""Whose word an ICMP message is: the address's own, or that of something on the way.

A connected UDP socket only learns "refused". A firewall that rejects datagrams, on our side or
theirs, says the same words in its own name (iptables does so by default); taken for the
address's, they would turn what nobody saw into "closed". Linux tells who spoke: ip(7), ipv6(7),
IP_RECVERR. Elsewhere the system's word has to do.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import struct
import sys
from typing import Final

_IP_RECVERR: Final = 11
_IPV6_RECVERR: Final = 25
_LEVELS: Final = ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR))
_EXTENDED: Final = struct.Struct("=IBBBBII")
"""struct sock_extended_err of linux/errqueue.h: errno, origin, type, code, padding, info, data."""
_ICMP_ORIGINS: Final = (2, 3)
_REFUSED: Final = (errno.ECONNREFUSED, errno.ECONNRESET)
"""Windows reports a port unreachable as a reset."""
_MOST_QUEUED: Final = 4
_KNOWS: Final = sys.platform == "linux"


def want_messages(connection: socket.socket) -> None:
    """Ask the system to keep ICMP messages with their sender, where it can."""
    if _KNOWS:
        v6 = connection.family == socket.AF_INET6
        level, option = _LEVELS[1] if v6 else _LEVELS[0]
        connection.setsockopt(level, option, 1)


def port_unreachable(connection: socket.socket, address: str, error: OSError) -> bool:
    """Tell whether the address itself said that nothing listens on the port."""
    refused = error.errno in _REFUSED
    if not _KNOWS:
        return refused
    return address.partition("%")[0] in _speakers(connection)


def _speakers(connection: socket.socket) -> list[str]:
    """Who said "refused", from the socket's queue of errors, which is emptied by this."""
    found = []
    flags = socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT
    with contextlib.suppress(OSError):
        for _ in range(_MOST_QUEUED):
            _, notes, _, _ = connection.recvmsg(1, 512, flags)
            found += [_speaker(data) for level, kind, data in notes if (level, kind) in _LEVELS]
    return found


def _speaker(data: bytes) -> str:
    number, origin, *_ = _EXTENDED.unpack_from(data)
    sender = data[_EXTENDED.size :]
    if number != errno.ECONNREFUSED or origin not in _ICMP_ORIGINS:
        return ""
    v4 = struct.unpack_from("=H", sender)[0] == socket.AF_INET
    raw = sender[4:8] if v4 else sender[8:24]
    return str(ipaddress.ip_address(raw))
