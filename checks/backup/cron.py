"""cron and anacron: what is planned. They prove that a job was started, never that it worked."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from posture_scan.sdk import Look

DAY: Final = 86_400
_NICK: Final[dict[str, int]] = {
    "@hourly": 3600, "@daily": DAY, "@midnight": DAY, "@weekly": 7 * DAY,
    "@monthly": 31 * DAY, "@yearly": 366 * DAY, "@annually": 366 * DAY, "@reboot": 0,
}  # fmt: skip
_FOLDERS: Final[dict[str, int]] = {
    "/etc/cron.hourly": 3600, "/etc/cron.daily": DAY,
    "/etc/cron.weekly": 7 * DAY, "/etc/cron.monthly": 31 * DAY,
}  # fmt: skip
_RUN_PARTS: Final = re.compile(r"[A-Za-z0-9_-]+")
"""Names that cron.d and run-parts take (cron(8), run-parts(8)); others lie there dead."""

_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_SETTING: Final = re.compile(r"^\s*+([A-Za-z_][A-Za-z0-9_]*+)\s*+=(.*+)$")
_PROBED_DAYS: Final = 800
"""Two years and more: long enough to see the gap of every yearly plan."""


@dataclass(frozen=True)
class CronJob:
    """One planned command."""

    where: str
    """File and line, or the script itself."""
    command: str
    user: str
    seconds: int
    """The longest time between two starts; 0 = not known."""
    mail_off: bool = False
    """``MAILTO=""``: nobody hears of a failure."""
    variables: tuple[tuple[str, str], ...] = ()


def cron_jobs(look: Look) -> tuple[CronJob, ...]:
    """Read every table of cron and anacron that can be read; the rest is noted."""
    jobs: list[CronJob] = []
    for path, has_user in _tables(look):
        text = look.text(path)
        if text is not None:
            owner = "" if has_user else path.rsplit("/", 1)[-1]
            jobs += parse_crontab(text, path, owner)
    own = None if look.host.elevated else look.run(("crontab", "-l"), quiet=True)
    if own is not None and own.code == 0:
        jobs += parse_crontab(own.stdout.decode("utf-8", "replace"), "crontab -l", "user")
    jobs += _folder_jobs(look)
    anacron = look.text("/etc/anacrontab")
    if anacron is not None:
        jobs += parse_anacrontab(anacron)
    return tuple(jobs)


def daemon_missing(look: Look) -> bool:
    """Tell whether there is certainly no cron that could start anything."""
    return all(look.is_missing(f"/usr/sbin/{name}") for name in ("cron", "crond", "anacron"))


def _tables(look: Look) -> list[tuple[str, bool]]:
    paths = [("/etc/crontab", True)]
    paths += [
        (info.path, True)
        for info in look.files("/etc/cron.d/*")
        if not info.is_dir and _RUN_PARTS.fullmatch(info.path.rsplit("/", 1)[-1])
    ]
    for folder in ("/var/spool/cron/crontabs", "/var/spool/cron"):
        paths += [(item.path, False) for item in look.files(f"{folder}/*") if not item.is_dir]
    return paths


def _folder_jobs(look: Look) -> list[CronJob]:
    jobs = []
    for folder, seconds in _FOLDERS.items():
        for info in look.files(f"{folder}/*"):
            name = info.path.rsplit("/", 1)[-1]
            if _RUN_PARTS.fullmatch(name) and info.mode & 0o111 and not info.is_dir:
                jobs.append(CronJob(info.path, info.path, "root", seconds))
    return jobs


def parse_crontab(text: str, where: str, user: str) -> list[CronJob]:
    """Parse one table; an empty ``user`` means that every line names its own."""
    jobs: list[CronJob] = []
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        setting = _SETTING.match(line)
        if setting:
            variables[setting.group(1)] = setting.group(2).strip().strip("'\"")
            continue
        job = _line(stripped, f"{where}:{number}", user, variables)
        if job is not None:
            jobs.append(job)
    return jobs


def _line(line: str, where: str, user: str, variables: dict[str, str]) -> CronJob | None:
    count = 1 if line.startswith("@") else 5
    parts = line.split(None, count if user else count + 1)
    if len(parts) != count + (1 if user else 2):
        return None
    plan, command = parts[:count], parts[-1]
    seconds = _NICK.get(plan[0], 0) if count == 1 else longest_gap(plan)
    return CronJob(
        where=where,
        command=re.split(r"(?<!\\)%", command)[0].replace("\\%", "%"),
        user=user or parts[count],
        seconds=seconds,
        mail_off=variables.get("MAILTO") == "",
        variables=tuple(variables.items()),
    )


def parse_anacrontab(text: str) -> list[CronJob]:
    """Parse ``period delay id command`` lines; run-parts of the cron folders is left out."""
    jobs = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split(None, 3)
        if len(parts) < 4 or line.lstrip().startswith("#") or _SETTING.match(line):  # noqa: PLR2004
            continue
        if "run-parts" in parts[3]:
            continue
        days = {"@daily": 1, "@weekly": 7, "@monthly": 31}.get(parts[0], 0)
        if parts[0].isdigit():
            days = min(int(parts[0]), 3660)
        jobs.append(CronJob(f"/etc/anacrontab:{number}", parts[3], "root", days * DAY))
    return jobs


def longest_gap(plan: list[str]) -> int:
    """Return the longest time in seconds between two starts of a five-field plan, 0 if unclear.

    Where both day of month and day of week are restricted cron takes either (crontab(5)).
    """
    try:
        minutes, hours, days, months, weekdays = (
            _field(text, low, high) for text, (low, high) in zip(plan, _RANGES, strict=True)
        )
    except ValueError:
        return 0
    times = sorted(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    either = plan[2][0] != "*" and plan[4][0] != "*"
    start = date(2024, 1, 1)
    gap, last = 0, None
    for offset in range(_PROBED_DAYS):
        day = start + timedelta(days=offset)
        by_date, by_weekday = day.day in days, day.isoweekday() % 7 in {d % 7 for d in weekdays}
        hit = (by_date or by_weekday) if either else (by_date and by_weekday)
        if not hit or day.month not in months:
            continue
        if last is not None:
            gap = max(gap, offset * DAY + times[0] - last)
        last = offset * DAY + times[-1]
    inner = (after - before for before, after in itertools.pairwise(times))
    return max(gap, *inner, 0) if last is not None and gap else 0


def _field(text: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, final = span.partition("-")
        if span == "*":
            begin, end = low, high
        else:
            begin = _number(first)
            end = _number(final) if dash else (high if step else begin)
        width = int(step) if step else 1
        if not (low <= begin <= end <= high and width > 0):
            raise ValueError(part)
        values.update(range(begin, end + 1, width))
    return values


def _number(text: str) -> int:
    if text in _MONTHS:
        return _MONTHS.index(text) + 1
    if text in _DAYS:
        return _DAYS.index(text)
    return int(text)
