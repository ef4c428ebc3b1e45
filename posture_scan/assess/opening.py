"""Open whatever a person hands over: a report, or a signed report that must be authentic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from posture_scan.collect.local_file import read_bytes
from posture_scan.report.document import LIMIT, parse_report


def open_report(
    path: Path,
    *,
    store: Path,
    now: datetime,
    evidence: Path | None = None,
    archive: bool = False,
) -> dict[str, Any]:
    """Read a plain report, or verify a signed one against the trusted keys in ``store``.

    ``evidence`` is the file that was signed beside a report; a plain one carries its own. With
    ``archive`` a signed report whose time is over is read too: it says what was, not what is.

    Raises:
        PostureError: what reading or verifying refuses; an envelope is never opened unverified.
    """
    data = read_bytes(path, LIMIT)
    if not is_envelope(data):
        return parse_report(data, str(path))
    from posture_scan.trust.policy import Policy
    from posture_scan.trust.store import load_store
    from posture_scan.trust.verify import verify

    beside = read_bytes(evidence, LIMIT) if evidence else None
    rules = Policy(allow_expired=archive)
    verified = verify(data, load_store(store), now=now, evidence=beside, policy=rules)
    return with_evidence(verified.report)


def with_evidence(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report in the form of a report file; records not handed over are left out."""
    return {"evidence": [], **report}


def is_envelope(data: bytes) -> bool:
    """Tell whether these bytes look like a signed envelope; verifying decides what they are."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "payloadType" in value
