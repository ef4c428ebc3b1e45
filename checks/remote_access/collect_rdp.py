"""Remote Desktop: what the server agrees to before anyone logs on.

Three X.224 connection requests, each on a connection of its own, ask for every kind of
security, for TLS without network level authentication, and for the legacy kind. The answers
are those of MS-RDPBCGR 2.2.1.1 and 2.2.1.2. No cookie and no user name is sent.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

PROTOCOL_LEGACY: Final = 0x00
PROTOCOL_TLS: Final = 0x01
PROTOCOL_ALL: Final = 0x0B
"""TLS, CredSSP (network level authentication) and its extended form."""

PAUSE: Final = 0.2
"""Seconds between two connections: Windows and xrdp drop faster ones."""

_TPKT: Final = b"\x03\x00"
_CONFIRM: Final = 0xD0
_RESPONSE, _FAILURE = 0x02, 0x03
_BARE_LENGTH, _FULL_LENGTH = 11, 19
_HEADER_LENGTH: Final = 4


def request(protocols: int) -> bytes:
    """Return an X.224 connection request that offers the given security protocols."""
    negotiation = struct.pack("<BBHI", 1, 0, 8, protocols)
    body = b"\x0e\xe0\x00\x00\x00\x00\x00" + negotiation
    return _TPKT + struct.pack(">H", _HEADER_LENGTH + len(body)) + body


@dataclass(frozen=True)
class RdpAnswer:
    """What one connection request brought."""

    outcome: str
    """``accepted``, ``refused``, ``no_negotiation`` (older than 2008) or an attempt's name."""
    selected: int = -1
    """The security protocol chosen, where one was accepted."""
    failure: int = -1
    """MS-RDPBCGR failure code, where it was refused: 1 TLS required, 5 NLA required."""


@dataclass(frozen=True)
class RdpNegotiation(Facts):
    """The answers to the three requests."""

    everything: RdpAnswer
    tls_only: RdpAnswer
    legacy: RdpAnswer


def read_answer(data: bytes) -> RdpAnswer:
    """Read an X.224 connection confirm.

    Raises:
        AttemptError: protocol_mismatch when it is none.
    """
    if not _is_confirm(data):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no X.224 connection confirm")
    if len(data) == _BARE_LENGTH:
        return RdpAnswer("no_negotiation")
    kind, _, _, value = struct.unpack("<BBHI", data[_BARE_LENGTH:_FULL_LENGTH])
    if kind == _RESPONSE:
        return RdpAnswer("accepted", selected=value)
    return RdpAnswer("refused", failure=value)


def _is_confirm(data: bytes) -> bool:
    if len(data) not in {_BARE_LENGTH, _FULL_LENGTH} or data[:2] != _TPKT:
        return False
    length, indicator, code, destination = struct.unpack(">HBBH", data[2:8])
    if (length, indicator) != (len(data), len(data) - 5) or code != _CONFIRM or destination:
        return False
    if len(data) == _BARE_LENGTH:
        return True
    return data[_BARE_LENGTH] in {_RESPONSE, _FAILURE} and data[13:15] == b"\x08\x00"


@protocol(
    "rdp",
    sends=request(PROTOCOL_ALL),
    ports=(3389, 3388, 3390, 3391, 33389),
    nmap=("ms-wbt-server", "rdp"),
)
def rdp(answer: bytes) -> bool:
    """An X.224 connection confirm, with or without the negotiation part."""
    return _is_confirm(answer)


@collector(on=Service("rdp"), intrusiveness=HANDSHAKE, max_connections=3)
def rdp_negotiation(service: Service, net: Net) -> RdpNegotiation:
    """Ask for every security, then TLS without NLA, then legacy security; then stop."""
    everything = _ask(service, net, PROTOCOL_ALL)
    net.pause(PAUSE)
    tls_only = _try(service, net, PROTOCOL_TLS)
    net.pause(PAUSE)
    return RdpNegotiation(everything, tls_only, _try(service, net, PROTOCOL_LEGACY))


def _ask(service: Service, net: Net, protocols: int) -> RdpAnswer:
    with net.connect(service) as channel:
        channel.send(request(protocols))
        head = channel.receive_exactly(_HEADER_LENGTH)
        length = struct.unpack(">H", head[2:])[0]
        if length not in {_BARE_LENGTH, _FULL_LENGTH}:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "unexpected length")
        answer = read_answer(head + channel.receive_exactly(length - _HEADER_LENGTH))
    if answer.outcome == "accepted" and answer.selected & ~protocols:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"chose {answer.selected}, not offered")
    return answer


def _try(service: Service, net: Net, protocols: int) -> RdpAnswer:
    """Ask without letting a failure lose what the first request brought."""
    try:
        return _ask(service, net, protocols)
    except AttemptError as error:
        return RdpAnswer(error.attempt.value)
