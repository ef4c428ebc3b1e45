"""What was observed: typed facts inside a record that says how, when and from where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from posture_scan.model.confidence import Method


class Attempt(StrEnum):
    """How an attempt to observe something ended; one that failed is evidence too."""

    OK = "ok"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    FILTERED = "filtered"
    CLOSED_EARLY = "closed_early"
    PROTOCOL_MISMATCH = "protocol_mismatch"
    PERMISSION_DENIED = "permission_denied"
    TOOL_MISSING = "tool_missing"
    UNRESOLVED = "unresolved"
    OUT_OF_SCOPE = "out_of_scope"
    LIMIT_REACHED = "limit_reached"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal_error"


VALID_FOR: Final = timedelta(days=90)
"""How long an observation may be relied on; rating.md section 4, after the ASV practice."""


class Vantage(StrEnum):
    """Where an observation was made from."""

    EXTERNAL = "external"
    LAN = "lan"
    HOST = "host"


@dataclass(frozen=True)
class Facts:
    """Base of every evidence type: what one collector learnt, as plain typed fields.

    Subclasses are frozen dataclasses of str, int, bool, bytes, datetime, date, enums, tuples,
    optional values and nested frozen dataclasses; no floats, because facts get signed.
    ``method`` says how they were learnt unless a check's verdict names a weaker one, and
    ``valid_for`` how long a verdict may rest on them: what is done once a year keeps longer.
    """

    method: ClassVar[Method] = Method.PROTOCOL_HANDSHAKE
    valid_for: ClassVar[timedelta] = VALID_FOR


@dataclass(frozen=True)
class ProductNamed(Facts):
    """Base of evidence types that may name the very product behind a service.

    A check that knows software only by what it announces leaves such a service to the checks of
    that product (``@check(needs=…, beside=ProductNamed)``), whichever pack they stand in.
    """

    @property
    def names_product(self) -> bool:
        """Whether this record names one."""
        raise NotImplementedError


@dataclass(frozen=True)
class TenantFacts(Facts):
    """Base of evidence types about one cloud tenant: the file itself tells which it is about."""

    tenant: str
    """The service, ``microsoft365``; the asset is ``tenant:microsoft365``."""


@dataclass(frozen=True)
class Service:
    """Something that answers on a port; with fields left empty it also serves as a selector.

    ``Service("rdp")`` selects every RDP service on any port, ``Service(tls=True)`` whatever
    speaks TLS first, ``Service()`` every service that was recognised.
    """

    protocol: str = ""
    tls: bool = False
    address: str = ""
    port: int = 0
    transport: str = "tcp"
    names: tuple[str, ...] = ()
    """Names in scope that this address is served under (SNI, Host header)."""
    greeting: bytes = b""
    """The first bytes the service said in discovery, at most 2,048."""
    asset: str = ""

    def selects(self, service: Service) -> bool:
        """Tell whether this selector picks the given service."""
        if not service.protocol and not service.tls:
            return False
        return (not self.protocol or self.protocol == service.protocol) and (
            not self.tls or service.tls
        )


@dataclass(frozen=True)
class Machine:
    """The selector for collectors that look at the computer the program runs on."""

    platforms: tuple[str, ...] = ("linux", "windows", "darwin")


@dataclass(frozen=True)
class Document:
    """The selector for collectors that read a file somebody hands in: bytes, no socket.

    ``kind`` says what is asked for: ``device_export`` is a border device's own export,
    ``tenant_export`` a list that the administrator of a cloud tenant downloaded.
    """

    kind: str


@dataclass(frozen=True)
class Bucket:
    """The selector for collectors that ask a bucket of object storage the customer names."""


@dataclass(frozen=True)
class Domain:
    """The selector for collectors that read what DNS says of one domain of the organisation."""


@dataclass(frozen=True)
class PortScan(Facts):
    """What a look at one address's ports brought.

    ``finished`` is true only when every port of the default list was tried and judged.
    """

    method: ClassVar[Method] = Method.PROTOCOL_HANDSHAKE

    engine: str
    engine_version: str
    probed: int
    open_ports: tuple[int, ...]
    closed: int
    silent: int
    finished: bool
    unidentified: tuple[int, ...] = ()
    """Open ports on which no protocol was recognised."""
    answers_everything: bool = False
    """A middlebox or honeypot: its open ports mean nothing."""
    udp_closed: tuple[int, ...] = ()
    """UDP ports that were asked and said that nothing listens there (ICMP port unreachable)."""
    udp_silent: tuple[int, ...] = ()
    """UDP ports that left every protocol's question unanswered: closed, filtered or mute."""
    udp_unidentified: tuple[int, ...] = ()
    """UDP ports that answered with something no protocol recognised."""
    udp_services: tuple[tuple[int, str], ...] = ()
    """UDP ports that answered, with the protocol recognised; two may answer on one port."""
    udp_heard: bool = False
    """Whether any datagram or ICMP message came back in this run: the way for UDP is open."""


@dataclass(frozen=True)
class ServiceSeen(Facts):
    """A service recognised by what it said."""

    method: ClassVar[Method] = Method.PROTOCOL_HANDSHAKE

    protocol: str
    tls: bool
    greeting: bytes
    recognised_by: str
    """``answer`` (our own probe) or ``nmap``."""
    product: str = ""
    version: str = ""
    """Product and version as nmap names them; empty where only the answer is known."""


@dataclass(frozen=True)
class DomainProof(Facts):
    """Whether the record stands in DNS that proves a domain to be the organisation's."""

    method: ClassVar[Method] = Method.PROTOCOL_HANDSHAKE

    record: str
    """The name of the TXT record."""
    expected: str
    found: bool


@dataclass(frozen=True)
class Evidence:
    """One fact-record: the signed, frozen unit from which every finding follows."""

    id: str
    kind: str
    """``<pack>.<FactsType>``; the engine finds the type again by this name."""
    asset: str
    vantage: Vantage
    collector: str
    collector_version: int
    observed_at: datetime
    attempt: Attempt
    method: Method
    facts: Facts | None = None
    detail: str = ""
    address: str = ""
    port: int = 0
    transport: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connection:
    """One line of the list of everything the program touched."""

    at: datetime
    address: str
    port: int
    transport: str
    purpose: str
    """The collector or engine that asked for it."""
    outcome: Attempt
    sent: int = 0
    received: int = 0
    count: int = 1
    """How many probes this line stands for (port sweeps are one line an address)."""


@dataclass(frozen=True)
class Asset:
    """A host, address, domain or cloud tenant of the scoped organisation."""

    id: str
    kind: str
    """``address``, ``host``, ``domain`` (its mail and DNS are looked at), ``name`` (one that led
    to no address) or ``tenant`` (a cloud service, known from a list that was handed in)."""
    address: str = ""
    names: tuple[str, ...] = ()
    role: str = ""
    """``server`` or ``computer`` for hosts."""
    fully_scanned: bool = False
    middlebox: bool = False
    reached: bool = False
    open_ports: tuple[int, ...] = field(default=())
    udp_ports: tuple[int, ...] = field(default=())
    """UDP ports that answered."""
    identity: str = ""
    """Of a host: a digest that tells two computers of one name apart and names neither."""
