"""What caps a grade of SSL Labs (version 2009r), apart from scores and sizes of keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from posture_scan.checks.encryption.certificate import Certificate, is_for
from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.yardsticks.levels import VERSIONS, WEAK, chains, leaves, taken

_AUTHENTICATED: Final = ("_GCM_", "CHACHA20", "_CCM", "0x13")
_TRUSTED: Final = {"trusted": None, "self_signed": "self-signed", "unknown_ca": "unknown issuer"}


@dataclass(frozen=True)
class Cap:
    """The best letter that one cause leaves."""

    letter: str
    cause: str
    """As an id of the check's terms: ``TLS 1.0``, ``DH 1024``."""
    certain: bool
    """False: it could not be seen whether the cause is there."""


def caps_of(facts: TlsFacts, now: datetime) -> tuple[Cap, ...]:
    """Return every cap that was hit, or could have been unseen."""
    found = [*_versions(facts), *_suites(facts), *_behaviour(facts), *_trust(facts)]
    for leaf in leaves(facts):
        found += _certificate(facts, leaf, now)
    return tuple(dict.fromkeys(found))


def _if(there: bool | None, letter: str, cause: str, unseen: str = "") -> Iterator[Cap]:  # noqa: FBT001
    """A cap for a cause that is there, one in doubt where that was not seen."""
    if there is not False:
        yield Cap(letter, (unseen or cause) if there is None else cause, certain=there is True)


def _if_not(there: bool | None, letter: str, cause: str, unseen: str) -> Iterator[Cap]:  # noqa: FBT001
    return _if(None if there is None else not there, letter, cause, unseen)


def _any(*took: bool | None) -> bool | None:
    """Tell whether one of them is there; None where an unseen one might be."""
    return True if True in took else None if None in took else False


def _both(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001
    """Tell whether both are there; None where that rests on an unseen one."""
    return False if False in (one, other) else None if None in (one, other) else True


def _not(there: bool | None) -> bool | None:  # noqa: FBT001
    return None if there is None else not there


def _versions(facts: TlsFacts) -> Iterator[Cap]:
    took = {version: taken(facts.version(version)) for version in VERSIONS}
    for version, letter in (("ssl2", "F"), ("ssl3", "B"), ("tls10", "B"), ("tls11", "B")):
        yield from _if(took[version], letter, VERSIONS[version])
    newer = _any(took["tls12"], took["tls13"])
    yield from _if_not(newer, "C", "no TLS 1.2", "TLS 1.2")
    yield from _if_not(took["tls13"], "A-", "no TLS 1.3", "TLS 1.3")
    nothing_newer = _not(_any(newer, took["tls11"], took["tls10"]))
    yield from _if(_both(took["ssl3"], nothing_newer), "F", "SSL 3.0 only", "TLS")
    # POODLE needs a CBC suite under SSL 3.0; all suites there are CBC, RC4, NULL or old export
    agreed = [one.suite for one in facts.agreed if one.version == "ssl3"]
    cbc = True if any("_CBC_" in suite for suite in agreed) else None
    yield from _if(_both(took["ssl3"], cbc), "C", "POODLE")


def _suites(facts: TlsFacts) -> Iterator[Cap]:
    for kind in ("null", "anon", "export", "des"):
        yield from _if(taken(facts.weakness(kind)), "F", WEAK[kind])
    rc4, modern = taken(facts.weakness("rc4")), _modern(facts)
    yield from _if(rc4, "B", "RC4")
    seen = any("_RC4_" in one.suite and one.version in {"tls11", "tls12"} for one in facts.agreed)
    used: bool | None = True if seen else False if modern is False else None
    yield from _if(_both(rc4, used), "C", "RC4 with TLS 1.1 or later")
    only = bool(facts.agreed) and all("_RC4_" in one.suite for one in facts.agreed)
    yield from _if(_both(rc4, None if only else False), "F", "RC4 only")
    # the guide minds what modern clients get, not what is left for old ones at the end
    chosen = _chosen(facts.forward_secrecy)
    triple = None if chosen is None else "_3DES_" in chosen
    yield from _if(_both(_both(taken(facts.weakness("3des")), modern), triple), "C", "3DES")


def _modern(facts: TlsFacts) -> bool | None:
    """Whether TLS 1.1 or 1.2 is spoken, in which RC4 and Triple DES are worse than before."""
    return _any(taken(facts.version("tls11")), taken(facts.version("tls12")))


def _chosen(trial: Trial) -> str | None:
    """The suite taken from an offer of everything up to TLS 1.2; None where it was not seen."""
    suite: str = trial.suite
    return suite or ("" if taken(trial) else None)


def _behaviour(facts: TlsFacts) -> Iterator[Cap]:
    yield from _if_not(taken(facts.forward_secrecy), "B", "no forward secrecy", "forward secrecy")
    agreed = any(mark in one.suite for one in facts.agreed for mark in _AUTHENTICATED)
    aead = agreed or _any(taken(facts.version("tls13")), taken(facts.aead))
    yield from _if_not(aead, "B", "no AEAD", "AEAD")
    yield from _if(taken(facts.compression), "C", "compression")
    secure = taken(facts.secure_renegotiation)
    yield from _if_not(secure, "A-", "no secure renegotiation", "secure renegotiation")
    open_door = _both(_not(secure), taken(facts.client_renegotiation))
    yield from _if(open_door, "F", "insecure renegotiation", "client renegotiation")


def _trust(facts: TlsFacts) -> Iterator[Cap]:
    for chain in chains(facts):
        if chain.trust == "incomplete":
            yield Cap("B", "incomplete chain", certain=True)
        cause = _TRUSTED.get(chain.trust, "trust")
        if cause:
            yield Cap("T", cause, certain=chain.trust in _TRUSTED)


def _certificate(facts: TlsFacts, leaf: Certificate | None, now: datetime) -> Iterator[Cap]:
    if leaf is None:
        yield Cap("T", "certificate", certain=False)
        return
    yield from _if(leaf.not_after < now, "T", "expired")
    yield from _if(leaf.not_before > now, "T", "not yet valid")
    if leaf.weak_hash:
        letter = "T" if leaf.weak_hash == "sha1" else "F"
        yield Cap(letter, leaf.weak_hash.upper(), certain=True)
    if facts.name and not is_for(leaf, facts.name):
        yield Cap("M", "other name", certain=True)
