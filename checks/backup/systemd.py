"""systemd timers: planned, skipped, failed or really run.

Four things look like a run and are none: LAST of ``list-timers`` (read back from a stamp file
after a reboot), ``Result=success`` (the default of a unit that never ran), ``JOB_RESULT=done``
(also written for a skipped unit), and an exit that ``ExecStart=-`` swallowed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from posture_scan.sdk import Attempt, Look

_TIMERS: Final = ("systemctl", "list-timers", "--all", "--output=json")
_TIMER_FIELDS: Final = "Id,LoadState,UnitFileState,ActiveState,Unit,TimersCalendar,TimersMonotonic"
_SERVICE_FIELDS: Final = (
    "Id,LoadState,Result,ExecMainStartTimestamp,ExecMainExitTimestamp,ExecMainStatus,"
    "ConditionResult,ConditionTimestamp,FragmentPath,ExecStart,Environment,EnvironmentFiles,User"
)
_DAY: Final = 86_400
_MOST_TIMERS: Final = 200
_LONGEST_EXPRESSION: Final = 200
"""Characters of a calendar expression; what is longer is none that a person wrote."""


@dataclass(frozen=True)
class Timer:
    """A timer with the service it starts and what is known of that service's last run."""

    name: str
    scheduled: bool
    seconds: int
    service: str
    commands: tuple[str, ...] = ()
    user: str = "root"
    environment: tuple[tuple[str, str], ...] = ()
    environment_files: tuple[str, ...] = ()
    skipped: bool = False
    ran_ok_at: datetime | None = None
    failed: bool = False
    ignores_errors: bool = False


def timers(look: Look) -> tuple[Timer, ...]:
    """Read every timer and its service; without systemd that is noted, not assumed away."""
    pairs = _listed(look)
    if not pairs:
        return ()
    timer_facts = _show(look, [timer for timer, _ in pairs], _TIMER_FIELDS)
    services = sorted({_service_of(timer, name) for timer, name in pairs})
    service_facts = _show(look, services, _SERVICE_FIELDS)
    found = []
    for timer, name in pairs:
        facts = timer_facts.get(timer, {})
        service = service_facts.get(_service_of(timer, name), {})
        if facts and service:
            found.append(_timer(timer, facts, service))
    return tuple(found)


