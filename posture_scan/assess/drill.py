"""A restore drill's result as evidence of the computer whose files were sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from posture_scan.assess.tool import TOOL, pack_list
from posture_scan.drill.verify import Drill
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.records import with_id
from posture_scan.errors import InternalError
from posture_scan.model.codec import decode, encode
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage

KIND: Final = "backup.RestoreDrill"
COLLECTOR: Final = "drill.verify"


def drill_evidence(name: str, drill: Drill, packs: PackSet) -> Evidence:
    """Return the record about ``host:<name>``.

    What was only shown, and not restored before the program's own eyes, is as sure as an
    analysis, not as an action.
    """
    kind = packs.facts_type(KIND)
    if kind is None:
        raise InternalError("internal", kind="PackSet", detail=KIND)
    facts = decode(kind, encode(drill), KIND)
    method = kind.method if drill.evidence_class == "A" else Method.ANALYSIS
    return with_id(
        Evidence(
            "", KIND, f"host:{name}", Vantage.HOST, COLLECTOR, 1, drill.verified_at, Attempt.OK,
            method, facts,
        )
    )  # fmt: skip


def write_drill(path: Path, name: str, drill: Drill, packs: PackSet) -> None:
    """Write the host-evidence file; whether a server or not is for the survey to say.

    Raises:
        UsageError: when it cannot be written.
    """
    from posture_scan.collect.host_file import write_host_evidence

    asset = Asset(f"host:{name}", "host", names=(name,), reached=True)
    tool = {**TOOL, "packs": pack_list(packs)}
    write_host_evidence(path, asset, [drill_evidence(name, drill, packs)], tool)
