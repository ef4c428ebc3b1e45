"""A farm of TLS servers, each with one definite configuration and all that is true of it."""

from __future__ import annotations

from typing import Final

from tests.lab.farm import constructed, gnutls, nginx, openssl, python, replay, shapes
from tests.lab.farm.model import Server

FARM: Final[tuple[Server, ...]] = (
    *openssl.SERVERS,
    *nginx.SERVERS,
    *gnutls.SERVERS,
    *python.SERVERS,
    *constructed.SERVERS,
    *replay.SERVERS,
    *shapes.SERVERS,
)
