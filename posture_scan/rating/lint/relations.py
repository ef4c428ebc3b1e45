"""The relations between a profile's values: what a strict form alone cannot see.

Several rules exist so that the promises of the arithmetic hold for every profile: a gate that
could be left unknown at no cost, an unknown cheaper than a known failure, a criterion whose
honest answer costs more than silence are all refused here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from posture_scan.mistakes import Mistake
from posture_scan.model.confidence import Method
from posture_scan.rating.figures import Relativity
from posture_scan.rating.lint import examples, frameworks, limits, origin, papers, schedule
from posture_scan.rating.profile import Criterion, Machine, Profile, Question
from posture_scan.toml_lines import Outline, Place

Found = tuple[Place, str, dict[str, str]]
"""Where in the file, the code of the mistake, the values of its sentence."""


def relations(file: str, outline: Outline, profile: Profile) -> tuple[Mistake, ...]:
    """Return the mistakes in how the profile's values relate to each other."""
    rules = (
        _duplicates,
        _references,
        _weights,
        _criteria,
        _questions,
        _machines,
        papers.papers,
        frameworks.frameworks,
        _estimate,
        limits.evidence_order,
        limits.caps,
        limits.grades,
        limits.renewal,
        limits.rounding,
        schedule.schedule,
        origin.relativities,
        examples.examples,
    )
    found = (item for rule in rules for item in rule(profile))
    return _placed(file, outline, found)


def surroundings(
    file: str,
    outline: Outline,
    profile: Profile,
    known_checks: frozenset[str] | None,
    today: date | None,
) -> tuple[Mistake, ...]:
    """Return what is wrong with a sound profile here and today: checks unknown, expired."""
    found = list(_unknown_checks(profile, known_checks)) if known_checks is not None else []
    if today is not None and today < profile.valid_from:
        values = {"valid_from": profile.valid_from.isoformat(), "today": today.isoformat()}
        found.append((("valid_from",), "not_yet_valid", values))
    if today is not None and today > profile.valid_until:
        values = {"valid_until": profile.valid_until.isoformat(), "today": today.isoformat()}
        found.append((("valid_until",), "expired", values))
    return _placed(file, outline, found)


def doubts(file: str, outline: Outline, profile: Profile) -> tuple[Mistake, ...]:
    """Return what is worth a warning though nothing is wrong: origins that are not shown."""
    return _placed(file, outline, (*origin.doubts(profile), *limits.idle(profile)))


def _placed(file: str, outline: Outline, found: Iterable[Found]) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(file, outline.line(place), f"profile.{code}", values)
        for place, code, values in found
    )


def _unknown_checks(profile: Profile, known: frozenset[str]) -> Iterator[Found]:
    for place, check in _checks(profile):
        if check not in known:
            near = difflib.get_close_matches(check, sorted(known), n=1)
            if near:
                yield place, "unknown_check_did_you_mean", {"check": check, "near": near[0]}
            else:
                yield place, "unknown_check", {"check": check}


def _checks(profile: Profile) -> Iterator[tuple[Place, str]]:
    for number, criterion in enumerate(profile.criteria):
        for position, rule in enumerate(criterion.machine):
            place: Place = ("criteria", number, "machine", position)
            yield from (((*place, "not_met_if"), check) for check in rule.not_met_if)
            yield from (((*place, "partial_if"), check) for check in rule.partial_if)
            yield from (((*place, "unproven_if"), check) for check in rule.unproven_if)
        for position, path in enumerate(criterion.question.paths if criterion.question else ()):
            place = ("criteria", number, "question", "paths", position, "contradicted_by")
            yield from ((place, check) for check in path.contradicted_by)


def _duplicates(profile: Profile) -> Iterator[Found]:
    estimate, schedule = profile.premium.estimate, profile.schedule
    lists: tuple[tuple[Place, tuple[str, ...]], ...] = (
        (("sources",), tuple(item.id for item in profile.sources)),
        (("groups",), tuple(item.id for item in profile.groups)),
        (("certificates",), tuple(item.id for item in profile.certificates)),
        (("facts",), tuple(item.id for item in profile.facts)),
        (("criteria",), tuple(item.id for item in profile.criteria)),
        (("premium", "estimate", "industries"), _ids(estimate.industries if estimate else ())),
        (("premium", "estimate", "plans"), _ids(estimate.plans if estimate else ())),
        (("schedule", "industries"), _ids(schedule.industries if schedule else ())),
        (("schedule", "levels"), tuple(i.id for i in (schedule.levels if schedule else ()))),
    )
    for place, ids in lists:
        for number, name in enumerate(ids):
            if name in ids[:number]:
                yield (*place, number, "id"), "duplicate", {"id": name}


def _ids(items: Iterable[Relativity]) -> tuple[str, ...]:
    return tuple(item.id for item in items)


def _references(profile: Profile) -> Iterator[Found]:
    groups = {item.id for item in profile.groups}
    criteria = {item.id for item in profile.criteria}
    for number, item in enumerate(profile.criteria):
        if item.group not in groups:
            values = {"key": "group", "id": item.group, "known": ", ".join(sorted(groups))}
            yield ("criteria", number, "group"), "unknown_reference", values
    for name in profile.minimum_set:
        if name not in criteria:
            near = difflib.get_close_matches(name, sorted(criteria), n=3)
            values = {"key": "minimum_set", "id": name, "known": ", ".join(near) or "criteria"}
            yield ("minimum_set",), "unknown_reference", values
    sources = {item.id for item in profile.sources}
    for place, source in _sourced(profile):
        if source not in sources:
            values = {"key": "source", "id": source, "known": ", ".join(sorted(sources))}
            yield (*place, "source"), "unknown_reference", values


