"""The main job as the commands that look at something do it: begin, stop in order, hand over."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from posture_scan.cli import output
from posture_scan.cli.language import language, say
from posture_scan.cli.options import now
from posture_scan.cli.spoken import tell
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from posture_scan.assess.document import Permission, Terms
    from posture_scan.assess.run import Work


def writable(*paths: Path | None) -> None:
    """Refuse a place that cannot be written before a scan is spent on it.

    Raises:
        UsageError: ``cli.cannot_write``.
    """
    for path in paths:
        folder = path.parent if path is not None else Path()
        blocked = path is not None and path.exists() and not os.access(path, os.W_OK)
        if blocked or not os.access(folder, os.W_OK):
            cause = os.strerror(errno.EACCES if folder.is_dir() else errno.ENOENT)
            raise UsageError("cli.cannot_write", path=path or folder.absolute(), detail=cause)


def run(permission: Permission, work: Work, terms: Terms) -> dict[str, Any]:
    """Do the main job with live progress, stopping in order on Ctrl-C."""
    from posture_scan.assess.run import assess
    from posture_scan.report.progress import LiveProgress

    live = LiveProgress(sys.stderr, language(), output.check_words(work.packs))
    with interruptible() as stop, live as progress:
        return assess(
            permission, work, terms, clock=now, stop=stop, progress=progress, language=language()
        )


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an orderly stop that keeps what was seen."""
    stop = threading.Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("\n" + say("cli.scan.stopping"), err=True)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def hand_over(report: dict[str, Any], work: Work, options: dict[str, Any], stem: str) -> int:
    """Write the report's files, show it, and return the exit code."""
    from posture_scan.report.document import write_report

    path = options["out"] or Path(f"{stem}-{report['report_id'][3:11]}.json")
    write_report(path, report)
    if options["html"]:
        output.write_html(options["html"], report, work.packs, options["profile"])
    if options["as_json"]:
        click.echo(output.json_text(report))
    else:
        output.show_text(report, work.packs, profile=options["profile"], detail=options["detail"])
        tell("cli.scan.written", path=path)
        if options["html"]:
            tell("cli.scan.html_written", path=options["html"])
    code = output.exit_code(report["rating"], options.get("fail_under"))
    return 3 if code == 0 and not report["complete"] else code
