"""Which backup engine a command line starts, what it copies and where to.

Backups are found by the program they run, not by the word "backup" in a name:
``dpkg-db-backup.timer`` is none, and ``nightly.sh`` may be one.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from typing import Final

from posture_scan.checks.backup.facts import Kind

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


@dataclass(frozen=True)
class Command:
    """One engine call found in a command line."""

    engine: str
    kind: Kind = Kind.BACKUP
    sources: tuple[str, ...] = ()
    destination: str = ""
    interval: str = ""
    """rsnapshot's name of the interval."""
    keep: dict[str, int] = field(default_factory=dict)
    configs: tuple[str, ...] = ()
    """Configuration files named on the command line."""


_VERBS: Final[dict[str, frozenset[str]]] = {
    "restic": frozenset({"backup"}),
    "borg": frozenset({"create"}),
    "rclone": frozenset({"sync", "copy", "move", "bisync", "copyto"}),
    "kopia": frozenset({"snapshot", "create"}),
    "bup": frozenset({"save"}),
    "duplicati-cli": frozenset({"backup"}),
    "resticprofile": frozenset({"backup"}),
    "autorestic": frozenset({"backup", "cron"}),
    "vzdump": frozenset(),
    "mysqldump": frozenset(),
    "mariadb-dump": frozenset(),
    "mariabackup": frozenset({"--backup"}),
    "pg_dump": frozenset(),
    "pg_dumpall": frozenset(),
    "rsync": frozenset(),
    "rsnapshot": frozenset(),
    "borgmatic": frozenset(),
    "duplicity": frozenset(),
    "rdiff-backup": frozenset(),
    "tarsnap": frozenset(),
    "tar": frozenset(),
    "syncoid": frozenset(),
}
"""Engines and the words of which one must follow; no words = any use that is not in _NOT."""

_NOT: Final[dict[str, frozenset[str]]] = {
    "borgmatic": frozenset({"check", "prune", "list", "info", "extract", "config", "restore",
                            "compact", "rlist", "init", "rcreate", "mount", "--version"}),
    "duplicity": frozenset({"verify", "restore", "collection-status", "list-current-files",
                            "cleanup", "remove-older-than", "remove-all-but-n-full"}),
    "rdiff-backup": frozenset({"verify", "restore", "list", "remove", "--remove-older-than",
                               "--list-increments", "--verify"}),
    "rsnapshot": frozenset({"configtest", "sync", "du", "-t", "version", "diff"}),
}  # fmt: skip

_VALUED: Final = frozenset({
    "--repo", "--repository-file", "--password-file", "--password-command", "--option", "--tag",
    "--host", "--exclude", "--exclude-file", "--iexclude", "--cache-dir", "--files-from",
    "--limit-upload", "--limit-download", "--compression", "--comment", "--exclude-from",
    "--pattern", "--patterns-from", "--rsh", "--encrypt-key", "--sign-key", "--name",
    "--full-if-older-than", "--log-file", "--time", "--parent", "--remote-path", "--lock-wait",
    "--checkpoint-interval", "--exclude-if-present", "--config", "--verbosity", "--log-level",
    "--syslog-verbosity", "--backup-dir", "--transfers", "--bwlimit",
})  # fmt: skip
"""Long options that are followed by their value where no ``=`` stands."""

_SHORT_VALUED: Final[dict[str, frozenset[str]]] = {
    "restic": frozenset({"-r", "-p", "-o", "-e", "-H"}),
    "borg": frozenset({"-e", "-c", "-C"}),
    "borgmatic": frozenset({"-c", "-v"}),
    "rsnapshot": frozenset({"-c"}),
    "rsync": frozenset({"-e", "-f"}),
    "tar": frozenset({"-C", "-T", "-X"}),
}
_KEEP: Final = re.compile(r"--keep-(hourly|daily|weekly|monthly|yearly|last)[= ](\d{1,6})")
_ASSIGN: Final = re.compile(r"^(?:export\s+)?([A-Z_][A-Z0-9_]*)=(.*)$")
_BREAK: Final = re.compile(r"\s*(?:&&|\|\||;|\||\bthen\b|\bdo\b|\belse\b)\s*")


def find_commands(text: str, variables: dict[str, str] | None = None) -> tuple[Command, ...]:
    """Find the engine calls in a script or a single command line."""
    known = dict(variables or {})
    found: list[Command] = []
    for line in logical_lines(text):
        assigned = _ASSIGN.match(line)
        if assigned and not re.search(r"\s\S", _unquoted(assigned.group(2))):
            if assigned.group(1) in SAFE_VARIABLES or assigned.group(1) not in known:
                known[assigned.group(1)] = _expand(assigned.group(2).strip("'\""), known)
            continue
        for part in _BREAK.split(line):
            command = _command(_tokens(part, known), known)
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
    )


