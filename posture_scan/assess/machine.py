"""Evidence of one computer: collected here, carried in a file, taken in elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from posture_scan.assess.document import TOOL, pack_list
from posture_scan.engine.collect import collect_host
from posture_scan.engine.packs import PackSet
from posture_scan.engine.records import evidence_from_json
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError
from posture_scan.model.evidence import Asset, Attempt, Evidence
from posture_scan.sdk import Host

LIFTED_BY_RIGHTS: Final = Attempt.PERMISSION_DENIED


@dataclass(frozen=True)
class Surveyed:
    """One computer and what it said about itself."""

    asset: Asset
    evidence: tuple[Evidence, ...]
    packs: PackSet
    elevated: bool

    @property
    def seen(self) -> int:
        """How many of the looks succeeded."""
        return sum(record.attempt is Attempt.OK for record in self.evidence)

    @property
    def liftable(self) -> int:
        """How many looks failed for want of a right that this run did not have."""
        if self.elevated:
            return 0
        return sum(record.attempt is LIFTED_BY_RIGHTS for record in self.evidence)


def survey(name: str, role: str, packs: PackSet, *, now: datetime) -> Surveyed:
    """Look at the computer the program runs on; nothing is changed.

    Args:
        name: the computer's name; its asset id is ``host:<name>``.
        role: ``computer`` or ``server``.
        packs: whose collectors look.
        now: the moment of the survey, with a time zone.
    """
    from posture_scan.collect.host import LocalHost

    host = LocalHost(now)
    return survey_with(host, name, role, packs)


def survey_with(host: Host, name: str, role: str, packs: PackSet) -> Surveyed:
    """Do what ``survey`` does with any host: a recording, or a folder that stands for one."""
    asset = Asset(f"host:{name}", "host", names=(name,), role=role, reached=True)
    return Surveyed(asset, tuple(collect_host(packs, host, asset)), packs, host.elevated)


def write(path: Path, surveyed: Surveyed) -> None:
    """Write the host-evidence file.

    Raises:
        UsageError: when it cannot be written.
    """
    from posture_scan.collect.host_file import write_host_evidence

    tool = {**TOOL, "packs": pack_list(surveyed.packs)}
    write_host_evidence(path, surveyed.asset, surveyed.evidence, tool)


def read(path: Path, packs: PackSet) -> Surveyed:
    """Read a host-evidence file; facts of packs that are not at hand stay unread.

    Raises:
        UsageError: when the file is none or does not fit.
    """
    from posture_scan.collect.host_file import read_host_evidence

    asset, raw = read_host_evidence(path)
    try:
        records = tuple(evidence_from_json(item, packs) for item in raw)
    except CodecError as error:
        raise UsageError("host_file.malformed", path=path, member=str(error)[:200]) from error
    return Surveyed(asset, records, packs, elevated=True)
