"""Reading the line by line dialogue of mail servers, with an end to it."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Channel

LINES: Final = 60
"""Lines of one answer: mail servers list a dozen abilities."""
LINE_LIMIT: Final = 2048
"""Bytes of one line; RFC 5321 allows 512, IMAP's list of abilities may be longer."""


def line(channel: Channel) -> str:
    """Return the next whole line without its end.

    Raises:
        AttemptError: closed_early where the server hangs up, protocol_mismatch for a line
            without end.
    """
    found = channel.receive_until(b"\n", LINE_LIMIT)
    if not found:
        raise AttemptError(Attempt.CLOSED_EARLY, "no line")
    if not found.endswith(b"\n"):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no end of line")
    return found.rstrip(b"\r\n").decode("latin-1")


def endless() -> AttemptError:
    """Return the error for an answer of more than ``LINES`` lines."""
    return AttemptError(Attempt.PROTOCOL_MISMATCH, "no end of answer")
