"""SNMP: the discovery of an engine of version 3, which every such agent must answer.

RFC 3414 section 4: a request with an empty engine id and an empty user is answered by a report
with the engine's id. No community is ever sent, so nothing can be read, and a device that
knows versions 1 and 2c alone stays silent. Of the engine id only the maker's number is kept
(RFC 3411, SnmpEngineID): the rest may hold a hardware address.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from posture_scan.checks.network_service.ber import (
    OCTETS,
    SEQUENCE,
    children,
    integer,
    number,
    read,
    write,
)

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

_VERSION3: Final = 3
_MESSAGE: Final = 0x70534E4D
_LARGEST: Final = 65_507
_REPORTABLE: Final = b"\x04"
_USER_MODEL: Final = 3
_GET, _REPORT = 0xA0, 0xA8
_ENGINE_ID: Final = range(5, 33)
"""Bytes of an engine id (RFC 3411)."""
_PARTS: Final = 4
_ENTERPRISE_BITS: Final = 0x7FFFFFFF


@dataclass(frozen=True)
class SnmpEngine(Facts):
    """The agent that answered, as far as its engine id names a maker."""

    enterprise: int
    """IANA private enterprise number: the agent's maker, not always the device's."""
    maker: str = ""


def discovery() -> bytes:
    """Return the discovery request: no community, no user, no engine, no variable."""
    header = write(
        SEQUENCE, integer(_MESSAGE, 4), integer(_LARGEST, 3), write(OCTETS, _REPORTABLE),
        integer(_USER_MODEL),
    )  # fmt: skip
    nothing = write(OCTETS)
    security = write(SEQUENCE, nothing, integer(0), integer(0), nothing, nothing, nothing)
    request = write(_GET, integer(_MESSAGE, 4), integer(0), integer(0), write(SEQUENCE))
    scoped = write(SEQUENCE, nothing, nothing, request)
    return bytes(write(SEQUENCE, integer(_VERSION3), header, write(OCTETS, security), scoped))


# Agents of versions 1 and 2c alone do not answer version 3: silence proves nothing.
@protocol("snmp", sends=discovery(), ports=(161,), nmap=("snmp",), transport="udp", mute=True)
def snmp(answer: bytes) -> bool:
    """A report of version 3 to our message, with an engine id."""
    return bool(engine_id(answer))


def engine_id(answer: bytes) -> bytes:
    """Return the engine id of a report to our message; empty for anything else."""
    parts = children(answer, SEQUENCE)
    if len(parts) != _PARTS or number(parts[0]) != _VERSION3:
        return b""
    header, scoped = read(parts[1].value), read(parts[3].value)
    security = children(parts[2].value, SEQUENCE)
    if not header or number(header[0]) != _MESSAGE or not security or not scoped:
        return b""
    found = security[0]
    fits = found.tag == OCTETS and len(found.value) in _ENGINE_ID and scoped[-1].tag == _REPORT
    return found.value if fits else b""


@cache
def makers() -> dict[int, str]:
    """Read ``enterprises.toml``: makers by their IANA enterprise number."""
    text = resources.files(__package__).joinpath("enterprises.toml").read_text("utf-8")
    return {int(key): str(name) for key, name in tomllib.loads(text)["enterprise"].items()}


@collector(on=Service("snmp"), intrusiveness=HANDSHAKE)
def snmp_engine(service: Service, net: Net) -> SnmpEngine:
    """Read the maker's number; the answer that discovery got will do."""
    found = engine_id(service.greeting) or engine_id(net.datagram(service, discovery()))
    if not found:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no report")
    enterprise = int.from_bytes(found[:4], "big") & _ENTERPRISE_BITS
    return SnmpEngine(enterprise, makers().get(enterprise, ""))
