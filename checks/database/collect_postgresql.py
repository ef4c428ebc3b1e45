"""PostgreSQL: two questions, neither of which names a user.

It is asked for a version of its protocol that no server has, which it refuses by name, and
whether it encrypts (SSLRequest, PostgreSQL protocol, "Message Formats").
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from posture_scan.checks.database.answer import (
    NONE,
    OFFERED,
    REQUIRED,
    UNSEEN,
    DatabaseAnswer,
    heard,
)

from posture_scan.sdk import HANDSHAKE, AttemptError, Net, Service, collector, protocol

POSTGRES_REQUEST: Final = bytes.fromhex("0000000d00010000") + b"user\x00"
"""Start-up of protocol 1.0, which no living server speaks; it names no user."""
SSL_REQUEST: Final = bytes.fromhex("0000000804d2162f")
_REFUSAL: Final = b"unsupported frontend protocol"
_LIMIT: Final = 2000


@protocol("postgresql", sends=POSTGRES_REQUEST, ports=(5432,), nmap=("postgresql",))
def postgresql(answer: bytes) -> bool:
    """PostgreSQL's refusal of a protocol it does not have."""
    return answer[:1] == b"E" and _REFUSAL in answer[:_LIMIT]


@collector(on=Service("postgresql"), intrusiveness=HANDSHAKE, max_connections=2)
def postgresql_refusal(service: Service, net: Net) -> DatabaseAnswer:
    """Have PostgreSQL refuse a protocol it does not have, then ask whether it encrypts."""
    heard(postgresql, service, net)
    return DatabaseAnswer("postgresql", tls=_encryption(service, net))


def _encryption(service: Service, net: Net) -> str:
    state: str = REQUIRED if service.tls else UNSEEN
    if not service.tls:
        with suppress(AttemptError):
            answer = net.exchange(service, SSL_REQUEST, limit=16)
            state = {b"S": OFFERED, b"N": NONE}.get(answer, UNSEEN)
    return state
