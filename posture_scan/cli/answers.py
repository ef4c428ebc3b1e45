"""``answers``: what a named person declares about what no machine can see."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.options import DEFAULT_PROFILE, FILE, common, now, option, write_new
from posture_scan.cli.spoken import command
from posture_scan.collect.interview import BACK, COMMANDS, SKIP, STOP, interview
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.question import Question


@command("answers")
@click.argument("path", type=FILE)
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
        click.echo(say("cli.answers.template_written", path=path))
        return
    if not sys.stdin.isatty():
        raise UsageError("cli.not_a_terminal")
    given = read_answers(path, questions) if path.exists() else _begin(rules.id)
    click.echo(say("cli.answers.hint"), err=True)
    given = interview(
        questions, given, ask, lambda so_far: save(path, so_far, questions, language()),
        language=language(),
    )  # fmt: skip
    save(path, given, questions, language())
    click.echo(_summary(given, questions, path, as_json=as_json))


def _begin(profile: str) -> Answers:
    who = str(click.prompt(say("cli.answers.who"), err=True)).strip()
    role = str(click.prompt(say("cli.answers.role"), err=True)).strip()
    return Answers(profile, who, role, now().date())


def _summary(
    given: Answers, questions: Sequence[Question], path: Path, *, as_json: bool
) -> str:  # fmt: skip
    if as_json:
        return path.read_text("utf-8")
    values = {"answered": len(given.answers), "total": len(questions), "path": path}
    return say("cli.answers.written", **values)


def ask(prompt: str, allowed: Sequence[str]) -> str | None:
    """Show one question with numbered choices; return what was chosen, or None at the end."""
    choices = [word for word in allowed if word not in COMMANDS]
    click.echo(f"\n{prompt}", err=True)
    for number, word in enumerate(choices, 1):
        click.echo(f"  [{number}] {say(f'cli.choice.{word}')}", err=True)
    short = {"": SKIP, "b": BACK, "q": STOP}
    by_number = {str(number): word for number, word in enumerate(choices, 1)}
    while True:
        try:
            said = click.prompt(say("cli.answers.choice"), default="", show_default=False, err=True)
        except click.Abort:
            return None
        word = str(said).strip().lower()
        found = by_number.get(word) or short.get(word) or (word if word in allowed else "")
        if found:
            return found
        click.echo(say("cli.answers.invalid"), err=True)
