"""The program's entry: one group of commands, and one place where errors become one line."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from typing import Final

import click

from posture_scan import __version__
from posture_scan.cli.language import language, say
from posture_scan.cli.lazy import LazyGroup
from posture_scan.cli.spoken import complaint, tell_text
from posture_scan.errors import IncompleteError, InternalError, PostureError

SYSTEM: Final = {
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ENOENT: "missing",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "not_folder",
    errno.ENOSPC: "full",
    errno.EROFS: "read_only",
    errno.EINVAL: "no_plain_file",
}
"""What goes wrong with files, and the sentence ``cli.system.<name>`` for it."""

OUTPUT: Final = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT})
"""What keeps the output from being written where it goes to a file or a terminal."""

PLACE: Final = re.compile(r"line (\d+),? column (\d+)")
"""Where the parsers of JSON and TOML say that a mistake is."""


@click.group(cls=LazyGroup, name="posture-scan", help=say("cli.help"))
@click.version_option(__version__, prog_name="posture-scan", help=say("cli.option.version"))
@click.option("--lang", type=click.Choice(["ja", "en"]), help=say("cli.option.lang"))
def program(lang: str | None) -> None:
    """Group every command."""


def run() -> None:
    """Run the program and end the process with the exit code of the house's one table."""
    if sys.stdout is None:  # closed by who started it; the exit code answers all the same
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- to the end
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: list[str]) -> int:
    """Run with these arguments; return the exit code. A failure prints one line on stderr."""
    try:
        result = program.main(arguments, prog_name="posture-scan", standalone_mode=False)
    except PostureError as error:
        return _explain(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        _line(error.format_message())
        return 2
    except (click.Abort, KeyboardInterrupt):
        _line(say("cli.interrupted"))
        return 3
    except SystemExit:
        # So click ends where nobody reads the output to its end. Its 1 would be our "the answer
        # is no"; an answer that was cut off is incomplete.
        return 3
    except OSError as error:
        if error.filename is None and error.errno in OUTPUT:
            return _explain(IncompleteError("cli.output", cause=str(error)))
        return _internal(error)
    except Exception as error:  # noqa: BLE001 -- the last wall: a person never sees a traceback
        return _internal(error)
    return result if isinstance(result, int) else 0


def _internal(error: Exception) -> int:
    where = type(error).__name__
    return _explain(InternalError("internal", kind=where, detail=str(error)[:300]))


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "posture-scan"
    _line(say("cli.usage", problem=complaint(error), command=command))
    return 2


def _explain(error: PostureError) -> int:
    for line in explanation(error):
        _line(line)
    return error.exit_code


def explanation(error: PostureError) -> list[str]:
    """Return what a person reads about an error: one line, or one for each mistake in a file."""
    sentences = getattr(error, "sentences", None)
    if sentences is not None:
        return list(sentences(language()))
    spoken = {key: _spoken(value) for key, value in error.values.items()}
    return [say(f"error.{error.code}", **spoken)]


def _spoken(value: object) -> object:
    """Say in the reader's language what the system or a parser gave as an English detail."""
    if not isinstance(value, str):
        return value
    for number, name in SYSTEM.items():
        if os.strerror(number) == value or value.startswith(f"[Errno {number}]"):
            return say(f"cli.system.{name}")
    place = PLACE.search(value)
    return say("cli.system.at", line=place[1], column=place[2]) if place else value


def _line(text: str) -> None:
    tell_text(f"posture-scan: {text}", err=True)
