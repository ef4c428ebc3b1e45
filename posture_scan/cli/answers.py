"""``answers``: what a named person declares about what no machine can see."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from posture_scan.cli.attach import WithAttach
from posture_scan.cli.language import language, say
from posture_scan.cli.options import DEFAULT_PROFILE, FILE, common, now, option, write_new
from posture_scan.cli.spoken import command, tell, tell_text
from posture_scan.collect.interview import BACK, NEXT, SKIP, STOP, Asking, interview
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.question import Question


@command("answers", WithAttach)
@click.argument("path", metavar="FILE", type=FILE)
@option("--profile", text="profile", default=DEFAULT_PROFILE)
@option("--template", "as_template", text="template", is_flag=True)
@common
def answers(path: Path, profile: str, *, as_template: bool, as_json: bool) -> None:
    """Ask the questions, or write them into a file to be filled in."""
    from posture_scan.assess.questionnaire import facts_of, questions_of
    from posture_scan.collect.answers import read_answers, save, write_template
    from posture_scan.rating.load import load_profile

    rules = load_profile(profile)
    questions = questions_of(rules)
    if as_template:
        text = write_template(
            questions, language(), profile=rules.id, facts=facts_of(rules, language())
        )
        write_new(path, text.encode())
        tell("cli.answers.template_written", path=path)
        return
    if not sys.stdin.isatty():
        raise UsageError("cli.not_a_terminal", path=path)
    given = read_answers(path, questions) if path.exists() else _begin(rules.id)
    tell("cli.answers.hint", err=True, total=len(questions))
    given = interview(
        questions, given, ask, lambda so_far: save(path, so_far, questions, language()),
        language=language(),
    )  # fmt: skip
    save(path, given, questions, language())
    if as_json:
        click.echo(path.read_text("utf-8"), nl=False)
    else:
        _summary(given, questions, path)


def _begin(profile: str) -> Answers:
    who = str(click.prompt(say("cli.answers.who"), err=True)).strip()
    role = str(click.prompt(say("cli.answers.role"), err=True)).strip()
    return Answers(profile, who, role, now().date())


def _summary(given: Answers, questions: Sequence[Question], path: Path) -> None:
    done = sum(
        set(question.path_ids()) <= set(answer.paths)
        for question in questions
        if (answer := given.get(question.criterion)) is not None
    )
    tell("cli.answers.written", answered=done, total=len(questions), path=path)
    tell("cli.answers.resume" if done < len(questions) else "cli.answers.complete", path=path)


def ask(shown: Asking) -> str | None:
    """Show one question with numbered choices; return what was chosen, or None at the end."""
    if shown.complaint:
        tell_text(shown.complaint, err=True)
    else:
        _show(shown)
    short = {"": NEXT, "0": SKIP if shown.current else "", "b": BACK, "q": STOP}
    by_number = {str(number): choice for number, (choice, _) in enumerate(shown.choices, 1)}
    try:
        said = click.prompt(say("cli.answers.choice"), default="", show_default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        return None
    word = str(said).strip().lower()
    return by_number.get(word) or short.get(word) or word


def _show(shown: Asking) -> None:
    click.echo(err=True)
    tell_text(f"[{shown.progress}] {shown.title}", err=True, bold=True)
    tell_text(shown.text, err=True)
    for number, (choice, label) in enumerate(shown.choices, 1):
        mark = "  " + say("cli.answers.current") if choice == shown.current else ""
        click.echo(f"  {number}  {label}{mark}", err=True)
    if shown.current:
        click.echo(f"  0  {say('cli.answers.take_back')}", err=True)
