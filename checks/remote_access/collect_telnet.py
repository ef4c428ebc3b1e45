"""Telnet: recognised by its option negotiation or by a login prompt; which device it is.

Many devices show their login prompt only after their options were answered (RFC 854: IAC, verb,
option). Every option is declined, what comes is read for the name of a maker known to be in
there, and the rest of the text, which may name the host, is not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    AttemptError,
    Channel,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

_IAC: Final = 0xFF
_NEGOTIATE: Final = range(0xFB, 0xFF)
_SUBNEGOTIATE: Final = 0xFA
_LAST_OPTION: Final = 49
"""The highest telnet option in common use (IANA's list goes on, unused, to 140)."""
_SHORTEST: Final = 3
_PROMPT: Final = re.compile(rb"(?:login|username|user name|password)\s?:\s*\Z", re.IGNORECASE)
_NOT_TELNET: Final = re.compile(rb"\A(?:SSH-|HTTP/|RFB |\+OK|\* OK|-ERR|[1-5]\d\d[ -])")
_MOST: Final = 2048
_WILL, _WONT, _DO, _DONT = 0xFB, 0xFC, 0xFD, 0xFE
_END_OF_SUBNEGOTIATION: Final = 0xF0
_ROUNDS: Final = 8
"""Times that one answers and listens: a server needs two or three until it prompts."""
_SECONDS: Final = 2.0
_DEVICES: Final = (
    ("MikroTik RouterOS", re.compile(rb"\bMikroTik v(\d{1,2}(?:\.\d{1,3}){1,2})")),
    ("FortiGate", re.compile(rb"(?m)^(?:FG|FW|FGT)[A-Z0-9]{2,20}(?:-[A-Z0-9]{1,8})? login:")),
)
"""What login prompts say of makers (Rapid7's recog, ``telnet_banners.xml``)."""


@dataclass(frozen=True)
class TelnetBanner(Facts):
    """Which device asks for the login, where its prompt says so."""

    port: int
    device: str = ""
    version: str = ""


@protocol("telnet", ports=(23, 2323), nmap=("telnet",))
def telnet(answer: bytes) -> bool:
    """Telnet negotiation (RFC 854: IAC, verb, option) or text that ends in a login prompt."""
    head = answer[:_MOST]
    if len(head) >= _SHORTEST and head[0] == _IAC:
        verb, option = head[1], head[2]
        return (verb in _NEGOTIATE or verb == _SUBNEGOTIATE) and option <= _LAST_OPTION
    return not _NOT_TELNET.match(head) and _PROMPT.search(head[-256:]) is not None


@collector(on=Service("telnet"), intrusiveness=HANDSHAKE)
def telnet_banner(service: Service, net: Net) -> TelnetBanner:
    """Decline every option until a prompt comes; read it, send nothing else, hang up."""
    with net.connect(service, timeout=_SECONDS) as channel:
        text = _prompt(channel)
    device, version = device_of(text)
    return TelnetBanner(service.port, device, version)


def device_of(text: bytes) -> tuple[str, str]:
    """Return the device and version that a login prompt names; empty where it names none."""
    for name, pattern in _DEVICES:
        found = pattern.search(text[:_MOST])
        if found:
            return name, found[1].decode() if pattern.groups else ""
    return "", ""


def _prompt(channel: Channel) -> bytes:
    text, said = b"", b""
    for _ in range(_ROUNDS):
        try:
            more = channel.receive(_MOST)
        except AttemptError:
            break  # it has said all it says to somebody who declines
        said += more
        if not more or len(said) > _MOST:
            break
        text, refusals = decline(said)
        if _PROMPT.search(text[-256:]):
            break
        answered = decline(said[: -len(more)])[1]
        if refusals[len(answered) :]:
            channel.send(refusals[len(answered) :])
    return text


def decline(said: bytes) -> tuple[bytes, bytes]:
    """Part what a server said into its text and the refusals that its options call for."""
    text, refusals, place = bytearray(), bytearray(), 0
    while place < len(said):
        if said[place] != _IAC:
            text.append(said[place])
            place += 1
            continue
        verb, option = said[place + 1 : place + 2], said[place + 2 : place + 3]
        if option and verb[0] in {_WILL, _DO}:
            refusals += bytes([_IAC, _DONT if verb[0] == _WILL else _WONT, option[0]])
        place = _after(said, place)
    return bytes(text), bytes(refusals)


def _after(said: bytes, place: int) -> int:
    """Return where the command that begins at this place ends; the end where it is cut short."""
    verb = said[place + 1 : place + 2]
    if not verb or verb[0] not in {*_NEGOTIATE, _SUBNEGOTIATE}:
        return place + 2
    if verb[0] != _SUBNEGOTIATE:
        return place + 3
    end = said.find(bytes([_IAC, _END_OF_SUBNEGOTIATION]), place)
    return end + 2 if end >= 0 else len(said)
