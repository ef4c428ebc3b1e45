"""Which backup engine a command line starts, what it copies and where to.

Backups are found by the program they run, not by the word "backup" in a name:
``dpkg-db-backup.timer`` is none, and ``nightly.sh`` may be one.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import Final

from posture_scan.checks.backup.engine_call import VERBS, Command, check_call, engine_call

SAFE_VARIABLES: Final = frozenset({
    "RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE", "BORG_REPO", "HOME", "XDG_CACHE_HOME",
})  # fmt: skip
"""Variables whose values are looked at; everything else may be a secret and is not kept."""

FALSE_FRIENDS: Final = frozenset({
    "/usr/libexec/dpkg/dpkg-db-backup", "/etc/cron.daily/dpkg", "/etc/cron.daily/passwd",
    "/etc/cron.daily/samba", "/etc/cron.daily/apt-compat", "/usr/lib/apt/apt.systemd.daily",
    "/etc/cron.daily/man-db", "/etc/cron.daily/logrotate", "/sbin/e2scrub_all",
})  # fmt: skip
"""Scripts of the distribution that copy the system's own lists, never a person's data."""

LOGGERS: Final = frozenset({
    "echo", "logger", "printf", "test", "[", "which", "command", "type", "rm", "ls", "cat", "grep",
    "apt-get", "apt", "pgrep", "man",
})  # fmt: skip
"""Programs that may name an engine without starting it."""


_KEEP: Final = re.compile(r"--keep-(hourly|daily|weekly|monthly|yearly|last)[= ](\d{1,6})")
_ASSIGN: Final = re.compile(r"^(?:export\s+)?([A-Z_][A-Z0-9_]*)=(.*)$")
_BREAK: Final = re.compile(r"&&|\|\||;|\||\bthen\b|\bdo\b|\belse\b")
_MOST_VARIABLES: Final = 200
_MOST_REFERENCES: Final = 50
_LONGEST_VALUE: Final = 4096
"""Bounds of what a script may make of its variables: ``A=$A$A``, line after line, doubles."""


def find_commands(text: str, variables: dict[str, str] | None = None) -> tuple[Command, ...]:
    """Find the engine calls in a script or a single command line."""
    known = dict(variables or {})
    found: list[Command] = []
    for line in logical_lines(text):
        assigned = _ASSIGN.match(line)
        if assigned and not re.search(r"\s\S", _unquoted(assigned.group(2))):
            name = assigned.group(1)
            room = name in known or len(known) < _MOST_VARIABLES
            if room and (name in SAFE_VARIABLES or name not in known):
                known[name] = _expand(assigned.group(2).strip("'\""), known)
            continue
        for part in _BREAK.split(line):
            tokens = _tokens(part, known)
            command = _command(tokens, known) or check_call(tokens, known)
            if command is not None:
                found.append(command)
    keep = {name: int(count) for name, count in _KEEP.findall(text)}
    return tuple(replace(command, keep=keep) for command in found)


def logical_lines(text: str) -> list[str]:
    """Join lines that end in a backslash; drop comments and empty lines."""
    joined = re.sub(r"\\\r?\n\s*", " ", text)
    lines = (line.strip() for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def first_path(line: str) -> str:
    """Return the script a command line starts: its first word that is an absolute path."""
    for token in _tokens(line, {}):
        if token.startswith("/") and not re.search(r"/(?:ba|da)?sh$|/bin/(?:env|nice)$", token):
            return token
    return ""


def log_path(line: str) -> str:
    """Return the file that a command line appends its output to; its tail is the evidence."""
    found = re.search(r"(?:&>>?|>>?)\s*(/[^\s;&|]+)", line)
    path = found.group(1) if found else ""
    return "" if path.startswith("/dev/") else path


def _unquoted(value: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "x", value.strip())


def _tokens(line: str, variables: dict[str, str]) -> list[str]:
    try:
        tokens = shlex.split(line, comments=True)
    except ValueError:
        tokens = line.split()
    return [_expand(token, variables) for token in tokens]


def _expand(token: str, variables: dict[str, str]) -> str:
    return re.sub(
        r"\$\{?([A-Z_][A-Z0-9_]*)\}?",
        lambda found: variables.get(found.group(1), found.group(0)),
        token,
        count=_MOST_REFERENCES,
    )[:_LONGEST_VALUE]


def _command(tokens: list[str], variables: dict[str, str]) -> Command | None:
    for index, token in enumerate(tokens):
        name = token.rsplit("/", 1)[-1]
        if name in LOGGERS:
            return None
        if name in VERBS and not token.startswith("-"):
            local = dict(
                pair.split("=", 1) for pair in tokens[:index] if re.match(r"[A-Z_]+=", pair)
            )
            return engine_call(name, tokens[index + 1 :], variables | local)
    return None
