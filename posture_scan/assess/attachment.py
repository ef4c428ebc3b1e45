"""Attach a document to an answer: which criterion, which profile, and what it is worth so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from posture_scan.assess.questionnaire import questions_of
from posture_scan.collect.answers import read_answers
from posture_scan.collect.attachment import document_of, write_document
from posture_scan.collect.toml_file import read_toml
from posture_scan.errors import UsageError
from posture_scan.model.answer import Document
from posture_scan.rating.profile import Profile


@dataclass(frozen=True)
class Attached:
    """What was written, and what the person should know of it."""

    criterion: str
    document: Document
    replaced: Document | None
    """The document that stood there before; it is named in the file no longer."""
    answered: bool
    """Whether every part of the question is answered: a document alone answers nothing."""
    days: int
    """For how many days after its date a document of this criterion counts."""
    too_old: bool


def profile_named(answers: Path) -> str:
    """Return the profile that an answers file was made for; empty where it does not say.

    Raises:
        UsageError: ``file.*``.
    """
    name = read_toml(answers).table.get("profile")
    return name if isinstance(name, str) else ""


def attach(  # noqa: PLR0917 -- which answer, which file, and what is said about it
    answers: Path,
    criterion: str,
    file: Path,
    dated: date,
    looked_at_by: str,
    profile: Profile,
    *,
    today: date,
) -> Attached:
    """Write name, SHA-256, date and reader of a document behind the answer to a criterion.

    Raises:
        UsageError: ``attach.unknown_criterion``, ``attach.future``, and what the file and the
            answers file are refused for.
        MistakesError: the answers file has mistakes.
    """
    questions = {item.criterion: item for item in questions_of(profile)}
    question = questions.get(criterion)
    if question is None:
        known = ", ".join(questions)
        raise UsageError(
            "attach.unknown_criterion", criterion=criterion, profile=profile.id, known=known
        )  # fmt: skip
    if dated > today:
        raise UsageError("attach.future", day=dated)
    before = read_answers(answers, tuple(questions.values())).get(criterion)
    document = document_of(file, dated, looked_at_by)
    write_document(answers, criterion, document)
    days = _days(profile, criterion)
    return Attached(
        criterion, document, before.document if before else None,
        answered=before is not None and set(question.path_ids()) <= set(before.paths),
        days=days, too_old=today - dated > timedelta(days=days),
    )  # fmt: skip


def _days(profile: Profile, criterion: str) -> int:
    item = profile.criterion(criterion)
    own = item.question.document_max_age_days if item and item.question else None
    return own or profile.validity.answer_days
