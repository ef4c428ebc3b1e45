"""All that the author of a pack imports: the stable API of the plugin door.

A pack is a folder. ``collect.py`` (or ``collect_<protocol>.py``) holds protocols, collectors and
the evidence types they return; each subject is one module ``<subject>.py`` whose functions are
checks with the id ``<subject>.<function>``; the words stand beside it in ``<subject>.toml``.

A collector touches the world only through the ``net`` or ``host`` it is given. A check is pure:
the same evidence and the same moment give the same verdict, on any machine, years later.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar, overload

from posture_scan.model.address import redacted_address
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import (
    Attempt,
    Bucket,
    Document,
    Domain,
    Facts,
    Machine,
    PortScan,
    ProductNamed,
    Service,
    ServiceSeen,
    TenantFacts,
    Vantage,
)
from posture_scan.model.finding import Status, Verdict
from posture_scan.model.flaw import Exploit
from posture_scan.model.look import HostFacts, Look, NotRead, is_absent, lift_of, unseen
from posture_scan.model.plist import plist_table
from posture_scan.model.powershell import (
    ScriptAnswer,
    ask,
    filetime,
    moment,
    number_of,
    powershell,
)
from posture_scan.model.product import (
    NO_DATA,
    Branch,
    Home,
    Product,
    ProductData,
    Support,
    compare_revision,
    is_rpm,
    newest,
)
from posture_scan.model.protocol import ProtocolSpec, protocol
from posture_scan.model.said import front_page, printable
from posture_scan.model.store import ObjectStore, store_address
from posture_scan.model.verdict import fail, not_applicable, ok, unknown
from posture_scan.model.version import begins_with, leading_numbers
from posture_scan.model.world import (
    AttemptError,
    Channel,
    CommandResult,
    DnsAnswer,
    FileInfo,
    Host,
    HttpResponse,
    Net,
    RegistryData,
    SystemRow,
)
from posture_scan.model.zone import zone_of

# fmt: off
__all__ = [
    "BANNER", "CONSENT_DEEP", "HANDSHAKE", "PASSIVE", "Attempt", "AttemptError", "Branch", "Bucket",
    "Channel", "Check", "Collector", "CommandResult", "Context", "DnsAnswer", "Document", "Domain",
    "Exploit", "Facts", "FileInfo", "Home", "Host", "HostFacts", "HttpResponse", "Intrusiveness",
    "Look", "Machine", "Method", "Net", "NotRead", "ObjectStore", "PortScan", "Product",
    "ProductData", "ProductNamed", "ProtocolSpec", "RegistryData", "ScriptAnswer", "Service",
    "ServiceSeen", "Status", "Support", "SystemRow", "TenantFacts", "Vantage", "Verdict", "ask",
    "begins_with", "check", "collector", "compare_revision", "fail", "filetime", "front_page",
    "is_absent", "is_rpm", "leading_numbers", "lift_of", "moment", "newest", "not_applicable",
    "number_of", "ok", "plist_table", "powershell", "printable", "protocol", "redacted_address",
    "store_address", "unknown", "unseen", "zone_of",
]
# fmt: on

F = TypeVar("F", bound=Facts)


class Intrusiveness(IntEnum):
    """How much a collector asks of its target. Nothing above HANDSHAKE runs without consent."""

    PASSIVE = 0
    BANNER = 1
    HANDSHAKE = 2
    CONSENT_DEEP = 3


PASSIVE = Intrusiveness.PASSIVE
BANNER = Intrusiveness.BANNER
HANDSHAKE = Intrusiveness.HANDSHAKE
CONSENT_DEEP = Intrusiveness.CONSENT_DEEP


# --- collectors ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Collector:
    """A function that touches the world once and returns typed facts."""

    function: Callable[..., Any]
    on: Service | tuple[Service, ...] | Machine | Document | Domain | Bucket
    """What it looks at; of several services, any."""
    returns: type[Facts]
    intrusiveness: Intrusiveness
    max_connections: int
    version: int

    @property
    def name(self) -> str:
        """The function's name, unique within its pack."""
        return self.function.__name__

    @property
    def services(self) -> tuple[Service, ...]:
        """The services it asks; empty where it looks at something else."""
        if isinstance(self.on, Service):
            return (self.on,)
        return self.on if isinstance(self.on, tuple) else ()

    def asks(self, service: Service) -> bool:
        """Tell whether this service is one that it asks."""
        return any(selector.selects(service) for selector in self.services)


