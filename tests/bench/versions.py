"""The versions that the office's servers tell to everybody who asks, and who reads them.

The truth is the package's version. A scanner reads it where its output for that place holds it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.office import DATA, DESK, FILES, MAIL, ROUTER, WEB
from tests.bench.truths import NmapSaid

_RAW: Final = ("greeting", "page")
"""What was received as it came: only what was understood counts."""


def upstream(package: str) -> str:
    """The version that Debian's package was made from; nothing where it is not installed."""
    argv = ["dpkg-query", "-W", "-f", "${source:Upstream-Version}", package]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    return "" if done.returncode else done.stdout.partition("+")[0]


@dataclass(frozen=True)
class Told:
    """One server that tells its version."""

    package: str
    address: str
    port: int
    version: str
    transport: str = "tcp"

    @property
    def what(self) -> str:
        """The words for the table."""
        return f"{self.package} is {self.version}"

    def said_by_us(self, report: Mapping[str, Any]) -> bool:
        """Tell whether a fact that the report understood holds the version."""
        return any(
            self.version in json.dumps(understood(record["facts"]))
            for record in report.get("evidence", ())
            if (record["asset"], record["port"]) == (self.address, self.port)
        )

    def said_by_nmap(self, said: NmapSaid) -> bool:
        """Tell whether nmap's output for this place holds it."""
        return self.version in said.everything((self.address, self.transport, self.port))


def understood(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """A record's facts without what is only kept as it came."""
    return {key: value for key, value in (facts or {}).items() if key not in _RAW}


_TOLD: Final = (
    ("openssh-server", DESK, 22), ("vsftpd", FILES, 21), ("openssh-server", FILES, 22),
    ("samba", FILES, 445), ("nginx-light", WEB, 80), ("docker.io", WEB, 2375),
    ("etcd-server", WEB, 2379), ("apache2", WEB, 8080), ("mosquitto", DATA, 1883),
    ("mariadb-server", DATA, 3306), ("redis-server", DATA, 6379), ("memcached", DATA, 11211),
    ("unbound", MAIL, 53), ("cups-daemon", ROUTER, 631),
)  # fmt: skip
VERSIONS: Final = tuple(
    Told(package, address, port, version)
    for package, address, port in _TOLD
    if (version := upstream(package))
)
