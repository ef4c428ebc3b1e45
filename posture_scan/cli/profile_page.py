"""A whole profile as ``profiles show`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from posture_scan.rating.figures import Estimate, Schedule, Source, Table
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.report.clean import clean
from posture_scan.report.figures import money, percent, plain
from posture_scan.report.wrap import width_of, wrap
from posture_scan.text.catalog import Catalog

WIDTH: Final = 80
LONGEST: Final = 700
"""Characters of one text of a profile that are shown; the form allows 600."""


def page(profile: Profile, language: str) -> Iterator[str]:
    """Return the lines of a whole profile, none wider than a terminal."""
    say = Catalog(language)
    parts = (
        _head(profile, say),
        _criteria(profile, say),
        _groups(profile, say),
        _limits(profile, say),
        _certificates(profile, say),
        _evidence(profile, say),
        _premium(profile, say),
        _renewal(profile, say),
        _examples(profile, say),
        _sources(profile.sources, say),
    )
    for number, part in enumerate(parts):
        if number:
            yield ""
        yield from part


def _head(profile: Profile, say: Catalog) -> Iterator[str]:
    yield from wrapped(f"{profile.id}  {profile.name.of(say.language)}", 0)
    values = {
        "version": profile.version, "kind": say(f"profiles.kind.{profile.kind}"),
        "currency": profile.currency or "-", "status": say(f"cli.profiles.status.{profile.status}"),
        "from": profile.valid_from, "until": profile.valid_until, "digest": profile.digest,
    }  # fmt: skip
    for key in ("about_line", "valid", "digest"):
        yield from wrapped(say(f"profiles.show.{key}", **values), 2)
    yield from wrapped(profile.notice.of(say.language), 2)


def _criteria(profile: Profile, say: Catalog) -> Iterator[str]:
    total = plain(profile.weight_total)
    yield say("profiles.show.criteria", count=len(profile.criteria), total=total)
    names = ["id", "group", "weight", *(["r_met"] if _credits(profile) else []), "gate", "decided"]
    heads = tuple(say(f"profiles.column.{name}") for name in names)
    rows = [heads, *(_criterion(item, profile, say) for item in profile.criteria)]
    first, *rest = _rows(rows)
    yield from first
    for item, lines in zip(profile.criteria, rest, strict=True):
        yield from lines
        yield from wrapped(item.title.of(say.language), 6)
        yield from wrapped(_origin(item, say), 6)
    yield from wrapped(say("profiles.show.marks"), 2)
    if _credits(profile):
        yield from wrapped(say("profiles.show.r_met"), 2)


def _credits(profile: Profile) -> bool:
    """Whether each criterion has a multiplier of its own."""
    return profile.kind == "discount"


def _criterion(item: Criterion, profile: Profile, say: Catalog) -> tuple[str, ...]:
    weight = plain(item.weight) + (" +" if item.id in profile.minimum_set else "")
    gate = say(f"profiles.gate.{item.gate}") if item.gate else "-"
    credit = (f"{item.r_met:f}",) if _credits(profile) else ()
    return item.id, item.group, weight, *credit, gate, _decided(item, say)


def _decided(item: Criterion, say: Catalog) -> str:
    ways = ["file" if rule.documented else place for rule in item.machine for place in rule.vantage]
    ways += ["question"] if item.question else []
    named = ", ".join(say(f"profiles.way.{way}") for way in dict.fromkeys(ways))
    return f"{named} *" if item.needs_machine else named


def _origin(item: Criterion, say: Catalog) -> str:
    debits = {"r_not": item.r_not, "r_unknown": item.r_unknown}
    told = [f"{name} {number:f}" for name, number in debits.items() if number is not None]
    told.append(say("profiles.show.source", id=item.source))
    if item.relativity is not None:
        data = item.relativity
        told.append(say("profiles.show.claims", rr=plain(data.rr), keep=percent(data.keep),
                        prevalence=percent(data.prevalence)))  # fmt: skip
    return say("profiles.show.joined").join(told)


def _groups(profile: Profile, say: Catalog) -> Iterator[str]:
    if not _credits(profile):
        yield say("profiles.show.blocks")
        yield from _aligned((g.id, g.name.of(say.language)) for g in profile.groups)
        return
    yield say("profiles.show.groups")
    heads = (say("profiles.column.id"), say("profiles.column.floor"),
             say("profiles.column.name"))  # fmt: skip
    yield from _aligned([
        heads, *((g.id, f"{g.floor:f}", g.name.of(say.language)) for g in profile.groups)
    ])  # fmt: skip


def _limits(profile: Profile, say: Catalog) -> Iterator[str]:
    limits = profile.limits
    yield say("profiles.show.limits")
    shares = {
        key: percent(getattr(limits, key))
        for key in ("controls_cap", "certificates_cap", "total_cap", "attested_cap",
                    "group_discount", "coverage_min")
    }  # fmt: skip
    known = {"discount": shares.keys(), "schedule": {"attested_cap", "coverage_min"}}
    stated = known.get(profile.kind, {"coverage_min"})
    rows = [(say(f"profiles.limit.{key}"), shares[key]) for key in shares if key in stated]
    if _credits(profile):
        factors = f"{limits.factor_min:f} - {limits.factor_max:f}"
        rows.append((say("profiles.limit.factor"), factors))
    yield from _aligned(rows)
    yield from wrapped(say("profiles.show.source", id=limits.source), 2)


def _certificates(profile: Profile, say: Catalog) -> Iterator[str]:
    yield say(
        "profiles.show.certificates" if profile.certificates else "profiles.show.no_certificates"
    )
    yield from _aligned([
        (item.id, percent(item.credit), item.name.of(say.language)
         + (say("profiles.show.best_of", kind=item.best_of) if item.best_of else ""))
        for item in profile.certificates
    ])  # fmt: skip


def _evidence(profile: Profile, say: Catalog) -> Iterator[str]:
    terms, days = profile.evidence, profile.validity
    yield say("profiles.show.evidence")
    weights = {name: plain(getattr(terms, name))
               for name in ("verified", "documented", "attested", "partial")}  # fmt: skip
    yield from wrapped(say("profiles.show.weights", **weights), 2)
    yield from wrapped(say("profiles.show.confidence", least=terms.min_confidence), 2)
    yield from wrapped(say("profiles.show.days", **vars(days)), 2)


def _premium(profile: Profile, say: Catalog) -> Iterator[str]:
    if not profile.priced:
        yield say("profiles.show.no_premium")
        return
    premium = profile.premium
    yield say("profiles.show.premium")
    least = money(premium.minimum, profile.currency, say.language)
    rounding = profile.rounding
    yield from wrapped(say("profiles.show.minimum", minimum=least, unit=rounding.unit,
                            mode=say(f"profiles.mode.{rounding.mode}")), 2)  # fmt: skip
    if premium.estimate is not None:
        yield from _estimate(premium.estimate, profile, say)
    if profile.schedule is not None:
        yield from _schedule(profile.schedule, profile, say)


def _estimate(terms: Estimate, profile: Profile, say: Catalog) -> Iterator[str]:
    values = {
        "base": money(terms.base, profile.currency, say.language),
        "sales": money(terms.reference_sales, profile.currency, say.language),
        "exponent": plain(terms.exponent),
    }
    yield from wrapped(say("profiles.show.estimate", **values), 2)
    yield from wrapped(terms.label.of(say.language), 2)
    yield from _aligned([
        (item.id, plain(item.factor), item.name.of(say.language))
        for item in (*terms.industries, *terms.plans)
    ])  # fmt: skip
    yield from wrapped(say("profiles.show.source", id=terms.source), 2)


def _schedule(terms: Schedule, profile: Profile, say: Catalog) -> Iterator[str]:
    values = {
        "exposure": terms.exposure, "layer": say(f"profiles.layer.{terms.layer}"),
        "multiplier": plain(terms.loss_cost_multiplier), "cap": percent(terms.modification_cap),
    }  # fmt: skip
    yield from wrapped(say("profiles.show.schedule", **values), 2)
    tables = {
        "base": terms.base,
        "limit": terms.limit_factors,
        "retention": terms.retention_factors,
    }
    for name, table in tables.items():
        if table is not None:
            yield from wrapped(_banded(name, table, profile, say), 2, 4)
    rows = [(item.id, plain(item.factor), item.name.of(say.language)) for item in terms.industries]
    rows += [
        (level.id, plain(level.factor),
         say("profiles.show.level", name=level.name.of(say.language), score=plain(level.at_least)))
        for level in terms.levels
    ]  # fmt: skip
    yield from _aligned(rows)
    yield from wrapped(say("profiles.show.source", id=terms.source), 2)


def _banded(name: str, table: Table, profile: Profile, say: Catalog) -> str:
    rows = ", ".join(
        f"{money(row.at, profile.currency, say.language)}: {plain(row.value)}" for row in table.rows
    )
    return say(
        f"profiles.table.{name}", rows=rows, between=say(f"profiles.between.{table.between}")
    )


def _renewal(profile: Profile, say: Catalog) -> Iterator[str]:
    if profile.renewal is None:
        yield say("profiles.show.no_renewal")
        return
    levels = ", ".join(percent(level) for level in profile.renewal.levels)
    yield from wrapped(say("profiles.show.renewal", levels=levels), 0, 2)
    rise = profile.renewal.rise
    yield from wrapped(say("profiles.show.rise", rise=rise) if rise else
                        say("profiles.show.rise_free"), 2)  # fmt: skip


def _examples(profile: Profile, say: Catalog) -> Iterator[str]:
    yield say("profiles.show.examples" if profile.examples else "profiles.show.no_examples")
    for item in profile.examples:
        yield from wrapped(f"{item.id}: {item.text.of(say.language)}", 2)


def _sources(sources: Sequence[Source], say: Catalog) -> Iterator[str]:
    yield say("profiles.show.sources")
    for item in sources:
        status = say(f"profiles.origin.{item.status}")
        yield from wrapped(f"{item.id} ({status}): {item.text.of(say.language)}", 2, 4)


def _aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for lines in _rows(rows):
        yield from lines


def _rows(rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Return the lines of each row; what the last column cannot take in goes on below it."""
    known = [[clean(cell) for cell in row] for row in rows]
    if not known:
        return
    widths = [max(width_of(cell) for cell in column) for column in zip(*known, strict=True)]
    left = 2 + sum(width + 2 for width in widths[:-1])
    for row in known:
        cells = (cell + " " * (width - width_of(cell) + 2)
                 for cell, width in zip(row, widths[:-1], strict=False))  # fmt: skip
        first, *rest = wrap(row[-1], max(WIDTH - left, 20))
        yield [("  " + "".join(cells) + first).rstrip(), *(" " * left + line for line in rest)]


def wrapped(text: str, indent: int, hanging: int | None = None) -> Iterator[str]:
    """Return a text, made harmless, in lines no wider than a terminal."""
    later = indent if hanging is None else hanging
    first, *rest = wrap(clean(text, LONGEST), WIDTH - max(indent, later))
    yield " " * indent + first
    yield from (" " * later + line for line in rest)
