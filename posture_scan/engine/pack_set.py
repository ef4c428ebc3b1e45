"""Everything a run looks with: packs as they were loaded, and what is looked up in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from posture_scan.engine.words import CheckMeta
from posture_scan.model.evidence import DomainProof, Facts, PortScan, ServiceSeen
from posture_scan.sdk import Check, Collector, ProtocolSpec


@dataclass(frozen=True)
class LoadedCheck:
    """A check with its id, pack and words."""

    id: str
    pack: str
    check: Check
    meta: CheckMeta


@dataclass(frozen=True)
class Pack:
    """One pack as it was loaded."""

    name: str
    origin: str
    """``built in``, ``<distribution> <version>`` or the folder it came from."""
    version: str
    digest: str
    protocols: tuple[ProtocolSpec, ...] = ()
    collectors: tuple[Collector, ...] = ()
    checks: tuple[LoadedCheck, ...] = ()
    facts: dict[str, type[Facts]] = field(default_factory=dict)


@dataclass(frozen=True)
class PackProblem:
    """A pack that could not be used, whole or in part; it becomes a finding."""

    pack: str
    origin: str
    reason: str
    """``import_failed``, ``forbidden_import``, ``never_request``, ``words`` or ``collision``."""
    detail: str
    digest: str = ""


@dataclass(frozen=True)
class PackSet:
    """Everything this run looks with: what loaded, and what did not."""

    packs: tuple[Pack, ...]
    problems: tuple[PackProblem, ...] = ()

    @cached_property
    def protocols(self) -> tuple[ProtocolSpec, ...]:
        """Every protocol that any pack can recognise."""
        return tuple(spec for pack in self.packs for spec in pack.protocols)

    @cached_property
    def checks(self) -> tuple[LoadedCheck, ...]:
        """Every check, in order of its id."""
        return tuple(sorted((c for p in self.packs for c in p.checks), key=lambda c: c.id))

    @cached_property
    def collectors(self) -> tuple[tuple[Pack, Collector], ...]:
        """Every collector with the pack it belongs to."""
        return tuple((pack, item) for pack in self.packs for item in pack.collectors)

    def collectors_of(self, facts: type[Facts]) -> tuple[Collector, ...]:
        """Return the collectors that bring an evidence type."""
        return self._collectors_of.get(facts, ())

    @cached_property
    def _collectors_of(self) -> dict[type[Facts], tuple[Collector, ...]]:
        found: dict[type[Facts], tuple[Collector, ...]] = {}
        for _, item in self.collectors:
            found[item.returns] = (*found.get(item.returns, ()), item)
        return found

    def facts_type(self, kind: str) -> type[Facts] | None:
        """Return the evidence type named ``<pack>.<type>``, or None if nobody knows it."""
        return self._facts_types.get(kind)

    @cached_property
    def _facts_types(self) -> dict[str, type[Facts]]:
        known = {f"{p.name}.{name}": t for p in self.packs for name, t in p.facts.items()}
        return known | {
            "core.PortScan": PortScan, "core.ServiceSeen": ServiceSeen,
            "core.DomainProof": DomainProof,
        }  # fmt: skip

    def kinds_of(self, facts: type[Facts]) -> list[str]:
        """Return ``<pack>.<type>`` for an evidence type and all that are derived from it."""
        return [
            f"{pack.name}.{name}"
            for pack in self.packs
            for name, kind in pack.facts.items()
            if issubclass(kind, facts)
        ]

    def kind_of(self, facts: type[Facts]) -> str:
        """Return ``<pack>.<type>`` for an evidence type of any pack."""
        return self._kinds[facts]

    @cached_property
    def _kinds(self) -> dict[type[Facts], str]:
        owners = {t: p.name for p in reversed(self.packs) for t in p.facts.values()}
        return {
            facts: f"{owner}.{facts.__name__}"
            for facts, owner in (owners | {PortScan: "core", ServiceSeen: "core"}).items()
        }
