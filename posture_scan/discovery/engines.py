"""Which program looks at the TCP ports: nmap where it works, or the prober built in."""

from __future__ import annotations

from typing import Final

from posture_scan.discovery.nmap_engine import find_engine
from posture_scan.discovery.prober import BuiltinProber
from posture_scan.discovery.states import PortEngine
from posture_scan.errors import IncompleteError, UsageError

ENGINES: Final = ("auto", "nmap", "builtin")


def choose_engine(engine: str, deadline: float) -> PortEngine:
    """Return the port engine of that name; ``auto`` takes nmap where it works.

    Raises:
        UsageError: ``engine.unknown`` for a name not in ``ENGINES``.
        IncompleteError: ``engine.no_nmap`` when nmap was asked for and does not work here.
    """
    if engine not in ENGINES:
        raise UsageError("engine.unknown", name=engine, known=", ".join(ENGINES))
    found = None if engine == "builtin" else find_engine(deadline)
    if engine == "nmap" and found is None:
        raise IncompleteError("engine.no_nmap")
    return found or BuiltinProber()
