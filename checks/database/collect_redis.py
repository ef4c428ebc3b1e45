"""Redis and Valkey: PING tells whether a password is asked for; an open one is asked its age."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.checks.database.answer import (
    OPEN,
    PASSWORD,
    PROTECTED,
    SHOWN,
    DatabaseAnswer,
    ask,
    heard,
    tls_of,
)

from posture_scan.sdk import HANDSHAKE, AttemptError, Net, Service, collector, printable, protocol

REDIS_PING: Final = b"*1\r\n$4\r\nPING\r\n"
INFO_SERVER: Final = b"*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n"
"""Names the version; sent only where PING was answered without a password."""
_INFO_LIMIT: Final = 4096
_VERSION: Final = re.compile(rb"(?m)^(redis|valkey)_version:([0-9][0-9A-Za-z.-]{0,30})\r?$")


@protocol("redis", sends=REDIS_PING, ports=(6379,), nmap=("redis",))
def redis(answer: bytes) -> bool:
    """The answer of Redis or Valkey to PING, with or without a password."""
    refused = (b"-NOAUTH ", b"-DENIED Redis", b"-DENIED Valkey", b"-NOPERM ")
    return answer == b"+PONG\r\n" or answer.startswith(refused)


@collector(on=Service("redis"), intrusiveness=HANDSHAKE, max_connections=2)
def redis_ping(service: Service, net: Net) -> DatabaseAnswer:
    """Send PING: the answer tells whether a password is asked for."""
    answer = heard(redis, service, net)
    tls = tls_of(service)
    if answer.startswith(b"-DENIED"):
        return DatabaseAnswer("redis", PROTECTED, tls=tls)
    if not answer.startswith(b"+PONG"):
        return DatabaseAnswer("redis", PASSWORD, tls=tls)
    product, version = _version(service, net)
    return DatabaseAnswer(product, OPEN, version, tls=tls)


def _version(service: Service, net: Net) -> tuple[str, str]:
    """Read product and version; Valkey names both, its own last (INFO)."""
    try:
        info = ask(service, net, INFO_SERVER, limit=_INFO_LIMIT)
    except AttemptError:
        return "redis", ""
    found = dict(_VERSION.findall(info))
    product = "valkey" if b"valkey" in found else "redis"
    return product, printable(found.get(product.encode(), b""), SHOWN)
