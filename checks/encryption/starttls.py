"""The way from a plain connection to the first byte of TLS, for every protocol that upgrades.

Each dialogue asks for nothing but encryption: no logon, no name of a user. It ends where our
ClientHello goes; what a server says between its consent and its TLS answer (a flaw of its own,
the class of CVE-2011-0411) is neither read nor dropped here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from posture_scan.checks.encryption import starttls_binary as binary
from posture_scan.checks.encryption import starttls_text as text
from posture_scan.checks.encryption.starttls_text import NotOfferedError

from posture_scan.sdk import Attempt, AttemptError, Channel, Service

__all__ = ["PROTOCOLS", "NotOfferedError", "begin"]

_WAYS: Final[MappingProxyType[str, Callable[[Service, Channel], None]]] = MappingProxyType(
    {
        "smtp": text.smtp,
        "imap": text.imap,
        "pop3": text.pop3,
        "ftp": text.ftp,
        "postgresql": binary.postgresql,
        "ldap": binary.ldap,
        "mysql": binary.mysql,
        "xmpp": text.xmpp,
        "rdp": binary.rdp,
    }
)

PROTOCOLS: Final[tuple[str, ...]] = tuple(_WAYS)
"""Names of the plain services that can be led into TLS."""


def begin(service: Service, channel: Channel) -> None:
    """Lead a fresh plain connection to where the ClientHello goes.

    Raises:
        NotOfferedError: the server said in its own protocol that it has no TLS here.
        AttemptError: protocol_mismatch, closed_early (the server turned us away, or hung up),
            timeout, or what else ends a connection. Nothing is known of its TLS then.
    """
    way = None if service.tls else _WAYS.get(service.protocol)
    if way is None:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no upgrade")
    way(service, channel)
