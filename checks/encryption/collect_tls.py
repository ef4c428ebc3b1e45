"""TLS: which versions, suites and certificates a service accepts, seen from its own answers.

At most sixteen connections to a service. All but one go no further than the server's first
answer; the last finishes a handshake to ask whether it may be repeated. The order of questions
and what each teaches follow from the protocol: a server names the one version and suite it takes
from what it is offered.
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption import chains, conclude
from posture_scan.checks.encryption.certificate import read_certificate
from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.probe import (
    MOST_CONNECTIONS,
    Outcome,
    Talk,
    begins_in_clear,
)
from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.questions import (
    CLASSIC,
    ask_for_aead,
    ask_for_forward_secrecy,
    ask_for_order,
    ask_for_other_key,
    ask_for_weak_suites,
    ask_to_fall_back,
    ask_versions,
    ask_whether_it_had_a_choice,
    ask_without_name,
)
from posture_scan.checks.encryption.renegotiation import ask_to_renegotiate
from posture_scan.checks.encryption.starttls import PROTOCOLS, NotOfferedError

from posture_scan.sdk import HANDSHAKE, Attempt, AttemptError, Net, Service, collector

_SPARE: Final = 6
"""Connections that must be left for a question that no check depends on."""


@collector(
    on=(Service(tls=True), *(Service(name) for name in PROTOCOLS)),
    intrusiveness=HANDSHAKE,
    max_connections=MOST_CONNECTIONS,
    version=2,
)
def tls_assessment(service: Service, net: Net) -> TlsFacts:
    """Assess one TLS service under its first scoped name, or without a name.

    Raises:
        AttemptError: nothing it was offered was accepted, so nothing is known about it. A
            service that turns everything down for want of a name, or that begins in clear and
            offers no TLS, gives facts that say so.
    """
    name = service.names[0] if service.names else ""
    talk = Talk(service, net)
    try:
        ask_versions(talk, name)
    except NotOfferedError as error:
        return _without(talk, name, Trial("offered", Outcome.REFUSED, str(error)[:80]))
    if not any(talk.accepted(version) for version in VERSIONS):
        if not name and any(reply.answer.alert > 0 for reply in talk.replies()):
            return _wants_a_name(talk)
        raise _nothing_accepted(talk)
    spoken = tuple(version for version in CLASSIC if talk.accepted(version))
    asked = tuple(dict.fromkeys((*spoken[:1], *spoken[-1:])))
    if spoken:
        ask_for_order(talk, spoken[0], name)
    found = ask_for_weak_suites(talk, asked, name)
    if spoken:
        ask_for_forward_secrecy(talk, spoken[0], name)
    chain = chains.first(talk, name)
    renewal = _ask_the_rest(talk, spoken, chain)
    talk.settle()
    return _facts(talk, found, asked, chain, renewal)


def _ask_the_rest(talk: Talk, spoken: tuple[str, ...], chain: tuple[bytes, ...]) -> Trial:
    """Ask what weighs less, as far as the connections go; return whether keys can be renewed."""
    name = talk.service.names[0] if talk.service.names else ""
    if spoken:
        ask_whether_it_had_a_choice(talk, spoken[0], name)
    if spoken and not talk.accepted("tls13"):
        ask_for_aead(talk, spoken[0], name)
    elif not spoken and chain and talk.accepted("tls13"):
        leaf = read_certificate(chain[0])
        if leaf and leaf.key in {"rsa", "ec"}:
            ask_for_other_key(talk, name, "rsa" if leaf.key == "rsa" else "ecdsa")
    ask_to_fall_back(talk)
    if spoken:
        renewal = ask_to_renegotiate(talk, spoken[0], name)
    else:
        gone = conclude.newest_classic(talk).outcome is Outcome.REFUSED
        outcome = Outcome.REFUSED if gone else Outcome.UNSEEN
        renewal = Trial("client_renegotiation", outcome, "no_such_thing")
    if name and talk.left() >= _SPARE and (spoken or talk.accepted("tls13")):
        ask_without_name(talk, spoken[0] if spoken else "tls13")
    if spoken or talk.accepted("tls13"):
        chains.ask_under_other_names(talk, spoken[0] if spoken else "tls13")
    return renewal


def _facts(
    talk: Talk,
    found: dict[str, int],
    asked: tuple[str, ...],
    chain: tuple[bytes, ...],
    renewal: Trial,
) -> TlsFacts:
    top = conclude.newest_classic(talk)
    name = talk.service.names[0] if talk.service.names else ""
    return TlsFacts(
        name=name,
        versions=tuple(conclude.trial(version, talk.reply(version)) for version in VERSIONS),
        weak=tuple(conclude.weak(kind, found, talk, asked) for kind in suites.WEAK_CLASSES),
        forward_secrecy=conclude.forward_secrecy(talk, top),
        static_rsa=conclude.exchange("static_rsa", "static", found, talk, top),
        dhe=conclude.exchange("dhe", "dhe", found, talk, top),
        dh_bits=conclude.smallest_prime([reply.answer for reply in talk.replies()]),
        compression=conclude.compression(talk, top),
        secure_renegotiation=conclude.secure_renegotiation(talk, top),
        chain=chain,
        trust=chains.trust(talk.net, chain, name),
        connections=talk.connections,
        starttls=_starttls(talk.service),
        offered=Trial("offered", Outcome.ACCEPTED),
        client_renegotiation=renewal,
        fallback_scsv=conclude.fallback_scsv(talk),
        server_preference=conclude.server_preference(talk, top),
        post_quantum=conclude.post_quantum(talk),
        aead=conclude.aead(talk),
        cbc=conclude.old_modes(found, talk, top),
        agreed=conclude.agreed(talk),
        more_chains=chains.others(talk, chain, name),
        no_name=chains.without_name(talk, chain),
        names_unseen=chains.names_unseen(talk),
    )


def _nothing_accepted(talk: Talk) -> AttemptError:
    if talk.attempt is not Attempt.OK:
        return AttemptError(talk.attempt, talk.detail)
    return AttemptError(Attempt.PROTOCOL_MISMATCH, talk.detail)


def _wants_a_name(talk: Talk) -> TlsFacts:
    """It speaks TLS and serves nobody who does not name it: all else is unseen."""
    alert = next(reply.detail for reply in talk.replies() if reply.answer.alert > 0)
    return _without(talk, "", Trial("offered", Outcome.ACCEPTED, alert))


def _without(talk: Talk, name: str, offered: Trial) -> TlsFacts:
    """Facts about a service whose TLS was not seen, or that has none."""

    def unseen(label: str) -> Trial:
        return Trial(label, Outcome.UNSEEN, offered.detail)

    return TlsFacts(
        name=name,
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
        starttls=_starttls(talk.service),
        offered=offered,
    )


def _starttls(service: Service) -> str:
    return service.protocol if begins_in_clear(service) else ""
