"""AnyDesk taking connections directly: told by the certificate it made for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import HANDSHAKE, Facts, Net, Service, collector

_NAME: Final = re.compile(rb"\x06\x03\x55\x04\x03[\x0c\x13\x14\x16]\x0eAnyDesk Client")
"""The common name ``AnyDesk Client``, whole, as a certificate encodes it (X.520, DER)."""
_LIMIT: Final = 65_536


@dataclass(frozen=True)
class AnydeskCertificate(Facts):
    """Whether a TLS service of unknown kind shows AnyDesk's certificate."""

    found: bool


@collector(on=Service("tls"), intrusiveness=HANDSHAKE)
def anydesk_certificate(service: Service, net: Net) -> AnydeskCertificate:
    """Complete a TLS handshake, look at the certificate, hang up."""
    with net.connect(service) as channel:
        channel.start_tls(service.names[0] if service.names else "")
        chain = channel.peer_chain()
    return AnydeskCertificate(bool(chain) and _NAME.search(chain[0][:_LIMIT]) is not None)
