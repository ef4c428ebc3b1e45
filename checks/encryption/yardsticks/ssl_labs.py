"""The grade that the SSL Server Rating Guide of SSL Labs, version 2009r (2025-05-16), leads to.

Three scores (protocols 30 %, key exchange 30 %, ciphers 40 %) give a letter, and single causes
cap it. What was not seen leaves a score or a cap open: then the grade has two ends. Where the
guide judges what its own simulated clients negotiate, the answer to an offer of everything,
sound suites first, stands for them.

Not looked for, so that no grade covers it: Heartbleed, CCS injection, Ticketbleed, ROBOT and the
padding oracles, DROWN by way of another server, keys from Debian's broken generator, revocation.
The guide is about web servers, and its rule about HSTS and its A+ count where an answer over this
connection was heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.yardsticks.levels import (
    WEAK,
    curve_sizes,
    dh_sizes,
    hsts,
    leaves,
    taken,
    unique,
)
from posture_scan.checks.encryption.yardsticks.ssl_labs_caps import Cap, caps_of

GUIDE: Final = "2009r"
LONG_HSTS: Final = 15_552_000
"""Seconds of the six months that an A+ asks for (180 days, as SSL Labs counts them)."""
LETTERS: Final = ("A+", "A", "A-", "B", "C", "D", "E", "F", "M", "T")
"""Best first. M: the certificate is for another name; T: it is not trusted."""

_FROM: Final = (("A", 80), ("B", 65), ("C", 50), ("D", 35), ("E", 20), ("F", 0))
_PROTOCOLS: Final = {"ssl2": 0, "ssl3": 80, "tls10": 90, "tls11": 95, "tls12": 100, "tls13": 100}
_DH_STEPS: Final = ((512, 20), (1024, 40), (2048, 80), (4096, 90))
_EC_STEPS: Final = ((110, 20), (123, 40), (163, 80), (225, 90))
"""Points of keys shorter than so many bits; longer ones have 100."""
_LEAST_KEY: Final = 20
_EXPORT_KEY: Final = 40
_WEAK_BITS: Final = {"null": 0, "export": 40, "des": 56, "3des": 112, "rc4": 128}
_BITS: Final = (
    ("NULL", 0), ("EXPORT", 40), ("3DES", 112), ("_DES", 56), ("_256_", 256), ("CHACHA20", 256),
)  # fmt: skip
_USUAL_BITS: Final = 128
_STRONG_BITS: Final = 256


@dataclass(frozen=True)
class Score:
    """Points out of a hundred, from the worst to the best that the facts allow."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class SslLabs:
    """A grade with everything that led to it."""

    best: str
    worst: str
    """The ends of what is possible, as letters; the same where the grade is known."""
    caps: tuple[Cap, ...]
    """What caps the grade for certain, the lowest cap first."""
    unseen: tuple[str, ...]
    """What would have to be seen for the best grade to be certain."""
    protocol: Score
    exchange: Score
    cipher: Score
    total: Score
    best_apart: str
    worst_apart: str
    """The ends if names and trust of the certificate are left aside."""

    @property
    def letter(self) -> str:
        """The grade, or nothing where the facts leave it open."""
        return self.best if self.best == self.worst else ""

    def shown(self) -> str:
        """Return the grade, or both ends of what is possible."""
        return self.letter or f"{self.best} / {self.worst}"


def grade(facts: TlsFacts, now: datetime, age: int | None) -> SslLabs:
    """Grade one service.

    ``age`` is the max-age in seconds for which a web server asks for HTTPS, 0 for none; None
    where no answer was heard: then no A+ is given.
    """
    long = age is not None and age >= LONG_HSTS
    protocol, exchange, cipher = _protocol(facts), _exchange(facts), _cipher(facts)
    total = Score(
        _total(protocol.low, exchange.low, cipher.low),
        _total(protocol.high, exchange.high, cipher.high),
    )
    short = () if age is None or long else (Cap("A-", hsts(age), certain=True),)
    caps = (*caps_of(facts, now), *short, *_key_caps(facts), *_score_caps(facts, total, cipher))
    server = tuple(cap for cap in caps if cap.letter not in "TM")
    best, worst = _ends(caps, long)
    certain = sorted((cap for cap in caps if cap.certain), key=lambda cap: -_rank(cap.letter))
    unseen = unique(
        cap.cause for cap in caps if not cap.certain and _rank(cap.letter) > _rank(best)
    )
    if age is None and best == "A":
        unseen = (*unseen, "HSTS")
    return SslLabs(
        best, worst, unique(certain), unseen, protocol, exchange, cipher, total,
        *_ends(server, long),
    )  # fmt: skip


def _rank(letter: str) -> int:
    return LETTERS.index(letter)


def _ends(caps: tuple[Cap, ...], long: bool) -> tuple[str, str]:  # noqa: FBT001
    """The best and the worst letter: certain caps hold for both, possible ones for the worst."""
    uncapped = _rank("A+") if long else _rank("A")
    best = max((uncapped, *(_rank(cap.letter) for cap in caps if cap.certain)))
    worst = max((best, *(_rank(cap.letter) for cap in caps)))
    return LETTERS[best], LETTERS[worst]


