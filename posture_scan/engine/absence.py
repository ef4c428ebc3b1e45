"""What a run did not see: when silence may count as absence, and when it must not.

The rule above all rules is kept here: not seen is never fine. A check passes for want of a
service only on an asset that was looked at whole, where nothing open stayed unnamed and no
question was left to a protocol whose servers may keep silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from posture_scan.engine.pack_set import LoadedCheck, PackSet
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Evidence,
    PortScan,
    Service,
    ServiceSeen,
)
from posture_scan.model.finding import Status
from posture_scan.model.product import NO_DATA, ProductData

WEB_PORTS: Final = frozenset({80, 443, 4433, 4443, 8080, 8443, 10443})
"""Usual ports of web pages and SSL-VPN portals; discovery knows these two protocols itself."""

Place = tuple[str, int, str]
"""Address, port and transport: what tells two services apart."""


@dataclass(frozen=True)
class Seen:
    """A run's records, ordered for looking them up again and again."""

    packs: PackSet
    now: datetime
    evidence: dict[tuple[str, str], list[Evidence]] = field(default_factory=dict)
    services: dict[Place, tuple[Service, ...]] = field(default_factory=dict)
    """What answers at each place; over UDP two protocols may share one."""
    scans: dict[str, Evidence] = field(default_factory=dict)
    products: ProductData = NO_DATA

    def service_of(self, record: Evidence) -> Service:
        """Return the service a record is about, as far as discovery named it.

        Where several share the place it is the one that the record's collector asks.
        """
        return self.services_of(record)[0]

    def services_of(self, record: Evidence) -> tuple[Service, ...]:
        """Return every service that the record may be about, at least one.

        There are several where they share the place and the record's collector asks each.
        """
        place = (record.address, record.port, record.transport)
        blank = Service(
            address=record.address, port=record.port, transport=record.transport, asset=record.asset
        )
        here = self.services.get(place, ())
        if isinstance(record.facts, ServiceSeen):
            return (_service(record, record.facts),)
        if len(here) > 1:
            here = tuple(one for one in here if self._asks(record, one))
        return here or (blank,)

    def _asks(self, record: Evidence, service: Service) -> bool:
        return any(
            f"{pack.name}.{item.name}" == record.collector and item.asks(service)
            for pack, item in self.packs.collectors
        )

    @cached_property
    def services_by_asset(self) -> dict[str, list[Service]]:
        """What answers at all places of each asset."""
        found: dict[str, list[Service]] = {}
        for place in self.services.values():
            for service in place:
                found.setdefault(service.asset, []).append(service)
        return found

    @cached_property
    def asked(self) -> dict[str, tuple[Service, ...]]:
        """From which services the evidence of each check is collected, by the check's id."""
        return {check.id: _selectors(check, self.packs) for check in self.packs.checks}

    def scan_of(self, asset: Asset) -> PortScan | None:
        """Return what the look at the asset's ports brought."""
        record = self.scans.get(asset.id)
        return record.facts if record and isinstance(record.facts, PortScan) else None

    def beside(self, check: LoadedCheck, judged: Evidence) -> tuple[Evidence, ...]:
        """Return the records of the second evidence type that the check weighs.

        They are those of the same asset; of two records that belong to a port each, only those
        of the same port.
        """
        if check.check.beside is None:
            return ()
        kinds = self.packs.kinds_of(check.check.beside)
        found = [record for kind in kinds for record in self.evidence.get((kind, judged.asset), ())]
        return tuple(
            record for record in found
            if record.attempt is Attempt.OK
            and (not record.port or not judged.port or _place(record) == _place(judged))
        )  # fmt: skip


def _place(record: Evidence) -> tuple[int, str]:
    return record.port, record.transport


def index(
    packs: PackSet, evidence: Sequence[Evidence], now: datetime, products: ProductData = NO_DATA
) -> Seen:
    """Order the records of a run."""
    seen = Seen(packs, now, products=products)
    for record in sorted(evidence, key=lambda item: item.id):
        seen.evidence.setdefault((record.kind, record.asset), []).append(record)
        if record.attempt is not Attempt.OK:
            continue
        if isinstance(record.facts, ServiceSeen):
            place = (record.address, record.port, record.transport)
            seen.services[place] = (
                *seen.services.get(place, ()), _service(record, record.facts),
            )  # fmt: skip
        if isinstance(record.facts, PortScan):
            seen.scans[record.asset] = record
    return seen


def _service(record: Evidence, seen: ServiceSeen) -> Service:
    return Service(
        seen.protocol, tls=seen.tls, address=record.address, port=record.port,
        transport=record.transport, names=record.names, greeting=seen.greeting,
        asset=record.asset,
    )  # fmt: skip


