"""What a person sees while the scan runs: where it is, how far, and what it found so far."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TextIO

from posture_scan.model.words import CheckWords
from posture_scan.report.clean import clean
from posture_scan.report.wording import numbered, place
from posture_scan.text.catalog import Catalog

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

NOTED: Final = frozenset({"service"})
"""Events that leave a line behind; a weakness and the end do so too."""

BAR: Final = 20
"""Columns of the bar."""

LONGEST: Final = 100
"""Characters of one value that are shown."""


class LiveProgress:
    """Shows the events of a run on a terminal and stays silent in a pipe or a file.

    Used as a context manager and called with the events ``resolve`` (name), ``ports``
    (done, total, address), ``open`` (address, port), ``service`` (address, port, protocol and
    transport), ``collect`` (collector, address, port, done, total), ``finding`` (check, status,
    asset and where it was seen: address, port, transport) and ``done``; an event it does not
    know is ignored. It may be called from several threads.
    """

    def __init__(
        self,
        stream: TextIO,
        language: str,
        checks: Mapping[str, CheckWords] | None = None,
        *,
        width: int | None = None,
    ) -> None:
        """Write to this stream (standard error) if it is a terminal.

        ``checks`` gives weaknesses their titles; ``width`` overrides the terminal's own.
        """
        self._stream = stream
        self._words = Catalog(language)
        self._checks = checks or {}
        self._width = width
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._told: set[str] = set()
        self.weak = 0
        """Weaknesses seen so far."""

    def __enter__(self) -> Self:
        """Start drawing, on a terminal only."""
        if not self._stream.isatty():
            return self
        from rich.progress import Progress, TextColumn, TimeElapsedColumn
        from rich.table import Column

        # Cut and never wrapped: what is longer than the line would leave its rest behind.
        line = TextColumn(
            "{task.fields[bar]} {task.description}", markup=False,
            table_column=Column(no_wrap=True, overflow="crop"),
        )  # fmt: skip
        self._bar = Progress(TimeElapsedColumn(), line, console=self._console(), transient=True)
        self._task = self._bar.add_task("", total=None, bar=bar(0, 0))
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar off the screen; the lines above it stay."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __call__(self, event: str, **values: Any) -> None:
        """Show one event."""
        with self._lock:
            failed = event == "finding" and self._is_weak(values)
            self.weak += failed
            if self._bar is None or self._task is None:
                return
            if event == "done":
                self._note(self._sentence("done", fail=self.weak), "bold")
            elif failed:
                self._note_once(self._weakness(values))
            elif event in NOTED:
                self._note(self._sentence(event, **values), "")
            elif f"report.progress.{event}" in self._words and event != "finding":
                self._move(self._sentence(event, **values), values)

    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=self._stream, width=self._width, markup=False, highlight=False)

    def _sentence(self, event: str, **values: Any) -> str:
        shown = {key: clean(str(value), LONGEST) for key, value in values.items()}
        if values.get("transport") == "udp":
            shown["port"] = numbered(values["port"], "udp")
        known = f"report.protocol.{shown.get('protocol')}"
        if known in self._words:
            shown["protocol"] = self._words(known)
        return self._words(f"report.progress.{event}", **shown)

    def _is_weak(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a finding is a weakness; what is told for information only is none."""
        known = self._checks.get(str(values.get("check", "")))
        return str(values.get("status")) == "fail" and (known is None or known.severity != "info")

    def _weakness(self, values: Mapping[str, Any]) -> str:
        check = str(values.get("check", ""))
        known = self._checks.get(check)
        title = known.title if known else check
        nowhere = {"address": "", "port": 0, "transport": "tcp", "asset": ""}
        return self._sentence("finding", title=title, asset=place({**nowhere, **values}))

    def _note_once(self, line: str) -> None:
        """Note a weakness; two protocols of one port (IKE 1 and 2) would say the same twice."""
        if line not in self._told:
            self._told.add(line)
            self._note(line, "red")

    def _note(self, line: str, style: str) -> None:
        from rich.text import Text

        assert self._bar is not None  # noqa: S101 -- only called while the bar is drawn
        self._bar.console.print(Text(line, style=style))

    def _move(self, line: str, values: Mapping[str, Any]) -> None:
        assert self._bar is not None and self._task is not None  # noqa: S101, PT018 -- likewise
        done, total = values.get("done"), values.get("total")
        if isinstance(done, int) and isinstance(total, int) and total > 0:
            self._bar.update(self._task, description=line, bar=bar(done, total))
        else:
            self._bar.update(self._task, description=line)


def bar(done: int, total: int) -> str:
    """Return how far it is, drawn with characters that every terminal shows one column wide."""
    share = min(max(done / total, 0), 1) if total else 0
    filled = int(share * BAR)
    known = f" {share:4.0%}" if total else ""
    return f"[{'#' * filled}{'.' * (BAR - filled)}]{known}"
