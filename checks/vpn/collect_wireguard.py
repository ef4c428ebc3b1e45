"""WireGuard: a server answers nobody who does not have its public key, so it cannot be seen.

What is sent has the shape of a handshake's first message and holds zeros: the server's first
look at it, a keyed hash, fails and it drops it. The one thing that can be learnt is an ICMP
message that the port is closed.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_SENDER: Final = struct.pack("<I", 0x70737531)
_INITIATION: Final = struct.pack("<I", 1) + _SENDER + bytes(140)
_RESPONSE, _RESPONSE_LENGTH = struct.pack("<I", 2), 92
_COOKIE, _COOKIE_LENGTH = struct.pack("<I", 3), 64


@protocol("wireguard", sends=_INITIATION, ports=(51820,), transport="udp", mute=True)
def wireguard(answer: bytes) -> bool:
    """A handshake response or a cookie reply to our sender index; neither ever comes unearned."""
    response = len(answer) == _RESPONSE_LENGTH and answer.startswith(_RESPONSE)
    cookie = len(answer) == _COOKIE_LENGTH and answer.startswith(_COOKIE)
    receiver = answer[8:12] if response else answer[4:8]
    return (response or cookie) and receiver == _SENDER
