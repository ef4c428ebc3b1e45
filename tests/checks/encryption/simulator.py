"""A TLS server of ours up to where encryption starts; its answers are constructed, not recorded.

It understands a ClientHello by a reader of its own, so that it can also tell whether ours is
well formed, and it answers as RFC 5246, RFC 8446 and the SSL 2.0 specification say.
"""

from __future__ import annotations

import contextlib
import hashlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.hello import SSL2, SSL3, TLS10, TLS12, TLS13

from posture_scan.sdk import Attempt, AttemptError, DnsAnswer, HttpResponse, Service

RETRY = hashlib.sha256(b"HelloRetryRequest").digest()


@dataclass(frozen=True)
class Heard:
    """A ClientHello as the simulated server read it."""

    version: int
    suites: tuple[int, ...]
    compressions: bytes = b"\0"
    extensions: dict[int, bytes] = field(default_factory=dict)
    kinds: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()

    @property
    def server_name(self) -> str:
        return self.extensions.get(0, bytes(5))[5:].decode()


def hear(data: bytes) -> Heard:
    """Read a ClientHello, asserting that every length in it fits."""
    if data[0] & 0x80:
        return _hear_ssl2(data)
    assert data[0] == 22
    assert int.from_bytes(data[3:5], "big") == len(data) - 5
    body = data[9:]
    assert data[5] == 1
    assert int.from_bytes(data[6:9], "big") == len(body)
    version, rest = int.from_bytes(body[:2], "big"), body[34:]
    _session, rest = _vector(rest, 1)
    listed, rest = _vector(rest, 2)
    compressions, rest = _vector(rest, 1)
    extensions: dict[int, bytes] = {}
    if rest:
        inner, after = _vector(rest, 2)
        assert after == b""
        while inner:
            number = int.from_bytes(inner[:2], "big")
            extensions[number], inner = _vector(inner[2:], 2)
    numbers = tuple(int.from_bytes(listed[at : at + 2], "big") for at in range(0, len(listed), 2))
    if extensions.get(43) == b"\x02\x03\x04":
        version = TLS13
    listed = extensions.get(43, b"\0")[1:]
    return Heard(
        version, numbers, compressions, extensions,
        listed=tuple(int.from_bytes(listed[at : at + 2], "big") for at in range(0, len(listed), 2)),
    )  # fmt: skip


def _hear_ssl2(data: bytes) -> Heard:
    assert int.from_bytes(data[:2], "big") & 0x7FFF == len(data) - 2
    assert data[2] == 1
    size = int.from_bytes(data[5:7], "big")
    kinds = data[11 : 11 + size]
    return Heard(
        int.from_bytes(data[3:5], "big"), (),
        kinds=tuple(int.from_bytes(kinds[at : at + 3], "big") for at in range(0, size, 3)),
    )  # fmt: skip


def _vector(data: bytes, size: int) -> tuple[bytes, bytes]:
    end = size + int.from_bytes(data[:size], "big")
    assert len(data) >= end
    return data[size:end], data[end:]


def record(kind: int, body: bytes, version: int = TLS12) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def alert(number: int, *, fatal: bool = True) -> bytes:
    return record(21, bytes([2 if fatal else 1, number]))


def server_hello(
    version: int,
    suite: int,
    *,
    compression: int = 0,
    renegotiation: bool = True,
    retry: bool = False,
) -> bytes:
    extensions = b"\xff\x01\x00\x01\x00" if renegotiation and version < TLS13 else b""
    if version == TLS13:
        extensions += b"\x00\x2b\x00\x02\x03\x04"
    random = RETRY if retry else bytes(range(32))
    body = min(version, TLS12).to_bytes(2, "big") + random + b"\x00" + suite.to_bytes(2, "big")
    body += bytes([compression])
    return message(
        2, body + (len(extensions).to_bytes(2, "big") + extensions if extensions else b"")
    )


def certificates(chain: tuple[bytes, ...]) -> bytes:
    inner = b"".join(len(der).to_bytes(3, "big") + der for der in chain)
    return message(11, len(inner).to_bytes(3, "big") + inner)


