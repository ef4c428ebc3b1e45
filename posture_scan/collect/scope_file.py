"""The scope file: an organisation's written permission, read strictly."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from posture_scan.collect.toml_file import Mistakes, TomlFile, is_day, read_toml
from posture_scan.model.evidence import Vantage
from posture_scan.model.scope import Intensity, Scope
from posture_scan.text.catalog import Catalog

MAX_ADDRESSES: Final = 65_536
"""Addresses one network may hold; more is a typing mistake or somebody else's network."""

MAX_COMPUTERS: Final = 1_000_000
_LONGEST_NAME: Final = 255
"""Characters of a computer's name: those of a name in DNS."""

KNOWN: Final = (
    "organisation", "authorised_by", "valid_from", "valid_until", "targets", "exclude",
    "computers", "servers", "vantage", "intensity", "names", "nothing_listens", "domains",
    "proof", "data_on",
)  # fmt: skip
_NAME: Final = re.compile(
    r"(?=.{1,253}\.?$)(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*"
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$",
    re.IGNORECASE,
)
_PROOF: Final = re.compile(r"[0-9a-f]{32}")
_ADDRESS_LIKE: Final = re.compile(r"^[0-9.]+(/.*)?$|:|/")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class ScopeFile:
    """A scope as it was read, with the SHA-256 of the file's bytes for the report."""

    scope: Scope
    digest: str
    path: str


def read_scope(path: Path) -> ScopeFile:
    """Read a scope file, naming every mistake with its line and what to do about it.

    Whether the permission holds today is not judged here: ``Scope.covers_day`` tells.

    Raises:
        UsageError: ``file.*``; MistakesError with all that is wrong, codes ``scope.*``.
    """
    file = read_toml(path)
    reader = _Reader(file)
    scope = reader.scope()
    reader.mistakes.settle()
    return ScopeFile(scope, file.digest, file.path)


def scope_template(language: str, proof: str) -> str:
    """Return a scope file to fill in, explained in ``ja`` or ``en``.

    ``proof`` is the random text by which its domains can be proven: 32 hexadecimal digits.
    """
    return Catalog(language)("scope.template", proof=proof)


