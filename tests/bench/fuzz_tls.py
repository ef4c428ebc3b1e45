"""Feeds the TLS readers and the whole assessor with what a hostile server might send.

``python -m tests.bench.fuzz_tls [reader|ssl2|assessor] [seconds]``. Uses atheris where it is
installed (guided by coverage), else says how to get it. Any exception but the typed failure ends
the run with the bytes that brought it about; else the last lines say how many inputs there were.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.checks.encryption.certificates import NAME

SECONDS: Final = 60
MOST_BYTES: Final = 4096
SLOW: Final = 2.0
"""Seconds for one input after which the reader is said to hang."""


def reader(data: bytes) -> None:
    """The reader of SSL 3.0 to TLS 1.3, fed in pieces whose sizes the data says."""
    from posture_scan.checks.encryption.protocol.wire import Reader

    _feed(Reader(), data)


def ssl2(data: bytes) -> None:
    """The reader of SSL 2.0."""
    from posture_scan.checks.encryption.protocol.ssl2 import Ssl2Reader

    _feed(Ssl2Reader(), data)


def _feed(target: Any, data: bytes) -> None:
    from posture_scan.checks.encryption.protocol.hello import VERSIONS

    step = 1 + data[0] if data else 1
    for at in range(1, len(data), step):
        if not target.feed(data[at : at + step]):
            break
    hello = target.answer().hello
    assert hello is None or hello.version in VERSIONS.values(), hello


@dataclass
class FuzzedChannel:
    """A connection on which the next part of the data is the answer."""

    answers: list[bytes]

    def send(self, data: bytes) -> None:
        assert data

    def receive(self, limit: int = 65_536) -> bytes:
        answer = self.answers.pop() if self.answers else b""
        return answer[:limit]

    def receive_exactly(self, count: int) -> bytes:
        return self._whole(self.receive(count), count)

    def receive_until(self, mark: bytes, limit: int = 65_536) -> bytes:
        answer = self.receive(limit)
        return self._whole(answer, len(answer) if mark in answer else limit + 1)

    def start_tls(self, server_name: str = "") -> None:
        from posture_scan.sdk import Attempt, AttemptError

        raise AttemptError(Attempt.PROTOCOL_MISMATCH, server_name)

    def peer_chain(self) -> tuple[bytes, ...]:
        return ()

    @staticmethod
    def _whole(answer: bytes, count: int) -> bytes:
        from posture_scan.sdk import Attempt, AttemptError

        if len(answer) < count:
            raise AttemptError(Attempt.CLOSED_EARLY)
        return answer


@dataclass
class FuzzedNet:
    """As much of ``sdk.Net`` as the assessor uses; its servers say what the data says."""

    answers: list[list[bytes]]
    made: int = 0

    @contextlib.contextmanager
    def connect(self, service: object, *, timeout: float = 5.0) -> Iterator[FuzzedChannel]:
        assert service
        assert timeout > 0
        self.made += 1
        yield FuzzedChannel(self.answers.pop(0) if self.answers else [])

    def verify_chain(self, chain: tuple[bytes, ...], name: str) -> str:
        assert name
        return "unknown_ca" if chain else "unusable"


def assessor(data: bytes) -> None:
    """The whole assessor: zero bytes part the answers to its connections."""
    from posture_scan.checks.encryption.collect_tls import tls_assessment
    from posture_scan.checks.encryption.probe import MOST_CONNECTIONS

    from posture_scan.sdk import AttemptError, Service

    net = FuzzedNet([[one] for one in _answers(data)])
    service = Service("https", tls=True, address="192.0.2.1", port=443, names=(NAME,))
    with contextlib.suppress(AttemptError):
        tls_assessment.function(service, net)
    assert net.made <= MOST_CONNECTIONS


def _answers(data: bytes) -> Iterator[bytes]:
    """Answers with their length before them, so that a fuzzer can shift and repeat them."""
    while len(data) > 2:
        size = int.from_bytes(data[:2], "big") % MOST_BYTES
        yield data[2 : 2 + size]
        data = data[2 + size :]


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "reader": reader, "ssl2": ssl2, "assessor": assessor,
}  # fmt: skip


def seeds(name: str) -> Iterator[bytes]:
    """Good answers to begin with: those of the recordings."""
    from tests.lab.farm.replay import HERE, read

    for path in sorted(HERE.glob("*.txt")):
        answers = [*read(path.stem).answers.values(), read(path.stem).refusal]
        if name == "assessor":
            yield b"".join(len(one).to_bytes(2, "big") + one for one in answers)
        else:
            yield from (b"\xff" + one for one in answers)


def main(name: str = "", seconds: int = SECONDS) -> None:
    """Fuzz one target until the time is over, or, without a name, say how."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: .venv-test/bin/pip install atheris")
        return
    if not name:
        print(f"python -m tests.bench.fuzz_tls [{'|'.join(TARGETS)}] [seconds]")
        return
    _fuzz(atheris, name, seconds)


def _fuzz(atheris: Any, name: str, seconds: int) -> None:
    with atheris.instrument_imports(include=["posture_scan"]):
        for module in ("collect_tls", "ssl2"):
            __import__(f"posture_scan.checks.encryption.{module}")
    target = TARGETS[name]

    def one(data: bytes) -> None:
        began = time.monotonic()
        target(data)
        took = time.monotonic() - began
        assert took < SLOW, f"hangs: {took:.1f} s"

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            (Path(folder) / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={4 * MOST_BYTES}"]
        says = [
            "-verbosity=0",
            "-print_final_stats=1",
            f"-artifact_prefix={tempfile.gettempdir()}/",
        ]
        atheris.Setup([sys.argv[0], *limits, *says, folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    name, seconds = [*sys.argv[1:], "", ""][:2]
    main(name, int(seconds or SECONDS))