def _sourced(profile: Profile) -> Iterator[tuple[Place, str]]:
    yield ("evidence",), profile.evidence.source
    yield ("limits",), profile.limits.source
    if profile.priced:
        yield ("premium",), profile.premium.source
    if profile.premium.estimate:
        yield ("premium", "estimate"), profile.premium.estimate.source
    if profile.schedule:
        yield ("schedule",), profile.schedule.source
    yield ("validity",), profile.validity.source
    yield ("grades",), profile.grades.source
    if profile.renewal:
        yield ("renewal",), profile.renewal.source
    yield from ((("groups", n), item.source) for n, item in enumerate(profile.groups))
    yield from ((("certificates", n), c.source) for n, c in enumerate(profile.certificates))
    yield from ((("criteria", n), item.source) for n, item in enumerate(profile.criteria))


def _weights(profile: Profile) -> Iterator[Found]:
    total = sum((item.weight for item in profile.criteria), Decimal(0))
    if total != profile.weight_total:
        values = {"total": str(total), "expected": str(profile.weight_total)}
        yield ("weight_total",), "weights_do_not_sum", values


def _criteria(profile: Profile) -> Iterator[Found]:
    minimum = set(profile.minimum_set)
    for number, item in enumerate(profile.criteria):
        place: Place = ("criteria", number)
        values = {"criterion": item.id}
        if item.gate and item.id not in minimum:
            yield (*place, "gate"), "gate_not_in_minimum", values
        if item.needs_machine and item.id not in minimum:
            yield (*place, "needs_machine"), "needs_machine_not_in_minimum", values
        if item.needs_machine and not item.observed:
            yield (*place, "needs_machine"), "needs_machine_without_rule", values
        if not item.machine and item.question is None:
            yield (*place, "id"), "unreachable_criterion", values
        yield from _debits(place, item)


def _debits(place: Place, item: Criterion) -> Iterator[Found]:
    """Refuse a silence that is milder than the failure it may hide."""
    one: Final = Decimal(1)
    failure = item.r_not if item.r_not is not None else one
    if item.r_unknown is not None and item.r_unknown < failure:
        values = {"criterion": item.id, "unknown": str(item.r_unknown), "failure": str(failure)}
        yield (*place, "r_unknown"), "unknown_cheaper", values


def _questions(profile: Profile) -> Iterator[Found]:
    for number, item in enumerate(profile.criteria):
        if item.question is not None:
            yield from _question(("criteria", number, "question"), item.id, item.question)


def _question(place: Place, criterion: str, question: Question) -> Iterator[Found]:
    if bool(question.choices) == bool(question.paths):
        yield (*place, "choices"), "choices_or_paths", {"criterion": criterion}
    names = [path.id for path in question.paths]
    for number, path in enumerate(question.paths):
        where = (*place, "paths", number)
        if path.id in names[:number]:
            yield (*where, "id"), "duplicate", {"id": path.id}
        if not {"all", "none"} <= set(path.choices):
            yield (*where, "choices"), "path_choices", {"path": path.id}
        if path.contradicted_by and "not_used" not in path.choices:
            yield (*where, "contradicted_by"), "contradiction_never", {"path": path.id}
    if question.choices and not {"yes", "no"} <= set(question.choices):
        yield (*place, "choices"), "plain_choices", {"criterion": criterion}


def _machines(profile: Profile) -> Iterator[Found]:
    for number, item in enumerate(profile.criteria):
        for position, rule in enumerate(item.machine):
            place: Place = ("criteria", number, "machine", position)
            yield from _machine(place, item.id, rule)
            decides = not (rule.outside_only or rule.seen_only)
            if item.question and rule.absent == "not_applicable" and decides:
                yield (*place, "absent"), "absent_beside_question", {"criterion": item.id}
            if rule.seen_only and all(other.seen_only for other in item.machine):
                yield (*place, "seen_only"), "seen_only_alone", {"criterion": item.id}
            if rule.seen_only and rule.absent == "met":
                yield (*place, "absent"), "seen_only_absent", {"criterion": item.id}


def _machine(place: Place, criterion: str, rule: Machine) -> Iterator[Found]:
    for key, content in (
        ("assets", rule.assets),
        ("vantage", rule.vantage),
        ("not_met_if", rule.checks),
    ):
        if not content:
            yield (*place, key), "empty_rule", {"criterion": criterion, "key": key}
    for check in sorted({one for one in rule.checks if rule.checks.count(one) > 1}):
        yield (*place, "partial_if"), "duplicate", {"id": check}
    if rule.mode == "share" and set(rule.assets) != {"host"}:
        yield (*place, "mode"), "share_needs_hosts", {"criterion": criterion}
    if rule.mode == "share" and rule.weak_share < 1 - rule.met_share:
        yield (*place, "weak_share"), "share_order", {"criterion": criterion}
    methods = [method.value for method in Method]
    for name in rule.max_age_by_method:
        if name not in methods:
            values = {"key": "max_age_by_method", "id": name, "known": ", ".join(methods)}
            yield (*place, "max_age_by_method"), "unknown_reference", values


def _estimate(profile: Profile) -> Iterator[Found]:
    estimate = profile.premium.estimate
    if estimate is None:
        return
    place: Place = ("premium", "estimate")
    for key, wanted, known in (
        ("default_industry", estimate.default_industry, estimate.industries),
        ("default_plan", estimate.default_plan, estimate.plans),
    ):
        ids = [item.id for item in known]
        if wanted not in ids:
            yield (
                (*place, key),
                "unknown_reference",
                {"key": key, "id": wanted, "known": ", ".join(ids)},
            )
    if not estimate.sales_min <= estimate.reference_sales <= estimate.sales_max:
        yield (*place, "sales_min"), "sales_bounds", {}
