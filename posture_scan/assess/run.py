"""The main job in one call: look, judge, rate, and return the report."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from posture_scan.assess.document import Permission, Terms, build
from posture_scan.assess.handed_in import with_assets
from posture_scan.assess.machine import Surveyed, merged
from posture_scan.assess.observe import Clock, Manner, Observed, Progress, observe
from posture_scan.engine.pack_set import PackSet
from posture_scan.errors import NotPermittedError
from posture_scan.model.evidence import Evidence
from posture_scan.model.product import ProductData
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin


@dataclass(frozen=True)
class Work:
    """What is to be done in one run, apart from the permission it needs."""

    packs: PackSet
    targets: tuple[str, ...] = ()
    """What to look at within the scope; empty means all of it."""
    manner: Manner = field(default_factory=Manner)
    machines: Sequence[Surveyed] = ()
    """Computers that were surveyed from inside, to be taken into the same report."""
    deselected: Collection[str] = ()
    documents: Sequence[Evidence] = ()
    """Records of files that were handed in, such as a device's own export."""
    products: ProductData = field(default_factory=builtin)
    """What is known of products: by default what ships with the program."""
    line: str = ""
    """What whoever scans calls the line it goes out on; two scans from two lines tell whether
    something answers one of them only."""


def assess(
    permission: Permission,
    work: Work,
    terms: Terms,
    *,
    clock: Clock,
    stop: threading.Event,
    progress: Progress,
    language: str = "ja",
) -> dict[str, Any]:
    """Scan within the permission and return the rated report, complete or marked as partial.

    Setting ``stop`` ends the run early; the report then holds what was seen until then.

    Raises:
        NotPermittedError: outside the permitted days, or a target outside the scope.
        UsageError: a scope that leads to nothing, a profile or figure that cannot be used.
    """
    started = clock()
    permitted_today(permission.scope, clock)
    observed = observe(
        permission.scope, work.targets, work.packs, work.manner,
        clock=clock, stop=stop, progress=progress, products=work.products,
    )  # fmt: skip
    return build(
        _with_handed_in(observed, work), permission, work.packs, terms,
        started_at=started, finished_at=clock(), deselected=work.deselected, language=language,
        products=work.products, line=work.line,
    )  # fmt: skip


def permitted_today(scope: Scope, clock: Clock) -> None:
    """Refuse to begin outside the days the permission was given for, by the local calendar.

    Raises:
        NotPermittedError: ``scope.not_yet_valid`` or ``scope.no_longer_valid``.
    """
    today = clock().astimezone().date()
    if today < scope.valid_from:
        raise NotPermittedError("scope.not_yet_valid", valid_from=scope.valid_from, today=today)
    if today > scope.valid_until:
        raise NotPermittedError("scope.no_longer_valid", valid_until=scope.valid_until, today=today)


def _with_handed_in(observed: Observed, work: Work) -> Observed:
    """Add what did not come over the network: surveyed computers and files."""
    machines = merged(work.machines)
    surveyed = [record for machine in machines for record in machine.evidence]
    addresses = with_assets(observed.assets, work.documents)
    return dataclasses.replace(
        observed,
        assets=(*addresses, *(machine.asset for machine in machines)),
        evidence=(*observed.evidence, *surveyed, *work.documents),
    )
