"""From the scope and what the user named to the addresses a scan will touch."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.discovery.world import Target
from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.evidence import Attempt
from posture_scan.model.scope import Scope
from posture_scan.sdk import AttemptError

LARGEST_NETWORK: Final = 65_536
"""Addresses one scan may expand to; more is a mistake in the scope, not a small firm."""

Resolver = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True)
class Targets:
    """What the scope leads to, and what it could not lead to."""

    addresses: tuple[Target, ...]
    unresolved: tuple[str, ...] = ()
    out_of_scope: tuple[tuple[str, str], ...] = ()
    """(name, address) pairs that DNS gave and the scope does not allow."""
    led_outside: tuple[str, ...] = ()
    """Names none of whose addresses the scope allows."""
    names: tuple[str, ...] = ()
    """Names asked for, each once: they may be domains whose mail and DNS are looked at."""


def expand(scope: Scope, wanted: Sequence[str], resolve: Resolver) -> Targets:
    """Turn targets into addresses in scope; names are resolved, ``*.suffix`` needs no scan.

    Args:
        scope: the written permission.
        wanted: what the user asked for on this run; empty means all of the scope.
        resolve: name to addresses; raises AttemptError when there is no answer.

    Raises:
        NotPermittedError: when something asked for is not in the scope.
        UsageError: when a network is too large or nothing is left to scan.
    """
    expansion = _Expansion(scope, resolve)
    for entry in wanted or (*scope.targets, *scope.domains):
        if is_network(entry):
            expansion.add_network(entry, asked=bool(wanted))
        elif not entry.startswith("*."):
            expansion.add_name(entry)
    targets = expansion.targets()
    if not targets and not expansion.names and not expansion.refused:
        raise UsageError("scope.no_targets")
    return Targets(
        targets, tuple(expansion.unresolved), tuple(expansion.refused),
        tuple(expansion.led_outside), tuple(expansion.names),
    )  # fmt: skip


def refuse_outside(scope: Scope, wanted: Sequence[str]) -> None:
    """Refuse what is not in the scope, before anything is looked up.

    Raises:
        NotPermittedError: naming the first target outside.
        UsageError: when a network is too large.
    """
    expansion = _Expansion(scope, lambda _name: ())
    for entry in wanted:
        if is_network(entry):
            expansion.add_network(entry, asked=True)
        elif not entry.startswith("*."):
            expansion.add_name(entry)


def is_network(entry: str) -> bool:
    """Tell whether a target is an address or network rather than a name."""
    try:
        ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
    return True


class _Expansion:
    """Addresses found so far, with the names that led to them."""

    def __init__(self, scope: Scope, resolve: Resolver) -> None:
        self.scope = scope
        self.resolve = resolve
        self.found: dict[str, set[str]] = {}
        self.unresolved: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.led_outside: list[str] = []
        self.names: dict[str, None] = {}

    def add_network(self, entry: str, *, asked: bool) -> None:
        network = ipaddress.ip_network(entry, strict=False)
        if network.num_addresses > LARGEST_NETWORK:
            raise UsageError("scope.network_too_large", target=entry, limit=LARGEST_NETWORK)
        hosts = [network.network_address] if network.num_addresses == 1 else network.hosts()
        inside = [str(ip) for ip in hosts if self.scope.allows_address(str(ip))]
        if asked and not inside:
            raise NotPermittedError("scope.target_outside", target=entry)
        for address in inside:
            self.found.setdefault(address, set())

    def add_name(self, name: str) -> None:
        if not self.scope.allows_domain(name):
            listed = {one.rstrip(".").lower() for one in self.scope.domains}
            if name.rstrip(".").lower() in listed:
                raise NotPermittedError("scope.domain_excluded", target=name)
            raise NotPermittedError("scope.target_outside", target=name)
        known = name.rstrip(".").lower() in self.names
        self.names[name.rstrip(".").lower()] = None
        if known or not self.scope.allows_name(name):
            return
        try:
            addresses = self.resolve(name)
        except AttemptError as error:
            # Where nobody answered, DNS may know more addresses than the scope file does.
            addresses = self._written(name) if error.attempt is Attempt.UNRESOLVED else ()
            if not addresses:
                self.unresolved.append(name)
                return
        inside = [address for address in addresses if self.scope.allows(address, name)]
        for address in inside:
            self.found.setdefault(address, set()).add(name)
        self.refused += [(name, address) for address in addresses if address not in inside]
        if not inside:
            self.led_outside.append(name)

    def _written(self, name: str) -> tuple[str, ...]:
        """Return the addresses that the scope file gives a name which is not in DNS."""
        wanted = name.rstrip(".").lower()
        return tuple(
            address for address, names in self.scope.names.items()
            if wanted in {one.rstrip(".").lower() for one in names}
        )  # fmt: skip

    def targets(self) -> tuple[Target, ...]:
        for address, names in self.scope.names.items():
            if address in self.found:
                self.found[address].update(names)
        ordered = sorted(self.found, key=_numeric)
        return tuple(
            Target(address, tuple(sorted(self.found[address])), asset=address)
            for address in ordered
        )


def _numeric(text: str) -> tuple[int, int]:
    ip = ipaddress.ip_address(text)
    return ip.version, int(ip)
