"""Recognises products in what services say, from the patterns in ``products.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.sdk import leading_numbers

TEXT_LIMIT: Final = 2048
"""Characters of one text that are looked at: a banner has no business being longer."""
SHOWN_LIMIT: Final = 120
"""Characters of the text that a finding quotes."""
NO_DISTRIBUTION: Final = frozenset({"windows", "upstream"})
"""Words for builds that certainly come from no Linux distribution."""
_NOT_A_REVISION: Final = frozenset({"log", "debug", "enterprise", "community"})


@dataclass(frozen=True)
class Software:
    """One product that a service named, and whatever it said about its version."""

    product: str
    version: str
    source: str
    """Where it stood: ``greeting``, ``body``, ``cookie`` or an HTTP header's name."""
    shown: str
    """The text it was read from, printable and short, for the finding to quote."""
    distribution: str = ""
    """Who built it (``debian`` …); ``windows`` or ``upstream`` for no distribution's build."""
    release: str = ""
    revision: str = ""
    """The distribution's package revision, which tells its patch level."""


@dataclass(frozen=True)
class Form:
    """One way in which a product names itself."""

    where: str
    pattern: re.Pattern[str]
    examples: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Product:
    """A product as ``products.toml`` describes it."""

    id: str
    title: str
    forms: tuple[Form, ...]
    parts: int = 2
    """How many numbers a version needs to count as complete."""
    vendor_build: bool = False
    """Distributions do not package it, so its own dates hold."""
    required_by_protocol: bool = False
    """The protocol itself makes the server name its version."""


@dataclass(frozen=True)
class DistributionRule:
    """How the name of a distribution shows in a text."""

    id: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]


@cache
def products() -> dict[str, Product]:
    """Every product we can recognise, by id, in the order of the file."""
    return {entry["id"]: _product(entry) for entry in _table()["product"]}


@cache
def distribution_rules() -> tuple[DistributionRule, ...]:
    """The rules for names of distributions; the first that matches decides."""
    return tuple(
        DistributionRule(entry["id"], re.compile(entry["pattern"]), tuple(entry["examples"]))
        for entry in _table()["distribution"]
    )


def distribution_title(name: str) -> str:
    """Return a distribution's name as people write it."""
    return str(_table()["distribution_titles"].get(name, name))


@cache
def _table() -> dict[str, Any]:
    place = resources.files(__package__) / "products.toml"
    return tomllib.loads(place.read_text("utf-8"))


def _product(entry: dict[str, Any]) -> Product:
    forms = tuple(
        Form(form["where"], re.compile(form["pattern"]), tuple(form["examples"]))
        for form in entry["form"]
    )
    return Product(
        entry["id"],
        entry["title"],
        forms,
        entry.get("parts", 2),
        entry.get("builds") == "vendor",
        entry.get("required_by_protocol", False),
    )


def recognise(where: str, text: str) -> tuple[Software, ...]:
    """Return every product that a text names; ``where`` is its kind (see ``products.toml``)."""
    short = text[:TEXT_LIMIT]
    found = []
    for product in products().values():
        matches = (f.pattern.search(short) for f in product.forms if f.where == where)
        match = next((m for m in matches if m), None)
        if match:
            found.append(_software(product.id, where, match, short))
    return tuple(found)


def _software(product: str, where: str, match: re.Match[str], text: str) -> Software:
    groups = match.groupdict()
    revision = groups.get("revision") or ""
    comment = groups.get("comment")
    distribution, release = distribution_in(text if comment is None else comment)
    if revision and not distribution:
        distribution, release = distribution_in(revision)
    if revision.lower() in _NOT_A_REVISION or not distribution:
        revision = ""
    version = groups.get("version") or ""
    return Software(product, version, where, shown(text), distribution, release, revision)


def distribution_in(text: str) -> tuple[str, str]:
    """Return the distribution a text names and its release, each empty where it does not."""
    for rule in distribution_rules():
        match = rule.pattern.search(text)
        if match:
            return rule.id, match.groupdict().get("release") or ""
    return "", ""


def shown(text: str, limit: int = SHOWN_LIMIT) -> str:
    """Return the beginning of a text as a finding may quote it: printable ASCII and spaces."""
    return "".join(c if " " <= c <= "~" else " " for c in text[:limit]).strip()


def complete(software: Software) -> bool:
    """Tell whether the version has as many numbers as this product's versions have."""
    return len(leading_numbers(software.version)) >= products()[software.product].parts


def share_distribution(found: tuple[Software, ...]) -> tuple[Software, ...]:
    """Give products of one HTTP answer the distribution that another of them names.

    A PHP behind ``nginx (Ubuntu)`` is plausibly Ubuntu's PHP; the careful reading is that it is.
    """
    named = next((item.distribution for item in found if item.distribution), "")
    return tuple(i if i.distribution else replace(i, distribution=named) for i in found)
