"""The connections to one open port while it is being recognised."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from posture_scan.model.evidence import Attempt, Service
from posture_scan.model.world import AttemptError, Channel, Net

MOST_CONNECTIONS: Final = 34
"""Connections to one service in all."""
GREETING_LIMIT: Final = 2048
_PIECES: Final = 3
"""Times that one listens for the rest of an answer that is not understood yet."""
_STOPPED: Final = (Attempt.INTERRUPTED, Attempt.OUT_OF_SCOPE, Attempt.LIMIT_REACHED)

Understood = Callable[[bytes], bool | None]


@dataclass(frozen=True)
class Waits:
    """Seconds to wait for a server."""

    greeting: float = 1.0
    """To speak first, where nothing says that it will."""
    answer: float = 1.5
    """To answer a question."""
    patient: float = 4.0
    """To speak first where that is usual there, and to shake hands on slow devices."""


class Talk:
    """Asks one service, one question a connection, and remembers whether it ever spoke.

    Every method returns what was said, nothing for silence and refusals, and raises
    AttemptError only when there is no use in asking on: the time is up, the pace says stop.
    """

    def __init__(self, place: Service, net: Net, waits: Waits, stop: threading.Event) -> None:
        """Ask the service at this place through ``net``, until ``stop`` is set."""
        self.place = place
        self.name = next(iter(place.names), "")
        self.spoke = False
        self.tls_failed = False
        self.cut_short = False
        """Set where not all was judged: the time or connections ran out, or a pack failed."""
        self.left = MOST_CONNECTIONS
        self._net = net
        self._waits = waits
        self._stop = stop

    def listen(self, seconds: float, understood: Understood) -> bytes:
        """Say nothing and wait for a greeting."""
        return self._said(b"", seconds, understood)

    def ask(self, message: bytes, understood: Understood, *, tls: bool = False) -> bytes:
        """Say one thing, inside TLS or not, and wait for the answer."""
        return self._said(message, self._waits.answer, understood, tls=tls)

    def listen_then_ask(
        self, message: bytes, seconds: float, understood: Understood, *, tls: bool
    ) -> tuple[bool, bytes]:
        """Wait for a greeting and without one ask, on the same connection.

        Returns whether it spoke or hung up unasked, and what it said.
        """
        self._spend()
        try:
            with self._net.connect(self.place, timeout=seconds) as channel:
                if tls:
                    self._wrap(channel)
                with suppress(AttemptError):
                    return True, self._heard(channel, understood)
                channel.send(message)
                with suppress(AttemptError):
                    return False, self._heard(channel, understood)
                # A web server may think longer than others wait before they greet.
                return False, self._heard(channel, understood)
        except AttemptError as error:
            if error.attempt in _STOPPED:
                raise
            return False, b""

    def _said(
        self, message: bytes, seconds: float, understood: Understood, *, tls: bool = False
    ) -> bytes:
        self._spend()
        try:
            with self._net.connect(self.place, timeout=seconds) as channel:
                if tls:
                    self._wrap(channel)
                if message:
                    channel.send(message)
                return self._heard(channel, understood)
        except AttemptError as error:
            if error.attempt in _STOPPED:
                raise
            return b""

    def _heard(self, channel: Channel, understood: Understood) -> bytes:
        """The answer, with more of it as long as it is not understood and more comes."""
        answer = channel.receive(GREETING_LIMIT)
        self.spoke = self.spoke or bool(answer)
        for _ in range(_PIECES):
            if not answer or len(answer) >= GREETING_LIMIT or understood(answer):
                break
            more = b""
            with suppress(AttemptError):
                more = channel.receive(GREETING_LIMIT - len(answer))
            if not more:
                break
            answer += more
        return answer

    def _wrap(self, channel: Channel) -> None:
        self.tls_failed = True
        channel.start_tls(self.name)
        self.tls_failed = False

    def _spend(self) -> None:
        if self._stop.is_set():
            raise AttemptError(Attempt.INTERRUPTED, "stopped")
        if self.left <= 0:
            raise AttemptError(Attempt.LIMIT_REACHED, "identification")
        self.left -= 1
