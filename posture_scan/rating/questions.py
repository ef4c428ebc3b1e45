"""The questions of a profile in the reader's language, as a form to be filled in."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.rating.profile import Profile


@dataclass(frozen=True)
class AskedPath:
    """One thing asked about by itself; the empty id is the plain question."""

    id: str
    label: str
    choices: tuple[str, ...]
    """``yes`` ``partly`` ``no``, or ``all`` ``some`` ``none`` ``not_used``."""


@dataclass(frozen=True)
class Asked:
    """One question, its paths, and what would prove the answer."""

    criterion: str
    title: str
    text: str
    paths: tuple[AskedPath, ...]
    prove: str


@dataclass(frozen=True)
class AskedFact:
    """A fact about the firm; ``choices`` are id and name, empty for an amount of money."""

    id: str
    kind: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


def questions(profile: Profile, language: str) -> tuple[Asked, ...]:
    """Return every question of a profile in its order."""
    return tuple(
        Asked(
            criterion=item.id,
            title=item.title.of(language),
            text=item.question.text.of(language),
            paths=tuple(
                AskedPath(path.id, path.label.of(language), path.choices)
                for path in item.question.paths
            )
            or (AskedPath("", "", item.question.choices),),
            prove=item.prove.of(language),
        )
        for item in profile.criteria
        if item.question is not None
    )


def fact_questions(profile: Profile, language: str) -> tuple[AskedFact, ...]:
    """Return what the premium estimate and the underwriter need to know of the firm."""
    rules = profile.schedule or profile.premium.estimate
    plans = profile.premium.estimate.plans if profile.premium.estimate else ()
    choices = {
        "industry": tuple((i.id, i.name.of(language)) for i in (rules.industries if rules else ())),
        "plan": tuple((item.id, item.name.of(language)) for item in plans),
        "yes_no": (("yes", ""), ("no", "")),
    }
    return tuple(
        AskedFact(fact.id, fact.kind, fact.text.of(language), choices.get(fact.kind, ()))
        for fact in profile.facts
    )
