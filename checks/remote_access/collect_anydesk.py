"""AnyDesk taking connections directly: told by the certificate it made for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.edge_device.fingerprint import certificate_names

from posture_scan.sdk import HANDSHAKE, Facts, Net, Service, collector

_NAME: Final = "CN=AnyDesk Client"


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
    return AnydeskCertificate(bool(chain) and _NAME in certificate_names(chain[0]))
