"""Telling a real computer from something that answers on every port."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from posture_scan.model.evidence import ServiceSeen

MOST_OPEN: Final = 25
"""More open ports than this on one address are taken for a middlebox or honeypot."""
MOST_PRODUCTS: Final = 8
"""Likewise more different products than this."""
MANY_MUTE: Final = 10
"""So many ports that accept and never say a word, and no others but a few, are no services."""
_MUTE_SHARE: Final = 4
"""Mute ports for each that speaks."""


def answers_everything(open_ports: int, seen: Iterable[ServiceSeen], mute: int) -> bool:
    """Judge one address by its open ports, what speaks on them, and how many are mute.

    The first two limits are the field's: a firewall that completes every handshake and a
    honeypot both show more than any office server does.
    """
    products = {service.product or service.protocol for service in seen}
    if open_ports > MOST_OPEN or len(products) > MOST_PRODUCTS:
        return True
    return mute >= MANY_MUTE and mute >= _MUTE_SHARE * (open_ports - mute)
