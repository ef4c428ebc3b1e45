"""The one collector: everything this computer's own records say about its backups."""

from __future__ import annotations

from dataclasses import replace

from posture_scan.checks.backup.bacula import bacula_jobs
from posture_scan.checks.backup.borg import Scene, borg_jobs, borg_traces
from posture_scan.checks.backup.borgmatic import borgmatic_jobs
from posture_scan.checks.backup.duplicity import duplicity_jobs
from posture_scan.checks.backup.facts import BackupJob, BackupSurvey
from posture_scan.checks.backup.integrity import with_checks
from posture_scan.checks.backup.macos import macos_jobs
from posture_scan.checks.backup.others import other_jobs
from posture_scan.checks.backup.planned import planned_jobs
from posture_scan.checks.backup.rdiff import rdiff_jobs
from posture_scan.checks.backup.restic import restic_jobs
from posture_scan.checks.backup.rsnapshot import rsnapshot_jobs
from posture_scan.checks.backup.surroundings import Surroundings
from posture_scan.checks.backup.windows import windows_view

from posture_scan.sdk import PASSIVE, Attempt, Host, Look, Machine, collector

_OTHERS_PLANS = {"linux": "/root, /home/*", "windows": "Task Scheduler"}
"""Where plans of other users stand; a plain user sees neither them nor that they are missing."""

_DESKTOPS = ("/usr/share/xsessions/*", "/usr/share/wayland-sessions/*")


@collector(on=Machine(("linux", "windows", "darwin")), intrusiveness=PASSIVE)
def backup_survey(host: Host) -> BackupSurvey:
    """Read plans, logs and traces of every engine known here; nothing is started or changed."""
    look = Look(host)
    role, clock = "", None
    if host.platform == "windows":
        view = windows_view(look)
        jobs, role, clock = list(view.jobs), view.role, view.clock_synchronised
    elif host.platform == "darwin":
        jobs, role = macos_jobs(look), "computer"
    else:
        jobs, role, clock = _linux_jobs(look), _role(look), _clock(look)
    if not host.elevated and host.platform in _OTHERS_PLANS:
        look.note(_OTHERS_PLANS[host.platform], Attempt.PERMISSION_DENIED, "job", "administrator")
    return BackupSurvey(
        platform=host.platform,
        elevated=host.elevated,
        role=role,
        clock_synchronised=clock,
        jobs=tuple(replace(job, job=job.job[:200]) for job in jobs[:500]),
        not_read=tuple(look.not_read[:500]),
        collected_at=host.now,
    )


def _linux_jobs(look: Look) -> list[BackupJob]:
    every = planned_jobs(look)
    planned = tuple(item for item in every if not item.command.checks)
    checks = tuple(item for item in every if item.command.checks)
    surroundings = Surroundings(look)
    scene = Scene(look, surroundings, borg_traces(look))
    jobs = [
        *restic_jobs(look, planned, surroundings),
        *borgmatic_jobs(scene, planned),
        *borg_jobs(scene, planned),
        *rsnapshot_jobs(look, planned, surroundings),
        *duplicity_jobs(look, planned, surroundings),
        *rdiff_jobs(look, planned, surroundings),
        *bacula_jobs(look, surroundings),
        *other_jobs(look, planned, surroundings),
    ]
    checked: list[BackupJob] = with_checks(look, jobs, checks)
    return checked


def _role(look: Look) -> str:
    """A Linux without any desktop session is taken for a server."""
    return "computer" if any(look.files(path, hides="run") for path in _DESKTOPS) else "server"


def _clock(look: Look) -> bool | None:
    """Ask whether the clock is kept in time; a container cannot say, which is no answer."""
    result = look.run(
        ("timedatectl", "show", "--property=CanNTP,NTPSynchronized"), hides="run", quiet=True
    )
    if result is None or result.code != 0:
        return None
    if b"NTPSynchronized=yes" in result.stdout:
        return True
    return (
        False if b"NTPSynchronized=no" in result.stdout and b"CanNTP=yes" in result.stdout else None
    )
