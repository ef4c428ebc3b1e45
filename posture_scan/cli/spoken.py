"""Commands whose help and complaints come in the reader's language, click's own words included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from posture_scan.cli.language import say


class _Spoken:
    """What commands and groups share: headings and the help option from the catalog."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line under a heading in the reader's language."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        prefix = say("cli.heading.usage") + " "
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=prefix)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's help option with our sentence."""
        found: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if found is not None:
            found.help = say("cli.option.help")
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and for a group its commands, under our headings."""
        params: list[click.Parameter] = self.get_params(ctx)  # type: ignore[attr-defined]
        options = [param for param in params if isinstance(param, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx)) is not None]
        if rows:
            with formatter.section(say("cli.heading.options")):
                formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenCommand(_Spoken, click.Command):
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


def command(about: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command whose help is the sentence ``cli.<about>.about``."""
    return click.command(cls=SpokenCommand, help=say(f"cli.{about}.about"))


def group(about: str) -> Callable[[Callable[..., Any]], SpokenGroup]:
    """Declare a group whose help is the sentence ``cli.<about>.about``."""
    return click.group(cls=SpokenGroup, help=say(f"cli.{about}.about"))


def complaint(error: click.UsageError) -> str:
    """Say in the reader's language what click found wrong with the command line."""
    if isinstance(error, click.NoSuchOption):
        return say("cli.wrong.option", name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("cli.wrong.missing", name=_name(error.param))
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param else None
        if isinstance(kind, click.Choice):
            known = ", ".join(map(str, kind.choices))
            return say("cli.wrong.choice", name=_name(error.param), known=known)
        return say("cli.wrong.value", name=_name(error.param), detail=error.message)
    return say("cli.wrong.other", detail=error.format_message())


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else (param.metavar or param.name or "")
