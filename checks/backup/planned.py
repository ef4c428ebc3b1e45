"""Backups as somebody planned them: a cron line or a timer, and the engine it starts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from posture_scan.checks.backup import command, cron, journal, messages, sources, systemd
from posture_scan.checks.backup.depth import keeps_enough
from posture_scan.checks.backup.engine_call import Command
from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.surroundings import Surroundings
from posture_scan.checks.backup.user_timers import user_timers

from posture_scan.sdk import Attempt, AttemptError, Look, redacted_address

SCRIPT_LIMIT = 262_144
"""Bytes of a wrapper script that are read; scripts of people are some kilobytes."""


@dataclass(frozen=True)
class Planned:
    """One engine call with when it is started and what the scheduler knows of its last run."""

    where: str
    command: Command
    seconds: int
    enabled: bool
    user: str
    log: str = ""
    service: str = ""
    traps: tuple[str, ...] = ()
    ran_ok_at: datetime | None = None
    failed: bool | None = None
    skipped: bool = False


def planned_jobs(look: Look) -> tuple[Planned, ...]:
    """Find every engine call that cron, anacron or systemd starts on this computer."""
    found: list[Planned] = []
    entries = cron.cron_jobs(look)
    no_daemon = bool(entries) and cron.daemon_missing(look)
    for entry in entries:
        traps: tuple[str, ...] = ("no_cron_daemon",) if no_daemon else ()
        traps += ("mail_off",) if entry.mail_off else ()
        for call, log in _calls(look, entry.command, dict(entry.variables)):
            found.append(
                Planned(
                    entry.where, call, entry.seconds, not no_daemon, entry.user, log=log,
                    traps=traps,
                )
            )  # fmt: skip
    for timer in systemd.timers(look):
        found += _from_timer(look, timer)
    for own in user_timers(look):
        for line in own.commands:
            found += [
                Planned(own.where, call, own.seconds, own.enabled, "user", log=log)
                for call, log in _calls(look, line.replace("%%", "%"), {})
            ]
    return tuple(found)


def _from_timer(look: Look, timer: systemd.Timer) -> list[Planned]:
    variables = dict(timer.environment)
    for path in timer.environment_files:
        variables |= _safe_variables(look.text(path, hides="run") or "")
    found = []
    for line in timer.commands:
        for call, log in _calls(look, line, variables):
            found.append(
                Planned(
                    timer.name, call, timer.seconds, timer.scheduled, timer.user, log=log,
                    service=timer.service,
                    traps=("errors_ignored",) if timer.ignores_errors else (),
                    ran_ok_at=timer.ran_ok_at, failed=True if timer.failed else None,
                    skipped=timer.skipped,
                )
            )  # fmt: skip
    return found


def _safe_variables(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in command.logical_lines(text))
    return {
        name.removeprefix("export ").strip(): value.strip().strip("'\"")
        for name, _, value in pairs
        if name.removeprefix("export ").strip() in command.SAFE_VARIABLES
    }


def _calls(look: Look, line: str, variables: dict[str, str]) -> list[tuple[Command, str]]:
    """Find the engine in the line itself or, one level down, in the script it starts."""
    log = command.log_path(line)
    direct = command.find_commands(line, variables)
    if direct:
        return [(_named(look, call, line, variables), log) for call in direct]
    path = command.first_path(line)
    if not path or path in command.FALSE_FRIENDS:
        return []
    script = _script(look, path)
    found = command.find_commands(script, variables)
    return [(_named(look, call, script, variables), log or _script_log(script)) for call in found]


def _script(look: Look, path: str) -> str:
    """Return a wrapper's text; programs and what is not there are no scripts."""
    try:
        data = look.host.read(path, limit=SCRIPT_LIMIT)
    except AttemptError as error:
        if error.attempt is Attempt.LIMIT_REACHED:
            return ""  # a compiled program
        look.text(path)  # notes the closed door
        return ""
    return data.decode("utf-8", "replace") if data.startswith(b"#!") else ""


def _script_log(script: str) -> str:
    for line in command.logical_lines(script):
        path: str = command.log_path(line)
        if path and command.find_commands(line):
            return path
    found = re.search(r"^[ \t]*+exec[ \t]++\S*>{1,2}[ \t]*+(/\S+)", script, re.MULTILINE)
    return found.group(1) if found else ""


