"""The Red Hat family (dnf) and SUSE (zypper): advisories that wait, with their dates.

Both tools are asked for what they fetched last, without the network. How old that is shows in the
time stamp of each source's ``repomd.xml``, which is written when it is fetched. A source without
advisories (CentOS has none) lets "no security updates" mean nothing, so one with them has to be
there. An advisory that its maker revised carries the date of the revision, which is told: it was
out by then, and may have been out before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from posture_scan.checks.host.ini import pairs, truth
from posture_scan.checks.host.systemd import Unit, units
from posture_scan.checks.host.update_facts import (
    MOST,
    Automatic,
    Because,
    Found,
    Installs,
    Listing,
    Waiting,
)

from posture_scan.sdk import Attempt, FileInfo, Look

DNF: Final = ("dnf", "-q", "--cacheonly", "updateinfo", "list", "--security")
DNF_DATES: Final = ("dnf", "-q", "--cacheonly", "updateinfo", "info", "--security")
ZYPPER: Final = (
    "zypper", "--non-interactive", "--no-refresh", "--xmlout", "lp", "--category", "security",
)  # fmt: skip

_DNF_ROW: Final = re.compile(r"^(\S{1,100})\s+(\S{1,40})/Sec\.\s+(\S{1,200})\s*$")
_DNF5_ROW: Final = re.compile(
    r"^(\S{1,100})\s+security\s+\S{1,40}\s+(\S{1,200})\s+(\d{4}-\d\d-\d\d)( \d\d:\d\d:\d\d)?\s*$"
)
_FIELD: Final = re.compile(r"^\s{0,20}(Update ID|Updated)\s?: (.{1,100})$")
_DNF_CACHES: Final = ("/var/cache/dnf", "/var/cache/libdnf5")
_ZYPP_CACHE: Final = "/var/cache/zypp/raw"


@dataclass(frozen=True)
class Sources:
    """The sources that are switched on, as they were last fetched."""

    oldest: datetime | None
    """None: there is none, or one was never fetched."""
    with_advisories: bool
    any: bool


def dnf_waiting(look: Look) -> Found:
    """Ask dnf for security advisories whose packages are installed in an older version."""
    sources = _dnf_sources(look)
    problem = _problem(look, sources)
    if problem:
        return Found(problem)
    result = look.run(DNF, hides="update", timeout=60.0)
    if result is None or result.code != 0 or result.truncated:
        return _unreadable(look, "dnf")
    text = result.stdout.decode("utf-8", "replace")
    dates = _dnf_dates(look) if text.strip() else {}
    waiting = parse_dnf(text, dates)
    if waiting is None:
        return _unreadable(look, "dnf")
    return Found(Listing.COMPLETE, tuple(waiting[:MOST]), sources.oldest)


def parse_dnf(text: str, dates: dict[str, datetime]) -> list[Waiting] | None:
    """Read dnf's table; None where a line is not as expected.

    dnf 4 writes ``FEDORA-2026-1 Important/Sec. openssl-3.0.x86_64``, dnf 5 has the columns name,
    type, severity, package and date under a heading.
    """
    waiting = []
    for line in text.splitlines():
        old, new = _DNF_ROW.match(line), _DNF5_ROW.match(line)
        if old:
            waiting.append(_waiting(old[3], dates.get(old[1])))
        elif new:
            waiting.append(_waiting(new[2], _day(f"{new[3]}{new[4] or ''}")))
        elif line.strip() and not line.startswith("Name "):
            return None
    return waiting


def _waiting(name: str, day: datetime | None) -> Waiting:
    return Waiting(name, out_by=day, not_before=day)


def _dnf_dates(look: Look) -> dict[str, datetime]:
    """Return advisory to date; dnf 5 has it in the table already and prints other fields here."""
    result = look.run(DNF_DATES, hides="date", timeout=60.0)
    dates: dict[str, datetime] = {}
    name = ""
    for line in result.stdout.decode("utf-8", "replace").splitlines() if result else ():
        match = _FIELD.match(line)
        if match and match[1] == "Update ID":
            name = match[2].strip()
        elif match and name:
            day = _day(match[2].strip())
            dates |= {name: day} if day else {}
    return dates


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def zypper_waiting(look: Look) -> Found:
    """Ask zypper for needed patches; old versions list every category, so it is looked at here."""
    sources = _zypp_sources(look)
    problem = _problem(look, sources)
    if problem:
        return Found(problem)
    result = look.run(ZYPPER, hides="update", timeout=60.0)
    if result is None or result.code != 0 or result.truncated:
        return _unreadable(look, "zypper")
    waiting = parse_zypper(result.stdout)
    if waiting is None:
        return _unreadable(look, "zypper")
    return Found(Listing.COMPLETE, tuple(waiting[:MOST]), sources.oldest)


def parse_zypper(data: bytes) -> list[Waiting] | None:
    """Read zypper's XML; None where it is broken or holds no list at all."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        tree = ET.fromstring(data)  # noqa: S314 -- no entities, as looked for above
    except (ET.ParseError, ValueError, RecursionError):
        return None
    if tree.find(".//update-list") is None:
        return None
    return [
        _waiting(item.get("name", "?")[:200], _issued(item.find("issue-date")))
        for item in tree.iter("update")
        if item.get("category") == "security" and item.get("status") == "needed"
    ]


