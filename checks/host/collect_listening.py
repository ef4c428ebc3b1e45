"""Collects the TCP ports that this computer opens to others; programs and people are not kept."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.host.sockets import listeners, open_ports

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector


@dataclass(frozen=True)
class ListeningPorts(HostFacts):
    """The ports that listen on an address which others can reach."""

    ports: tuple[int, ...] = ()
    """Ascending."""
    local_only: tuple[int, ...] = ()
    """Ports that listen on loopback addresses alone."""
    finished: bool = False
    """Whether every listening socket was seen."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def listening_ports(host: Host) -> ListeningPorts:
    """Read the system's own table of sockets; nothing is sent."""
    look = Look(host)
    found = listeners(look)
    far = open_ports(found or ())
    near = {item.port for item in found or ()} - far
    return ListeningPorts(
        host.platform, host.elevated, tuple(sorted(far)), tuple(sorted(near)),
        finished=found is not None, not_read=look.noted(),
    )  # fmt: skip
