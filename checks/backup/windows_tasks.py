"""Planned tasks of Windows that start a backup engine, themselves or through one batch file."""

from __future__ import annotations

import re
from typing import Any, Final

from posture_scan.checks.backup.destination import classify_url
from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.windows_places import Drives, place_of

from posture_scan.sdk import Look, moment, number_of, redacted_address

_DAY: Final = 86_400
_ENGINES: Final[dict[str, Kind]] = {
    "robocopy": Kind.MIRROR, "xcopy": Kind.MIRROR, "fastcopy": Kind.MIRROR, "fcp": Kind.MIRROR,
    "bunbackup": Kind.MIRROR, "realsync": Kind.MIRROR, "freefilesync": Kind.MIRROR,
    "syncback": Kind.MIRROR, "syncbackfree": Kind.MIRROR, "syncbackse": Kind.MIRROR,
    "syncbackpro": Kind.MIRROR, "7z": Kind.MIRROR, "7za": Kind.MIRROR,
    "wbadmin": Kind.BACKUP, "restic": Kind.BACKUP, "kopia": Kind.BACKUP,
    "duplicati": Kind.BACKUP, "duplicati.commandline": Kind.BACKUP, "cbb": Kind.BACKUP,
    "reflect": Kind.BACKUP, "reflectbin": Kind.BACKUP, "aipcontrol": Kind.BACKUP,
    "rclone": Kind.MIRROR,
}  # fmt: skip
_PRODUCTS: Final = {
    "fcp": "fastcopy", "duplicati.commandline": "duplicati", "cbb": "msp360",
    "reflect": "macrium_reflect", "reflectbin": "macrium_reflect",
    "aipcontrol": "activeimage_protector",
}  # fmt: skip
"""Products whose program has another name."""

