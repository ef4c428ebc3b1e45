"""``answers attach``: put a document behind an answer, without its content ever being stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.options import DEFAULT_PROFILE, FILE, common, day, now, option
from posture_scan.cli.spoken import SpokenCommand, command, tell
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from posture_scan.assess.attachment import Attached
    from posture_scan.model.answer import Document

ATTACH: Final = "attach"
"""The word behind ``answers``; a file of that name is written ``./attach``."""


class WithAttach(SpokenCommand):
    """``answers FILE``, as ever, and ``answers attach …`` where the next word is just that."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand over to ``attach`` where it is named; any other first word is a file."""
        if args[:1] == [ATTACH]:
            return attach.make_context(f"{info_name} {ATTACH}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and below them that there is a command."""
        super().format_options(ctx, formatter)
        with formatter.section(say("cli.commands")):
            formatter.write_dl([(ATTACH, say("cli.attach.short"))])


@command("attach")
@click.argument("criterion", metavar="CRITERION")
@click.argument("file", metavar="FILE", type=FILE)
@option("--date", "dated", text="document_date", required=True)
@option("--looked-at-by", text="looked_at_by", default="")
@option(
    "--answers", "answers_file", text="answers_to_edit", type=FILE, default=Path("answers.toml")
)
@option("--profile", text="profile_of_answers")
@common
def attach(
    criterion: str, file: Path, dated: str, looked_at_by: str, answers_file: Path,
    profile: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Write the document's name, SHA-256, date and reader into the answers file."""
    from posture_scan.assess.attachment import attach as write
    from posture_scan.assess.attachment import profile_named
    from posture_scan.rating.load import load_profile

    if not answers_file.exists():
        raise UsageError("attach.no_answers", path=answers_file)
    rules = load_profile(profile or profile_named(answers_file) or DEFAULT_PROFILE)
    made, today = day(dated), now().astimezone().date()
    if made is None:
        raise UsageError("cli.bad_date", value=dated)
    done = write(
        answers_file, criterion.upper(), file, made, looked_at_by, rules, today=today
    )  # fmt: skip
    if as_json:
        from posture_scan.cli.output import json_text

        click.echo(json_text(_as_json(done, answers_file)))
        return
    found = rules.criterion(done.criterion)
    _say(done, found.title.of(language()) if found else done.criterion, answers_file)


def _say(done: Attached, title: str, path: Path) -> None:
    tell("cli.attach.done", title=title, path=path, **_named(done.document))
    if done.replaced:
        tell("cli.attach.replaced", **_named(done.replaced))
    if done.too_old:
        tell("cli.attach.too_old", days=done.days)
    tell("cli.attach.keep" if done.answered else "cli.attach.unanswered", path=path)


def _named(document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "dated": document.dated.isoformat(),
        "by": document.looked_at_by or say("cli.attach.nobody"),
    }


def _as_json(done: Attached, path: Path) -> dict[str, Any]:
    from posture_scan.model.codec import encode

    return {
        "criterion": done.criterion,
        "answers": str(path),
        "document": encode(done.document),
        "replaced": encode(done.replaced),
        "answered": done.answered,
        "counts_for_days": done.days,
        "too_old": done.too_old,
    }
