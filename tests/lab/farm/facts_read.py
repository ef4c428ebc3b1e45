"""The facts about one server in few plain words, so that servers and tools can be compared."""

from __future__ import annotations

from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.probe import Outcome

from posture_scan.sdk import Facts

WORDS = {Outcome.ACCEPTED: "yes", Outcome.REFUSED: "no", Outcome.UNSEEN: "unseen"}


def yes_or_no(trial: Trial) -> str:
    word: str = WORDS[trial.outcome]
    return word


def accepted(trials: tuple[Trial, ...]) -> str:
    """Ids of what was accepted, in the order of the facts; marked where something is unseen."""
    return " ".join(
        trial.id + ("?" if trial.outcome is Outcome.UNSEEN else "")
        for trial in trials
        if trial.outcome is not Outcome.REFUSED
    )


def fallback(trial: Trial) -> str:
    if trial.detail == "no_older_version":
        return "no_older_version"
    return {"yes": "told", "no": "served"}.get(yes_or_no(trial), "unseen")


def without_a_name(seen: TlsFacts) -> str:
    trial = seen.no_name
    if trial.outcome is Outcome.ACCEPTED:
        return str(trial.detail)
    return "refused" if trial.outcome is Outcome.REFUSED else f"unseen {trial.detail}"


def key_of(der: bytes) -> str:
    """``rsa``, ``ecdsa`` or another kind of key of a certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

    key = x509.load_der_x509_certificate(der).public_key()
    kinds = {"rsa": rsa.RSAPublicKey, "ecdsa": ec.EllipticCurvePublicKey,
             "dsa": dsa.DSAPublicKey, "ed25519": ed25519.Ed25519PublicKey}  # fmt: skip
    return next((name for name, kind in kinds.items() if isinstance(key, kind)), "other")


def keys(seen: TlsFacts) -> str:
    """Kinds of the leaves shown under the name."""
    leaves = [seen.chain[0]] if seen.chain else []
    leaves += [one.certificates[0] for one in seen.more_chains if one.named and one.certificates]
    return " ".join(sorted({key_of(leaf) for leaf in leaves}))


def groups(seen: TlsFacts) -> str:
    """Every group that an answer agreed on."""
    return " ".join(sorted({one.group for one in seen.agreed if one.group}))


def summary(facts: Facts) -> dict[str, str]:
    """One line for each question."""
    assert isinstance(facts, TlsFacts)
    return {
        "versions": accepted(facts.versions),
        "weak": accepted(facts.weak),
        "forward_secrecy": yes_or_no(facts.forward_secrecy),
        "static_rsa": yes_or_no(facts.static_rsa),
        "dh_bits": str(facts.dh_bits),
        "compression": yes_or_no(facts.compression),
        "secure_renegotiation": yes_or_no(facts.secure_renegotiation),
        "client_renegotiation": yes_or_no(facts.client_renegotiation),
        "fallback_scsv": fallback(facts.fallback_scsv),
        "server_preference": yes_or_no(facts.server_preference),
        "post_quantum": yes_or_no(facts.post_quantum),
        "aead": yes_or_no(facts.aead),
        "keys": keys(facts),
        "no_name": without_a_name(facts),
        "trust": facts.trust,
    }