def absence(check: LoadedCheck, asset: Asset, seen: Seen) -> tuple[Status, str]:
    """Judge a check on an asset that has no evidence of its kind at all."""
    if asset.kind != "address":
        return Status.ERROR, "result_missing"
    if not whole(asset, seen):
        never = asset.id not in seen.scans and not asset.reached
        return Status.UNKNOWN, "not_connected" if never else "not_fully_scanned"
    if wanted(check, asset, seen) or lost_ports(asset, seen):
        return Status.ERROR, "result_missing"
    hidden = maybe_hidden(check, asset, seen)
    if hidden:
        return Status.UNKNOWN, hidden
    return check.check.absent, "absent"


def whole(asset: Asset, seen: Seen) -> bool:
    """An asset's own word is not enough: the record of its ports must say so too."""
    scan = seen.scan_of(asset)
    return asset.fully_scanned and scan is not None and scan.finished


def lost_ports(asset: Asset, seen: Seen) -> set[int]:
    """Open ports that are neither named nor listed as unnamed: their record is not here.

    Over UDP each protocol that was recognised must still have its own record.
    """
    scan = seen.scan_of(asset)
    if scan is None:
        return set()
    services = seen.services_by_asset.get(asset.id, ())
    named = {one.port for one in services if one.transport == "tcp"}
    known = {(one.port, one.protocol) for one in services if one.transport == "udp"}
    lost = {port for port, protocol in scan.udp_services if (port, protocol) not in known}
    return lost | (set(scan.open_ports) - named - set(scan.unidentified))


def wanted(check: LoadedCheck, asset: Asset, seen: Seen) -> list[Service]:
    """List the asset's services that the check's evidence is collected from."""
    return [
        service for service in seen.services_by_asset.get(asset.id, ())
        if check.check.wants(service)
        and any(selector.selects(service) for selector in seen.asked[check.id])
    ]  # fmt: skip


def maybe_hidden(check: LoadedCheck, asset: Asset, seen: Seen) -> str:
    """Return why what the check looks for may still be there unseen; empty when it cannot.

    Every unnamed port was asked in every protocol that is ever moved; one on a usual port of
    the protocol may still be it. Those that are never moved were asked at their usual ports
    only, and where nothing is sent the number is all there is (0008-asked-at-home). TLS with
    nothing recognised inside may hold any web page, and a check on whatever answers has not
    heard what an unnamed port would say.
    """
    scan = seen.scan_of(asset)
    if scan is None:
        return "unidentified_port"
    services = seen.services_by_asset.get(asset.id, ())
    selectors = seen.asked[check.id]
    names = {selector.protocol for selector in selectors}
    if "http" in names and any(s.protocol == "tls" for s in services):
        return "unidentified_port"
    if any(not selector.protocol and not selector.tls for selector in selectors):
        return "unidentified_port" if scan.unidentified or scan.udp_unidentified else ""
    web = "http" in names or any(selector.tls for selector in selectors)
    usual = _usual(names, seen, "tcp") | (WEB_PORTS if web else frozenset())
    if not usual.isdisjoint(scan.unidentified):
        return "unidentified_port"
    return _hidden_udp(names, scan, services, seen)


def _hidden_udp(names: set[str], scan: PortScan, services: Sequence[Service], seen: Seen) -> str:
    """Like a port scan's, for datagrams: silence is only worth what the protocol makes of it.

    Each usual port has to be accounted for. What a protocol left unanswered on a port where
    another one answers is silence too; only "closed" speaks for them all.
    """
    usual = _usual(names, seen, "udp")
    named = {one.port for one in services if one.transport == "udp" and one.protocol in names}
    others = {port for port, _ in scan.udp_services}
    silent = (usual & (others | set(scan.udp_silent))) - named
    if usual & set(scan.udp_unidentified):
        return "unidentified_port"
    if usual - silent - named - set(scan.udp_closed):
        return "not_fully_scanned"
    if silent & _usual(names, seen, "udp", mute=True):
        return "udp_mute"
    return "udp_path_unproven" if silent and not scan.udp_heard else ""


def _usual(names: set[str], seen: Seen, transport: str, *, mute: bool = False) -> frozenset[int]:
    return frozenset(
        port for spec in seen.packs.protocols
        if spec.name in names and spec.transport == transport and (spec.mute or not mute)
        for port in spec.ports
    )  # fmt: skip


def _selectors(check: LoadedCheck, packs: PackSet) -> tuple[Service, ...]:
    """List what the check's evidence is collected from; discovery's own comes from its ``on``.

    A check on the ports themselves has its one record for the whole address: from no service.
    """
    if check.check.needs is PortScan:
        return ()
    found = tuple(
        selector for item in packs.collectors_of(check.check.needs) for selector in item.services
        if _meet(selector, check.check.on)
    )  # fmt: skip
    return found or tuple(check.check.on) or (Service(),)


def _meet(source: Service, places: Sequence[Service]) -> bool:
    """Tell whether a service that the collector asks may be one that the check is about."""
    return not places or any(
        not source.protocol or place.protocol in {"", source.protocol} for place in places
    )
