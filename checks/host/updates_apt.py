"""Debian and Ubuntu: what apt would install, how old its lists are, what runs by itself.

How long an update has waited is not in apt's lists. Two bounds are:

* It was published at the latest on the day of any archive that already carries it. Of a security
  archive that day is young; but an update that is also in the last point release, or one in lists
  that nobody has renewed for weeks, has provably waited that long.
* It was not on offer when unattended-upgrades last ran through, unless it is held or kept back.

A ``.deb`` in apt's cache would carry a date, too, but that of its build, which is days or weeks
before it is published; it proves nothing and is left aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.host.apt_lists import Archive, archives
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

from posture_scan.sdk import Attempt, Look

UPGRADE: Final = (
    "apt-get", "-s", "-o", "Debug::NoLocking=1", "-o", "Dir::Cache::pkgcache=",
    "-o", "Dir::Cache::srcpkgcache=", "--ignore-hold", "dist-upgrade",
)  # fmt: skip
"""Simulated, without apt's own caches being written; with new packages, as a new kernel needs;
held packages included, because their holes stay open all the same."""
HELD: Final = ("dpkg-query", "-W", "-f=${db:Status-Want} ${Package}\\n")
STAMPS: Final = "/var/lib/apt/periodic"
KEPT_BACK: Final = "/var/lib/unattended-upgrades/kept-back"
TIMERS: Final = ("apt-daily.timer", "apt-daily-upgrade.timer")

_INST: Final = re.compile(
    r"^Inst (\S{1,200}) (\[[^\]]{0,200}\] )?\((\S{1,200}) ([^\[\]]{0,1000})\["
)
_SETTING: Final = re.compile(r'^([A-Za-z0-9:-]{1,100}) "(.{0,500})";$')
_SECURITY: Final = re.compile(r"security", re.IGNORECASE)
_RUN: Final = timedelta(hours=1)
"""The script that ends well leaves the second stamp within this time of the first."""


@dataclass(frozen=True)
class Runs:
    """The last time the system's own job ran unattended-upgrades to its end."""

    at: datetime | None
    kept_back: frozenset[str]


def apt_waiting(look: Look, runs: Runs, automatic: Automatic) -> Found:
    """Simulate an upgrade and keep what comes from a security archive."""
    known = archives(look)
    sources = dated_sources(known)
    text = _simulated(look)
    if text is None:
        return Found(Listing.UNREADABLE)
    if not sources:
        closed = any(item.hides == "update" for item in look.not_read)
        return Found(Listing.UNREADABLE if closed else Listing.NO_SOURCE)
    held = _held(look)
    kept = runs.kept_back if held is None else runs.kept_back | held
    waiting = parse_upgrade(text, known)
    if waiting is None:
        look.note("apt-get", Attempt.PROTOCOL_MISMATCH, "update", "tool")
        return Found(Listing.UNREADABLE)
    unsure = held is None or any(item.hides == "run" for item in look.not_read)
    proven = runs.at if automatic.installs is Installs.ON and not unsure else None
    marked = [
        replace(
            item, not_before=None if item.name in kept else proven, held=item.name in (held or ())
        )
        for item in waiting
    ]
    ends = [item.valid_until for item in sources if item.valid_until]
    return Found(
        Listing.COMPLETE, tuple(marked[:MOST]), min(item.dated for item in sources if item.dated),
        min(ends, default=None),
    )  # fmt: skip


def dated_sources(known: tuple[Archive, ...]) -> list[Archive]:
    """Return the security archives by whose age the lists are judged.

    Ubuntu's ESM archives may stay as they are for months while a release is young. They are
    fetched together with the others, by whose day they are judged then.
    """
    sources = [item for item in known if item.is_security and item.dated]
    return [item for item in sources if not item.label.startswith("UbuntuESM")] or sources


def _simulated(look: Look) -> str | None:
    result = look.run(UPGRADE, hides="update", timeout=60.0)
    if result is None:
        return None
    if result.code != 0 or result.truncated or not result.stdout.strip():
        look.note("apt-get", Attempt.PROTOCOL_MISMATCH, "update", "tool")
        return None
    return result.stdout.decode("utf-8", "replace")


def parse_upgrade(text: str, known: tuple[Archive, ...]) -> list[Waiting] | None:
    """Read the ``Inst`` lines; None where one of them is not as expected.

    ``Inst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security, Debian:12.9/stable [all])``
    names installed and new version and every archive that carries the new one.
    """
    waiting = []
    for line in text.splitlines():
        if not line.startswith("Inst "):
            continue
        match = _INST.match(line)
        if match is None:
            return None
        carriers = [part.strip() for part in match[4].split(",")]
        if match[2] and any(_SECURITY.search(part) for part in carriers):
            days = [day for part in carriers if (day := _day(part, known))]
            waiting.append(Waiting(match[1].partition(":")[0], min(days, default=None)))
    return waiting


