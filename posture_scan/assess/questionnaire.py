"""A profile's questions and titles in the form the questionnaire and the renderers take."""

from __future__ import annotations

from posture_scan.model.question import Question, QuestionPath
from posture_scan.model.words import CriterionWords
from posture_scan.rating.profile import Profile
from posture_scan.rating.questions import Asked, fact_questions, questions


def questions_of(profile: Profile) -> tuple[Question, ...]:
    """Return what a profile asks, in both languages, in its order."""
    both = zip(questions(profile, "ja"), questions(profile, "en"), strict=True)
    return tuple(_question(ja, en) for ja, en in both)


def _question(ja: Asked, en: Asked) -> Question:
    pairs = zip(ja.paths, en.paths, strict=True)
    paths = tuple(QuestionPath(a.id, {"ja": a.label, "en": b.label}) for a, b in pairs if a.id)
    return Question(
        ja.criterion,
        {"ja": ja.title, "en": en.title},
        {"ja": ja.text, "en": en.text},
        paths,
        ja.paths[0].choices,
    )


def facts_of(profile: Profile, language: str) -> dict[str, str]:
    """Return the figures the premium estimate asks for: id to meaning and allowed values."""
    found = {}
    for fact in fact_questions(profile, language):
        choices = ", ".join(f"{id_} {name}".strip() for id_, name in fact.choices)
        found[fact.id] = f"{fact.text} ({choices})" if choices else fact.text
    return found


def words_of(profile: Profile, language: str) -> dict[str, CriterionWords]:
    """Return every criterion's title, question and what would prove it, in one language."""
    asked = {item.criterion: item for item in questions(profile, language)}
    return {
        item.id: CriterionWords(
            item.title.of(language),
            asked[item.id].text if item.id in asked else "",
            {path.id: path.label for path in asked[item.id].paths} if item.id in asked else {},
            item.prove.of(language),
        )
        for item in profile.criteria
    }
