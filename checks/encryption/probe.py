"""One question to a server, and what its answer or silence proves.

A version counts as refused only when the server said so (an alert about what was offered) or
closed the connection without a word although it answers other questions in the same talk. A
time-out, a wrong name or bytes that follow no protocol prove nothing: ``unseen``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from posture_scan.checks.encryption.protocol.hello import SSL2, ClientHello
from posture_scan.checks.encryption.protocol.messages import Answer
from posture_scan.checks.encryption.protocol.ssl2 import Ssl2Reader
from posture_scan.checks.encryption.protocol.wire import Reader
from posture_scan.checks.encryption.starttls import PROTOCOLS, NotOfferedError, begin

from posture_scan.sdk import Attempt, AttemptError, Channel, Net, Service

MOST_CONNECTIONS: Final = 16
_FEWER: Final = {"mysql": 10}
"""Where each connection costs the other side: MySQL counts those that end before a logon and, by
default, shuts an address out after a hundred in a row (max_connect_errors)."""
_PAUSES: Final = {"rdp": 0.2}
"""Seconds between two connections: xrdp and Windows drop faster ones."""
MOST_READS: Final = 512
"""Pieces an answer may come in; a sender of single bytes is cut off here."""
TROUBLE: Final = 2
"""Questions in a row that fail on the network before the server is asked how it is."""

NOT_OFFERED: Final = "not_offered"
"""The answer chose a version or suite that was not among those offered."""
ABOUT_THE_OFFER: Final = frozenset({10, 40, 41, 43, 47, 50, 70, 71, 80, 86, 109, 110})
"""Alerts (RFC 8446 6.2, RFC 6101, RFC 7507) by which servers turn an offer down.

Not among them: 112 unrecognized_name and 49 access_denied, which are about who asks for what,
and 120 no_application_protocol."""

_ENDS_ALL: Final = (Attempt.OUT_OF_SCOPE, Attempt.INTERRUPTED, Attempt.PERMISSION_DENIED)


class Outcome(StrEnum):
    """What one question proved."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Reply:
    """The outcome of one question, with the short technical reason behind it."""

    outcome: Outcome
    detail: str = ""
    answer: Answer = field(default_factory=Answer)
    silent: bool = False
    """Refused without a word: believed only while the server answers other questions."""
    attempt: Attempt = Attempt.OK


def judge(hello: ClientHello, answer: Answer) -> Reply:
    """Say what an answer proves about what was offered."""
    seen = answer.hello
    if answer.alert > 0:
        known = answer.alert in ABOUT_THE_OFFER or hello.version == SSL2
        return Reply(Outcome.REFUSED if known else Outcome.UNSEEN, f"alert {answer.alert}", answer)
    if hello.version == SSL2 and answer.flaw == "not_ssl2":
        return Reply(Outcome.REFUSED, "other_answer", answer)
    if seen is None and answer.flaw:
        return Reply(Outcome.UNSEEN, answer.flaw, answer)
    if seen is None:
        return Reply(Outcome.REFUSED, "closed", answer, silent=True)
    if hello.version == SSL2:
        return Reply(Outcome.ACCEPTED, "", answer)
    if not hello.allows(seen.version, seen.suite):
        return Reply(Outcome.UNSEEN, NOT_OFFERED, answer)
    return Reply(Outcome.ACCEPTED, "", answer)


def ask(service: Service, net: Net, hello: ClientHello) -> Reply:
    """Open one connection, send the hello, read the answer up to where encryption starts.

    Raises:
        AttemptError: only what ends the whole assessment (out of scope, interrupted).
        NotOfferedError: the service begins in clear and has no TLS to go on with.
    """
    reader = Ssl2Reader() if hello.version == SSL2 else Reader(hello)
    attempt, detail, sent = Attempt.OK, "", False
    try:
        with reach(service, net) as channel:
            sent = True
            channel.send(hello.to_bytes())
            for _ in range(MOST_READS):
                data = channel.receive()
                if not data or not reader.feed(data):
                    break
            else:
                attempt = Attempt.LIMIT_REACHED
    except AttemptError as error:
        if error.attempt in _ENDS_ALL:
            raise
        attempt, detail = error.attempt, error.detail
    answer = reader.answer()
    decided = answer.hello or answer.alert >= 0 or answer.flaw
    if decided or (sent and attempt in (Attempt.OK, Attempt.CLOSED_EARLY)):
        return judge(hello, answer)
    return Reply(Outcome.UNSEEN, f"{attempt.value} {detail}".strip(), answer, attempt=attempt)


