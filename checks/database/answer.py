"""What every database collector brings, and how all of them put their one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Facts, Net, ProtocolSpec, Service

OPEN, PASSWORD, PROTECTED, UNSEEN = "open", "password", "protected", "unseen"
OFFERED, REQUIRED, NONE = "offered", "required", "none"

TITLES: Final = {
    "mysql": "MySQL", "mariadb": "MariaDB", "postgresql": "PostgreSQL", "mssql": "SQL Server",
    "redis": "Redis", "valkey": "Valkey", "mongodb": "MongoDB", "memcached": "memcached",
    "elasticsearch": "Elasticsearch", "opensearch": "OpenSearch",
}  # fmt: skip
SHOWN: Final = 40
"""Characters of a version that are kept: it comes from the other side and is quoted."""


@dataclass(frozen=True)
class DatabaseAnswer(Facts):
    """What a database says before anyone logs on."""

    product: str
    """``mysql``, ``postgresql``, ``redis`` …; empty for a web service that is none."""
    access: str = UNSEEN
    """``open`` (answers without a password), ``password``, ``protected`` (Redis' protected
    mode: no password, this computer only) or ``unseen``."""
    version: str = ""
    host_refused: bool = False
    """It serves listed addresses only, and ours is not one (MySQL error 1130)."""
    tls: str = UNSEEN
    """``offered``, ``required``, ``none`` or ``unseen``: encryption on this very port."""
    branch_only: bool = False
    """Whether ``version`` is no more than the branch, concluded from the protocol's level."""

    @property
    def shown(self) -> str:
        """Return product and version as a sentence may quote them."""
        name = TITLES.get(self.product, self.product)
        return f"{name} {self.version}".rstrip()


def expect(fits: bool, detail: str = "unexpected answer") -> None:  # noqa: FBT001
    """Raise AttemptError (protocol_mismatch) unless the answer is what it must be."""
    if not fits:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, detail)


def heard(spec: ProtocolSpec, service: Service, net: Net) -> bytes:
    """Return the answer that the protocol is known by.

    What was said when the service was recognised will do: servers that count dropped
    connections shut an address out for too many (MySQL: max_connect_errors).

    Raises:
        AttemptError: protocol_mismatch where the answer is another one; whatever connecting
            and reading may raise.
    """
    if spec.recognise(service.greeting):
        return service.greeting
    answer = ask(service, net, spec.sends)
    expect(spec.recognise(answer))
    return answer


def ask(service: Service, net: Net, message: bytes, *, limit: int = 4096) -> bytes:
    """Say one thing on a connection of its own, inside TLS where the service is."""
    if not service.tls:
        return net.exchange(service, message, limit=limit)
    with net.connect(service) as channel:
        channel.start_tls(service.names[0] if service.names else "")
        if message:
            channel.send(message)
        return channel.receive(limit)


def tls_of(service: Service) -> str:
    """Judge by the port alone: for servers that encrypt on a port of its own or not at all."""
    return REQUIRED if service.tls else NONE
