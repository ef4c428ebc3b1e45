"""A filed schedule's tables: bands in order, levels in order, defaults that can be looked up.

Two swapped rows of a published table once made a larger firm pay less, and nobody noticed; so
no band may fall where the risk rises, and none rise where the firm keeps more for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from posture_scan.errors import UsageError
from posture_scan.rating.figures import Schedule, Table
from posture_scan.rating.profile import Profile
from posture_scan.rating.schedule import manual, risk_of
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]


def schedule(profile: Profile) -> Iterator[Found]:
    """Return the mistakes in how the tables of a filed schedule are made."""
    rules = profile.schedule
    if rules is None:
        return
    yield from _rising(("schedule", "base"), rules.base)
    yield from _rising(("schedule", "limit_factors"), rules.limit_factors)
    if rules.retention_factors is not None:
        yield from _rising(("schedule", "retention_factors"), rules.retention_factors, up=False)
    yield from _layer(rules)
    yield from _levels(rules)
    if rules.exposure not in {fact.id for fact in profile.facts if fact.kind == "money"}:
        known = ", ".join(fact.id for fact in profile.facts if fact.kind == "money")
        values = {"key": "exposure", "id": rules.exposure, "known": known}
        yield ("schedule", "exposure"), "unknown_reference", values
    yield from _defaults(rules)


def _rising(place: Place, table: Table, *, up: bool = True) -> Iterator[Found]:
    for number in range(1, len(table.rows)):
        above, row = table.rows[number - 1], table.rows[number]
        values = {"at": f"{row.at:,f}", "value": f"{row.value:f}", "before": f"{above.value:f}"}
        if row.at <= above.at:
            yield (*place, "rows", number), "band_order", values
        elif (row.value < above.value) if up else (row.value > above.value):
            yield (*place, "rows", number), "band_falls" if up else "band_rises", values


def _layer(rules: Schedule) -> Iterator[Found]:
    product = rules.layer == "product"
    if not product and rules.retention_factors is not None:
        yield ("schedule", "retention_factors"), "layer_twice", {}
    if product and rules.retention_factors is None:
        yield ("schedule", "layer"), "layer_without_retention", {}


def _levels(rules: Schedule) -> Iterator[Found]:
    for number in range(1, len(rules.levels)):
        better, level = rules.levels[number - 1], rules.levels[number]
        if level.at_least >= better.at_least or level.factor <= better.factor:
            values = {"id": level.id, "factor": f"{level.factor:f}"}
            yield ("schedule", "levels", number, "factor"), "levels_order", values
    last = rules.levels[-1]
    if last.at_least != 0:
        place: Place = ("schedule", "levels", len(rules.levels) - 1, "at_least")
        yield place, "levels_end", {"id": last.id}
    if last.factor < 1:
        values = {"id": last.id, "factor": f"{last.factor:f}"}
        yield ("schedule", "levels", len(rules.levels) - 1, "factor"), "levels_reward", values


def _defaults(rules: Schedule) -> Iterator[Found]:
    try:
        found = manual(rules, risk_of(rules, {}, ""))
    except UsageError as error:
        name = str(error.values.get("key") or error.values.get("id") or "")
        yield ("schedule", "defaults"), "defaults_unusable", {"name": name}
    else:
        if found.premium <= 0:
            yield ("schedule", "defaults"), "defaults_unusable", {"name": "premium"}