@overload
def collector(
    *, on: Service | tuple[Service, ...], intrusiveness: Intrusiveness = ...,
    max_connections: int = ..., version: int = ...,
) -> Callable[[Callable[[Service, Net], F]], Collector]: ...  # fmt: skip


@overload
def collector(
    *, on: Machine, intrusiveness: Intrusiveness = ..., version: int = ...
) -> Callable[[Callable[[Host], F]], Collector]: ...


@overload
def collector(
    *, on: Document, version: int = ...
) -> Callable[[Callable[[bytes], F]], Collector]: ...


@overload
def collector(
    *, on: Bucket, version: int = ...
) -> Callable[[Callable[[ObjectStore], F]], Collector]: ...


@overload
def collector(
    *, on: Domain, intrusiveness: Intrusiveness = ..., max_connections: int = ...,
    version: int = ...,
) -> Callable[[Callable[[str, Net], F]], Collector]: ...  # fmt: skip


def collector(
    *,
    on: Service | tuple[Service, ...] | Machine | Document | Domain | Bucket,
    intrusiveness: Intrusiveness = HANDSHAKE,
    max_connections: int = 1,
    version: int = 1,
) -> Callable[..., Collector]:
    """Declare a collector: ``(service, net)``, ``(domain, net)``, ``(host)`` or ``(content)``.

    For a bucket of object storage, which is asked only when the customer names it: ``(store)``.

    A reader of documents gets the file's bytes, capped, and raises AttemptError
    (protocol_mismatch) for one that is not of its kind.

    The annotated return type is the evidence type. Raising AttemptError records an attempt
    that failed, which makes every check that needs this evidence ``unknown``.
    """

    def declare(function: Callable[..., F]) -> Collector:
        returns = inspect.get_annotations(function, eval_str=True)["return"]
        return Collector(function, on, returns, intrusiveness, max_connections, version)

    return declare


# --- checks ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Context:
    """What a check may know beside the facts: the moment of judging and what was looked at."""

    now: datetime
    observed_at: datetime
    service: Service
    vantage: Vantage
    beside: tuple[Facts, ...] = ()
    """What else is known of the same asset: the facts of the check's ``beside`` type."""
    products: ProductData = NO_DATA
    """What is known of products: support by date, exploited flaws, distributions."""


@dataclass(frozen=True)
class Check:
    """A pure function from evidence to a verdict, named after the weakness it looks for."""

    function: Callable[..., Verdict]
    needs: type[Facts]
    absent: Status
    on: tuple[Service, ...]
    """Any of these; empty where the check is judged on whatever its evidence comes from."""
    version: int
    takes_context: bool
    beside: type[Facts] | None = None

    @property
    def name(self) -> str:
        """The function's name: the second half of the check's id."""
        return self.function.__name__

    def wants(self, service: Service) -> bool:
        """Tell whether evidence from this service is the check's to judge."""
        return not self.on or any(selector.selects(service) for selector in self.on)

    def judge(self, facts: Facts, context: Context) -> Verdict:
        """Apply the check to one evidence record's facts."""
        return self.function(facts, context) if self.takes_context else self.function(facts)


def check(
    *,
    needs: type[F],
    absent: Status = Status.NOT_APPLICABLE,
    on: Service | tuple[Service, ...] | None = None,
    beside: type[Facts] | None = None,
    version: int = 1,
) -> Callable[[Callable[[F], Verdict] | Callable[[F, Context], Verdict]], Check]:
    """Declare a check: ``(facts) -> Verdict`` or ``(facts, context) -> Verdict``.

    ``absent`` is the verdict for an asset that was fully scanned and has no service the
    evidence could come from: ``pass`` for a check on exposure, else ``not_applicable``. On an
    asset that was not fully scanned it is ``unknown``, whatever stands here.
    ``on`` narrows the check to one kind of service, or to any of several, where its evidence
    comes from many.
    ``beside`` names a second evidence type whose facts of the same asset the check may weigh
    too (``context.beside``); without any, it judges ``needs`` alone.
    """

    def declare(function: Callable[[F], Verdict] | Callable[[F, Context], Verdict]) -> Check:
        takes_context = len(inspect.signature(function).parameters) > 1
        places = (on,) if isinstance(on, Service) else on or ()
        return Check(function, needs, absent, places, version, takes_context, beside)

    return declare