def _listed(look: Look) -> list[tuple[str, str]]:
    if look.is_missing("/run/systemd/system") and look.is_missing("/usr/bin/systemctl"):
        return []  # another init system: there are no timers to miss
    result = look.run(_TIMERS)
    if result is None:
        return []
    if result.code != 0 and b"not been booted with systemd" in result.stderr:
        look.note("systemd", Attempt.TOOL_MISSING, "job", "systemd")
        return []
    try:
        items = json.loads(result.stdout)
        pairs = [(str(item["unit"]), str(item.get("activates") or "")) for item in items]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        look.note("systemctl list-timers", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return []
    if len(pairs) > _MOST_TIMERS:
        look.note("systemctl list-timers", Attempt.LIMIT_REACHED, "job", "larger_limit")
    return pairs[:_MOST_TIMERS]


def _service_of(timer: str, activates: str) -> str:
    return activates or re.sub(r"\.timer$", ".service", timer)


def _show(look: Look, units: list[str], fields: str) -> dict[str, dict[str, list[str]]]:
    """Return the properties of many units; a property that stands twice keeps both values."""
    result = look.run(("systemctl", "show", *units, f"--property={fields}"), timeout=10.0)
    if result is None or result.code != 0:
        look.note("systemctl show", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return {}
    blocks: dict[str, dict[str, list[str]]] = {}
    for block in result.stdout.decode("utf-8", "replace").split("\n\n"):
        facts: dict[str, list[str]] = {}
        for line in block.splitlines():
            name, equals, value = line.partition("=")
            if equals:
                facts.setdefault(name, []).append(value)
        for name in facts.get("Id", []):
            blocks[name] = facts
    return blocks


def _timer(name: str, facts: dict[str, list[str]], service: dict[str, list[str]]) -> Timer:
    def of(table: dict[str, list[str]], key: str) -> str:
        return table.get(key, [""])[0]

    starts = [start for line in service.get("ExecStart", []) for start in _starts(line)]
    ignores = any(ignored for _, ignored in starts)
    condition = of(service, "ConditionResult")
    exited = parse_time(of(service, "ExecMainExitTimestamp"))
    clean = (
        of(service, "ExecMainStatus") == "0"
        and of(service, "Result") == "success"
        and condition == "yes"
        and not ignores
    )
    return Timer(
        name=name,
        scheduled=of(facts, "LoadState") == "loaded"
        and of(facts, "UnitFileState") in ("enabled", "enabled-runtime", "linked", "generated")
        and of(facts, "ActiveState") == "active",
        seconds=_period(facts),
        service=of(service, "Id"),
        commands=tuple(command for command, _ in starts),
        user=of(service, "User") or "root",
        environment=_environment(of(service, "Environment")),
        environment_files=tuple(
            re.sub(r" \(ignore_errors=(?:yes|no)\)$", "", line)
            for line in service.get("EnvironmentFiles", [])
        ),
        skipped=condition == "no" and bool(of(service, "ConditionTimestamp")),
        ran_ok_at=exited if clean else None,
        failed=of(service, "Result") not in ("", "success"),
        ignores_errors=ignores,
    )


def _starts(line: str) -> list[tuple[str, bool]]:
    """Part ``ExecStart`` into command lines, each with whether its failure is ignored."""
    parts = (part.partition(" ; ignore_errors=") for part in line.split("argv[]=")[1:])
    return [(command, flag.startswith("yes")) for command, mark, flag in parts if mark]


def _environment(text: str) -> tuple[tuple[str, str], ...]:
    """Keep the two variables that name a repository; the others may hold a password."""
    pairs = re.findall(r"(RESTIC_REPOSITORY(?:_FILE)?|BORG_REPO)=(\"[^\"]*\"|\S+)", text)
    return tuple((name, value.strip('"')) for name, value in pairs)


def parse_time(text: str) -> datetime | None:
    """Read systemd's time: ``@epoch``, or ``Sun 2026-11-22 02:40:01 UTC``; other zones are refused.

    Programs are run in UTC, so any other zone name means that the output is not ours.
    """
    if re.fullmatch(r"@\d{1,10}(?:\.\d+)?", text):
        return datetime.fromtimestamp(int(text[1:].split(".", maxsplit=1)[0]), UTC)
    found = re.fullmatch(r"(?:\w+ )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", text)
    if not found:
        return None
    try:
        return datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC)
    except ValueError:
        return None


def _period(facts: dict[str, list[str]]) -> int:
    periods = []
    for line in facts.get("TimersCalendar", []):
        found = re.search(r"OnCalendar=(.*?) ;", line)
        if found:
            periods.append(calendar_seconds(found.group(1)))
    for line in facts.get("TimersMonotonic", []):
        found = re.search(r"OnUnit(?:Active|Inactive)USec=(\d+)(s|min|h|d|w)\b", line)
        if found:
            unit = {"s": 1, "min": 60, "h": 3600, "d": _DAY, "w": 7 * _DAY}[found.group(2)]
            periods.append(int(found.group(1)) * unit)
    known = [period for period in periods if period]
    return min(known) if known else 0


def calendar_seconds(text: str) -> int:
    """Return the period of the calendar expressions in use for backups, 0 where it is unclear."""
    names = {"hourly": 3600, "daily": _DAY, "weekly": 7 * _DAY, "monthly": 31 * _DAY}
    if text in names:
        return names[text]
    if len(text) > _LONGEST_EXPRESSION:
        return 0
    found = re.fullmatch(
        r"(?:([A-Z][a-z]{2}(?:[.,][A-Za-z.,]+)?) )?(\S+-\S+-\S+) (\S+)(?: UTC)?", text
    )
    if not found:
        return 0
    weekdays, day, time = found.groups()
    if weekdays:
        return 7 * _DAY
    if day != "*-*-*":
        return 31 * _DAY if re.fullmatch(r"\*-\*-\d\d", day) else 0
    if re.fullmatch(r"\*:\d\d(?::\d\d)?", time):
        return 3600
    return _DAY if re.fullmatch(r"\d\d:\d\d(?::\d\d)?", time) else 0
