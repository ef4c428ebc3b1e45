"""Mistakes in files that people write: each with its file and line, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from posture_scan.errors import UsageError
from posture_scan.text.catalog import Catalog


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing wrong with a file: where it is, what it is, the values its sentence needs."""

    file: str
    line: int
    """1 is the first; also used where the thing is missing altogether."""
    code: str
    """The id of its sentence under ``error``."""
    values: Mapping[str, object] = field(default_factory=dict, compare=False)

    def sentence(self, words: Catalog) -> str:
        """Return ``file:line: what is wrong and how to mend it`` in the catalog's language."""
        return f"{self.file}:{self.line}: {words(f'error.{self.code}', **self.values)}"


class MistakesError(UsageError):
    """All that is wrong with one file, in the order of its lines; never empty.

    Code and values are those of the first mistake; people read ``sentences``.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        """Keep the mistakes, so that a person mends the file in one go."""
        self.mistakes = tuple(sorted(mistakes, key=lambda item: item.line))
        first = self.mistakes[0]
        super().__init__(first.code, file=first.file, line=first.line, **first.values)

    def sentences(self, language: str) -> tuple[str, ...]:
        """Return one line of text for each mistake."""
        words = Catalog(language)
        return tuple(mistake.sentence(words) for mistake in self.mistakes)

    def __str__(self) -> str:
        """Show every mistake, for logs."""
        return "\n".join(self.sentences("en"))
