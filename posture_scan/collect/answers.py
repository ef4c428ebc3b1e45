"""The questionnaire as a TOML file: a template to fill in, a strict reader, a safe writer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import write_atomically
from posture_scan.collect.toml_file import (
    Mistakes,
    TomlFile,
    is_day,
    read_toml,
    text_value,
)
from posture_scan.model.answer import Answer, Answers, Document
from posture_scan.model.question import Question
from posture_scan.text.catalog import Catalog

_TOP: Final = ("profile", "answered_by", "role", "answered_on", "facts", "answers")
_WHOLE: Final = "answer"
"""The key of a question without paths, where the model has the path ``""``."""
_BESIDE: Final = ("note", "document")
_DOCUMENT: Final = ("name", "sha256", "dated", "looked_at_by")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def read_answers(path: Path, questions: Sequence[Question]) -> Answers:
    """Read a filled-in questionnaire, naming every mistake with its line.

    An empty answer is an unanswered question, never a "no". Answers are returned in the
    order of the questions.

    Raises:
        UsageError: ``file.*``; MistakesError with all that is wrong, codes ``answers.*``.
    """
    file = read_toml(path)
    reader = _Reader(file, {question.criterion: question for question in questions})
    answers = reader.answers()
    reader.mistakes.settle()
    return answers


def write_template(
    questions: Sequence[Question],
    language: str,
    *,
    profile: str = "",
    facts: Sequence[str] | Mapping[str, str] = (),
) -> str:
    """Return a questionnaire to fill in, each question explained in ``ja`` or ``en``.

    ``facts`` names the declared figures that the premium estimate needs, as a mapping together
    with what each one means.
    """
    blank = Answers(profile, "", "", date.min, (), dict.fromkeys(facts, ""))
    meanings = facts if isinstance(facts, Mapping) else {}
    return _written(blank, questions, language, meanings)


def save(
    path: Path, answers: Answers, questions: Sequence[Question] = (), language: str = "en"
) -> None:
    """Write answers so that ``read_answers`` reads them back; the old file stays until then.

    With the questions at hand the unanswered ones are written too, so that the person who
    resumes finds every question in the file.

    Raises:
        IncompleteError: ``file.unwritable``.
    """
    write_atomically(path, _written(answers, questions, language).encode())


# --- reading ---------------------------------------------------------------------------------


class _Reader:
    def __init__(self, file: TomlFile, questions: dict[str, Question]) -> None:
        self.file = file
        self.questions = questions
        self.mistakes = Mistakes(file)

    def answers(self) -> Answers:
        for key in self.file.table:
            if key not in _TOP:
                self.mistakes.add("answers.unknown_key", key, known=", ".join(_TOP))
        given = self.table("answers")
        for criterion in given:
            if criterion not in self.questions:
                self.mistakes.add("answers.unknown_criterion", "answers", criterion)
        found = (self.answer(question, given) for question in self.questions.values())
        return Answers(
            profile=self.text("profile", needed=False),
            answered_by=self.text("answered_by"),
            role=self.text("role"),
            answered_on=self.day("answered_on"),
            answers=tuple(answer for answer in found if answer is not None),
            facts=self.facts(),
        )

    def table(self, key: str) -> dict[str, Any]:
        value = self.file.table.get(key, {})
        if isinstance(value, dict):
            return value
        self.mistakes.add("answers.not_a_table", key)
        return {}

    def text(self, *keys: str, needed: bool = True) -> str:
        value: Any = self.file.table
        for key in keys:
            value = value.get(key, "")
        if not isinstance(value, str):
            self.mistakes.add("answers.not_text", *keys)
            return ""
        if needed and not value.strip():
            self.mistakes.add("answers.missing", *keys)
        return value.strip()

    def day(self, *keys: str) -> date:
        value: Any = self.file.table
        for key in keys:
            value = value.get(key)
        if value is None:
            self.mistakes.add("answers.missing_date", *keys)
        elif not is_day(value):
            self.mistakes.add("answers.bad_date", *keys, value=value)
        else:
            assert isinstance(value, date)  # noqa: S101 -- is_day has just said so
            return value
        return date.min

    def facts(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in self.table("facts").items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                self.mistakes.add("answers.bad_fact", "facts", key)
            elif str(value).strip():
                found[key] = str(value).strip()
        return found

    def answer(self, question: Question, given: dict[str, Any]) -> Answer | None:
        criterion = question.criterion
        if criterion not in given:
            return None
        table = given[criterion]
        if not isinstance(table, dict):
            self.mistakes.add("answers.not_a_table", "answers", criterion)
            return None
        keys = {path or _WHOLE: path for path in question.path_ids()}
        for key in table:
            if key not in keys and key not in _BESIDE:
                known = ", ".join((*keys, *_BESIDE))
                self.mistakes.add(
                    "answers.unknown_path", "answers", criterion, key, known=known
                )  # fmt: skip
        paths = {
            path: choice
            for key, path in keys.items()
            if (choice := self.choice(question, key, table.get(key, "")))
        }
        note = self.text("answers", criterion, "note", needed=False)
        document = self.document(criterion) if "document" in table else None
        if not paths and not note and document is None:
            return None
        return Answer(criterion, paths, note, document)

    def choice(self, question: Question, key: str, value: object) -> str:
        if value in ("", *question.choices):
            return str(value)
        allowed = ", ".join(question.choices)
        place = ("answers", question.criterion, key)
        self.mistakes.add("answers.bad_choice", *place, value=value, allowed=allowed)
        return ""

    def document(self, criterion: str) -> Document | None:
        place = ("answers", criterion, "document")
        table = self.file.table["answers"][criterion]["document"]
        if not isinstance(table, dict):
            self.mistakes.add("answers.not_a_table", *place)
            return None
        for key in table:
            if key not in _DOCUMENT:
                known = ", ".join(_DOCUMENT)
                self.mistakes.add("answers.unknown_path", *place, key, known=known)
        digest = self.text(*place, "sha256").lower()
        if digest and not _SHA256.fullmatch(digest):
            self.mistakes.add("answers.bad_digest", *place, "sha256")
        return Document(
            self.text(*place, "name"),
            digest,
            self.day(*place, "dated"),
            self.text(*place, "looked_at_by", needed=False),
        )


# --- writing ---------------------------------------------------------------------------------


def _written(
    answers: Answers,
    questions: Sequence[Question],
    language: str,
    meanings: Mapping[str, str] | None = None,
) -> str:
    words = Catalog(language)
    day = answers.answered_on.isoformat()
    lines = [
        *_comment(words("answers.intro")),
        "",
        f"profile     = {text_value(answers.profile)}",
        *_comment(words("answers.who")),
        f"answered_by = {text_value(answers.answered_by)}",
        f"role        = {text_value(answers.role)}",
        *_comment(words("answers.day")),
        f"answered_on = {day}" if answers.answered_on > date.min else "# answered_on = 2026-11-20",
        "",
    ]
    if answers.facts:
        lines += [*_comment(words("answers.facts")), "[facts]"]
        for key, value in answers.facts.items():
            lines += _comment((meanings or {}).get(key, ""))
            lines.append(f"{_key(key)} = {text_value(value)}")
        lines.append("")
    for question in questions:
        given = answers.get(question.criterion) or Answer(question.criterion)
        lines += _question(question, given, words)
    asked = {question.criterion for question in questions}
    for answer in answers.answers:
        if answer.criterion not in asked:
            lines += _answer(answer, tuple(answer.paths), ())
    return "\n".join(lines)


def _question(question: Question, answer: Answer, words: Catalog) -> list[str]:
    said = [question.title.get(words.language, ""), question.text.get(words.language, "")]
    said += [
        f"{path.id}: {path.label.get(words.language, path.id)}" for path in question.paths
    ]  # fmt: skip
    choices = ", ".join(f"{c} ({words(f'answers.choice.{c}')})" for c in question.choices)
    comment = _comment("\n".join(part for part in [*said, choices] if part))
    return [*comment, *_answer(answer, question.path_ids(), _comment(words("answers.document")))]


def _answer(answer: Answer, paths: Sequence[str], hint: Sequence[str]) -> list[str]:
    lines = [f"[answers.{_key(answer.criterion)}]"]
    lines += [f"{_key(p or _WHOLE)} = {text_value(answer.paths.get(p, ''))}" for p in paths]
    lines.append(f"note = {text_value(answer.note)}")
    if answer.document is None:
        return [*lines, *hint, ""]
    return [*lines, document_line(answer.document), ""]


def document_line(paper: Document) -> str:
    """Return a document as its line under an answer's heading."""
    parts = [
        f"name = {text_value(paper.name)}",
        f"sha256 = {text_value(paper.sha256)}",
        f"dated = {paper.dated.isoformat()}",
        f"looked_at_by = {text_value(paper.looked_at_by)}",
    ]
    return f"document = {{ {', '.join(parts)} }}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else text_value(key)


def _comment(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in text.strip().splitlines()]
