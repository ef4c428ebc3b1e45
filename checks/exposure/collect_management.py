"""Management services behind TLS, by the name in the certificate they made for themselves."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from posture_scan.sdk import HANDSHAKE, Facts, Net, Service, collector

_CERTIFICATE_LIMIT: Final = 65_536
_COMMON_NAME: Final = re.compile(rb"\x06\x03\x55\x04\x03[\x0c\x13\x14\x16]([\x01-\x7f])")


@dataclass(frozen=True)
class ManagementService:
    """One service: where it usually listens and what its certificate is called."""

    id: str
    title: str
    ports: frozenset[int]
    names: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class ManagementFace(Facts):
    """The management service behind a TLS port, if any."""

    service: str = ""
    title: str = ""
    asked: bool = True
    """False where the port is an ordinary web server's and was left alone."""


@cache
def services() -> tuple[ManagementService, ...]:
    """Read ``management_services.toml``."""
    file = resources.files(__package__).joinpath("management_services.toml")
    return tuple(
        ManagementService(
            item["id"], item["title"], frozenset(item["ports"]),
            tuple(re.compile(name) for name in item["names"]),
        )
        for item in tomllib.loads(file.read_text("utf-8"))["service"]
    )  # fmt: skip


@collector(on=Service(tls=True), intrusiveness=HANDSHAKE)
def management_face(service: Service, net: Net) -> ManagementFace:
    """Read the certificate on the usual ports, and wherever only TLS was recognised."""
    usual = any(service.port in known.ports for known in services())
    if service.protocol != "tls" and not usual:
        return ManagementFace(asked=False)
    with net.connect(service) as channel:
        channel.start_tls(service.names[0] if service.names else "")
        chain = channel.peer_chain()
    names = common_names(chain[0]) if chain else ()
    for known in services():
        if any(pattern.search(name) for pattern in known.names for name in names):
            return ManagementFace(known.id, known.title)
    return ManagementFace()


def common_names(der: bytes) -> tuple[str, ...]:
    """Return the CN of a certificate's subject and issuer as ``CN=name``.

    A look for the encoded names (X.520), not a full parse: what is not found is not claimed.
    """
    data = der[:_CERTIFICATE_LIMIT]
    return tuple(
        "CN=" + data[found.end() : found.end() + found[1][0]].decode("utf-8", "replace")
        for found in _COMMON_NAME.finditer(data)
    )
