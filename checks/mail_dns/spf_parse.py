"""One SPF record read by the grammar of RFC 7208 section 12, without asking anybody."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

IS_RECORD: Final = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
"""Section 4.5: the version, then a space or nothing."""
SYNTAX: Final = "syntax"

_MODIFIER: Final = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)\Z", re.IGNORECASE | re.DOTALL)
_MECHANISM: Final = re.compile(r"([+?~-]?)([a-z][a-z0-9_.-]*)(.*)\Z", re.IGNORECASE | re.DOTALL)
_EXPAND: Final = r"%(?:\{[slodiphcrtv](?:[1-9][0-9]*|0+[1-9][0-9]*)?r?[.\-+,/_=]*\}|[%_-])"
_MACRO_STRING: Final = re.compile(rf"(?:{_EXPAND}|[\x21-\x24\x26-\x7e])*", re.IGNORECASE)
_TOP_LABEL: Final = re.compile(
    rf"(?:.*\.(?![0-9]+\.?\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?|.*{_EXPAND})\Z",
    re.IGNORECASE | re.DOTALL,
)
"""How a domain must end: a label that is no number, or something to be filled in."""
_ONLY_IN_EXPLANATION: Final = re.compile(r"%\{[crt]", re.IGNORECASE)
_LENGTHS: Final = re.compile(r"(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_ESCAPED: Final = re.compile(r"\\x[0-9a-f]{2}", re.IGNORECASE)
"""How bytes that are no printable ASCII come from the resolver."""
_IP4_BITS, _IP6_BITS = 32, 128
_NO_ARGUMENT: Final = frozenset({"all"})
_DOMAIN_NEEDED: Final = frozenset({"include", "exists"})
_DOMAIN_POSSIBLE: Final = frozenset({"a", "mx", "ptr"})


@dataclass(frozen=True)
class Term:
    """One mechanism of a record, or its ``redirect``."""

    kind: str
    """``all`` ``include`` ``a`` ``mx`` ``ptr`` ``ip4`` ``ip6`` ``exists`` ``redirect``."""
    qualifier: str = "+"
    domain: str = ""
    """As written; empty where the record's own domain is meant."""
    ip4_bits: int = _IP4_BITS
    ip6_bits: int = _IP6_BITS
    text: str = ""

    @property
    def has_macros(self) -> bool:
        """Whether the domain depends on who sends: it cannot be looked up beforehand."""
        return "%" in self.domain


@dataclass(frozen=True)
class SpfTerms:
    """A record's terms in order, or the piece that breaks the grammar."""

    terms: tuple[Term, ...] = ()
    redirect: Term | None = None
    wrong: str = ""

    @property
    def before_all(self) -> tuple[Term, ...]:
        """What is tried before ``all`` ends the search (section 5.1)."""
        kinds = [term.kind for term in self.terms]
        return self.terms[: kinds.index("all")] if "all" in kinds else self.terms

    @property
    def last(self) -> str:
        """The qualifier of ``all``, or an empty string."""
        return next((term.qualifier for term in self.terms if term.kind == "all"), "")

    @property
    def nobody(self) -> bool:
        """Whether it names nobody who may send: nothing but ``-all`` or ``~all``."""
        return not self.wrong and self.last in {"-", "~"} and not self.before_all


def parse_spf(text: str) -> SpfTerms:
    """Read a record that ``IS_RECORD`` recognised; the first wrong piece ends the reading."""
    terms: list[Term] = []
    modifiers: dict[str, Term] = {}
    for piece in text.split(" ")[1:]:
        if not piece:
            continue
        modifier = _MODIFIER.match(piece)
        if modifier:
            name = modifier[1].lower()
            term = _modifier(name, modifier[2], piece)
            if term is None or (name in {"redirect", "exp"} and name in modifiers):
                return SpfTerms(wrong=piece)
            modifiers[name] = term
            continue
        mechanism = _mechanism(piece)
        if mechanism is None:
            return SpfTerms(wrong=piece)
        terms.append(mechanism)
    has_all = any(term.kind == "all" for term in terms)
    # section 6.1: a redirect beside all is not followed, wherever the two stand
    return SpfTerms(tuple(terms), None if has_all else modifiers.get("redirect"))


def _modifier(name: str, value: str, piece: str) -> Term | None:
    """Section 6: ``redirect`` and ``exp`` take a domain, unknown ones anything well formed."""
    good = _domain(value) if name in {"redirect", "exp"} else _macros(value)
    return Term(name, domain=value, text=piece) if good else None


def _mechanism(piece: str) -> Term | None:
    found = _MECHANISM.match(piece)
    if found is None:
        return None
    qualifier, kind, rest = found[1] or "+", found[2].lower(), found[3]
    if kind in _NO_ARGUMENT:
        return None if rest else Term(kind, qualifier, text=piece)
    if kind in {"ip4", "ip6"}:
        return _network(kind, qualifier, rest, piece)
    if kind in _DOMAIN_NEEDED:
        good = rest.startswith(":") and _domain(rest[1:])
        return Term(kind, qualifier, rest[1:], text=piece) if good else None
    return _host(kind, qualifier, rest, piece) if kind in _DOMAIN_POSSIBLE else None


def _host(kind: str, qualifier: str, rest: str, piece: str) -> Term | None:
    """``a``, ``mx`` and ``ptr``: a domain may follow, and for the first two a length."""
    if kind == "ptr":
        good = not rest or (rest.startswith(":") and _domain(rest[1:]))
        return Term(kind, qualifier, rest[1:], text=piece) if good else None
    slash = re.search(r"//?[0-9]+(?://[0-9]+)?\Z", rest)
    domain, lengths = (rest[: slash.start()], slash[0]) if slash else (rest, "")
    bits = _LENGTHS.match(lengths)
    if bits is None or (domain and not (domain.startswith(":") and _domain(domain[1:]))):
        return None
    four, six = int(bits[1] or _IP4_BITS), int(bits[2] or _IP6_BITS)
    if four > _IP4_BITS or six > _IP6_BITS:
        return None
    return Term(kind, qualifier, domain[1:], four, six, piece)


def _network(kind: str, qualifier: str, rest: str, piece: str) -> Term | None:
    address, slash, length = rest.removeprefix(":").partition("/")
    most = _IP4_BITS if kind == "ip4" else _IP6_BITS
    plain = re.fullmatch(r"0|[1-9][0-9]{0,2}", length) if slash else None
    if not rest.startswith(":") or (slash and (plain is None or int(length) > most)):
        return None
    try:
        if "%" in address:  # a zone belongs to one computer
            return None
        ipaddress.IPv4Address(address) if kind == "ip4" else ipaddress.IPv6Address(address)
    except ValueError:
        return None
    bits = int(length) if slash else most
    if kind == "ip4":
        return Term(kind, qualifier, ip4_bits=bits, text=piece)
    return Term(kind, qualifier, ip6_bits=bits, text=piece)


def _macros(value: str) -> bool:
    return (
        _MACRO_STRING.fullmatch(value) is not None
        and _ESCAPED.search(value) is None
    )  # fmt: skip


def _domain(value: str) -> bool:
    """``domain-spec``: section 7.1."""
    return (
        _macros(value)
        and _TOP_LABEL.match(value) is not None
        and _ONLY_IN_EXPLANATION.search(value) is None
    )
