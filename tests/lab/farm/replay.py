"""Servers that answer with recorded bytes: old protocols, tested without the old programs.

A recording is a text file: a header that says where its bytes come from, then blocks of a title
and hexadecimal lines. ``python -m tests.lab.farm.record`` records all of them anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posture_scan.checks.encryption.protocol.hello import TLS13, VERSIONS

from tests.checks.encryption.simulator import hear
from tests.lab.farm.constructed import answering
from tests.lab.farm.model import Server, Start, findings
from tests.lab.farm.python import FALLBACK_SCSV

HERE: Final = Path(__file__).parent / "recordings"


@dataclass(frozen=True)
class Recording:
    """What one server answered: to SSL 2.0, to each version and suite, and to what it refuses."""

    answers: dict[tuple[int, int], bytes]
    """By version and suite, newest version first; SSL 2.0 and refusals stand under suite 0."""
    refusal: bytes
    """Said where no suite is to its liking."""
    too_old: bytes
    fallback: bytes
    root: bytes

    def answer(self, data: bytes) -> bytes:
        heard = hear(data)
        versions = {version for version, _suite in self.answers}
        if heard.version == VERSIONS["ssl2"]:
            return self.answers.get((heard.version, 0), self.too_old)
        if heard.version == TLS13 or not any(2 < v <= heard.version for v in versions):
            return self.too_old
        chosen = max(v for v in versions if 2 < v <= heard.version)
        if FALLBACK_SCSV in heard.suites and chosen < max(versions) and self.fallback:
            return self.fallback
        offered = [suite for suite in heard.suites if (chosen, suite) in self.answers]
        return self.answers[chosen, offered[0]] if offered else self.refusal


def read(name: str) -> Recording:
    """Read ``recordings/NAME.txt``."""
    blocks: dict[str, bytes] = {}
    title = ""
    for line in (HERE / f"{name}.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            title = line.strip("[]")
            blocks[title] = b""
        elif line and not line.startswith("#"):
            blocks[title] += bytes.fromhex(line)
    answers = {}
    for key, data in blocks.items():
        version, _, suite = key.partition(" ")
        if version in VERSIONS:
            answers[VERSIONS[version], int(suite, 16)] = data
    return Recording(answers, blocks["refusal"], blocks["too old"],
                     blocks.get("fallback", b""), blocks["root"])  # fmt: skip


def replay(name: str) -> Start:
    """Answers as recorded, over a real socket."""

    @contextlib.contextmanager
    def start(folder: Path, address: str, port: int) -> Iterator[object]:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        recording = read(name)
        root = x509.load_der_x509_certificate(recording.root)
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))

        with answering(address, port, recording.answer) as listener:
            yield listener

    return start


def server(name: str, failing: str, **facts: str) -> Server:
    return Server(
        f"replay_{name}", replay(name), findings(failing),
        findings("tls.client_renegotiation"),
        {"client_renegotiation": "unseen", **facts}, closed_to_others=True,
    )  # fmt: skip


SERVERS: Final = (
    server("ssl2", "tls.sslv2 tls.tls10 tls.no_tls12 tls.no_forward_secrecy tls.export tls.des "
           "tls.rc4 tls.3des",
           versions="ssl2 tls10", weak="export des rc4 3des", forward_secrecy="no", aead="no"),
    server("export", "tls.sslv3 tls.tls10 tls.no_tls12 tls.no_forward_secrecy tls.export tls.des "
           "tls.rc4 tls.dh_weak",
           versions="ssl3 tls10", weak="export des rc4", forward_secrecy="no", aead="no",
           dh_bits="512", fallback_scsv="told", server_preference="unseen"),
    server("compression", "tls.compression", versions="tls12", compression="yes"),
    server("null", "tls.null", versions="tls12", weak="null"),
)  # fmt: skip