def _issued(item: ET.Element | None) -> datetime | None:
    seconds = "" if item is None else item.get("time_t", "")
    return datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"\d{1,10}", seconds) else None


# --- sources and their age ----------------------------------------------------------------------


def _problem(look: Look, sources: Sources) -> Listing | None:
    if any(item.hides == "update" for item in look.not_read):
        return Listing.UNREADABLE
    if not sources.any:
        return Listing.NO_SOURCE
    if sources.oldest is None:
        return Listing.NOBODY_LOOKED
    return None if sources.with_advisories else Listing.NO_SOURCE


def _unreadable(look: Look, tool: str) -> Found:
    look.note(tool, Attempt.PROTOCOL_MISMATCH, "update", "tool")
    return Found(Listing.UNREADABLE)


def _dnf_sources(look: Look) -> Sources:
    names = _switched_on(look, "/etc/yum.repos.d/*.repo")
    fetched = [info for cache in _DNF_CACHES
               for info in look.files(f"{cache}/*/repodata/*", hides="update")]  # fmt: skip
    return _sources(names, fetched, r"-[0-9a-f]{16}")


def _zypp_sources(look: Look) -> Sources:
    names = _switched_on(look, "/etc/zypp/repos.d/*.repo")
    fetched = look.files(f"{_ZYPP_CACHE}/*/repodata/*", hides="update")
    return _sources(names, list(fetched), "")


def _sources(names: set[str], fetched: list[FileInfo], suffix: str) -> Sources:
    days, advisories = [], False
    for name in sorted(names):
        folder = re.compile(rf"/{re.escape(name)}{suffix}/repodata/[^/]*\Z")
        inside = [info for info in fetched if folder.search(info.path)]
        marks = [info.modified for info in inside if info.path.endswith("/repomd.xml")]
        days.append(max(marks, default=None))
        advisories = advisories or any("updateinfo" in info.path for info in inside)
    known = [day for day in days if day]
    oldest = min(known) if known and len(known) == len(days) else None
    return Sources(oldest, advisories, bool(names))


def _switched_on(look: Look, pattern: str) -> set[str]:
    """Return the ids of enabled sources; without a word about it, one is enabled."""
    names: set[str] = set()
    for info in look.files(pattern, hides="update"):
        text = look.text(info.path, hides="update", limit=262_144) or ""
        switches: dict[str, bool] = {}
        for section, key, value in pairs(text):
            switches.setdefault(section, True)
            if key == "enabled":
                switches[section] = truth(value) is not False
        if "" in switches or (not switches and _says_something(text)):
            look.note(info.path, Attempt.PROTOCOL_MISMATCH, "update", "tool")
            continue
        names |= {name for name, on in switches.items() if on}
    return names


