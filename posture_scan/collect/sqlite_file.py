"""Look into a SQLite file of another program: one question, no lock, no change, within bounds.

The file is opened ``immutable``, so that its owner never waits for us and no journal is written.
Whatever is being written to meanwhile is refused rather than half read.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posture_scan.sdk import Attempt, AttemptError, SystemRow

if TYPE_CHECKING:
    import sqlite3

_SECONDS: Final = 5.0
_STEPS: Final = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
_LONGEST_TEXT: Final = 1000


def select(path: str, statement: str, *, limit: int) -> tuple[SystemRow, ...]:
    """Return the rows that one ``SELECT`` finds; values are whole numbers and texts only.

    Raises:
        AttemptError: timeout, also for a file that is being written to; limit_reached for more
            rows than ``limit``; protocol_mismatch for no database, or other tables than asked for.
    """
    try:
        import sqlite3
    except ImportError as error:  # a Python may be built without it
        raise AttemptError(Attempt.INTERNAL_ERROR, "no sqlite3 module") from error

    before = _state(path)
    try:
        rows = _rows(path, statement, limit + 1)
    except sqlite3.OperationalError as error:
        attempt = Attempt.TIMEOUT if str(error) == "interrupted" else Attempt.PROTOCOL_MISMATCH
        raise AttemptError(attempt, path) from error
    except (sqlite3.DatabaseError, ValueError, OverflowError) as error:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, path) from error
    if _state(path) != before:
        raise AttemptError(Attempt.TIMEOUT, f"written to meanwhile: {path}")
    if len(rows) > limit:
        raise AttemptError(Attempt.LIMIT_REACHED, path)
    return rows


def _state(path: str) -> tuple[int, int]:
    """Refuse a file with unfinished changes beside it: without them it tells an old state."""
    for tail in ("-journal", "-wal"):
        beside = Path(path + tail)
        if beside.exists() and beside.stat().st_size:
            raise AttemptError(Attempt.TIMEOUT, f"being written to: {path}")
    found = Path(path).stat()
    return found.st_size, found.st_mtime_ns


def _rows(path: str, statement: str, most: int) -> tuple[SystemRow, ...]:
    import sqlite3

    address = f"{Path(path).absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.text_factory = lambda data: data[:_LONGEST_TEXT].decode("utf-8", "replace")
        connection.row_factory = _row
        connection.set_authorizer(_reading_only)
        end = time.monotonic() + _SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        return tuple(connection.execute(statement).fetchmany(most))
    finally:
        connection.close()


def _row(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> SystemRow:
    names = (column[0] for column in cursor.description)
    return {
        name: value
        for name, value in zip(names, values, strict=True)
        if isinstance(value, int | str)
    }


def _reading_only(action: int, *_: object) -> int:
    """Permit reading tables; not even a view of the file may call anything but plain functions."""
    import sqlite3

    allowed = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY
