"""Run inside a sandbox: looks at the computer as root and as nobody, and prints what it made of it.

Usage: ``python -m tests.lab.updates_inside SECONDS…``; a look is taken as it would be so many
seconds from now, for each of the numbers.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from posture_scan.checks.host import system, updates
from posture_scan.checks.host.collect_clock import clock_of_computer
from posture_scan.checks.host.collect_system import operating_system
from posture_scan.checks.host.collect_updates import update_state

from posture_scan.collect.host import LocalHost
from posture_scan.engine.packs import load_packs
from posture_scan.products.place import builtin
from posture_scan.sdk import CommandResult, Context, Service, Vantage
from tests.checks.computer import out
from tests.checks.host.updating import TIMERS

NOBODY = 65_534
WATCHED = ("/var/lib/apt", "/var/cache/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/cache/zypp",
           "/etc/apt", "/etc/zypp", "/etc/yum.repos.d")  # fmt: skip


class TimersTick(LocalHost):
    """The real computer, but for systemd, which does not run in a sandbox: its timers tick."""

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:
        if argv[:2] == ("systemctl", "show"):
            return out("\n".join(TIMERS))
        return super().run(argv, timeout=timeout)


def look(seconds: int) -> dict[str, Any]:
    host = TimersTick(datetime.now(UTC) + timedelta(seconds=seconds))
    facts, release = update_state.function(host), operating_system.function(host)
    context = Context(
        host.now, host.now, Service(), Vantage.HOST, (clock_of_computer.function(host),), builtin()
    )  # fmt: skip
    verdicts = {
        name: getattr(updates, name).judge(facts, context)
        for name in ("pending", "overdue", "not_automatic", "reboot_pending")
    } | {"end_of_life": system.end_of_life.judge(release, context)}
    return {
        **{name: [verdict.status.value, verdict.reason] for name, verdict in verdicts.items()},
        "waiting": [[item.name, item.held] for item in facts.waiting],
        "mechanism": facts.mechanism, "not_read": [str(item) for item in facts.not_read],
    }  # fmt: skip


def files() -> Iterator[tuple[str, int, int]]:
    for top in WATCHED:
        for path in sorted(Path(top).rglob("*")):
            info = path.lstat()
            yield str(path), info.st_size, info.st_mtime_ns


def as_nobody(seconds: int) -> dict[str, Any]:
    """Look again in a child without any right."""
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            said = json.dumps(look(seconds))
        except BaseException:  # noqa: BLE001 -- a child says what went wrong and ends
            said = json.dumps({"error": traceback.format_exc()})
        with os.fdopen(outward, "w") as file:
            file.write(said)
        os._exit(0)
    os.close(outward)
    with os.fdopen(inward) as file:
        answer: dict[str, Any] = json.load(file)
    os.waitpid(child, 0)
    return answer


def main() -> None:
    load_packs()
    before = list(files())
    said = [
        {"root": look(seconds), "nobody": as_nobody(seconds)} for seconds in map(int, sys.argv[1:])
    ]
    changed = sorted({item[0] for item in set(before) ^ set(files())})
    sys.stdout.write(json.dumps([{**one, "changed": changed} for one in said]))


if __name__ == "__main__":
    main()
