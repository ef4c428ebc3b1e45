"""OpenVPN over UDP and TCP, recognised by its answer to the first message of its handshake.

Only a server without tls-auth and tls-crypt answers a stranger. One that has them stays silent
over UDP and closes the connection over TCP: nothing is learnt, and nothing is taken from it.

Over TCP it is asked first on its own port only, and on port 443 (as on every other) after TLS and
HTTP: SoftEther, and OpenVPN with port-share, answer both there, and the web side tells more.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Facts, Net, Service, collector, protocol

_SESSION: Final = b"posture1"
"""Our end's name in the conversation: any eight bytes; the answer repeats them."""
_CLIENT_RESET, _SERVER_RESET = 7 << 3, 8 << 3
"""P_CONTROL_HARD_RESET_CLIENT_V2 and its answer, with key number 0."""
_RESET: Final = bytes([_CLIENT_RESET]) + _SESSION + b"\0" + bytes(4)
_LENGTH: Final = 26


@dataclass(frozen=True)
class OpenvpnAnswer(Facts):
    """An OpenVPN server answered somebody it does not know."""

    over: str
    """``udp`` or ``tcp``."""


def _is_reset(data: bytes) -> bool:
    """A server's reset: it acknowledges our message number 0 by repeating our session's name."""
    return (
        len(data) >= _LENGTH and data[0] == _SERVER_RESET and data[1:9] not in {bytes(8), _SESSION}
        and data[9:14] == b"\1" + bytes(4) and data[14:22] == _SESSION and data[22:26] == bytes(4)
    )  # fmt: skip


@protocol(
    "openvpn", sends=_RESET, ports=(1194,), nmap=("openvpn",), transport="udp", mute=True
)  # fmt: skip
def openvpn(answer: bytes) -> bool:
    """A server's reset that names our session."""
    return _is_reset(answer)


@protocol(
    "openvpn_tcp", sends=struct.pack(">H", len(_RESET)) + _RESET, ports=(1194,), nmap=("openvpn",)
)
def openvpn_tcp(answer: bytes) -> bool:
    """The same with the length before it that OpenVPN uses over TCP."""
    return answer.startswith(struct.pack(">H", _LENGTH)) and _is_reset(answer[2:])


@collector(on=Service("openvpn"))
def openvpn_over_udp(service: Service, net: Net) -> OpenvpnAnswer:
    """Take discovery's answer; nothing more is asked where it is there."""
    heard = service.greeting or net.datagram(service, openvpn.sends)
    if not openvpn.recognise(heard):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no_reset")
    return OpenvpnAnswer("udp")


@collector(on=Service("openvpn_tcp"))
def openvpn_over_tcp(service: Service, net: Net) -> OpenvpnAnswer:
    """Likewise over TCP."""
    heard = service.greeting or net.exchange(service, openvpn_tcp.sends)
    if not openvpn_tcp.recognise(heard):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no_reset")
    return OpenvpnAnswer("tcp")
