"""Names as DNS compares them, and what of an answer may be kept."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, DnsAnswer, Net, printable

LONGEST_LABEL: Final = 63
LONGEST_NAME: Final = 253
"""RFC 1035 section 2.3.4, without the root's own length byte."""
LONGEST_TEXT: Final = 512
"""Characters of one record that are stored."""

_BLANK: Final = re.compile(r"\\x09|\s", re.IGNORECASE)


def bare(name: str) -> str:
    """Return a name in lower case without the dot of the root."""
    return name.strip().lower().rstrip(".")


def is_name(name: str) -> bool:
    """Tell whether DNS could hold this name at all."""
    labels = name.split(".")
    return len(name) <= LONGEST_NAME and all(0 < len(one) <= LONGEST_LABEL for one in labels)


def upwards(domain: str) -> tuple[str, ...]:
    """The domain, its parent and so on, up to the last label."""
    labels = bare(domain).split(".")
    return tuple(".".join(labels[at:]) for at in range(len(labels)))


_OF_A_DOMAIN: Final = ("SOA", "TXT", "MX", "A", "AAAA")
"""What a domain that is in use has at least one of."""


def exists(domain: str, net: Net) -> bool:
    """Tell whether DNS knows the domain; raises AttemptError where it does not say.

    Of a zone whose servers do not serve it, resolvers may tell that nothing is there, without the
    proof that RFC 2308 section 2.2 knows: a name with nothing at all was not answered for.
    """
    for kind in _OF_A_DOMAIN:
        answer = net.lookup(domain, kind)
        if answer.no_name or answer.records:
            return not answer.no_name
    raise AttemptError(Attempt.PROTOCOL_MISMATCH, "nothing_said")


def blanks(text: str) -> str:
    """Return a record's text with every kind of blank as a space."""
    return _BLANK.sub(" ", text)


def kept(text: str) -> str:
    """Return what a record says in the form in which it is stored."""
    return printable(text, LONGEST_TEXT)


def beginning(answer: DnsAnswer, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The TXT records that begin as records of one kind must; all others are somebody else's."""
    return tuple(text for text in map(blanks, answer.records) if pattern.match(text))


def tags(text: str) -> tuple[tuple[str, str], ...]:
    """Read ``name=value; name=value`` (RFC 6376 section 3.2), names in lower case.

    A piece without ``=`` comes as a name with an empty value.
    """
    pieces = [piece.strip() for piece in text.split(";")]
    pairs = [piece.partition("=") for piece in pieces if piece]
    return tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)


def doubled(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the first tag that stands there twice, or an empty string."""
    names = [name for name, _ in pairs]
    return next((name for at, name in enumerate(names) if name in names[:at]), "")
