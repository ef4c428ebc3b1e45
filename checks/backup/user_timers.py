"""Timers of people: unit files in their homes, which the system's ``systemctl`` does not list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from posture_scan.checks.backup.systemd import calendar_seconds

from posture_scan.sdk import Look

_FOLDER = ".config/systemd/user"


@dataclass(frozen=True)
class UserTimer:
    """A timer as its files tell of it; whether it ever ran is not known from them."""

    where: str
    commands: tuple[str, ...]
    seconds: int
    enabled: bool


def user_timers(look: Look) -> tuple[UserTimer, ...]:
    """Read the timers in every home, and the services they start."""
    found = []
    for home in look.host.homes():
        for info in look.files(f"{home}/{_FOLDER}/*.timer", hides="run"):
            text = look.text(info.path) or ""
            name = info.path.rsplit("/", 1)[-1]
            service = _value(text, "Unit") or re.sub(r"\.timer$", ".service", name)
            body = look.text(f"{home}/{_FOLDER}/{service}") or ""
            wants = f"{home}/{_FOLDER}/timers.target.wants/{name}"
            found.append(
                UserTimer(
                    where=info.path,
                    commands=tuple(_values(body, "ExecStart")),
                    seconds=calendar_seconds(_value(text, "OnCalendar")),
                    enabled=not look.is_missing(wants),
                )
            )
    return tuple(found)


def _values(text: str, key: str) -> list[str]:
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = re.findall(rf"^{key}[ \t]*+=(.*+)$", joined, re.MULTILINE)
    return [line.strip().lstrip("-@:+!") for line in lines]


def _value(text: str, key: str) -> str:
    return next(iter(_values(text, key)), "")
