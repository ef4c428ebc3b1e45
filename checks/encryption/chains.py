"""The certificates that a service shows: for each kind of key, under each name, and without one."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption.certificate import read_certificate
from posture_scan.checks.encryption.facts import ShownChain, Trial
from posture_scan.checks.encryption.probe import Outcome, Reply, Talk, reach
from posture_scan.checks.encryption.protocol.hello import VERSIONS, full_hello, sni_name
from posture_scan.checks.encryption.protocol.messages import MOST_CERTIFICATES
from posture_scan.checks.encryption.questions import CLASSIC, ask_for_sealed_chain
from posture_scan.checks.encryption.starttls import NotOfferedError

from posture_scan.sdk import AttemptError, Net

WEB: Final = frozenset({"http", "https"})
"""Services that show another certificate for each name; others are told one name and keep to it."""
_UNRECOGNIZED_NAME: Final = "alert 112"
"""Said to a client that names nobody, it is an answer (RFC 6066 section 3)."""


def first(talk: Talk, name: str) -> tuple[bytes, ...]:
    """Return the certificates from the first answer that has them, newest version first."""
    for version in (*CLASSIC, "tls13"):
        sent: tuple[bytes, ...] = talk.reply(version).answer.chain
        if sent:
            return sent
    if talk.accepted("tls13"):
        sent = ask_for_sealed_chain(talk, name).answer.chain or _by_client(talk, name)
        if sent:
            return sent
    old: tuple[bytes, ...] = talk.reply("ssl2").answer.chain
    return old


def _by_client(talk: Talk, name: str) -> tuple[bytes, ...]:
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


def ask_under_other_names(talk: Talk, version: str) -> None:
    """Ask a web server under each further name of the scope, as far as the connections go."""
    for name in _other_names(talk):
        talk.put(f"name {name}", full_hello(VERSIONS[version], name))


def names_unseen(talk: Talk) -> tuple[str, ...]:
    """Return the further names under which no certificate was shown to us."""
    return tuple(name for name in _other_names(talk) if not _under(talk, name))


def _other_names(talk: Talk) -> tuple[str, ...]:
    names: tuple[str, ...] = talk.service.names[1:] if talk.service.protocol in WEB else ()
    return names


def _under(talk: Talk, name: str) -> tuple[bytes, ...]:
    chain: tuple[bytes, ...] = talk.reply(f"name {name}").answer.chain
    return chain


def others(talk: Talk, chain: tuple[bytes, ...], name: str) -> tuple[ShownChain, ...]:
    """Return what else was shown: for the other kind of key, under other names, without any."""
    found: list[ShownChain] = []
    for label in ("order", "rest", "other"):
        sent = talk.reply(label).answer.chain
        if sent and sent[:1] not in _leaves(chain, found):
            leaf = read_certificate(sent[0])
            key = {"rsa": "rsa", "ec": "ecdsa"}.get(leaf.key if leaf else "", "")
            found.append(ShownChain(key, bool(name), sent, trust(talk.net, sent, name)))
    nameless = talk.reply("no_name").answer.chain
    if nameless and nameless[:1] not in _leaves(chain, found):
        found.append(ShownChain("", named=False, certificates=nameless, trust="not_judged"))
    for other in _other_names(talk):
        sent = _under(talk, other)
        if sent:
            kept = () if sent == chain else sent
            found.append(ShownChain("", True, kept, trust(talk.net, sent, other), other))  # noqa: FBT003 -- named
    return tuple(found)


def _leaves(chain: tuple[bytes, ...], found: list[ShownChain]) -> set[tuple[bytes, ...]]:
    return {chain[:1], *(one.certificates[:1] for one in found)}


def without_name(talk: Talk, chain: tuple[bytes, ...]) -> Trial:
    """Say what a client gets that names nobody."""
    reply: Reply = talk.reply("no_name")
    if reply.outcome is not Outcome.ACCEPTED:
        told = reply.detail == _UNRECOGNIZED_NAME
        return Trial("no_name", Outcome.REFUSED if told else reply.outcome, reply.detail)
    shown = reply.answer.chain
    if not shown:
        return Trial("no_name", reply.outcome, "no_certificate")
    return Trial("no_name", reply.outcome, "same" if shown[:1] == chain[:1] else "other")


def trust(net: Net, chain: tuple[bytes, ...], name: str) -> str:
    """Return whether a chain is trusted, in the words of ``TlsFacts.trust``."""
    if not chain or not name:
        return "not_judged"
    try:
        return net.verify_chain(chain, name) or "trusted"
    except AttemptError:
        return "not_judged"
