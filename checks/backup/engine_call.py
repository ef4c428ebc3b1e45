"""One call of a backup engine: which of its words say what is copied, and where to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from posture_scan.checks.backup.facts import Kind


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
    label: str = ""
    """duplicity's ``--name``."""
    checks: bool = False
    """It checks a copy and makes none."""


VERBS: Final[dict[str, frozenset[str]]] = {
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
    "--syslog-verbosity", "--backup-dir", "--transfers", "--bwlimit", "--archive-dir",
    "--include", "--include-filelist", "--exclude-filelist", "--volsize", "--gpg-options",
    "--ssh-options", "--num-retries", "--read-data-subset",
})  # fmt: skip
"""Long options that are followed by their value where no ``=`` stands."""


_SECRET: Final = re.compile(r"pass|secret|token|key|credential|auth")
"""In the name of an option: what follows is taken for its value, and never for a place."""


_SHORT_VALUED: Final[dict[str, frozenset[str]]] = {
    "restic": frozenset({"-r", "-p", "-o", "-e", "-H"}),
    "borg": frozenset({"-e", "-c", "-C"}),
    "borgmatic": frozenset({"-c", "-v"}),
    "rsnapshot": frozenset({"-c"}),
    "rsync": frozenset({"-e", "-f"}),
    "tar": frozenset({"-C", "-T", "-X"}),
}


_DUPLICITY_VERBS: Final = frozenset({"full", "inc", "incr", "incremental", "backup"})


_CHECKING: Final = {
    "restic": "check", "borg": "check", "duplicity": "verify", "rdiff-backup": "verify",
}  # fmt: skip


def check_call(tokens: list[str], variables: dict[str, str]) -> Command | None:
    """Recognise a call that checks a copy; where the copy is stands in it, too."""
    for index, token in enumerate(tokens):
        name = token.rsplit("/", 1)[-1]
        if name not in _CHECKING:
            continue
        options, plain = _split(tokens[index + 1 :], _VALUED | _SHORT_VALUED.get(name, frozenset()))
        if _CHECKING[name] not in plain[:2]:
            return None
        words = [item for item in plain if item != _CHECKING[name]]
        first = words[0] if words else ""
        if name == "restic":
            first = options.get("-r") or options.get("--repo") or ""
            first = first or variables.get("RESTIC_REPOSITORY", "")
        if name == "borg":
            first = first.split("::")[0] or variables.get("BORG_REPO", "")
        return Command(name, destination=first, checks=True)
    return None


def engine_call(name: str, rest: list[str], variables: dict[str, str]) -> Command | None:
    """Read the words behind an engine's name; None where the call makes no copy."""
    options, plain = _split(rest, _VALUED | _SHORT_VALUED.get(name, frozenset()))
    verbs = VERBS[name]
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
            follows = not equals and (item in valued or _SECRET.search(item))
            options[name] = next(items, "") if follows else value
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
    """One way is a mirror, as with rsync; both ways follow whatever is encrypted there, too."""
    kind = Kind.BACKUP if "--backup-dir" in options else Kind.MIRROR
    return _pair("rclone", Kind.SYNC if "bisync" in plain[:2] else kind, plain[1:])


def _rsync(_options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    return _pair("rsync", Kind.MIRROR, plain)


def _duplicity(options: dict[str, str], plain: list[str], _variables: dict[str, str]) -> Command:
    words = [item for item in plain if item not in _DUPLICITY_VERBS]
    return replace(_pair("duplicity", Kind.BACKUP, words), label=options.get("--name", ""))


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
