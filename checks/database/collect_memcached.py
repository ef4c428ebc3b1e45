"""memcached: its text protocol knows no password at all. It is never asked over UDP."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.checks.database.answer import OPEN, DatabaseAnswer, heard, tls_of

from posture_scan.sdk import HANDSHAKE, Net, Service, collector, protocol

MEMCACHED_VERSION: Final = b"version\r\n"


@protocol("memcached", sends=MEMCACHED_VERSION, ports=(11211,), nmap=("memcached", "memcache"))
def memcached(answer: bytes) -> bool:
    """The answer to ``version``."""
    return re.fullmatch(rb"VERSION [0-9][\w.\-]{0,39}\r\n", answer) is not None


@collector(on=Service("memcached"), intrusiveness=HANDSHAKE)
def memcached_version(service: Service, net: Net) -> DatabaseAnswer:
    """Ask for the version: whoever gets an answer could read and write as well."""
    version = heard(memcached, service, net).decode("ascii").split()[1]
    return DatabaseAnswer("memcached", OPEN, version, tls=tls_of(service))
