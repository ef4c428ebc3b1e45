"""How commands speak: help, complaints and messages in the reader's language, click's included."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

import click

from posture_scan.cli.language import say
from posture_scan.report.wrap import width_of, wrap
from posture_scan.text.catalog import LANGUAGES

LEFT: Final = 26
"""Columns of an option's or command's name in a help text; a longer one has a line of its own."""


def tell(key: str, /, *, err: bool = False, **values: object) -> None:
    """Print one of the program's own sentences."""
    tell_text(say(key, **values), err=err)


def tell_text(text: str, *, err: bool = False, bold: bool = False) -> None:
    """Print a text, broken by the rules of its language on a terminal and as it is in a pipe."""
    for line in on_screen(text, sys.stderr if err else sys.stdout):
        click.echo(click.style(line, bold=True) if bold else line, err=err)


def on_screen(text: str, stream: Any) -> list[str]:
    """Return the lines a stream shows; what a terminal cannot take in one goes on below it."""
    lines = text.split("\n")
    if not stream.isatty():
        return lines
    columns = shutil.get_terminal_size((80, 24)).columns
    shown: list[str] = []
    for line in lines:
        left = " " * (len(line) - len(line.lstrip(" ")))
        shown += [left + part for part in wrap(line.strip(), max(columns - len(left), 20))]
    return shown


class _Formatter(click.HelpFormatter):
    """Counts columns, not characters: a Japanese letter takes two."""

    def write_text(self, text: str) -> None:
        """Write paragraphs; each is one line of the catalog."""
        room = self.width - self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            self.write("\n" if number else "")
            for line in wrap(" ".join(paragraph.split()), room):
                self.write(" " * self.current_indent + line + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = LEFT, col_spacing: int = 2
    ) -> None:
        """Write names and what they mean in two columns."""
        known = list(rows)
        left = min(max(width_of(name) for name, _ in known), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, text in known:
            first, *rest = wrap(text, self.width - self.current_indent - left)
            gap = left - width_of(name)
            lead = " " * gap if gap >= col_spacing else "\n" + indent + " " * left
            self.write(f"{indent}{name}{lead}{first}\n")
            for line in rest:
                self.write(f"{indent}{' ' * left}{line}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class _Spoken(click.Command):
    """What commands and groups share: headings and the help option from the catalog."""

    context_class: type[click.Context] = _Context

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Name what click calls ``[OPTIONS]`` and ``COMMAND`` in the reader's language."""
        settings.setdefault("options_metavar", say("cli.metavar.options"))
        if isinstance(self, click.Group):
            settings.setdefault("subcommand_metavar", say("cli.metavar.command"))
        super().__init__(*args, **settings)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line under a heading in the reader's language."""
        pieces = self.collect_usage_pieces(ctx)
        prefix = say("cli.heading.usage") + " "
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=prefix)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's help option with our sentence."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = say("cli.option.help")
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and for a group its commands, under our headings."""
        params = self.get_params(ctx)
        options = [param for param in params if isinstance(param, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx)) is not None]
        if rows:
            with formatter.section(say("cli.heading.options")):
                formatter.write_dl(list(_translated(rows)))
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenCommand(_Spoken):
    """A command in the reader's language."""


class SpokenGroup(_Spoken, click.Group):
    """A group in the reader's language; its own commands are listed with their help."""

    command_class = SpokenCommand

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the named command or complain in the reader's language."""
        if args and self.get_command(ctx, args[0]) is None:
            ctx.fail(say("cli.wrong.command", name=args[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands under our heading."""
        names = self.list_commands(ctx)
        found = [(name, self.get_command(ctx, name)) for name in names]
        with formatter.section(say("cli.commands")):
            formatter.write_dl([(n, c.get_short_help_str(70)) for n, c in found if c is not None])


def command(
    about: str, kind: type[SpokenCommand] = SpokenCommand
) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command whose help is the sentence ``cli.<about>.about``."""
    return click.command(cls=kind, help=say(f"cli.{about}.about"))


def group(
    about: str, *, invoke_without_command: bool = False
) -> Callable[[Callable[..., Any]], SpokenGroup]:
    """Declare a group whose help is the sentence ``cli.<about>.about``.

    With ``invoke_without_command`` it is a command of its own as well, which has its own
    ``--lang``.
    """
    made = click.group(
        cls=SpokenGroup, help=say(f"cli.{about}.about"),
        invoke_without_command=invoke_without_command,
    )  # fmt: skip
    if invoke_without_command:
        return made
    lang = click.option(
        "--lang", type=click.Choice(LANGUAGES), help=say("cli.option.lang"), expose_value=False
    )
    return lambda function: made(lang(function))


def _translated(rows: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Replace what click itself adds to a help line."""
    for name, text in rows:
        spoken = text.replace("  [required]", " " + say("cli.metavar.required"))
        yield name, re.sub(r"  \[(\d+)<=x<=(\d+)\]", r" (\1-\2)", spoken)


def complaint(error: click.UsageError) -> str:
    """Say in the reader's language what click found wrong with the command line."""
    if isinstance(error, click.NoSuchOption):
        return say("cli.wrong.option", name=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return say("cli.wrong.argument", name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("cli.wrong.missing", name=_name(error.param))
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param else None
        if isinstance(kind, click.Choice):
            known = ", ".join(map(str, kind.choices))
            return say("cli.wrong.choice", name=_name(error.param), known=known)
        if isinstance(kind, click.IntRange):
            values = {"name": _name(error.param), "low": kind.min, "high": kind.max}
            return say("cli.wrong.range", **values)
        if isinstance(kind, click.types.IntParamType):
            return say("cli.wrong.number", name=_name(error.param))
        return say("cli.wrong.value", name=_name(error.param), detail=error.message)
    return _plain(error.message)


def _plain(message: str) -> str:
    """Say what click has no class of its own for; its English sentence is all there is."""
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", message)
    if extra:
        return say("cli.wrong.extra", extra=extra.group(1))
    if message == "Missing command.":
        return say("cli.wrong.no_command")
    return message


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.metavar or (param.name or "").upper()  # as the line of usage has it