def _says_something(text: str) -> bool:
    return any(line.strip() and line.strip()[0] not in "#;" for line in text.splitlines())


# --- what runs by itself ------------------------------------------------------------------------

DNF_TIMERS: Final = {
    "dnf-automatic.timer": "dnf-automatic.service",
    "dnf-automatic-install.timer": "dnf-automatic-install.service",
    "dnf5-automatic.timer": "dnf5-automatic.service",
}
DNF_SETTINGS: Final = (
    "/etc/dnf/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf",
    "/usr/share/dnf5/dnf5-plugins/automatic.conf",
)  # fmt: skip
ZYPPER_TIMERS: Final = {
    "transactional-update.timer": "transactional-update.service",
    "os-update.timer": "os-update.service",
}


def dnf_automatic(look: Look) -> Automatic:
    """Judge by dnf-automatic: a timer that ticks, and settings by which it installs."""
    ticking = _ticking(look, DNF_TIMERS)
    if ticking is None:
        return Automatic(Installs.UNSEEN, Because.TIMER_UNSEEN, proves_runs=True)
    if not ticking:
        return Automatic(Installs.OFF, Because.NOT_SET_UP, proves_runs=True)
    last = max((run for run in ticking.values() if run), default=None)
    if "dnf-automatic-install.timer" not in ticking:
        answer = _applies(look)
        if answer is None:
            return Automatic(Installs.UNSEEN, Because.NOT_SEEN, last, proves_runs=True)
        if not answer:
            return Automatic(Installs.OFF, Because.ONLY_NOTIFIES, last, proves_runs=True)
    return Automatic(Installs.ON, Because.LOCAL, last, proves_runs=True)


def zypper_automatic(look: Look) -> Automatic:
    """Judge by SUSE's timers, or the job that YaST sets up, which leaves no trace of its runs."""
    ticking = _ticking(look, ZYPPER_TIMERS)
    job = look.text("/etc/sysconfig/automatic_online_update", hides="automatic", limit=65_536)
    if job and re.search(r'^AOU_ENABLE_CRONJOB="?true"?\s*$', job, re.MULTILINE):
        return Automatic(Installs.ON, Because.LOCAL, proves_runs=True)
    if ticking is None:
        return Automatic(Installs.UNSEEN, Because.TIMER_UNSEEN, proves_runs=True)
    if not ticking:
        return Automatic(Installs.OFF, Because.NOT_SET_UP, proves_runs=True)
    last = max((run for run in ticking.values() if run), default=None)
    return Automatic(Installs.ON, Because.LOCAL, last, proves_runs=True)


def _ticking(look: Look, timers: dict[str, str]) -> dict[str, datetime | None] | None:
    """Return the timers that tick, each with when its service last ended well."""
    state = units(look, *timers, *timers.values(), hides="automatic")
    if state is None:
        return None
    none = Unit()
    return {
        timer: state.get(service, none).ended_well
        for timer, service in timers.items()
        if state.get(timer, none).active
    }


def _applies(look: Look) -> bool | None:
    """Read ``apply_updates``; the first file that is there counts, and its default is no.

    None, noted, where there is no such file or it does not say what is meant.
    """
    for path in DNF_SETTINGS:
        text = look.text(path, hides="automatic", limit=65_536)
        if text is None:
            if look.is_missing(path):
                continue
            return None
        said = [truth(value) for section, key, value in pairs(text)
                if (section, key) == ("commands", "apply_updates")]  # fmt: skip
        answer = said[-1] if said else False
        if answer is None:
            look.note(path, Attempt.PROTOCOL_MISMATCH, "automatic", "again")
        return answer
    look.note(DNF_SETTINGS[0], Attempt.TOOL_MISSING, "automatic", "again")
    return None
