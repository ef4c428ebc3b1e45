"""Ports and service names by the ``nmap`` program, where it is installed, through python-nmap.

Two passes: a connect scan of the ports, and later version detection on those open ports that our
own questions could not name. The second is slow and connects often, so most hosts are spared it.
nmap's own data files are used where they are installed; none of them are part of this program.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from posture_scan.discovery.nmap_run import find_nmap, run_nmap
from posture_scan.discovery.nmap_xml import NmapReading
from posture_scan.discovery.ports import LISTEN_ONLY, written
from posture_scan.discovery.prober import BuiltinProber
from posture_scan.discovery.states import Named, NmapHint, PortState, SweepLimits, Swept

AT_A_TIME: Final = 500
"""Ports of one run: little is lost when it fails, and a stop sign is heard soon."""
ADDRESSES_AT_ONCE: Final = 4
VERSION_PORTS: Final = 30
"""Unnamed ports that are asked for their version; an address with more is no ordinary one."""
_SWEEP: Final = ("-T4", "--max-retries", "1", "--min-parallelism", "100")
"""Without the last of these a silent address takes nmap ten times as long."""
_START_UP: Final = 20.0
"""Seconds granted to a run beside what its pace needs."""
NAMING_SECONDS: Final = 75.0
"""Granted to version detection on one address in all; a mute port alone takes it 25."""
_ALL_PORTS_SECONDS: Final = 60.0
_ONE_PORT_SECONDS: Final = 15.0


class NmapEngine:
    """Looks at ports with nmap, and with the built-in prober where nmap fails."""

    name = "nmap"

    def __init__(self, path: str, scanner: Any) -> None:
        """Take the program's path and python-nmap's PortScanner; see ``find_engine``."""
        self._path = path
        self._scanner = scanner
        self._reading = threading.Lock()
        self.version = ".".join(str(part) for part in scanner.nmap_version())

    def sweep(
        self, addresses: Sequence[str], ports: Sequence[int], limits: SweepLimits
    ) -> dict[str, Swept]:
        """Look at these ports of every address; stopped early, return what was judged."""
        with ThreadPoolExecutor(ADDRESSES_AT_ONCE) as pool:
            work = [(address, tuple(ports), limits) for address in addresses]
            return dict(zip(addresses, pool.map(lambda job: self._one(*job), work), strict=True))

    def _one(self, address: str, ports: tuple[int, ...], limits: SweepLimits) -> Swept:
        swept = Swept(self.name, self.version)
        for start in range(0, len(ports), AT_A_TIME):
            if not self._look(address, ports[start : start + AT_A_TIME], limits, swept):
                break  # what fails once on this address is not tried again and again
        self._fill(address, ports, limits, swept)
        return swept

    def _look(
        self, address: str, ports: tuple[int, ...], limits: SweepLimits, swept: Swept
    ) -> bool:
        """Pass 1 over some ports; False when nmap did not judge all of them."""
        rate = ["--max-rate", str(limits.per_second)] if limits.per_second else []
        needed = 4 * len(ports) / limits.per_second if limits.per_second else 0.0
        reading = self._run(address, ports, [*_SWEEP, *rate], _START_UP + needed, limits)
        swept.probes += len(ports)
        swept.states.update(reading.states)
        for port in ports:
            if swept.states.get(port) is PortState.OPEN:
                limits.opened(address, port)
        return not swept.missing(ports)

    def _fill(
        self, address: str, ports: tuple[int, ...], limits: SweepLimits, swept: Swept
    ) -> None:
        """Let the built-in prober look at what nmap left out."""
        missing = swept.missing(ports)
        if not missing or _over(limits):
            return
        prober = BuiltinProber()
        other = prober.sweep([address], missing, limits)[address]
        swept.states.update(other.states)
        swept.probes += other.probes
        swept.engine = f"{self.name}+{prober.name}"
        swept.engine_version = f"{self.version}+{prober.version}"

    def name_services(self, address: str, ports: Sequence[int], limits: SweepLimits) -> Named:
        """Pass 2: all these ports in one run, then one by one those a failed run left out."""
        named = Named()
        to_name = tuple(port for port in ports if port not in LISTEN_ONLY)
        if not to_name or len(to_name) > VERSION_PORTS:
            return named
        if not _over(limits):
            until = min(limits.deadline, time.monotonic() + NAMING_SECONDS)
            if self._detect(address, to_name, replace(limits, deadline=until), named):
                return named
        named.cut_short = _over(limits)
        return named

    def _detect(
        self, address: str, ports: tuple[int, ...], limits: SweepLimits, named: Named
    ) -> bool:
        """Run version detection; False when it did not end well at once."""
        options = ["-sV", "--version-intensity", "2"]
        reading = self._run(address, ports, options, _ALL_PORTS_SECONDS, limits)
        named.hints.update(reading.hints)
        named.probes += len(ports)
        if reading.ended_well:
            return True
        for port in ports:
            if port not in named.hints and not _over(limits):
                single = self._run(address, (port,), options, _ONE_PORT_SECONDS, limits)
                named.hints.update(single.hints)
                named.probes += 1
        return False

    def _run(
        self,
        address: str,
        ports: tuple[int, ...],
        options: list[str],
        seconds: float,
        limits: SweepLimits,
    ) -> _Outcome:
        family = ["-6"] if ":" in address else []
        fixed = ["-sT", "-n", "-Pn", "-oX", "-", "-p", written(ports)]
        argv = [self._path, *family, *fixed, *options, address]
        output = run_nmap(argv, seconds=seconds, deadline=limits.deadline, stop=limits.stop)
        with self._reading:  # PortScanner remembers its last output
            reading = NmapReading(output.xml, self._scanner, ports)
        return _Outcome(reading.states, reading.hints, output.ended_well)


@dataclass(frozen=True)
class _Outcome:
    states: dict[int, PortState]
    hints: dict[int, NmapHint]
    ended_well: bool


def _over(limits: SweepLimits) -> bool:
    return limits.stop.is_set() or time.monotonic() >= limits.deadline


def find_engine(deadline: float) -> NmapEngine | None:
    """Return the nmap engine, or None where nmap is not installed or does not work."""
    path = find_nmap()
    if not path:
        return None
    asked = run_nmap([path, "-V"], seconds=10, deadline=deadline, stop=threading.Event())
    if not asked.ended_well:
        return None
    import nmap

    try:
        return NmapEngine(path, nmap.PortScanner(nmap_search_path=(path,)))
    except (nmap.PortScannerError, OSError, ValueError):
        return None