class _Reader:
    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.mistakes = Mistakes(file)

    def scope(self) -> Scope:
        for key in self.file.table:
            if key not in KNOWN:
                self.mistakes.add("scope.unknown_key", key, known=", ".join(KNOWN))
        valid_from, valid_until = self.day("valid_from"), self.day("valid_until")
        if valid_from > valid_until > date.min:
            self.mistakes.add("scope.window_reversed", "valid_until", valid_from=valid_from)
        computers, servers = self.count("computers"), self.count("servers")
        if servers > computers > 0:
            self.mistakes.add("scope.servers_exceed", "servers", computers=computers)
        return Scope(
            organisation=self.text("organisation"),
            authorised_by=self.text("authorised_by"),
            valid_from=valid_from,
            valid_until=valid_until,
            targets=self.targets(),
            exclude=self.entries("exclude"),
            computers=computers,
            servers=servers,
            vantage=self.choice("vantage", Vantage, Vantage.EXTERNAL, ("external", "lan")),
            intensity=self.choice("intensity", Intensity, Intensity.LIGHT, tuple(Intensity)),
            names=self.names(),
            nothing_listens=self.entries("nothing_listens", addresses_only=True),
            domains=self.domains(),
            data_on=self.computer_names("data_on"),
            proof=self.proof(),
        )

    def text(self, key: str) -> str:
        value = self.file.table.get(key)
        if value is None:
            self.mistakes.add("scope.missing", key)
        elif not isinstance(value, str) or not value.strip():
            self.mistakes.add("scope.empty", key)
        else:
            return value.strip()
        return ""

    def day(self, key: str) -> date:
        value = self.file.table.get(key)
        if value is None:
            self.mistakes.add("scope.missing", key)
        elif not is_day(value):
            self.mistakes.add("scope.bad_date", key, value=value)
        else:
            assert isinstance(value, date)  # noqa: S101 -- is_day has just said so
            return value
        return date.min

    def count(self, key: str) -> int:
        value = self.file.table.get(key, 0)
        if type(value) is not int or not 0 <= value <= MAX_COMPUTERS:
            self.mistakes.add("scope.bad_count", key, value=value)
            return 0
        return value

    def choice(self, key: str, kind: type[E], default: E, allowed: tuple[str, ...]) -> E:
        value = self.file.table.get(key, default.value)
        if value not in allowed:
            self.mistakes.add("scope.bad_choice", key, value=value, allowed=", ".join(allowed))
            return default
        return kind(value)

    def targets(self) -> tuple[str, ...]:
        if "targets" not in self.file.table:
            self.mistakes.add("scope.missing", "targets")
            return ()
        found = self.entries("targets")
        if self.file.table["targets"] == []:
            self.mistakes.add("scope.no_targets", "targets")
        return found

    def entries(self, key: str, *, addresses_only: bool = False) -> tuple[str, ...]:
        value = self.file.table.get(key, [])
        if not isinstance(value, list):
            self.mistakes.add("scope.not_a_list", key)
            return ()
        return tuple(
            item
            for item in value
            if self.entry(key, item, addresses_only=addresses_only, sized=key == "targets")
        )

    def entry(self, key: str, item: object, *, addresses_only: bool, sized: bool) -> bool:
        code, values = judge_entry(item, addresses_only=addresses_only, sized=sized)
        if code:
            self.mistakes.add(code, key, entry=item, **values)
        return not code

    def proof(self) -> str:
        value = self.file.table.get("proof", "")
        if not isinstance(value, str) or (value and not _PROOF.fullmatch(value)):
            self.mistakes.add("scope.bad_proof", "proof")
            return ""
        return value

    def computer_names(self, key: str) -> tuple[str, ...]:
        value = self.file.table.get(key, [])
        if not isinstance(value, list):
            self.mistakes.add("scope.not_a_list", key)
            return ()
        for item in value:
            if not isinstance(item, str) or not 0 < len(item.strip()) <= _LONGEST_NAME:
                self.mistakes.add("scope.bad_computer", key, entry=item)
        return tuple(str(item).strip() for item in value)

    def domains(self) -> tuple[str, ...]:
        value = self.file.table.get("domains", [])
        if not isinstance(value, list):
            self.mistakes.add("scope.not_a_list", "domains")
            return ()
        for item in value:
            if not _is_domain(item):
                self.mistakes.add("scope.bad_domain", "domains", entry=item)
        return tuple(item for item in value if _is_domain(item))

    def names(self) -> dict[str, tuple[str, ...]]:
        table = self.file.table.get("names", {})
        if not isinstance(table, dict):
            self.mistakes.add("scope.names_not_table", "names")
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for address, names in table.items():
            wanted = [names] if isinstance(names, str) else names
            if not _is_address(address):
                self.mistakes.add("scope.names_not_address", "names", address)
            elif not isinstance(wanted, list) or not all(_is_plain_name(n) for n in wanted):
                self.mistakes.add("scope.names_bad", "names", address)
            else:
                found[address] = tuple(wanted)
        return found


def judge_entry(
    item: object, *, addresses_only: bool = False, sized: bool = True
) -> tuple[str, dict[str, object]]:
    """Return the error code and values of one target, or ``("", {})`` for a good one.

    ``sized`` refuses networks of more than 65,536 addresses; leaving much out is no danger.
    """
    if not isinstance(item, str) or not item.strip():
        return "scope.bad_entry", {}
    try:
        network = ipaddress.ip_network(item)
    except ValueError:
        return _judge_name(item, addresses_only=addresses_only)
    if addresses_only and network.num_addresses > 1:
        return "scope.not_an_address", {}
    if sized and network.num_addresses > MAX_ADDRESSES:
        return "scope.network_too_large", {"limit": f"{MAX_ADDRESSES:,}"}
    return "", {}


def _judge_name(item: str, *, addresses_only: bool) -> tuple[str, dict[str, object]]:
    try:
        loose = ipaddress.ip_network(item, strict=False)
    except ValueError:
        pass
    else:  # 203.0.113.5/28: the person meant either the address or the network
        return "scope.host_bits", {"network": str(loose)}
    if _ADDRESS_LIKE.search(item):
        return "scope.bad_network", {}
    if addresses_only:
        return "scope.not_an_address", {}
    if not _NAME.match(item) or (item.startswith("*.") and item.count(".") < 2):  # noqa: PLR2004 -- "*.jp" would be a whole country
        return "scope.bad_name", {}
    return "", {}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_domain(value: object) -> bool:
    """A name with at least one dot that is no address: "jp" would be a whole country."""
    return _is_plain_name(value) and "." in str(value).strip(".") and not _is_address(str(value))


def _is_plain_name(value: object) -> bool:
    return isinstance(value, str) and not value.startswith("*") and bool(_NAME.match(value))
