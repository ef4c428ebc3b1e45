"""TLS: which versions, suites and certificates a service accepts, seen from its own answers.

At most sixteen connections to a service, none of which goes further than the part of the
handshake that is sent in clear. The order of questions and what each teaches follow from the
protocol: a server names the one version and suite it takes from what it is offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.encryption import suites
from posture_scan.checks.encryption.hello import VERSIONS, sni_name
from posture_scan.checks.encryption.messages import MOST_CERTIFICATES
from posture_scan.checks.encryption.probe import MOST_CONNECTIONS, Outcome, Reply, Talk
from posture_scan.checks.encryption.questions import (
    CLASSIC,
    ask_for_key_exchanges,
    ask_for_weak_suites,
    ask_versions,
)

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
)


@dataclass(frozen=True)
class Trial:
    """One thing offered to the server, and whether it took it."""

    id: str
    outcome: Outcome
    detail: str = ""
    """Why, as a short technical id: ``alert 70``, ``closed``, ``timeout`` …"""
    suite: str = ""
    """The suite agreed on, where one was."""


@dataclass(frozen=True)
class TlsFacts(Facts):
    """What one TLS service accepts, and the certificate it shows under its first name."""

    name: str
    """The scoped name it was asked for; empty where the service has an address only."""
    versions: tuple[Trial, ...]
    """``ssl2`` ``ssl3`` ``tls10`` ``tls11`` ``tls12`` ``tls13``."""
    weak: tuple[Trial, ...]
    """``null`` ``anon`` ``export`` ``des`` ``rc4`` ``3des``."""
    forward_secrecy: Trial
    """Accepted: who prefers forward secrecy gets it; refused: ``not_preferred``, ``never``."""
    static_rsa: Trial
    """Whether key exchange without forward secrecy is possible as well."""
    dhe: Trial
    dh_bits: int
    """Smallest Diffie-Hellman prime seen, in bits; 0 where none was."""
    compression: Trial
    secure_renegotiation: Trial
    chain: tuple[bytes, ...]
    """Certificates as sent, DER, the server's own first; at most sixteen."""
    trust: str
    """``trusted``, ``self_signed``, ``unknown_ca``, ``incomplete``, ``unusable`` or, without
    a name or a certificate, ``not_judged``."""
    connections: int

    def version(self, wanted: str) -> Trial:
        """Return what happened to one protocol version."""
        return _named(self.versions, wanted)

    def weakness(self, wanted: str) -> Trial:
        """Return what happened to one weak class of suites."""
        return _named(self.weak, wanted)


def _named(trials: tuple[Trial, ...], wanted: str) -> Trial:
    found = (trial for trial in trials if trial.id == wanted)
    return next(found, Trial(wanted, Outcome.UNSEEN, "not_asked"))


@collector(
    on=Service(tls=True), intrusiveness=HANDSHAKE, max_connections=MOST_CONNECTIONS, version=1
)
def tls_assessment(service: Service, net: Net) -> TlsFacts:
    """Assess one TLS service under its first scoped name, or without a name.

    Raises:
        AttemptError: nothing it was offered was accepted, so nothing is known about it. A
            service that turns everything down for want of a name gives facts that say so.
    """
    name = service.names[0] if service.names else ""
    talk = Talk(service, net)
    ask_versions(talk, name)
    if not any(talk.accepted(version) for version in VERSIONS):
        if not name and any(reply.answer.alert > 0 for reply in talk.replies()):
            return _wants_a_name(talk)
        raise _nothing_accepted(talk)
    spoken = tuple(version for version in CLASSIC if talk.accepted(version))
    asked = tuple(dict.fromkeys((*spoken[:1], *spoken[-1:])))
    weak = ask_for_weak_suites(talk, asked, name)
    if spoken:
        ask_for_key_exchanges(talk, spoken[0], name)
    chain = _chain(talk, service, net, name)
    talk.settle()
    top = _top(talk)
    agreed = top.outcome is Outcome.ACCEPTED
    return TlsFacts(
        name=name,
        versions=tuple(_trial(version, talk.reply(version)) for version in VERSIONS),
        weak=tuple(_weak(kind, weak, talk, asked) for kind in suites.WEAK_CLASSES),
        forward_secrecy=_forward_secrecy(talk, top),
        static_rsa=_trial("static_rsa", talk.reply("static") if agreed else top),
        dhe=_trial("dhe", talk.reply("dhe") if agreed else top),
        dh_bits=min(
            (one.answer.dh_bits for one in talk.replies() if one.answer.dh_bits), default=0
        ),
        compression=_compression(talk, top),
        secure_renegotiation=_secure_renegotiation(talk, top),
        chain=chain,
        trust=_trust(net, chain, name),
        connections=talk.connections,
    )


def _nothing_accepted(talk: Talk) -> AttemptError:
    if talk.attempt is not Attempt.OK:
        return AttemptError(talk.attempt, talk.detail)
    return AttemptError(Attempt.PROTOCOL_MISMATCH, talk.detail)


