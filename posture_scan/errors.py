"""What can go wrong, by what the reader has to do about it.

An error carries a code and values, never a sentence: the words stand in ``text/`` under
``error.<code>`` in both languages. The class decides the exit code of the program.
"""

from __future__ import annotations

from typing import ClassVar


class PostureError(Exception):
    """Base of every error this program raises on purpose."""

    exit_code: ClassVar[int] = 70

    def __init__(self, code: str, /, **values: object) -> None:
        """Remember a code such as ``scope.missing`` and the values its sentence needs."""
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        """Show code and values for logs; people read the catalog's sentence instead."""
        details = " ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} {details}".strip()


class AnswerIsNoError(PostureError):
    """The question was answered, and the answer is no: gate open, signature invalid."""

    exit_code = 1


class UsageError(PostureError):
    """The command, a file or a value given to it is wrong."""

    exit_code = 2


class IncompleteError(PostureError):
    """Something needed could not be reached or read; what was seen is kept."""

    exit_code = 3


class NotTrustedError(PostureError):
    """The signer is not on the list of keys this reader trusts."""

    exit_code = 4


class NotPermittedError(PostureError):
    """Outside the scope or the authorisation, or no longer valid."""

    exit_code = 5


class InternalError(PostureError):
    """Our own mistake."""

    exit_code = 70