def _day(carrier: str, known: tuple[Archive, ...]) -> datetime | None:
    """Return the day of the archive that apt names ``Label:Version/Suite``; of mirrors the last."""
    label, _, rest = carrier.partition(":")
    suite = rest.rpartition("/")[2]
    days = [item.dated for item in known if (item.label, item.suite) == (label, suite)]
    return max((day for day in days if day), default=None)


def _held(look: Look) -> frozenset[str] | None:
    result = look.run(HELD, hides="hold", timeout=20.0)
    if result is None or result.code != 0:
        return None
    lines = result.stdout.decode("utf-8", "replace").splitlines()
    return frozenset(line.partition(" ")[2] for line in lines if line.startswith("hold "))


# --- what runs by itself ------------------------------------------------------------------------


def apt_runs(look: Look) -> Runs:
    """Tell when the daily job last ran unattended-upgrades through.

    Two stamps are needed. ``unattended-upgrades-stamp`` alone is left by a dry run as well;
    ``upgrade-stamp`` alone by a job that gave up at once, on battery for instance. A job that did
    its work leaves first the one, then the other. The log would say it in words, which follow the
    system's language.
    """
    job = look.info(f"{STAMPS}/upgrade-stamp", hides="run")
    work = look.info(f"{STAMPS}/unattended-upgrades-stamp", hides="run")
    kept = look.text(KEPT_BACK, hides="run", limit=65_536)
    through = job and work and timedelta(0) <= job.modified - work.modified <= _RUN
    return Runs(work.modified if work and through else None, frozenset((kept or "").split()))


def apt_automatic(look: Look, runs: Runs) -> Automatic:
    """Read the settings in force: the job, what it may install, and the timers that start it."""
    result = look.run(("apt-config", "dump"), hides="automatic")
    if result is None or result.code != 0 or not result.stdout.strip():
        look.note("apt-config", Attempt.PROTOCOL_MISMATCH, "automatic", "again")
        return Automatic(proves_runs=True)
    settings = read_settings(result.stdout.decode("utf-8", "replace"))
    if look.is_missing("/usr/bin/unattended-upgrade"):
        return Automatic(Installs.OFF, Because.NOT_INSTALLED, proves_runs=True)
    if not _switched_on(settings):
        return Automatic(Installs.OFF, Because.SWITCHED_OFF, proves_runs=True)
    if not takes_security(settings):
        return Automatic(Installs.OFF, Because.SECURITY_LEFT_OUT, proves_runs=True)
    state = units(look, *TIMERS, hides="automatic")
    if state is None:
        return Automatic(Installs.UNSEEN, Because.TIMER_UNSEEN, runs.at, proves_runs=True)
    if not all(_ticks(state.get(timer)) for timer in TIMERS):
        return Automatic(Installs.OFF, Because.TIMER_STOPPED, runs.at, proves_runs=True)
    return Automatic(Installs.ON, Because.LOCAL, runs.at, proves_runs=True)


def read_settings(text: str) -> dict[str, list[str]]:
    """Read ``apt-config dump``: lists repeat their name, the last of plain values is in force."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = _SETTING.match(line)
        if match:
            found.setdefault(match[1].lower().rstrip(":"), []).append(match[2])
    return found


def _switched_on(settings: dict[str, list[str]]) -> bool:
    names = ("apt::periodic::update-package-lists", "apt::periodic::unattended-upgrade")
    enabled = settings.get("apt::periodic::enable", ["1"])[-1]
    return enabled != "0" and all(_on(settings.get(name, ["0"])[-1]) for name in names)


def _on(value: str) -> bool:
    """Tell whether an interval is one: ``1``, ``1d``, ``12h`` and ``always`` are, ``0`` is not."""
    return value == "always" or bool(re.fullmatch(r"0*[1-9]\d{0,6}[smhd]?", value))


def takes_security(settings: dict[str, list[str]]) -> bool:
    """Tell whether the origins that may be installed include a security archive."""
    lists = ("unattended-upgrade::origins-pattern", "unattended-upgrade::allowed-origins")
    return any(_SECURITY.search(value) for name in lists for value in settings.get(name, []))


def _ticks(unit: Unit | None) -> bool:
    return unit is not None and unit.active
