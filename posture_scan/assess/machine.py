"""Evidence of one computer: collected here, carried in a file, taken in elsewhere.

Standard library only, like everything it needs: it also runs on a client's computer that has
nothing but the interpreter that was brought along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from posture_scan.assess.tool import TOOL, pack_list
from posture_scan.engine.collect import collect_host
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.records import evidence_from_json
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError
from posture_scan.model.evidence import Asset, Attempt, Evidence
from posture_scan.sdk import AttemptError, Host

ENDING: Final = ".host.json"
"""What the name of a host-evidence file ends in."""

ENDINGS: Final = (ENDING, ".drill.json")
"""Files that are taken out of a folder: surveys and restore drills."""

_MACHINE_GUID: Final = ("HKLM\\SOFTWARE\\Microsoft\\Cryptography", "MachineGuid")
_MACHINE_ID: Final = "/etc/machine-id"


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
    asset = Asset(
        f"host:{name}", "host", names=(name,), role=role, reached=True, identity=identity(host)
    )
    return Surveyed(asset, tuple(collect_host(packs, host, asset)), packs, host.elevated)


def identity(host: Host) -> str:
    """Return a digest that is this computer's own and does not tell the id it is made from.

    Empty where the system has no such id, or will not say.
    """
    try:
        if host.platform == "windows":
            found = str(host.registry(*_MACHINE_GUID))
        else:
            found = host.read(_MACHINE_ID, limit=256).decode("ascii", "replace")
    except AttemptError:
        return ""
    plain = found.strip().lower()
    return hashlib.sha256(f"posture-scan computer {plain}".encode()).hexdigest()[:32]


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


def read_all(places: Sequence[Path], packs: PackSet) -> tuple[Surveyed, ...]:
    """Read files, and of each folder every survey and restore drill, one per computer.

    Raises:
        UsageError: ``host_file.none_in_folder``, what ``read`` and ``merged`` refuse.
    """
    paths: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = sorted(item for item in place.iterdir() if item.name.endswith(ENDINGS))
            if not inside:
                raise UsageError("host_file.none_in_folder", path=place, ending=ENDING)
            paths += inside
        else:
            paths.append(place)
    return merged(read(path, packs) for path in paths)


def merged(machines: Iterable[Surveyed]) -> tuple[Surveyed, ...]:
    """Join what several files say of one computer, such as its survey and its restore drill.

    Of two looks of a kind the newer counts, whatever it says: an older one that looked better is
    out of date. Each bucket is a look of its own, and so is a restore that a person made by hand
    beside one that the engine made. A computer that any of the files calls a server is one.

    Raises:
        UsageError: ``host_file.two_computers`` where one name stands for two computers.
    """
    found: dict[str, Surveyed] = {}
    for machine in machines:
        earlier = found.get(machine.asset.id)
        found[machine.asset.id] = _joined(earlier, machine) if earlier else machine
    return tuple(found.values())


def _joined(one: Surveyed, other: Surveyed) -> Surveyed:
    known = {machine.asset.identity for machine in (one, other)} - {""}
    if len(known) > 1:
        raise UsageError("host_file.two_computers", name=one.asset.names[0])
    both = sorted((*one.evidence, *other.evidence), key=lambda r: (r.observed_at, r.id))
    records = {(r.kind, r.collector, r.method, r.names): r for r in both}
    roles = {machine.asset.role for machine in (one, other)} - {""}
    asset = replace(
        one.asset,
        names=tuple(dict.fromkeys((*one.asset.names, *other.asset.names))),
        role="server" if "server" in roles else next(iter(roles), ""),
        reached=one.asset.reached or other.asset.reached,
        identity="".join(known),
    )
    return Surveyed(asset, tuple(records.values()), one.packs, one.elevated or other.elevated)