def key_exchange(suite: int, dh_bits: int) -> bytes:
    if suites.uses_finite_field_dh(suite):
        prime = ((1 << dh_bits) - 1).to_bytes((dh_bits + 7) // 8, "big")
        return message(12, len(prime).to_bytes(2, "big") + prime + b"\x00\x01\x02\x00\x01\x03")
    if suites.uses_named_group(suite):
        return message(12, b"\x03\x00\x1d\x20" + bytes(32))
    return b""


@dataclass(frozen=True)
class Simulated:
    """What this server speaks; by default a sound one with TLS 1.2 and 1.3."""

    versions: tuple[int, ...] = (TLS12, TLS13)
    suites: tuple[int, ...] = (0xC02F, 0xC030)
    """In the order this server prefers, if ``own_order``, else it follows the client."""
    own_order: bool = False
    kinds: tuple[int, ...] = ()
    chain: tuple[bytes, ...] = (b"certificate",)
    dh_bits: int = 2048
    compression: bool = False
    renegotiation: bool = True
    retry: bool = False
    lists: bool = False  # whether it goes by lists of versions although TLS 1.3 is off
    refuses: bytes | Attempt | None = None
    """What it says to an offer it does not take; by default alert 70 or 40."""
    mute: tuple[int, ...] = ()  # versions it does not answer at all
    before: bytes = b""  # said before every answer

    def answer(self, data: bytes) -> bytes | Attempt:
        """Answer one ClientHello with bytes or with the way the connection ends."""
        if data[0] == 22 and data[5] != 1:
            return alert(10)  # not a hello: a client goes on with a handshake that we cannot
        heard = hear(data)
        if heard.version in self.mute:
            return Attempt.TIMEOUT
        if heard.version == SSL2:
            return self._ssl2(heard)
        if heard.version == TLS13 and TLS13 in self.versions:
            return self.before + record(22, server_hello(TLS13, 0x1301, retry=self.retry))
        if heard.version == TLS13:
            # without the list it would be TLS 1.2, with suites that are not of TLS 1.2
            return self._no(70 if self.lists else 40)
        spoken = [v for v in self.versions if SSL3 <= v <= heard.version]
        if (TLS13 in self.versions or self.lists) and heard.listed:
            spoken = [v for v in spoken if v in heard.listed]
        version = max(spoken, default=0)
        if not version:
            return self._no(70)
        suite = self._choose(version, heard.suites)
        return self._flight(version, suite, heard) if suite else self._no(40)

    def _no(self, number: int) -> bytes | Attempt:
        return alert(number) if self.refuses is None else self.refuses

    def _choose(self, version: int, offered: tuple[int, ...]) -> int:
        usable = [
            suite
            for suite in self.suites
            if (version >= TLS12 or not suites.needs_tls12(suite))
            and (version >= TLS10 or not suites.needs_extensions(suite))
        ]
        first, second = (usable, offered) if self.own_order else (offered, usable)
        return next((suite for suite in first if suite in second), 0)

    def _flight(self, version: int, suite: int, heard: Heard) -> bytes:
        squeezed = 1 if self.compression and 1 in heard.compressions else 0
        anonymous = "anon" in suites.weaknesses(suite)
        messages = server_hello(
            version, suite, compression=squeezed, renegotiation=self.renegotiation
        )
        messages += b"" if anonymous else certificates(self.chain)
        messages += key_exchange(suite, self.dh_bits) + message(14, b"")
        pieces = [messages[at : at + 16_000] for at in range(0, len(messages), 16_000)]
        return self.before + b"".join(record(22, piece, version) for piece in pieces)

    def _ssl2(self, heard: Heard) -> bytes | Attempt:
        kinds = [kind for kind in self.kinds if kind in heard.kinds]
        if not kinds:
            return self._no(70)
        listed = b"".join(kind.to_bytes(3, "big") for kind in kinds)
        body = b"\x04\x00\x01\x00\x02" + len(self.chain[0]).to_bytes(2, "big")
        body += len(listed).to_bytes(2, "big") + b"\x00\x10" + self.chain[0] + listed + bytes(16)
        return (0x8000 | len(body)).to_bytes(2, "big") + body


class SimulatedChannel:
    """One connection to a simulated server, handing out its answer in pieces."""

    def __init__(self, server: Simulated, chunk: int, heard: list[bytes]) -> None:
        self._server, self._chunk, self._heard = server, chunk, heard
        self._waiting: bytes | Attempt = b""

    def send(self, data: bytes) -> None:
        self._heard.append(data)
        self._waiting = self._server.answer(data)

    def receive(self, limit: int = 65_536) -> bytes:
        if isinstance(self._waiting, Attempt):
            raise AttemptError(self._waiting)
        size = min(limit, self._chunk)
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data

    def receive_exactly(self, count: int) -> bytes:
        raise NotImplementedError(count)

    def receive_until(self, mark: bytes, limit: int = 65_536) -> bytes:
        raise NotImplementedError(mark, limit)

    def start_tls(self, server_name: str = "") -> None:
        self._heard.append(server_name.encode())
        if TLS13 not in self._server.versions:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH)

    def peer_chain(self) -> tuple[bytes, ...]:
        return self._server.chain


@dataclass
class SimulatedNet:
    """``sdk.Net`` with one simulated server behind it."""

    server: Simulated
    trust: str = ""
    chunk: int = 65_536
    deaf_after: int = 1_000
    """From this connection on every one is closed without a word, as a rate limit does."""
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0

    @contextlib.contextmanager
    def connect(self, service: Service, *, timeout: float = 5.0) -> Iterator[SimulatedChannel]:
        assert service.port
        assert timeout > 0
        self.connections += 1
        deaf = Simulated(versions=(), suites=(), refuses=b"")
        server = deaf if self.connections > self.deaf_after else self.server
        yield SimulatedChannel(server, self.chunk, self.heard)

    def lookup(self, name: str, kind: str) -> DnsAnswer:
        raise NotImplementedError

    def verify_chain(self, chain: tuple[bytes, ...], name: str) -> str:
        assert name
        return self.trust if chain else "unusable"

    def exchange(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        raise NotImplementedError

    def datagram(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        raise NotImplementedError

    def http(
        self,
        service: Service,
        path: str,
        *,
        method: str = "GET",
        name: str = "",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        follow: int = 2,
        limit: int = 262_144,
    ) -> HttpResponse:
        raise NotImplementedError

    def pause(self, seconds: float) -> None:
        raise NotImplementedError


@contextlib.contextmanager
def listening(server: Simulated, address: str) -> Iterator[int]:
    """Serve a simulated server on a loopback address; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(5)
            data = self.request.recv(65_536)
            answer = server.answer(data) if data else b""
            if isinstance(answer, bytes):
                self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server((address, 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield int(listener.server_address[1])
        finally:
            listener.shutdown()
