"""What speaks on an open port: told from what it says, whatever the port's number.

First one listens, since many servers speak first. Then the protocols are asked in turn, each on
a connection of its own: those that usually live on this port, then TLS, then HTTP, then the others
that may live anywhere. Behind TLS the same is asked again inside. Where all that leads nowhere and
nmap has a name for it, that protocol alone is asked once more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import posture_scan
from posture_scan.discovery import recognise
from posture_scan.discovery.pack_code import judged, kept
from posture_scan.discovery.ports import LISTEN_ONLY
from posture_scan.discovery.recognise import HTTP, TLS
from posture_scan.discovery.states import NmapHint
from posture_scan.discovery.talk import GREETING_LIMIT, Talk, Waits
from posture_scan.model.evidence import Service, ServiceSeen
from posture_scan.model.headers import said_without_cookies
from posture_scan.model.world import AttemptError, Net
from posture_scan.sdk import ProtocolSpec

_AGAIN: Final = 3
"""Connections granted for asking once more, however many were made before."""
_NMAP_HTTP: Final = ("http", "https", "http-proxy", "http-alt", "https-alt")


@dataclass(frozen=True)
class Identified:
    """What became of one open port."""

    found: tuple[Service, ServiceSeen] | None
    spoke: bool
    """Whether it ever said a byte."""
    asked: bool = True
    """False where the asking was cut short: it may be any protocol it was not asked in."""
    left: int = 0
    """Connections that were granted and not needed."""


@dataclass(frozen=True)
class _Answer:
    protocol: str
    said: bytes
    """What of the answer may be stored."""
    tls: bool = False
    by: str = "answer"


class Identifier:
    """Recognises services with the protocols of all packs, and TLS and HTTP by itself."""

    def __init__(
        self,
        specs: Sequence[ProtocolSpec],
        waits: Waits | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Take the protocols; those named ``http`` and ``tls`` are recognised here anyway."""
        self._specs = [
            spec for spec in specs if spec.transport == "tcp" and spec.name not in {HTTP, TLS}
        ]
        self._waits = waits or Waits()
        self._stop = stop or threading.Event()

    def identify(self, place: Service, net: Net) -> Identified:
        """Find out what answers at this address and port, on a bounded number of connections."""
        talk = Talk(place, net, self._waits, self._stop)
        try:
            answer = self._ask_around(talk, self._likely(place.port))
        except AttemptError:
            answer = None  # the time is up, or this service was asked often enough
            talk.cut_short = True
        return self._outcome(talk, answer)

    def ask_again(self, place: Service, net: Net, hint: NmapHint, before: Identified) -> Identified:
        """Ask an unnamed service in what nmap named; where that fails too, take nmap's word.

        ``before`` is what ``identify`` brought: a service has its connections only once.
        """
        talk = Talk(place, net, self._waits, self._stop)
        talk.left = max(before.left, _AGAIN)
        talk.spoke, talk.cut_short = before.spoke, not before.asked
        try:
            answer = self._ask_named(talk, hint)
        except AttemptError:
            answer = None
            talk.cut_short = True
        return self._outcome(talk, answer or self._by_hint(hint), hint)

    def _outcome(
        self, talk: Talk, answer: _Answer | None, hint: NmapHint | None = None
    ) -> Identified:
        found = None if answer is None else _described(talk.place, answer, hint)
        named = answer is not None and answer.protocol != TLS
        return Identified(found, talk.spoke, named or not talk.cut_short, talk.left)

    # --- one port ----------------------------------------------------------------------------

    def _ask_around(self, talk: Talk, likely: list[ProtocolSpec]) -> _Answer | None:
        if not likely and talk.place.port not in LISTEN_ONLY:
            return self._ask_stranger(talk)
        speaks_first = any(not spec.sends for spec in likely)
        seconds = self._waits.patient if speaks_first else self._waits.greeting
        greeting = talk.listen(seconds, self._known)
        if talk.place.port in LISTEN_ONLY:
            return self._by_greeting(talk, greeting)
        if greeting:
            return self._by_greeting(talk, greeting) or self._ask(talk, likely)
        answer = self._ask(talk, likely) or self._ask_tls(talk, likely)
        return answer or self._ask_rest(talk, likely, late=not speaks_first)

    def _ask_stranger(self, talk: Talk) -> _Answer | None:
        """Where nothing is at home: listen and, in silence, ask for TLS in the same breath."""
        hello = recognise.client_hello(talk.name)
        greeted, said = talk.listen_then_ask(
            hello, self._waits.greeting, self._known_or_tls, tls=False
        )
        if greeted and said:
            return self._by_greeting(talk, said)
        if recognise.is_tls(said):
            return self._behind_tls(talk, said, ())
        # What a web server says to that is no page; what comes late may be a greeting.
        answer = None if recognise.is_http(said) else self._by_greeting(talk, said)
        hung_up = greeted and not said
        if hung_up:
            answer = self._ask_tls(talk, ())
        return answer or self._ask_rest(talk, (), late=not hung_up)

    def _known_or_tls(self, said: bytes) -> bool:
        return recognise.is_tls(said) or self._known(said)

    def _ask_rest(
        self, talk: Talk, likely: Sequence[ProtocolSpec], *, late: bool
    ) -> _Answer | None:
        """Ask for a page, then in what may live anywhere; ``late``: a greeting may still come."""
        answer = self._ask_http(talk)
        if answer is not None:
            return answer
        answer = self._ask(talk, self._others(likely))
        if answer is None and late and not talk.spoke:
            greeting = talk.listen(self._waits.patient, self._known)
            answer = self._by_greeting(talk, greeting)
        return answer

    def _likely(self, port: int) -> list[ProtocolSpec]:
        """The protocols to ask first: those of this port."""
        return [spec for spec in self._specs if port in spec.ports]

    def _ask_named(self, talk: Talk, hint: NmapHint) -> _Answer | None:
        """Ask in the protocols that nmap named, those of any port among them."""
        named = [spec for spec in self._specs if hint.name in spec.nmap]
        if hint.tls:
            return self._ask_tls(talk, named)
        if hint.name in _NMAP_HTTP:
            return self._ask_http(talk)
        if any(not spec.sends for spec in named):
            greeting = talk.listen(self._waits.patient, self._known)
            answer = self._by_greeting(talk, greeting)
            if answer is not None:
                return answer
        return self._ask(talk, named)

    def _others(self, likely: Sequence[ProtocolSpec]) -> list[ProtocolSpec]:
        """The rest that may live here, those first that are at home on the most ports.

        Those over HTTP are left out: they are asked where HTTP answers.
        """
        rest = [
            spec
            for spec in self._specs
            if spec.anywhere and spec not in likely and not recognise.looks_like_http(spec.sends)
        ]
        return sorted(rest, key=lambda spec: -len(spec.ports))

    def _known(self, said: bytes) -> bool:
        return recognise.is_http(said) or any(
            judged(spec, said) for spec in self._specs if not spec.sends
        )

    def _by_greeting(self, talk: Talk, said: bytes) -> _Answer | None:
        """Tell by what was said unasked, or in answer to a question meant for another."""
        if recognise.is_http(said):
            return _Answer(HTTP, said)
        greeters = (spec for spec in self._specs if not spec.sends)
        return next((found for spec in greeters if (found := _judge(talk, spec, said))), None)

    def _ask(
        self, talk: Talk, specs: Iterable[ProtocolSpec], *, tls: bool = False
    ) -> _Answer | None:
        for spec in specs:
            if not spec.sends:
                continue
            if talk.left <= 1:  # the last connection is kept for a late greeting
                talk.cut_short = True
                continue
            said = talk.ask(spec.sends, partial(judged, spec), tls=tls)
            answer = _judge(talk, spec, said, tls=tls)
            if answer is not None:
                return answer
        return None

    def _ask_http(self, talk: Talk) -> _Answer | None:
        answer = self._by_greeting(talk, talk.ask(self._first_page(talk), self._known))
        return self._special(talk, answer) if answer else None

    def _special(self, talk: Talk, plain: _Answer) -> _Answer:
        """A web server may be more than that: ask the protocols that begin like HTTP."""
        if plain.protocol != HTTP:
            return plain
        over_http = [spec for spec in self._specs if recognise.looks_like_http(spec.sends)]
        with suppress(AttemptError):
            return self._ask(talk, over_http, tls=plain.tls) or plain
        return plain

    def _first_page(self, talk: Talk) -> bytes:
        agent = f"posture-scan/{posture_scan.__version__}"
        return recognise.http_request(talk.name or talk.place.address, agent)

    # --- behind TLS --------------------------------------------------------------------------

    def _ask_tls(self, talk: Talk, likely: Sequence[ProtocolSpec]) -> _Answer | None:
        hello = talk.ask(recognise.client_hello(talk.name), recognise.is_tls)
        return self._behind_tls(talk, hello, likely) if recognise.is_tls(hello) else None

    def _behind_tls(
        self, talk: Talk, hello: bytes, likely: Sequence[ProtocolSpec]
    ) -> _Answer | None:
        plain = _Answer(TLS, hello, tls=True)
        try:
            return self._inside(talk, likely) or plain
        except AttemptError:
            talk.cut_short = True
            return plain

    def _inside(self, talk: Talk, likely: Sequence[ProtocolSpec]) -> _Answer | None:
        page = self._first_page(talk)
        greeted, said = talk.listen_then_ask(page, self._waits.answer, self._known, tls=True)
        if talk.tls_failed:  # perhaps a slow device: once more, patiently
            greeted, said = talk.listen_then_ask(page, self._waits.patient, self._known, tls=True)
        known = self._by_greeting(talk, said)
        if known is not None:
            return self._special(talk, replace(known, tls=True))
        if greeted or talk.tls_failed:
            return None
        return self._ask(talk, [*likely, *self._others(likely)], tls=True)

    def _by_hint(self, hint: NmapHint) -> _Answer | None:
        """Take the word of nmap, which asks more, where it names a protocol we know."""
        for spec in self._specs:
            if hint.name in spec.nmap:
                return _Answer(spec.name, b"", hint.tls, by="nmap")
        if hint.name in _NMAP_HTTP:
            return _Answer(HTTP, b"", hint.tls or hint.name.startswith("https"), by="nmap")
        return _Answer(TLS, b"", tls=True, by="nmap") if hint.tls or hint.name == "ssl" else None


def _judge(talk: Talk, spec: ProtocolSpec, said: bytes, *, tls: bool = False) -> _Answer | None:
    """Let the protocol judge an answer; where its code fails, this port was not judged in it."""
    verdict = judged(spec, said)
    if verdict is None:
        talk.cut_short = True
    return _Answer(spec.name, kept(spec, said), tls) if verdict else None


def _described(
    place: Service, answer: _Answer, hint: NmapHint | None
) -> tuple[Service, ServiceSeen]:
    said = said_without_cookies(answer.said) if answer.protocol == HTTP else answer.said
    greeting = said[:GREETING_LIMIT]
    service = Service(
        protocol=answer.protocol,
        tls=answer.tls,
        address=place.address,
        port=place.port,
        names=place.names,
        greeting=greeting,
        asset=place.asset,
    )
    seen = ServiceSeen(
        protocol=answer.protocol,
        tls=answer.tls,
        greeting=greeting,
        recognised_by=answer.by,
        product=hint.product if hint else "",
        version=hint.version if hint else "",
    )
    return service, seen
