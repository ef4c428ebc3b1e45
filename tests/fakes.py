"""The network from a script: answers written down beforehand, everything asked written down.

``FakeNet`` implements the ``Net`` that collectors are given. Each connection takes the next
``Talk``; each HTTP request looks its path up in ``pages``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from posture_scan.sdk import Attempt, AttemptError, DnsAnswer, HttpResponse, Service

Answer = bytes | Attempt


@dataclass(frozen=True)
class Talk:
    """What the other side says on one connection.

    ``greeting`` comes unasked; each message sent is answered by the next of ``replies``. When
    nothing is left to say the connection is closed, or ends the way ``ends`` says.
    """

    greeting: bytes = b""
    replies: tuple[Answer, ...] = ()
    ends: Attempt | None = None
    chain: tuple[bytes, ...] = ()
    refuses: Attempt | None = None
    chunk: int = 65_536
    """The most bytes that one ``receive`` returns: 1 tests reading in pieces."""


class FakeChannel:
    """One scripted connection."""

    def __init__(self, talk: Talk, sent: list[bytes]) -> None:
        self._talk = talk
        self._buffer = talk.greeting
        self._replies = list(talk.replies)
        self._sent = sent
        self.tls = False

    def send(self, data: bytes) -> None:
        self._sent.append(data)
        if self._replies:
            reply = self._replies.pop(0)
            if isinstance(reply, Attempt):
                raise AttemptError(reply)
            self._buffer += reply

    def receive(self, limit: int = 65_536) -> bytes:
        size = min(limit, self._talk.chunk)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        if not data and self._talk.ends:
            raise AttemptError(self._talk.ends)
        return data

    def receive_exactly(self, count: int) -> bytes:
        if len(self._buffer) < count:
            raise AttemptError(self._talk.ends or Attempt.CLOSED_EARLY)
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def receive_until(self, mark: bytes, limit: int = 65_536) -> bytes:
        at = self._buffer.find(mark)
        size = min(limit, at + len(mark) if at >= 0 else len(self._buffer))
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        if not data and self._talk.ends:
            raise AttemptError(self._talk.ends)
        return data

    def start_tls(self, server_name: str = "") -> None:
        if not self._talk.chain:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"no TLS for {server_name!r}")
        self.tls = True

    def peer_chain(self) -> tuple[bytes, ...]:
        return self._talk.chain if self.tls else ()


def page(
    body: str | bytes = b"",
    *,
    status: int = 200,
    cookies: tuple[str, ...] = (),
    final_url: str = "",
    **headers: str,
) -> HttpResponse:
    """An HTTP answer; ``www_authenticate="…"`` becomes the header ``www-authenticate``."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    data = body.encode() if isinstance(body, str) else body
    return HttpResponse(status, pairs, data, cookies, final_url=final_url)


@dataclass
class FakeNet:
    """A ``Net`` that answers from ``talks``, ``pages`` and ``datagrams`` and keeps a record."""

    talks: Sequence[Talk] = ()
    pages: Mapping[str, HttpResponse | Attempt] = field(default_factory=dict)
    """By path, or by ``METHOD path`` where the method matters."""
    datagrams: Sequence[Answer] = ()
    trust: str = ""
    missing: HttpResponse | Attempt = field(default_factory=lambda: page("no", status=404))
    """What paths that are not in ``pages`` answer."""

    names: Mapping[tuple[str, str], DnsAnswer | Attempt] = field(default_factory=dict)
    """By name (lower case) and kind; what is not in it does not exist."""

    sent: list[bytes] = field(default_factory=list)
    looked_up: list[tuple[str, str]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    connections: int = 0
    _datagrams_used: int = 0

    @contextlib.contextmanager
    def connect(self, service: Service, *, timeout: float = 5.0) -> Iterator[FakeChannel]:
        assert timeout > 0
        self.connections += 1
        if self.connections > len(self.talks):
            raise AttemptError(Attempt.REFUSED, f"{service.address}:{service.port}")
        talk = self.talks[self.connections - 1]
        if talk.refuses:
            raise AttemptError(talk.refuses)
        yield FakeChannel(talk, self.sent)

    def exchange(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        with self.connect(service) as channel:
            channel.send(data)
            return channel.receive(limit)

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
        assert path.startswith("/")
        assert follow >= 0
        assert service.port >= 0
        self.requests.append((method, path))
        self.sent.append(body or str(headers or name).encode())
        answer = self.pages.get(f"{method} {path}", self.pages.get(path, self.missing))
        if isinstance(answer, Attempt):
            raise AttemptError(answer)
        short = answer.body[:limit]
        return HttpResponse(
            answer.status,
            answer.headers,
            short,
            answer.cookies,
            answer.truncated or len(answer.body) > limit,
            answer.final_url or path,
            answer.redirect_refused,
        )

    def datagram(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        self.sent.append(data)
        if self._datagrams_used >= len(self.datagrams):
            raise AttemptError(Attempt.TIMEOUT, f"{service.address}:{service.port}/udp")
        answer = self.datagrams[self._datagrams_used]
        self._datagrams_used += 1
        if isinstance(answer, Attempt):
            raise AttemptError(answer)
        return answer[:limit]

    def lookup(self, name: str, kind: str) -> DnsAnswer:
        self.looked_up.append((name, kind))
        answer = self.names.get((name.rstrip(".").lower(), kind))
        if isinstance(answer, Attempt):
            raise AttemptError(answer)
        if answer is None:
            known = any(one == name.rstrip(".").lower() for one, _ in self.names)
            return DnsAnswer(name, kind, no_name=not known)
        return answer

    def verify_chain(self, chain: tuple[bytes, ...], name: str) -> str:
        return self.trust if chain else f"unusable {name}".split(maxsplit=1)[0]

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