_CALL: Final = re.compile(
    r"(?:^|[\s\"'&@\\/(])("
    + "|".join(map(re.escape, _ENGINES))
    + r")(?:\.exe|\.com)?(?=[\s\"']|$)",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"[A-Za-z]:\\[^\"'<>|?*\r\n]+?\.(?:bat|cmd|ps1)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"^\s*(?:rem\b|::|#)", re.IGNORECASE)
_PATH: Final = re.compile(r"\"((?:[A-Za-z]:|\\\\)[^\"]*)\"|((?:[A-Za-z]:\\|\\\\)[^\s\"]+)")
_VALUE: Final = r"(?:\"([^\"]{1,400})\"|([^\s\"]{1,400}))"
_TARGETS: Final = {
    "wbadmin": re.compile(rf"-backuptarget:{_VALUE}", re.IGNORECASE),
    "restic": re.compile(rf"(?:^|\s)(?:-r|--repo)[\s=]+{_VALUE}"),
    "fastcopy": re.compile(rf"/to={_VALUE}", re.IGNORECASE),
    "fcp": re.compile(rf"/to={_VALUE}", re.IGNORECASE),
}
"""How engines that do not name their destination last name it."""

_REPOSITORY: Final = re.compile(
    r"^\s*@?set\s+\"?RESTIC_REPOSITORY=([^\"\r\n]{1,400}?)\"?\s*$", re.IGNORECASE
)

_TARGET_ELSEWHERE: Final = frozenset({
    "kopia", "duplicati", "duplicati.commandline", "cbb", "reflect", "reflectbin", "aipcontrol",
    "bunbackup", "realsync", "freefilesync", "syncback", "syncbackfree", "syncbackse",
    "syncbackpro", "7z", "7za", "rclone",
})  # fmt: skip
"""Engines whose destination stands in a file of their own, or not in second place."""

_CODE_PAGE: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage"
_STATES: Final = {1: False, 2: True, 3: True, 4: True}
"""Disabled, queued, ready, running."""

_ONCE: Final = "MSFT_TaskTimeTrigger"
"""A trigger of one moment, which comes again only with a repetition."""

_EVERY: Final = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?")
_RUNNING: Final = 0x41301
_NEVER_RUN: Final = 0x41303
_NEVER: Final = frozenset({0x41300, _NEVER_RUN, 0x8004131F, _RUNNING})
"""Results that say nothing about an end: ready, never run, already running, running."""

_ROBOCOPY_BAD: Final = 8
"""From this exit code on robocopy could not copy something."""


def task_jobs(look: Look, tasks: list[dict[str, Any]], drives: Drives) -> list[BackupJob]:
    """Return one job for each known engine that a task starts."""
    jobs = []
    for task in tasks:
        if str(task.get("path") or "").lower().startswith("\\microsoft\\"):
            continue
        for action in _dicts(task.get("actions")):
            line = f"{action.get('run') or ''} {action.get('with') or ''}"
            direct = bool(_CALL.search(line))
            calls = [line] if direct else _script_lines(look, line)
            jobs += [_job(task, call, drives, direct=direct) for call in calls]
    return jobs


def _job(task: dict[str, Any], line: str, drives: Drives, *, direct: bool) -> BackupJob:
    found = _CALL.search(line)
    name = found.group(1).lower() if found else ""
    rest = line[found.end() :] if found else ""
    kind = _ENGINES[name]
    if name == "rclone" and re.search(r"(?:^|\s)bisync\s", rest):
        kind = Kind.SYNC
    source, target = _ends(name, rest)
    proofs, failed = _outcome(task, name, direct=direct)
    return BackupJob(
        engine=_PRODUCTS.get(name, name), job=str(task.get("path") or "")[:200], kind=kind,
        source_paths=(source,) if source else (),
        destination=redacted_address(target), destination_class=_place(target, drives),
        schedule_seconds=_period(task),
        enabled=_enabled(task),
        proofs=proofs, last_run_failed=failed,
        traps=("never_run",) if number_of(task.get("result")) == _NEVER_RUN else (),
        versioned=False if kind is Kind.MIRROR else None,
    )  # fmt: skip


def _ends(name: str, rest: str) -> tuple[str, str]:
    """Return what is copied, and where to, as far as the command line says it."""
    paths = [a or b for a, b in _PATH.findall(rest)]
    named = _TARGETS[name].search(rest) if name in _TARGETS else None
    target = (named.group(1) or named.group(2)) if named else ""
    if name in _TARGETS:
        return next((path for path in paths if path != target), ""), target
    if name in _TARGET_ELSEWHERE:
        return "", ""
    return (paths[0] if paths else ""), (paths[1] if len(paths) > 1 else "")


def _place(target: str, drives: Drives) -> Place:
    if not target:
        return Place.UNKNOWN
    if target.startswith("\\\\") or target[1:2] == ":":
        return place_of(target, drives)
    return classify_url(target) or Place.UNKNOWN


def _script_lines(look: Look, line: str) -> list[str]:
    """Read the batch file a task starts, one level down, and return its lines with an engine."""
    found = _SCRIPT.search(line)
    data = look.data(found.group(0), limit=262_144) if found else None
    lines = _decoded(look, data).splitlines() if data else []
    lines = [text for text in lines if not _COMMENT.match(text)]
    repository = next((found[1] for text in lines if (found := _REPOSITORY.match(text))), "")
    calls = [text for text in lines if _CALL.search(text) and not _REPOSITORY.match(text)][:20]
    return [f'{text} -r "{repository}"' if repository else text for text in calls]


def _decoded(look: Look, data: bytes) -> str:
    """Read a batch file as UTF-8, else in the code page of this computer's command prompt.

    In Japan that is 932, where the second byte of a letter may look like a backslash.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        page = look.value(_CODE_PAGE, "OEMCP", hides="place")
    try:
        return data.decode(f"cp{page}" if isinstance(page, str) else "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _outcome(
    task: dict[str, Any], engine: str, *, direct: bool
) -> tuple[tuple[Proof, ...], bool | None]:
    """Judge the last result; that of a batch file only proves that the batch file ended.

    A batch file often ends with robocopy's own code, which is 1 to 7 when all went well.
    """
    last, told = moment(task.get("last")), task.get("result")
    result = told & 0xFFFFFFFF if type(told) is int else _RUNNING
    if last is None or result in _NEVER:
        return (), None
    copied = engine == "robocopy" and result < _ROBOCOPY_BAD
    if result != 0 and copied and not direct:
        return (), None
    if result != 0 and not copied:
        return (), True
    return (Proof("task_result", "B" if direct else "C", last),), False if direct else None


def _enabled(task: dict[str, Any]) -> bool | None:
    """Tell whether the task starts by itself again; without any trigger that is not known."""
    on = _STATES.get(number_of(task.get("state")))
    triggers = _dicts(task.get("triggers"))
    if not on or not triggers:
        return None if on else on
    return any(
        trigger.get("on") is not False and (trigger.get("kind") != _ONCE or _every(trigger) > 0)
        for trigger in triggers
    )


def _every(trigger: dict[str, Any]) -> int:
    """Return the seconds of a repetition such as ``PT6H``; 0 = none."""
    found = _EVERY.fullmatch(str(trigger.get("every") or ""))
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return days * _DAY + hours * 3600 + minutes * 60


def _period(task: dict[str, Any]) -> int:
    periods = []
    for trigger in _dicts(task.get("triggers")):
        days, weeks = trigger.get("days"), trigger.get("weeks")
        if trigger.get("on") is False:
            continue
        if isinstance(days, int) and days > 0:
            periods.append(days * _DAY)
        if isinstance(weeks, int) and weeks > 0:
            periods.append(weeks * 7 * _DAY)
        if trigger.get("kind") == _ONCE and _every(trigger):
            periods.append(max(_DAY, _every(trigger)))  # it may be off at night
    return min(periods) if periods else 0


def _dicts(value: object) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
