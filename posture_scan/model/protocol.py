"""How a protocol is told by what it says, on any port: its question, its ports, its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ProtocolSpec:
    """How a protocol is recognised by what it says, on any port."""

    name: str
    recognise: Callable[[bytes], bool]
    """Given the first answer (greeting, or the reply to ``sends``), is it this protocol?"""
    sends: bytes = b""
    """The protocol-correct first message; empty where the server speaks first."""
    ports: tuple[int, ...] = ()
    """Ports it usually lives on: probed by default, and asked first there."""
    nmap: tuple[str, ...] = ()
    """The names that nmap gives this protocol."""
    transport: str = "tcp"
    """``udp``: ``sends`` goes to each of ``ports``, at most twice; no other port is tried."""
    mute: bool = False
    """A server may leave a correct question unanswered by design: its silence proves nothing."""
    anywhere: bool = True
    """False: over TCP too it is asked at ``ports`` only, so that an unknown service is asked less.

    Only for what its clients look for at these ports and nowhere else. Whoever serves it
    elsewhere is not found: as over UDP, "absent" then speaks of these ports, and the row of
    ``observations.toml`` says so. What can be moved to hide it has to be asked anywhere.
    """
    keep: Callable[[bytes], bytes] | None = None
    """What of the first answer may be stored: names of computers and people are left out.

    What it returns must still be recognised; without it, the answer is stored as it came.
    """


def protocol(
    name: str, *, sends: bytes = b"", ports: tuple[int, ...] = (), nmap: tuple[str, ...] = (),
    transport: str = "tcp", mute: bool = False, anywhere: bool = True,
    keep: Callable[[bytes], bytes] | None = None,
) -> Callable[[Callable[[bytes], bool]], ProtocolSpec]:  # fmt: skip
    """Declare a protocol; the decorated function judges the first answer."""

    def declare(recognise: Callable[[bytes], bool]) -> ProtocolSpec:
        return ProtocolSpec(name, recognise, sends, ports, nmap, transport, mute, anywhere, keep)

    return declare
