"""From the replies of one talk to what is known of the service: pure, and never kinder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posture_scan.checks.encryption.facts import Agreed, Trial
from posture_scan.checks.encryption.probe import Outcome, Reply, Talk
from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.groups import GROUPS, X25519_MLKEM768
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.messages import Answer
from posture_scan.checks.encryption.questions import CLASSIC, is_tls13

_IDS: Final = {number: version for version, number in VERSIONS.items()}
_INAPPROPRIATE_FALLBACK: Final = "alert 86"
YES, NO, UNSEEN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNSEEN


def trial(label: str, reply: Reply) -> Trial:
    """Return what became of one offer, with the suite agreed on."""
    hello = reply.answer.hello
    named = reply.outcome is YES and hello is not None and hello.suite
    suite = suites.suite_name(hello.suite) if named and hello else ""
    return Trial(label, reply.outcome, reply.detail, suite)


def newest_classic(talk: Talk) -> Reply:
    """The reply of the newest version up to TLS 1.2, by which key exchange is judged.

    A newer version that was not seen leaves everything open: it may do better or worse.
    """
    for version in CLASSIC:
        reply: Reply = talk.reply(version)
        if reply.outcome is UNSEEN:
            return Reply(UNSEEN, reply.detail)
        if reply.outcome is YES:
            return reply
    return Reply(NO, talk.reply(CLASSIC[0]).detail)


def weak(kind: str, found: dict[str, int], talk: Talk, asked: tuple[str, ...]) -> Trial:
    """Accepted if found; refused only if no version is left that might accept it unseen."""
    if kind in found:
        suite = suites.suite_name(found[kind]) if found[kind] else "SSL 2.0"
        return Trial(kind, YES, suite=suite)
    ends = [talk.reply(f"weak {version}") for version in asked]
    ends += [reply for reply in map(talk.reply, CLASSIC) if reply.outcome is not YES]
    last = next((one for one in ends if one.outcome is UNSEEN), ends[0])
    return Trial(kind, last.outcome, last.detail)


def exchange(label: str, kind: str, found: dict[str, int], talk: Talk, top: Reply) -> Trial:
    """Say whether keys can be exchanged in this way at the newest version (``static``, ``dhe``)."""
    if top.answer.hello is None:
        return Trial(label, top.outcome, top.detail)
    if kind in found:
        return Trial(label, YES, suite=suites.suite_name(found[kind]))
    version = _IDS[top.answer.hello.version]
    return trial(label, talk.reply(f"weak {version}"))


def forward_secrecy(talk: Talk, top: Reply) -> Trial:
    """Say whether who asks for forward secrecy, as all current clients do, gets it."""
    hello = top.answer.hello
    if hello is None and talk.accepted("tls13"):
        yes = YES if top.outcome is NO else top.outcome
        return Trial("forward_secrecy", yes, top.detail)
    if hello is None:
        detail = "never" if top.outcome is NO else top.detail
        return Trial("forward_secrecy", top.outcome, detail)
    suite = suites.suite_name(hello.suite)
    if suites.is_forward_secret(hello.suite):
        return Trial("forward_secrecy", YES, suite=suite)
    detail = "never" if talk.reply("fs").outcome is NO else "not_preferred"
    return Trial("forward_secrecy", NO, detail, suite)


def compression(talk: Talk, top: Reply) -> Trial:
    """Say whether any answer chose to compress."""
    hellos = [one.answer.hello for one in talk.replies() if one.answer.hello is not None]
    if any(hello.compression for hello in hellos):
        return Trial("compression", YES)
    if top.answer.hello is not None:
        return Trial("compression", NO)
    return Trial("compression", top.outcome, top.detail)


def secure_renegotiation(talk: Talk, top: Reply) -> Trial:
    """Say whether renegotiation, if any, is the safe one of RFC 5746."""
    hello = top.answer.hello
    if hello is not None:
        return Trial("secure_renegotiation", YES if hello.secure_renegotiation else NO)
    if top.outcome is NO and talk.accepted("tls13"):
        # TLS 1.3 has no renegotiation at all
        return Trial("secure_renegotiation", YES, "tls13")
    return Trial("secure_renegotiation", top.outcome, top.detail)


def fallback_scsv(talk: Talk) -> Trial:
    """Say whether a client that fell back is told so (RFC 7507)."""
    reply = talk.reply("fallback")
    if reply.detail == _INAPPROPRIATE_FALLBACK:
        return Trial("fallback_scsv", YES, reply.detail)
    if reply.outcome is YES:
        return Trial("fallback_scsv", NO, "served")
    versions = [talk.reply(version) for version in CLASSIC[1:]]
    if reply.detail == "not_asked" and all(one.outcome is NO for one in versions):
        return Trial("fallback_scsv", YES, "no_older_version")
    spoken = [one for one in (*CLASSIC, "tls13") if talk.accepted(one)]
    if reply.detail == "not_asked" and len(spoken) == 1:
        return Trial("fallback_scsv", YES, "no_older_version")
    return Trial("fallback_scsv", UNSEEN, reply.detail)


def server_preference(talk: Talk, top: Reply) -> Trial:
    """Say whose order counts: the suite chosen stays the same although it was offered last."""
    label, hello = "server_preference", top.answer.hello
    again = talk.reply("order")
    if hello is None or again.outcome is not YES or again.answer.hello is None:
        sealed = hello is None and top.outcome is NO and talk.accepted("tls13")
        return Trial(label, UNSEEN, "tls13" if sealed else again.detail)
    if again.answer.hello.suite != hello.suite:
        return Trial(label, NO, suite=suites.suite_name(again.answer.hello.suite))
    chosen = suites.suite_name(hello.suite)
    if _had_a_choice(talk, hello.suite):
        return Trial(label, YES, suite=chosen)
    alone = talk.reply("rest").outcome is NO
    return Trial(label, UNSEEN, "one_suite" if alone else "not_seen", chosen)


def _had_a_choice(talk: Talk, chosen: int) -> bool:
    """Another suite that ``order`` offered is known to be accepted at the same version."""
    answers = [one.answer.hello for one in talk.replies() if one.outcome is YES]
    offered = {*suites.sound_suites("rsa"), *suites.sound_suites("ecdsa")} - {chosen}
    version = talk.reply("order").answer.hello
    return any(
        one is not None and version is not None
        and one.suite in offered and one.version == version.version
        for one in answers
    )  # fmt: skip


def post_quantum(talk: Talk) -> Trial:
    """Say whether the hybrid group was chosen where it was offered first."""
    reply, label = talk.reply("post_quantum"), "post_quantum"
    hello = reply.answer.hello
    if hello is not None and is_tls13(reply):
        chosen = hello.group == X25519_MLKEM768
        return Trial(label, YES if chosen else NO, _group_name(hello.group))
    if talk.reply("tls13").outcome is NO:
        return Trial(label, NO, talk.reply("tls13").detail)
    return Trial(label, UNSEEN, reply.detail)


def aead(talk: Talk) -> Trial:
    """Say whether authenticated encryption is to be had at all."""
    for one in talk.replies():
        if one.outcome is YES and one.answer.hello and suites.is_aead(one.answer.hello.suite):
            return Trial("aead", YES, suite=suites.suite_name(one.answer.hello.suite))
    if talk.reply("tls13").outcome is UNSEEN:
        return Trial("aead", UNSEEN, talk.reply("tls13").detail)
    last = talk.reply("aead")
    if last.detail == "not_asked" and talk.reply("tls12").outcome is NO:
        return Trial("aead", NO, talk.reply("tls12").detail)  # it came with TLS 1.2
    return trial("aead", last)


def old_modes(found: dict[str, int], talk: Talk, top: Reply) -> Trial:
    """Say whether a suite with ECDHE beyond AES-GCM and ChaCha20 is accepted.

    It was asked for only while nothing worse was found.
    """
    for one in talk.replies():
        hello = one.answer.hello
        if one.outcome is YES and hello and suites.is_old_mode(hello.suite):
            return Trial("cbc", YES, suite=suites.suite_name(hello.suite))
    if top.answer.hello is None:
        return Trial("cbc", top.outcome, top.detail)
    if found:
        return Trial("cbc", UNSEEN, "not_asked")
    return trial("cbc", talk.reply(f"weak {_IDS[top.answer.hello.version]}"))


def smallest_prime(answers: Sequence[Answer]) -> int:
    """Return the bits of the smallest Diffie-Hellman prime seen, 0 where none was."""
    return min((answer.dh_bits for answer in answers if answer.dh_bits), default=0)


def agreed(talk: Talk) -> tuple[Agreed, ...]:
    """List every version and suite that some answer agreed on, each once, in their order."""
    found = dict.fromkeys(
        _agreed(one.answer)
        for one in talk.replies()
        if one.outcome is YES and one.answer.hello is not None and one.answer.hello.suite
    )
    return tuple(one for one in found if one is not None)


def _agreed(answer: Answer) -> Agreed | None:
    hello = answer.hello
    if hello is None:
        return None
    version, suite = _IDS[hello.version], suites.suite_name(hello.suite)
    if answer.dh_bits:
        return Agreed(version, suite, "dh", answer.dh_name, answer.dh_bits)
    if answer.group:
        group = GROUPS.get(answer.group)
        if group is None:
            return Agreed(version, suite, "", _group_name(answer.group))
        return Agreed(version, suite, group.kind, group.name, group.bits)
    static = suites.kinds(hello.suite) & {"static"}
    return Agreed(version, suite, "rsa" if static and "_RSA_" in f"_{suite}" else "")


def _group_name(number: int) -> str:
    group = GROUPS.get(number)
    return group.name if group else f"0x{number:04X}"