def _named(look: Look, call: Command, text: str, variables: dict[str, str]) -> Command:
    """Follow the two indirections by which a repository is named outside the command."""
    if call.destination or call.engine not in ("restic", "borg"):
        return call
    sourced = re.findall(r"^[ \t]*+(?:source|\.)[ \t]++(/\S+)", text, re.MULTILINE)
    for path in sourced[:3]:
        variables = variables | _safe_variables(look.text(path, hides="run") or "")
    key = "RESTIC_REPOSITORY" if call.engine == "restic" else "BORG_REPO"
    value = variables.get(key, "")
    file = variables.get("RESTIC_REPOSITORY_FILE", "")
    if not value and file.startswith("/") and call.engine == "restic":
        value = (look.text(file, hides="run", limit=4096) or "").strip()
    return replace(call, destination=value)


def base_job(look: Look, item: Planned, surroundings: Surroundings) -> BackupJob:
    """Turn a planned call into a job with everything that its scheduler proves."""
    call = item.command
    run = journal.newest_run(look, item.service) if item.service else None
    skipped = item.skipped or (run is not None and run.skipped)
    traps = item.traps + (("skipped",) if skipped else ())
    proofs: tuple[Proof, ...] = ()
    failed = item.failed
    if item.ran_ok_at:
        proofs += (Proof("unit_exit", "B", item.ran_ok_at),)
        failed = False
    told = _told_by_logs(look, item, run)
    proofs += told.proofs
    traps += ("shrunk",) if told.shrunk else ()
    if told.source_missing or any(look.is_missing(path) for path in sources.plain(call.sources)):
        traps += ("source_missing",)
    elif sources.empty(look, call.sources):
        traps += ("source_empty",)
    place = surroundings.classify(look, call.destination, call.sources)
    return BackupJob(
        engine=call.engine,
        job=item.where,
        kind=call.kind,
        source_paths=tuple(map(redacted_address, call.sources[:50])),
        destination=redacted_address(call.destination),
        destination_class=place,
        schedule_seconds=item.seconds,
        enabled=item.enabled,
        proofs=proofs,
        last_run_failed=told.failed if told.failed is not None else failed,
        traps=traps,
        versioned=False if call.kind is Kind.MIRROR else keeps_enough(call.keep),
        separate_credentials=_separate(place, item.user),
        integrity_at=told.checked_at,
        integrity_grade=told.grade,
        log=item.log,
    )


@dataclass(frozen=True)
class Told:
    """What a job's own log and the journal say of its last run."""

    proofs: tuple[Proof, ...] = ()
    failed: bool | None = None
    source_missing: bool = False
    shrunk: bool = False
    checked_at: datetime | None = None
    grade: str = ""


def _told_by_logs(look: Look, item: Planned, run: journal.Run | None) -> Told:
    """Ask the job's own log and, for a timer, the journal."""
    engine = item.command.engine
    told = Told()
    end = messages.log_end(look, item.log, engine)
    if end is not None:
        told = Told(
            (Proof("log", "B", end.written),) if end.said.saved else (),
            False if end.said.saved else (end.said.failed or None),
            end.said.source_missing, end.shrunk,
            end.written if end.checked else None, end.checked,
        )  # fmt: skip
    if run is None or run.ok is None:
        return told
    return _told_by_journal(engine, told, run, swallowed="errors_ignored" in item.traps)


def _told_by_journal(engine: str, told: Told, run: journal.Run, *, swallowed: bool) -> Told:
    """Add the newest run in the journal, which is surer than a log that has no times.

    Where ``ExecStart=-`` has ``swallowed`` the exit, systemd says "succeeded" of a run that
    failed: then only the engine's own word counts.
    """
    said = messages.last_run(engine, run.messages)
    failed: bool | None = not run.ok or said.failed
    if swallowed and not failed and not said.saved:
        failed = None
    proofs = told.proofs
    if run.ok and not swallowed:
        proofs += (Proof("unit_exit", "B", run.at),)
    if run.ok and said.saved:
        proofs += (Proof("engine_message", "A", run.at),)
    grade = messages.check_grade(engine, run.messages) if run.ok else ""
    return replace(
        told,
        proofs=proofs,
        failed=failed,
        source_missing=told.source_missing or said.source_missing,
        shrunk=told.shrunk or messages.shrunk(messages.source_sizes(run.messages)),
        checked_at=run.at if grade else told.checked_at,
        grade=grade or told.grade,
    )


def _separate(place: Place, user: str) -> bool | None:
    """A job of root writes with rights that the daily user does not have."""
    if place in (Place.SAME_DISK, Place.OTHER_DISK, Place.SAME_HOST, Place.MOUNTED_SHARE):
        return False
    return True if user == "root" and place is not Place.REMOVABLE else None
