"""Files somebody hands in: the one reader that understands a file, and what its date is worth.

Bytes in, one evidence record out; no file is opened here. What a reader did not put into its
facts is not kept: no line of the file reaches a record, a message or the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from posture_scan.engine.collect import behind_the_wall
from posture_scan.engine.pack_set import Pack, PackSet
from posture_scan.engine.records import with_id
from posture_scan.errors import InternalError, UsageError
from posture_scan.model.evidence import (
    Attempt,
    Document,
    Evidence,
    Facts,
    TenantFacts,
    Vantage,
)
from posture_scan.sdk import Collector

CLOCK_SLACK: Final = timedelta(days=1)
"""How far ahead a file may be dated before its date counts as wrong, as for any evidence."""

DATED_BY_FILE: Final = "dated_by_file"
DATED_BY_PERSON: Final = "dated_by_person"
"""What a record's ``detail`` says of where its date comes from."""

_COMPLAINTS: Final = {"device_export": "document", "tenant_export": "tenant_document"}
"""Under which name each kind's refusals have their sentences."""

_MAGIC: Final = (b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"Salted__")
_TEXT_WITH_ZEROS: Final = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT: Final = 65_536


@dataclass(frozen=True)
class HandedIn:
    """One file and what the person who hands it in says about it."""

    kind: str
    """``device_export`` or ``tenant_export``."""
    address: str
    """The address of the device it comes from: an asset of the scan. Empty for a tenant's list,
    which names its asset itself."""
    name: str
    """The file's name for messages."""
    content: bytes
    dated: datetime | None = None
    """When it was made at the earliest, as far as is known without looking into it."""

    @property
    def complaint(self) -> str:
        """Under which name the refusals of its kind have their sentences."""
        return _COMPLAINTS.get(self.kind, "document")


def read_document(packs: PackSet, handed: HandedIn, *, now: datetime) -> Evidence:
    """Return the record of the one reader that understands the file.

    The record's moment is the one stated in the file; where a person's is older, theirs. A file
    nobody dates is refused: it could be of any age, and only fresh ones count.

    Raises:
        UsageError: ``document.binary``, ``.encrypted``, ``.not_understood``, ``.ambiguous``,
            ``.undated``, or the same under ``tenant_document``.
        InternalError: ``document.reader_failed``.
    """
    pack, item, facts = _understood(packs, handed)
    at, by = _dated(facts, handed, now)
    asset = f"tenant:{facts.tenant}" if isinstance(facts, TenantFacts) else handed.address
    return with_id(
        Evidence(
            "", f"{pack.name}.{item.returns.__name__}", asset, Vantage.HOST,
            f"{pack.name}.{item.name}", item.version, at, Attempt.OK, item.returns.method,
            facts, by, handed.address,
        )
    )  # fmt: skip


def _understood(packs: PackSet, handed: HandedIn) -> tuple[Pack, Collector, Facts]:
    found: list[tuple[Pack, Collector, Facts]] = []
    ends: dict[Attempt, str] = {}
    for pack, item in packs.collectors:
        if item.on != Document(handed.kind):
            continue
        attempt, facts, _ = behind_the_wall(partial(item.function, handed.content), item)
        ends[attempt] = f"{pack.name}.{item.name}"
        if facts is not None:
            found.append((pack, item, facts))
    if Attempt.PERMISSION_DENIED in ends:
        raise UsageError(f"{handed.complaint}.encrypted", path=handed.name)
    if _is_binary(handed.content):
        raise UsageError(f"{handed.complaint}.binary", path=handed.name)
    if len(found) > 1:
        readers = ", ".join(sorted(item.name for _, item, _ in found))
        raise UsageError(f"{handed.complaint}.ambiguous", path=handed.name, readers=readers)
    if found:
        return found[0]
    if Attempt.INTERNAL_ERROR in ends:
        reader = ends[Attempt.INTERNAL_ERROR]
        raise InternalError(f"{handed.complaint}.reader_failed", path=handed.name, reader=reader)
    raise UsageError(f"{handed.complaint}.not_understood", path=handed.name)


def _dated(facts: Facts, handed: HandedIn, now: datetime) -> tuple[datetime, str]:
    """Return the oldest of the moments that are known, never one later than now."""
    stated = getattr(facts, "stated_at", None)
    if not isinstance(stated, datetime) or stated > now + CLOCK_SLACK:
        stated = None
    if stated is not None and (handed.dated is None or stated <= handed.dated):
        return min(stated, now), DATED_BY_FILE
    if handed.dated is not None:
        return min(handed.dated, now), DATED_BY_PERSON
    raise UsageError(f"{handed.complaint}.undated", path=handed.name)


def _is_binary(content: bytes) -> bool:
    """Tell whether the file is no text: packed, or encrypted without saying so."""
    if content.startswith(_TEXT_WITH_ZEROS):
        return False
    return not content.strip() or content.startswith(_MAGIC) or b"\0" in content[:_LOOKED_AT]
