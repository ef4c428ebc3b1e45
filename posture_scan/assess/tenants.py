"""Lists that the administrator of a cloud tenant downloaded: read beside a scan or added later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from posture_scan.assess.handed_in import MOST, content_of, start_of
from posture_scan.engine.documents import HandedIn, read_document
from posture_scan.engine.pack_set import PackSet
from posture_scan.errors import UsageError
from posture_scan.model.evidence import Evidence

KIND: Final = "tenant_export"


def read_tenants(
    paths: Sequence[Path], packs: PackSet, *, declared: date | None, now: datetime
) -> tuple[Evidence, ...]:
    """Read the files and return one record each; the file itself tells which tenant it is of.

    Several lists of one tenant may be handed in: the worst of what they show counts.

    Args:
        paths: the files.
        packs: whose readers look at them.
        declared: the day they were downloaded, as the person who hands them in says; taken where
            a file does not say so itself. A file last changed before that day is as old as that.
        now: the present moment.

    Raises:
        UsageError: a file that is missing, too large or not understood, a day in the future.
        InternalError: a reader that failed.
    """
    if len(paths) > MOST:
        raise UsageError("tenant_export.too_many", limit=MOST)
    start = start_of(declared, now, KIND)
    records: dict[str, Evidence] = {}
    for path in paths:
        content, changed = content_of(path, KIND)
        dated = min(start, changed) if start else None
        record = read_document(packs, HandedIn(KIND, "", str(path), content, dated), now=now)
        records[record.id] = record
    return tuple(records.values())
