"""The rule 3-2-1-1-0, counted: copies, places that fail apart, off-site, offline, errors.

Three copies on two media, one of them elsewhere, one out of reach, none with errors. Where this
computer cannot tell (another host may stand beside it) the answer is ``unknown``, never yes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Place
from posture_scan.checks.backup.object_lock import LOCK_AHEAD
from posture_scan.checks.backup.steps import Answer, Frame, configured, fresh

_OFF_SITE: Final = frozenset({Place.OBJECT_STORAGE, Place.CLOUD_DRIVE})
_HERE: Final = frozenset({Place.SAME_DISK, Place.OTHER_DISK, Place.SAME_HOST})
_TOGETHER: Final = frozenset({Place.SAME_DISK, Place.SAME_HOST, Place.UNKNOWN})
"""Places that add nothing certain to what fails together with this computer."""


@dataclass(frozen=True)
class ThreeTwoOne:
    """The five figures of one computer."""

    copies: int
    """The live data and every destination with a fresh run of its own."""
    domains: int
    """Disks, hosts and providers that fail apart, the live data's disk among them."""
    off_site: Answer
    offline: Answer
    """Locked against change, or on media that take turns."""
    errors: int
    """Backups whose last run failed."""

    def values(self) -> dict[str, str | int | bool]:
        """Return the figures as values of a verdict."""
        return {
            "copies": self.copies, "domains": self.domains, "off_site": self.off_site.value,
            "offline": self.offline.value, "errors": self.errors,
        }  # fmt: skip


def three_two_one(jobs: Sequence[BackupJob], frame: Frame, *, hidden: bool = False) -> ThreeTwoOne:
    """Count what the rule asks for, from the backups that ran well of late.

    ``hidden``: there may be backups that were not seen; then the numbers are the least there is,
    and nothing is answered with no.
    """
    good = [
        job for job in jobs
        if configured(job, frame).answer is Answer.YES and fresh(job, frame).answer is Answer.YES
    ]  # fmt: skip
    places = {job.destination or job.job: job for job in good}
    apart = {_domain(job) for job in good if job.destination_class not in _TOGETHER}
    return ThreeTwoOne(
        copies=1 + len(places),
        domains=1 + len(apart),
        off_site=_any([_off_site(job) for job in good], hidden=hidden),
        offline=_any([_offline(job, frame) for job in good], hidden=hidden),
        errors=sum(job.last_run_failed is True for job in jobs),
    )


def _any(answers: Sequence[Answer], *, hidden: bool) -> Answer:
    for answer in (Answer.YES, Answer.UNKNOWN):
        if answer in answers:
            return answer
    return Answer.UNKNOWN if hidden else Answer.NO


def _off_site(job: BackupJob) -> Answer:
    if job.destination_class in _OFF_SITE:
        return Answer.YES
    return Answer.NO if job.destination_class in _HERE else Answer.UNKNOWN


def _offline(job: BackupJob, frame: Frame) -> Answer:
    locked = job.locked_until is not None and job.locked_until - frame.now >= LOCK_AHEAD
    if locked or job.rotated_media:
        return Answer.YES
    return Answer.NO if job.destination_class in _HERE else Answer.UNKNOWN


def _domain(job: BackupJob) -> str:
    """Name what fails as one: a disk by its folder, a host or a provider by its name."""
    if job.destination_class in (Place.OTHER_DISK, Place.REMOVABLE):
        return f"disk {job.destination}"
    found = re.search(r"(?:://|^[a-z0-9+]+:|^)(?:[^/@:]*@)?([^/:]+)", job.destination)
    return f"host {found.group(1).lower() if found else job.destination}"