@contextlib.contextmanager
def reach(service: Service, net: Net) -> Iterator[Channel]:
    """Open a connection and lead it to where a ClientHello goes.

    Raises:
        AttemptError: it could not be opened, or did not get that far.
        NotOfferedError: as ``ask``.
    """
    with net.connect(service) as channel:
        if begins_in_clear(service):
            begin(service, channel)
        yield channel


def begins_in_clear(service: Service) -> bool:
    """Tell whether TLS has to be asked for in the service's own protocol (STARTTLS)."""
    return not service.tls and service.protocol in PROTOCOLS


@dataclass
class Talk:
    """All questions to one service: counts them, stops in time, doubts silent refusals."""

    service: Service
    net: Net
    connections: int = 0
    attempt: Attempt = Attempt.OK
    """How the last question that got no answer ended."""
    detail: str = ""
    _replies: dict[str, Reply] = field(default_factory=dict)
    _known_good: ClientHello | None = None
    _troubled: int = 0
    _stopped: bool = False

    def put(self, label: str, hello: ClientHello) -> Reply:
        """Ask, remember the reply under its label, and return it."""
        if self._stopped or self.left() <= 1:  # one is kept for asking how the server is
            reply = Reply(Outcome.UNSEEN, "stopped")
        else:
            reply = self._ask(hello)
            self._watch(reply)
        self._replies[label] = reply
        return reply

    def left(self) -> int:
        """Return how many connections may still be made."""
        return _FEWER.get(self.service.protocol, MOST_CONNECTIONS) - self.connections

    def count(self) -> None:
        """Take note of one more connection, after the pause that the service needs."""
        if self.connections and self.service.protocol in _PAUSES:
            self.net.pause(_PAUSES[self.service.protocol])
        self.connections += 1

    def reply(self, label: str) -> Reply:
        """Return a reply by its label; ``unseen`` where nothing was asked."""
        return self._replies.get(label, Reply(Outcome.UNSEEN, "not_asked"))

    def accepted(self, label: str) -> bool:
        """Tell whether the question under this label was answered with yes."""
        return self.reply(label).outcome is Outcome.ACCEPTED

    def file(self, label: str, reply: Reply) -> None:
        """Put a reply under a further label that it answers as well."""
        self._replies[label] = reply

    def decide(self, label: str, outcome: Outcome, detail: str) -> None:
        """Write down what follows for a label from other replies."""
        self._replies[label] = replace(self.reply(label), outcome=outcome, detail=detail)

    def replies(self) -> tuple[Reply, ...]:
        """Return all replies in the order they came."""
        return tuple(self._replies.values())

    def settle(self) -> None:
        """Stop believing silent refusals if the server does not answer any more.

        A server that closes every connection (a rate limit, a blocked address) looks like one
        that refuses everything; only an accepted hello afterwards tells the two apart.
        """
        silent = any(reply.silent for reply in self._replies.values())
        if not silent or (not self._stopped and self._alive()):
            return
        for label, reply in self._replies.items():
            if reply.silent:
                self._replies[label] = replace(reply, outcome=Outcome.UNSEEN, silent=False)

    def prove_alive(self) -> None:
        """Take note that the server still answers: what it closed before, it refused."""
        for label, reply in self._replies.items():
            self._replies[label] = replace(reply, silent=False)

    def _ask(self, hello: ClientHello) -> Reply:
        self.count()
        try:
            reply = ask(self.service, self.net, hello)
        except NotOfferedError as error:
            if self.connections == 1:
                raise
            # it was offered before: the server turns us away, or plays with us
            reply = Reply(Outcome.UNSEEN, f"starttls {error}", attempt=Attempt.PROTOCOL_MISMATCH)
        if reply.outcome is Outcome.ACCEPTED:
            self._known_good = self._known_good or hello
            self.prove_alive()
        else:
            self.attempt, self.detail = reply.attempt, reply.detail
        return reply

    def _watch(self, reply: Reply) -> None:
        self._troubled = 0 if reply.attempt is Attempt.OK else self._troubled + 1
        if self._troubled >= TROUBLE:
            self._troubled = 0
            self._stopped = not self._alive()

    def _alive(self) -> bool:
        if self._known_good is None or self.left() <= 0:
            return False
        return self._ask(self._known_good).outcome is Outcome.ACCEPTED
