"""Addresses that answer on everything are no computers."""

from __future__ import annotations

import pytest

from posture_scan.discovery.middlebox import answers_everything
from posture_scan.model.evidence import ServiceSeen


def seen(*names: str, product: str = "") -> list[ServiceSeen]:
    return [
        ServiceSeen(protocol=n, tls=False, greeting=b"", recognised_by="answer", product=product)
        for n in names
    ]


@pytest.mark.parametrize(
    ("open_ports", "kinds", "mute", "verdict"),
    [
        (3, 3, 0, False),
        (25, 8, 0, False),
        (26, 3, 0, True),
        (9, 9, 0, True),
        (12, 2, 10, True),
        (9, 0, 9, False),
        (20, 8, 10, False),
    ],
)
def test_the_limits(open_ports: int, kinds: int, mute: int, verdict: bool) -> None:  # noqa: FBT001
    services = seen(*(f"protocol{n}" for n in range(kinds)))
    assert answers_everything(open_ports, services, mute) is verdict


def test_one_product_on_many_ports_counts_once() -> None:
    services = seen(*(f"protocol{n}" for n in range(12)), product="Samba")
    assert not answers_everything(12, services, 0)