def _command(tokens: list[str], variables: dict[str, str]) -> Command | None:
    for index, token in enumerate(tokens):
        name = token.rsplit("/", 1)[-1]
        if name in LOGGERS:
            return None
        if name in _VERBS and not token.startswith("-"):
            local = dict(
                pair.split("=", 1) for pair in tokens[:index] if re.match(r"[A-Z_]+=", pair)
            )
            return _engine_call(name, tokens[index + 1 :], variables | local)
    return None


def _engine_call(name: str, rest: list[str], variables: dict[str, str]) -> Command | None:
    options, plain = _split(rest, _VALUED | _SHORT_VALUED.get(name, frozenset()))
    verbs = _VERBS[name]
    if verbs and not verbs & set(plain[:2] + rest[:1]):
        return None
    if _NOT.get(name, frozenset()) & set(rest):
        return None
    reader = _READERS.get(name)
    if reader is None:
        return Command(name)
    return reader(options, plain, variables)


def _split(rest: list[str], valued: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """Part options from plain words; output redirections are neither."""
    options: dict[str, str] = {}
    plain: list[str] = []
    items = iter(rest)
    for item in items:
        if re.match(r"^\d?>|^&>|^2>&1|^<", item):
            if re.fullmatch(r"\d?>{1,2}|&>{1,2}|<", item):
                next(items, None)
        elif item.startswith("-") and item != "-":
            name, equals, value = item.partition("=")
            options[name] = value if equals else (next(items, "") if item in valued else "")
        else:
            plain.append(item)
    return options, plain


def _restic(options: dict[str, str], plain: list[str], variables: dict[str, str]) -> Command:
    destination = (
        options.get("-r") or options.get("--repo") or variables.get("RESTIC_REPOSITORY", "")
    )
    sources = tuple(item for item in plain if item != "backup")
    return Command("restic", sources=sources, destination=destination)


def _borg(_options: dict[str, str], plain: list[str], variables: dict[str, str]) -> Command:
    words = [item for item in plain if item != "create"]
    archive = next((item for item in words if "::" in item), "")
    destination = archive.split("::")[0] or variables.get("BORG_REPO", "")
    sources = tuple(item for item in words if item != archive)
    return Command("borg", sources=sources, destination=destination)


def _borgmatic(options: dict[str, str], _plain: list[str], _variables: dict[str, str]) -> Command:
    config = options.get("-c") or options.get("--config") or ""
    return Command("borgmatic", configs=(config,) if config else ())


def _rsnapshot(options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    config = options.get("-c", "")
    return Command(
        "rsnapshot", interval=plain[-1] if plain else "", configs=(config,) if config else ()
    )


def _pair(engine: str, kind: Kind, plain: list[str]) -> Command:
    """The engines whose last word is the destination and the words before it the sources."""
    return Command(engine, kind, tuple(plain[:-1]), plain[-1] if len(plain) > 1 else "")


def _rclone(options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    kind = Kind.BACKUP if "--backup-dir" in options else Kind.SYNC
    return _pair("rclone", kind, plain[1:])


def _rsync(_options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    return _pair("rsync", Kind.MIRROR, plain)


def _duplicity(_options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    words = [item for item in plain if item not in ("full", "incr", "incremental", "backup")]
    return _pair("duplicity", Kind.BACKUP, words)


def _rdiff(_options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    return _pair("rdiff-backup", Kind.BACKUP, [item for item in plain if item != "backup"])


def _tar(options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command | None:
    """Only creating an archive counts: ``tar czf /x.tgz /home`` or ``tar -czf``."""
    flags = "".join(item for item in options if re.fullmatch(r"-[a-zJ]+", item))
    words = list(plain)
    if "c" not in flags and words and re.fullmatch(r"[cvzjJpf]+", words[0]):
        flags = words.pop(0)
    if "c" not in flags or "f" not in flags or not words:
        return None
    return Command("tar", Kind.MIRROR, tuple(words[1:]), words[0])


_READERS: Final = {
    "restic": _restic, "borg": _borg, "borgmatic": _borgmatic, "rsnapshot": _rsnapshot,
    "rclone": _rclone, "rsync": _rsync, "duplicity": _duplicity, "rdiff-backup": _rdiff,
    "tar": _tar,
}  # fmt: skip