def _total(protocol: Decimal, exchange: Decimal, cipher: Decimal) -> Decimal:
    if not (protocol and exchange and cipher):
        return Decimal(0)
    return (protocol * 30 + exchange * 30 + cipher * 40) / 100


def _base(points: Decimal) -> str:
    return next(letter for letter, least in _FROM if points >= least)


def _score_caps(facts: TlsFacts, total: Score, cipher: Score) -> tuple[Cap, ...]:
    """The letter that the scores alone lead to, as caps of its own."""
    best, worst = _base(total.high), _base(total.low)
    shown = f"score {int(total.high)}"
    certain = () if best == "A" else (Cap(best, shown, certain=True),)
    if best == worst:
        return certain
    hidden = [WEAK[kind] for kind in _WEAK_BITS if taken(facts.weakness(kind)) is None]
    if not hidden and cipher.low != cipher.high:
        hidden = ["cipher strength"]
    return (*certain, *(Cap(worst, cause, certain=False) for cause in hidden))


def _protocol(facts: TlsFacts) -> Score:
    took = {version: taken(facts.version(version)) for version in _PROTOCOLS}
    sure = [points for version, points in _PROTOCOLS.items() if took[version]]
    maybe = [points for version, points in _PROTOCOLS.items() if took[version] is not False]
    if not sure:
        return Score(Decimal(0), Decimal(max(maybe, default=0)))
    return Score(_mean(max(sure), min(maybe)), _mean(max(maybe), min(sure)))


def _mean(one: int, other: int) -> Decimal:
    return Decimal(one + other) / 2


# --- key exchange ----------------------------------------------------------------------------


def _keys(facts: TlsFacts) -> tuple[tuple[str, int | None], ...]:
    """Kind and size of every key that counts; None for a size that was not seen."""
    keys: list[tuple[str, int | None]] = []
    for leaf in leaves(facts):
        known = leaf is not None and leaf.key
        keys.append((leaf.key.upper(), leaf.key_bits) if leaf and known else ("certificate", None))
    keys += [("DH" if size else "DH size", size) for size in dh_sizes(facts)]
    return (*keys, *(("EC" if size else "key exchange", size) for size in curve_sizes(facts)))


def _points(kind: str, bits: int) -> int:
    steps = _DH_STEPS if kind in {"RSA", "DSA", "DH"} else _EC_STEPS
    return next((points for below, points in steps if bits < below), 100)


def _exchange(facts: TlsFacts) -> Score:
    keys = _keys(facts)
    sure = [_points(kind, bits) for kind, bits in keys if bits is not None]
    maybe = [_LEAST_KEY for _, bits in keys if bits is None]
    for weakness, points in (("anon", 0), ("export", _EXPORT_KEY)):
        took = taken(facts.weakness(weakness))
        sure += [points] if took else []
        maybe += [points] if took is None else []
    return Score(Decimal(min((*sure, *maybe, 100))), Decimal(min((*sure, 100))))


def _key_caps(facts: TlsFacts) -> tuple[Cap, ...]:
    found = []
    for kind, bits in _keys(facts):
        if bits is None:
            found.append(Cap("F", kind, certain=False))
            continue
        points = _points(kind, bits)
        letter = "F" if points <= _EXPORT_KEY else "B" if points <= _DH_STEPS[2][1] else ""
        found += [Cap(letter, f"{kind} {bits}", certain=True)] if letter else []
    return tuple(found)


# --- ciphers ---------------------------------------------------------------------------------


def _cipher(facts: TlsFacts) -> Score:
    """Half of the strongest and half of the weakest suite.

    Not every suite is asked for: without an agreed one of 128 bits there may be one, and
    likewise of 256.
    """
    agreed = [_strength(one.suite) for one in facts.agreed]
    took = {kind: taken(facts.weakness(kind)) for kind in _WEAK_BITS}
    sure = [*agreed, *(bits for kind, bits in _WEAK_BITS.items() if took[kind])]
    maybe = [bits for kind, bits in _WEAK_BITS.items() if took[kind] is None]
    weakest = min((*sure, *maybe, _USUAL_BITS))
    return Score(
        _mean(_cipher_points(max(agreed, default=weakest)), _cipher_points(weakest)),
        _mean(100, _cipher_points(min(sure, default=_STRONG_BITS))),
    )


def _strength(suite: str) -> int:
    """Bits of a suite by its name; 0x1302 and 0x1303 are TLS 1.3 with 256 (RFC 8446 B.4)."""
    if suite in {"0x1302", "0x1303"}:
        return _STRONG_BITS
    return next((bits for mark, bits in _BITS if mark in suite), _USUAL_BITS)


def _cipher_points(bits: int) -> int:
    if bits >= _STRONG_BITS:
        return 100
    if bits >= _USUAL_BITS:
        return 80
    return 20 if bits else 0
