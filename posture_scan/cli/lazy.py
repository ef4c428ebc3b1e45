"""A command group that imports a command only when it is named: ``--help`` stays fast."""

from __future__ import annotations

import importlib
from typing import Final

import click

from posture_scan.cli.language import say
from posture_scan.cli.spoken import SpokenGroup

COMMANDS: Final[dict[str, str]] = {
    "self-check": "posture_scan.cli.self_check:self_check",
    "scan": "posture_scan.cli.scan:scan",
    "host": "posture_scan.cli.host:host",
    "drill": "posture_scan.cli.drill:drill",
    "answers": "posture_scan.cli.answers:answers",
    "rate": "posture_scan.cli.rate:rate",
    "plan": "posture_scan.cli.plan:plan",
    "show": "posture_scan.cli.show:show",
    "diff": "posture_scan.cli.diff:diff",
    "key": "posture_scan.cli.trust:key",
    "sign": "posture_scan.cli.trust:sign",
    "verify": "posture_scan.cli.verify:verify",
    "trust": "posture_scan.cli.trust:trust",
    "checks": "posture_scan.cli.listings:checks",
    "profiles": "posture_scan.cli.profiles:profiles",
    "frameworks": "posture_scan.cli.frameworks:frameworks",
    "explain": "posture_scan.cli.explain:explain",
    "data": "posture_scan.cli.data:data",
    "help": "posture_scan.cli.manual:manual",
}
"""Name to ``module:object``; its one-line help is the sentence ``cli.command.<name>``."""


class LazyGroup(SpokenGroup):
    """Lists commands from the table above without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's form
        """Return the names in the order a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the named command's module and return the command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(place)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands; click's own way would import every one of them."""
        rows = [(name, say(f"cli.command.{name}")) for name in COMMANDS]
        with formatter.section(say("cli.commands")):
            formatter.write_dl(rows)
