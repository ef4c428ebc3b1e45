"""TLS: which versions, suites and certificates a service accepts, seen from its own answers.

At most sixteen connections to a service. All but one go no further than the server's first
answer; the last finishes a handshake to ask whether it may be repeated. The order of questions
and what each teaches follow from the protocol: a server names the one version and suite it takes
from what it is offered.
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption import conclude, suites
from posture_scan.checks.encryption.certificate import read_certificate
from posture_scan.checks.encryption.facts import ShownChain, TlsFacts, Trial
from posture_scan.checks.encryption.hello import VERSIONS, sni_name
from posture_scan.checks.encryption.messages import MOST_CERTIFICATES
from posture_scan.checks.encryption.probe import (
    MOST_CONNECTIONS,
    Outcome,
    Reply,
    Talk,
    begins_in_clear,
    reach,
)
from posture_scan.checks.encryption.questions import (
    CLASSIC,
    ask_for_aead,
    ask_for_forward_secrecy,
    ask_for_order,
    ask_for_other_key,
    ask_for_sealed_chain,
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
_UNRECOGNIZED_NAME: Final = "alert 112"
"""Said to a client that names nobody, it is an answer (RFC 6066 section 3)."""


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
    chain = _chain(talk, name)
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
        trust=_trust(talk.net, chain, name),
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
        more_chains=_more_chains(talk, chain, name),
        no_name=_no_name(talk, chain),
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


def _chain(talk: Talk, name: str) -> tuple[bytes, ...]:
    """The certificates from the first answer that has them, newest version first."""
    for version in (*CLASSIC, "tls13"):
        sent: tuple[bytes, ...] = talk.reply(version).answer.chain
        if sent:
            return sent
    if talk.accepted("tls13"):
        sent = ask_for_sealed_chain(talk, name).answer.chain or _chain_by_client(talk, name)
        if sent:
            return sent
    old: tuple[bytes, ...] = talk.reply("ssl2").answer.chain
    return old


def _chain_by_client(talk: Talk, name: str) -> tuple[bytes, ...]:
    """Through a whole client, for groups of TLS 1.3 that we have no half for."""
    if talk.left() <= 1:
        return ()
    talk.count()
    try:
        with reach(talk.service, talk.net) as channel:
            channel.start_tls(sni_name(name))
            talk.prove_alive()
            chain: tuple[bytes, ...] = channel.peer_chain()[:MOST_CERTIFICATES]
    except (AttemptError, NotOfferedError):
        return ()
    return chain


def _more_chains(talk: Talk, chain: tuple[bytes, ...], name: str) -> tuple[ShownChain, ...]:
    """Chains that differ from the first: for the other kind of key, or shown without the name."""
    found: list[ShownChain] = []
    for label in ("order", "rest", "other"):
        answer = talk.reply(label).answer
        known = {chain[:1], *(one.certificates[:1] for one in found)}
        if answer.chain and answer.chain[:1] not in known:
            leaf = read_certificate(answer.chain[0])
            key = {"rsa": "rsa", "ec": "ecdsa"}.get(leaf.key if leaf else "", "")
            trust = _trust(talk.net, answer.chain, name)
            found.append(ShownChain(key, bool(name), answer.chain, trust))
    nameless = talk.reply("no_name").answer.chain
    if nameless and nameless[:1] not in {chain[:1], *(one.certificates[:1] for one in found)}:
        found.append(ShownChain("", named=False, certificates=nameless, trust="not_judged"))
    return tuple(found)


def _no_name(talk: Talk, chain: tuple[bytes, ...]) -> Trial:
    reply: Reply = talk.reply("no_name")
    if reply.outcome is not Outcome.ACCEPTED:
        told = reply.detail == _UNRECOGNIZED_NAME
        return Trial("no_name", Outcome.REFUSED if told else reply.outcome, reply.detail)
    shown = reply.answer.chain
    if not shown:
        return Trial("no_name", reply.outcome, "no_certificate")
    return Trial("no_name", reply.outcome, "same" if shown[:1] == chain[:1] else "other")


def _trust(net: Net, chain: tuple[bytes, ...], name: str) -> str:
    if not chain or not name:
        return "not_judged"
    try:
        return net.verify_chain(chain, name) or "trusted"
    except AttemptError:
        return "not_judged"
