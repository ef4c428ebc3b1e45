"""What a NAS's own export says of the backups it makes: tasks, their last ends, nothing secret."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar, Final

from posture_scan.checks.backup.facts import BackupJob

from posture_scan.sdk import Attempt, AttemptError, Facts, Method

EARLIEST: Final = timezone(timedelta(hours=14))
"""The zone in which a day begins first: a NAS's clock time whose zone is not given is taken there,
so that no backup ever counts as younger than it is."""

SPAN: Final = timedelta(hours=26)
"""Between the first zone and the last: how much older than the truth such a time may be."""

_FORMS: Final = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S")
_MOST: Final = 500


@dataclass(frozen=True)
class NasBackups(Facts):
    """The backup tasks of one NAS, out of one file, and the file's digest."""

    method: ClassVar[Method] = Method.DEVICE_EXPORT

    title: str
    """The product, such as ``Synology Hyper Backup``."""
    sha256: str
    """Of the whole file, lower-case hexadecimal."""
    jobs: tuple[BackupJob, ...] = ()


def not_mine() -> AttemptError:
    """Return what a reader raises for a file that is not of its kind."""
    return AttemptError(Attempt.PROTOCOL_MISMATCH)


def json_items(content: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects of a file: one, or those of a list.

    Raises:
        AttemptError: the file is something else.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise not_mine() from error
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def built(content: bytes, title: str, jobs: list[BackupJob]) -> NasBackups:
    """Return the facts of an export."""
    return NasBackups(title, hashlib.sha256(content).hexdigest(), tuple(jobs[:_MOST]))


def nas_moment(value: object) -> datetime | None:
    """Read a NAS's time: seconds since 1970, or its clock, whose zone the file does not say."""
    if type(value) is int and 0 < value < 2**33:
        return datetime.fromtimestamp(value, UTC)
    for form in _FORMS:
        try:
            at = datetime.strptime(str(value), form).replace(tzinfo=EARLIEST)
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
