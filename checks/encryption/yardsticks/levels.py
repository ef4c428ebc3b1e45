"""Levels of a yardstick: what each asks for, and which of them facts prove or rule out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from posture_scan.checks.encryption.certificate import Certificate, read_certificate
from posture_scan.checks.encryption.facts import ShownChain, TlsFacts, Trial
from posture_scan.checks.encryption.probe import Outcome

VERSIONS: Final = {
    "ssl2": "SSL 2.0",
    "ssl3": "SSL 3.0",
    "tls10": "TLS 1.0",
    "tls11": "TLS 1.1",
    "tls12": "TLS 1.2",
    "tls13": "TLS 1.3",
}
"""Protocol versions by their ids, as people in every language write them; oldest first."""
WEAK: Final = {
    "null": "NULL", "anon": "anon", "export": "EXPORT", "des": "DES", "rc4": "RC4", "3des": "3DES",
}  # fmt: skip
"""Weak classes of suites, likewise."""
T = TypeVar("T")
NONE: Final = "none"
"""The level of a service that misses even the lowest."""


@dataclass(frozen=True)
class Need:
    """One thing that a level asks for."""

    token: str
    """What misses it, as an id of the check's terms: ``DH 1024``."""
    met: bool | None
    """None where it was not seen."""
    unseen: str = ""
    """What was not seen then, where that has an id of its own."""


@dataclass(frozen=True)
class Level:
    """Where a service stands: the level is known where both ends are the same."""

    best: str
    """The highest level that nothing seen rules out."""
    worst: str
    """The highest level whose every need was seen to be met."""
    missing: tuple[str, ...]
    """What rules out the level above ``best``."""
    unseen: tuple[str, ...]
    """What would have to be seen for ``best`` to be certain."""

    def shown(self) -> str:
        """Return the level, or both ends of what is possible."""
        return self.best if self.best == self.worst else f"{self.best} / {self.worst}"


Ladder = tuple[tuple[str, tuple[Need, ...]], ...]
"""Levels with their needs, the highest first."""


def climb(ladder: Ladder) -> Level:
    """Say which level is reached, as far as it was seen."""
    possible = [name for name, needs in ladder if all(need.met is not False for need in needs)]
    proven = [name for name, needs in ladder if all(need.met for need in needs)]
    best, worst = (*possible, NONE)[0], (*proven, NONE)[0]
    names = [name for name, _ in ladder]
    at = names.index(best) if best in names else len(names)
    above = ladder[at - 1][1] if at else ()
    here = ladder[at][1] if best != worst else ()
    return Level(
        best,
        worst,
        unique(need.token for need in above if need.met is False),
        unique(need.unseen or need.token for need in here if need.met is None),
    )


def unique(tokens: Iterable[T]) -> tuple[T, ...]:
    """Return each of them once, in the order they came."""
    return tuple(dict.fromkeys(tokens))


def taken(trial: Trial) -> bool | None:
    """Tell whether the service took what was offered; None where it was not seen."""
    return None if trial.outcome is Outcome.UNSEEN else trial.outcome is Outcome.ACCEPTED


def chains(facts: TlsFacts) -> tuple[ShownChain, ...]:
    """Return the chains shown to a client that asks for the service by its name."""
    first = ShownChain("", bool(facts.name), facts.chain, facts.trust)
    return (first, *(one for one in facts.more_chains if one.key and one.certificates))


def leaves(facts: TlsFacts) -> tuple[Certificate | None, ...]:
    """Return the service's own certificates; None for what is missing or cannot be read."""
    sent = (one.certificates for one in chains(facts))
    return tuple(read_certificate(one[0]) if one else None for one in sent)


def refuses_versions(facts: TlsFacts, ids: tuple[str, ...]) -> tuple[Need, ...]:
    """Ask for protocol versions to be off."""
    return tuple(refuses(VERSIONS[one], facts.version(one)) for one in ids)


def refuses_weak(facts: TlsFacts, kinds: tuple[str, ...]) -> tuple[Need, ...]:
    """Ask for weak classes of suites to be off."""
    return tuple(refuses(WEAK[one], facts.weakness(one)) for one in kinds)


def refuses(token: str, trial: Trial) -> Need:
    """Ask for one thing to be off."""
    took = taken(trial)
    return Need(token, None if took is None else not took)


def hsts(age: int) -> str:
    """Return the id of what is wrong with a max-age that is too short; 0 stands for none."""
    return f"HSTS short {age}" if age else "no HSTS"


def dh_sizes(facts: TlsFacts) -> tuple[int | None, ...]:
    """Return the sizes of Diffie-Hellman primes seen; None stands for one that was not."""
    seen = [one.bits for one in facts.agreed if one.exchange == "dh" and one.bits]
    seen += [facts.dh_bits] if facts.dh_bits else []
    took = taken(facts.dhe)
    hidden = took is None or (took and not seen)
    return (*sorted(set(seen)), None) if hidden else tuple(sorted(set(seen)))


def curve_sizes(facts: TlsFacts) -> tuple[int | None, ...]:
    """Return the sizes of curves agreed on; None stands for one that was not seen.

    X25519 counts as the 256 bits that its strength is compared with (RFC 7748 7), not the 255
    of its field.
    """
    if not facts.agreed:
        return (None,)
    seen = {one.group: one.bits for one in facts.agreed if one.exchange == "ecdh"}
    return unique(256 if group == "x25519" else bits or None for group, bits in seen.items())


def dh_from(facts: TlsFacts, smallest: int) -> tuple[Need, ...]:
    """Ask for every Diffie-Hellman prime to have at least so many bits."""
    return _sizes("DH", "DH size", dh_sizes(facts), smallest)


def curves_from(facts: TlsFacts, smallest: int) -> tuple[Need, ...]:
    """Ask for every curve to have at least so many bits."""
    return _sizes("EC", "key exchange", curve_sizes(facts), smallest)


def _sizes(
    kind: str, unseen: str, sizes: tuple[int | None, ...], smallest: int
) -> tuple[Need, ...]:
    return tuple(
        Need(unseen, None) if size is None else Need(f"{kind} {size}", size >= smallest)
        for size in sizes
    )
