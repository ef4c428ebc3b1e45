"""One server of the TLS farm: how it is started, and what must be found out about it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.checks.encryption.certificates import Issued
from tests.lab.daemon import daemon, program
from tests.lab.tls_service import FULL, write

Start = Callable[[Path, str, int], contextlib.AbstractContextManager[object]]
"""Starts a server whose files stand in the folder, on this address and port."""

SOUND = {
    "versions": "tls12 tls13",
    "weak": "",
    "forward_secrecy": "yes",
    "static_rsa": "yes",
    "dh_bits": "0",
    "compression": "no",
    "secure_renegotiation": "yes",
    "client_renegotiation": "no",
    "fallback_scsv": "no_older_version",
    "server_preference": "no",
    "post_quantum": "no",
    "aead": "yes",
    "keys": "rsa",
    "no_name": "same",
    "trust": "trusted",
}
"""What most servers here have in common, in the words of ``facts_read.py``."""


@dataclass(frozen=True)
class Server:
    """One definite configuration."""

    id: str
    start: Start
    failing: frozenset[str] = frozenset()
    """Exactly the checks that must fail."""
    unseen: frozenset[str] = frozenset()
    """Exactly the checks that must end unknown."""
    facts: dict[str, str] = field(default_factory=dict)
    """Where it differs from ``SOUND``."""
    chain: tuple[Issued, ...] = FULL
    needs: tuple[str, ...] = ()
    """Programs without which the server is left out, with a word."""
    beside: tuple[tuple[Issued, ...], ...] = ()
    """Chains of further certificates: ``leaf1.pem``, ``key1.pem``, ``full1.pem`` …"""
    named: bool = True
    """Whether the service is asked for under a name."""
    closed_to_others: bool = False
    """Whether no general client can finish a handshake with it (a replay)."""

    @property
    def expected(self) -> dict[str, str]:
        return {**SOUND, **self.facts}


def findings(text: str) -> frozenset[str]:
    """Checks named by a line such as ``tls.tls10 cert.expired``."""
    return frozenset(text.split())


def write_files(folder: Path, server: Server) -> None:
    write(folder, server.chain)
    for number, chain in enumerate(server.beside, 1):
        (folder / f"leaf{number}.pem").write_bytes(chain[0].pem)
        (folder / f"key{number}.pem").write_bytes(chain[0].key_pem)
        (folder / f"rest{number}.pem").write_bytes(b"".join(one.pem for one in chain[1:]))
        (folder / f"full{number}.pem").write_bytes(b"".join(one.pem for one in chain))


@contextlib.contextmanager
def foreground(argv: list[str], folder: Path, address: str, port: int) -> Iterator[object]:
    """A program whose files stand in the folder, running until the block ends."""
    full = [program(argv[0]), *argv[1:]]
    with daemon(full, address, port, log=folder / "log", cwd=folder) as process:
        yield process
