"""Every protocol of the packs at hand can be asked on one port before its connections run out."""

from __future__ import annotations

from posture_scan.collect.pace import Pace
from posture_scan.discovery.recognise import looks_like_http
from posture_scan.discovery.talk import MOST_CONNECTIONS
from posture_scan.engine.packs import load_packs

OWN = 4
"""A greeting, TLS, HTTP and a late greeting: what is asked beside the protocols."""


def test_one_mute_port_can_be_asked_everything() -> None:
    asking = [
        spec for spec in load_packs().protocols
        if spec.transport == "tcp" and spec.sends and not looks_like_http(spec.sends)
    ]  # fmt: skip
    for port in (0, *(port for spec in asking for port in spec.ports)):
        asked = [spec for spec in asking if spec.anywhere or port in spec.ports]
        assert len(asked) + OWN <= MOST_CONNECTIONS, "a mute port would leave scans unfinished"
    for name in ("normal", "polite", "lan"):
        assert Pace.named(name).per_service > MOST_CONNECTIONS
