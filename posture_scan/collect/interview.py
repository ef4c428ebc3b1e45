"""The questionnaire asked one question at a time; how it is shown and heard is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from posture_scan.model.answer import Answer, Answers
from posture_scan.model.question import Question
from posture_scan.text.catalog import Catalog

NEXT: Final = "next"
SKIP: Final = "skip"
BACK: Final = "back"
STOP: Final = "stop"
COMMANDS: Final = (NEXT, SKIP, BACK, STOP)
"""What may be said instead of an answer: go on and change nothing, take an answer back, one
step back, go on another day."""


@dataclass(frozen=True)
class Asking:
    """One step as it is shown: the words, and what may be chosen."""

    progress: str
    """How far it is, such as ``3/20``."""
    title: str
    text: str
    """The question, and the part of it that is asked about."""
    choices: tuple[tuple[str, str], ...]
    """Each allowed answer's id and words, in order."""
    current: str = ""
    """The id of what was answered before; empty for an open question."""
    complaint: str = ""
    """What was wrong with what was said last."""

    def allowed(self) -> tuple[str, ...]:
        """Return everything that may be said."""
        return (*(choice for choice, _ in self.choices), *COMMANDS)


Ask = Callable[[Asking], str | None]
"""Shows one step; returns what was said, or None for the end of input."""


@dataclass(frozen=True)
class _Step:
    question: Question
    path: str
    number: int


def interview(
    questions: Sequence[Question],
    answers: Answers,
    ask: Ask,
    save: Callable[[Answers], None],
    *,
    language: str = "en",
) -> Answers:
    """Ask what is still open and return the answers; each one is saved before the next.

    Starting again with what was saved resumes at the first open question. ``next`` goes on and
    changes nothing, ``skip`` takes an earlier answer back, ``back`` returns to the question
    before, ``stop`` or the end of input leaves everything else open.
    """
    words = Catalog(language)
    steps = [
        _Step(question, path, number)
        for number, question in enumerate(questions, start=1)
        for path in question.path_ids()
    ]
    place = _next_open(steps, answers, 0)
    visited: list[int] = []
    while place < len(steps):
        step = steps[place]
        said = _hear(step, answers, ask, words, len(questions))
        if said == STOP:
            break
        if said == BACK:
            place = visited.pop() if visited else _before(place)
            continue
        if said != NEXT:
            answers = _with(answers, step, "" if said == SKIP else said)
            save(answers)
        visited.append(place)
        place = _next_open(steps, answers, place + 1)
    return answers


def asking(question: Question, path: str, number: int, total: int, words: Catalog) -> Asking:
    """Return what is shown for one step, without an earlier answer."""
    language = words.language
    lines = [question.text.get(language, "")]
    labels = [item.label.get(language, item.id) for item in question.paths if item.id == path]
    lines += [words("answers.path", label=label) for label in labels]
    return Asking(
        words("answers.progress", number=number, total=total),
        question.title.get(language, question.criterion),
        "\n".join(line for line in lines if line),
        tuple((choice, words(f"answers.choice.{choice}")) for choice in question.choices),
    )


def _hear(step: _Step, answers: Answers, ask: Ask, words: Catalog, total: int) -> str:
    shown = asking(step.question, step.path, step.number, total, words)
    given = answers.get(step.question.criterion)
    shown = replace(shown, current=given.paths.get(step.path, "") if given else "")
    while True:
        said = ask(shown)
        if said is None:
            return STOP
        said = said.strip().lower()
        if said in shown.allowed():
            return said
        shown = replace(shown, complaint=words("answers.again", said=said))


def _next_open(steps: Sequence[_Step], answers: Answers, start: int) -> int:
    for place in range(start, len(steps)):
        given = answers.get(steps[place].question.criterion)
        if given is None or not given.paths.get(steps[place].path):
            return place
    return len(steps)


def _before(place: int) -> int:
    return max(place - 1, 0)


def _with(answers: Answers, step: _Step, choice: str) -> Answers:
    criterion = step.question.criterion
    old = answers.get(criterion) or Answer(criterion)
    paths = {key: value for key, value in old.paths.items() if key != step.path}
    if choice:
        paths[step.path] = choice
    ordered = {key: paths[key] for key in step.question.path_ids() if key in paths}
    new = replace(old, paths=ordered)
    rest = tuple(answer for answer in answers.answers if answer.criterion != criterion)
    kept = (new,) if new.paths or new.note or new.document else ()
    return replace(answers, answers=(*rest, *kept))