def _wants_a_name(talk: Talk) -> TlsFacts:
    """It speaks TLS and serves nobody who does not name it: all else is unseen."""
    alert = next(reply.detail for reply in talk.replies() if reply.answer.alert > 0)

    def unseen(label: str) -> Trial:
        return Trial(label, Outcome.UNSEEN, alert)

    return TlsFacts(
        name="",
        versions=tuple(unseen(version) for version in VERSIONS),
        weak=tuple(unseen(kind) for kind in suites.WEAK_CLASSES),
        forward_secrecy=unseen("forward_secrecy"),
        static_rsa=unseen("static_rsa"),
        dhe=unseen("dhe"),
        dh_bits=0,
        compression=unseen("compression"),
        secure_renegotiation=unseen("secure_renegotiation"),
        chain=(),
        trust="not_judged",
        connections=talk.connections,
    )


def _top(talk: Talk) -> Reply:
    """The reply of the newest version up to TLS 1.2, by which key exchange is judged.

    A newer version that was not seen leaves everything open: it may do better or worse.
    """
    for version in CLASSIC:
        reply: Reply = talk.reply(version)
        if reply.outcome is Outcome.UNSEEN:
            return Reply(Outcome.UNSEEN, reply.detail)
        if reply.outcome is Outcome.ACCEPTED:
            return reply
    return Reply(Outcome.REFUSED, talk.reply(CLASSIC[0]).detail)


def _trial(label: str, reply: Reply) -> Trial:
    hello = reply.answer.hello
    named = reply.outcome is Outcome.ACCEPTED and hello is not None and hello.suite
    suite = suites.suite_name(hello.suite) if named and hello else ""
    return Trial(label, reply.outcome, reply.detail, suite)


def _weak(kind: str, found: dict[str, int], talk: Talk, asked: tuple[str, ...]) -> Trial:
    """Accepted if found; refused only if no version is left that might accept it unseen."""
    if kind in found:
        suite = suites.suite_name(found[kind]) if found[kind] else "SSL 2.0"
        return Trial(kind, Outcome.ACCEPTED, suite=suite)
    ends = [talk.reply(f"weak {version}") for version in asked]
    ends += [reply for reply in map(talk.reply, CLASSIC) if reply.outcome is not Outcome.ACCEPTED]
    last = next((one for one in ends if one.outcome is Outcome.UNSEEN), ends[0])
    return Trial(kind, last.outcome, last.detail)


def _forward_secrecy(talk: Talk, top: Reply) -> Trial:
    hello = top.answer.hello
    if hello is None and talk.accepted("tls13"):
        yes = Outcome.ACCEPTED if top.outcome is Outcome.REFUSED else top.outcome
        return Trial("forward_secrecy", yes, top.detail)
    if hello is None:
        detail = "never" if top.outcome is Outcome.REFUSED else top.detail
        return Trial("forward_secrecy", top.outcome, detail)
    suite = suites.suite_name(hello.suite)
    if suites.is_forward_secret(hello.suite):
        return Trial("forward_secrecy", Outcome.ACCEPTED, suite=suite)
    detail = "never" if talk.reply("fs").outcome is Outcome.REFUSED else "not_preferred"
    return Trial("forward_secrecy", Outcome.REFUSED, detail, suite)


def _compression(talk: Talk, top: Reply) -> Trial:
    hellos = [one.answer.hello for one in talk.replies() if one.answer.hello is not None]
    if any(hello.compression for hello in hellos):
        return Trial("compression", Outcome.ACCEPTED)
    if top.answer.hello is not None:
        return Trial("compression", Outcome.REFUSED)
    return Trial("compression", top.outcome, top.detail)


def _secure_renegotiation(talk: Talk, top: Reply) -> Trial:
    hello = top.answer.hello
    if hello is not None:
        outcome = Outcome.ACCEPTED if hello.secure_renegotiation else Outcome.REFUSED
        return Trial("secure_renegotiation", outcome)
    if top.outcome is Outcome.REFUSED and talk.accepted("tls13"):
        # TLS 1.3 has no renegotiation at all
        return Trial("secure_renegotiation", Outcome.ACCEPTED, "tls13")
    return Trial("secure_renegotiation", top.outcome, top.detail)


def _chain(talk: Talk, service: Service, net: Net, name: str) -> tuple[bytes, ...]:
    """The certificates from the first answer that has them, else through TLS 1.3."""
    seen = [one.answer for one in talk.replies() if one.answer.chain and not one.answer.ssl2_kinds]
    if seen:
        sent: tuple[bytes, ...] = seen[0].chain
        return sent
    if talk.accepted("tls13") and talk.connections < MOST_CONNECTIONS:
        talk.connections += 1
        try:
            with net.connect(service) as channel:
                channel.start_tls(sni_name(name))
                talk.prove_alive()
                return channel.peer_chain()[:MOST_CERTIFICATES]
        except AttemptError:
            return ()
    old: tuple[bytes, ...] = talk.reply("ssl2").answer.chain
    return old


def _trust(net: Net, chain: tuple[bytes, ...], name: str) -> str:
    if not chain or not name:
        return "not_judged"
    try:
        return net.verify_chain(chain, name) or "trusted"
    except AttemptError:
        return "not_judged"
