"""L2TP outside IPsec (RFC 2661): a server that opens a tunnel for anybody.

Its answer opens half a tunnel there, so a message follows that closes it again.
"""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    printable,
    protocol,
)

_CONTROL: Final = 0xC802
"""Type, length and sequence bits, version 2: the head of every control message."""
_CONTROL_MASK: Final = 0xCB0F
_HEAD: Final = 12
_AVP_HEAD: Final = 6
_TUNNEL: Final = 0x7073
"""Our end of the tunnel; an answer is addressed to it."""
_SCCRQ, _SCCRP, _STOP = 1, 2, 4
_TYPE, _RESULT, _VERSION, _FRAMING = 0, 1, 2, 3
_FIRMWARE, _HOST, _VENDOR, _ASSIGNED, _WINDOW = 6, 7, 8, 9, 10
_KEPT: Final = frozenset({_TYPE, _VERSION, _FRAMING, _FIRMWARE, _VENDOR, _ASSIGNED, _WINDOW})
_HIDDEN: Final = 0x4000
_MOST: Final = 32
_CLOSING: Final = 6
"""Result code "requester is being shut down": the only one that fits somebody who leaves."""


@dataclass(frozen=True)
class L2tpAnswer(Facts):
    """What an L2TP server said; its host name is not kept."""

    accepted: bool
    """False where it answered that it wants no tunnel."""
    vendor: str = ""
    firmware: str = ""
    """Four hexadecimal digits, as the vendor counts."""


def _avp(kind: int, value: bytes) -> bytes:
    return struct.pack(">HHH", 0x8000 | (6 + len(value)), 0, kind) + value


def _message(tunnel: int, number: int, expected: int, *avps: bytes) -> bytes:
    body = b"".join(avps)
    return struct.pack(">6H", _CONTROL, _HEAD + len(body), tunnel, 0, number, expected) + body


def _number(value: int) -> bytes:
    return struct.pack(">H", value)


def _request() -> bytes:
    """Start-Control-Connection-Request, naming the program and nobody."""
    return _message(
        0, 0, 0, _avp(_TYPE, _number(_SCCRQ)), _avp(_VERSION, b"\1\0"), _avp(_FRAMING, b"\0\0\0\3"),
        _avp(_HOST, b"posture-scan"), _avp(_ASSIGNED, _number(_TUNNEL)), _avp(_WINDOW, _number(4)),
    )  # fmt: skip


def _farewell(tunnel: int) -> bytes:
    """Stop-Control-Connection-Notification to the tunnel that the server opened."""
    return _message(
        tunnel, 1, 1, _avp(_TYPE, _number(_STOP)), _avp(_ASSIGNED, _number(_TUNNEL)),
        _avp(_RESULT, _number(_CLOSING)),
    )  # fmt: skip


def _attributes(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Cut a control message into its attributes, each with its kind, and what is left over.

    One of a vendor's or a hidden one has no kind that we know: -1.
    """
    found: list[tuple[int, bytes]] = []
    rest = data[_HEAD : struct.unpack_from(">H", data, 2)[0]]
    for _ in range(_MOST):
        if len(rest) < _AVP_HEAD:
            break
        head, vendor, kind = struct.unpack_from(">HHH", rest)
        length = head & 0x3FF
        if length < _AVP_HEAD or length > len(rest):
            break
        found.append((-1 if vendor or head & _HIDDEN else kind, rest[:length]))
        rest = rest[length:]
    return found, rest


def _avps(data: bytes) -> dict[int, bytes]:
    """Read a control message's attributes, those of vendors and hidden ones left out."""
    found: dict[int, bytes] = {}
    for kind, whole in _attributes(data)[0]:
        if kind >= 0:
            found.setdefault(kind, whole[_AVP_HEAD:])
    return found


def _nameless(answer: bytes) -> bytes:
    """Put zeros in place of the values that are not read: the host name, and what is not known."""
    attributes, rest = _attributes(answer)
    kept = b"".join(
        whole if kind in _KEPT else whole[:_AVP_HEAD] + bytes(len(whole) - _AVP_HEAD)
        for kind, whole in attributes
    )
    return answer[:_HEAD] + kept + bytes(len(rest))


@protocol("l2tp", sends=_request(), ports=(1701,), nmap=("l2tp",), transport="udp", keep=_nameless)
def l2tp(answer: bytes) -> bool:
    """A control message to our tunnel that opens it or says no."""
    if len(answer) < _HEAD:
        return False
    bits, length, tunnel = struct.unpack_from(">HHH", answer)
    if bits & _CONTROL_MASK != _CONTROL or tunnel != _TUNNEL or not _HEAD <= length <= len(answer):
        return False
    return _avps(answer).get(_TYPE) in {_number(_SCCRP), _number(_STOP)}


@collector(on=Service("l2tp"), max_connections=2)
def l2tp_tunnel(service: Service, net: Net) -> L2tpAnswer:
    """Read the answer and close what it opened.

    A server acknowledges the farewell to the port that asked first, which is closed by now: so
    it goes out twice and no answer is expected.
    """
    heard = service.greeting
    if not l2tp.recognise(heard):
        heard = net.datagram(service, _request())
    if not l2tp.recognise(heard):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no_tunnel")
    said = _avps(heard)
    accepted = said.get(_TYPE) == _number(_SCCRP)
    assigned = said.get(_ASSIGNED, b"")
    if accepted and len(assigned) == 2:  # noqa: PLR2004 -- a tunnel's number
        with contextlib.suppress(AttemptError):
            net.datagram(service, _farewell(struct.unpack(">H", assigned)[0]))
    return L2tpAnswer(
        accepted, printable(said.get(_VENDOR, b"")), said.get(_FIRMWARE, b"")[:2].hex()
    )
