"""MTA-STS as RFC 8461 writes it: the record, the lines of the policy, the servers it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.names import bare, is_name

IS_RECORD: Final = re.compile(r"v=STSv1 *;")
"""Section 3.1."""
LONGEST_LIFE: Final = 31_557_600
"""Seconds that a policy may count, section 3.2."""
MOST_PATTERNS: Final = 100
_MODES: Final = frozenset({"enforce", "testing", "none"})
_ID: Final = re.compile(r"[A-Za-z0-9]{1,32}")


@dataclass(frozen=True)
class StsPolicy:
    """A policy as it was served."""

    mode: str = ""
    max_age: int = 0
    servers: tuple[str, ...] = ()
    """Patterns of mail servers that may be delivered to."""
    wrong: str = ""
    """The field that is missing or wrong: ``version``, ``mode``, ``max_age`` or ``mx``."""


def has_id(value: str) -> bool:
    """Tell whether the record's ``id`` is one: by it senders notice a new policy."""
    return _ID.fullmatch(value) is not None


def parse_policy(body: bytes) -> StsPolicy:
    """Read a policy; of a field that stands twice the first counts, except ``mx``."""
    fields: dict[str, str] = {}
    servers: list[str] = []
    for line in body.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        name, value = name.strip(), value.strip()
        if colon and name == "mx":
            servers.append(bare(value))
        elif colon:
            fields.setdefault(name, value)
    mode, age = fields.get("mode", ""), fields.get("max_age", "")
    lasts = int(age) if re.fullmatch(r"[0-9]{1,10}", age) else -1
    known = tuple(name for name in servers[:MOST_PATTERNS] if _is_pattern(name))
    wrong = ""
    if fields.get("version") != "STSv1":
        wrong = "version"
    elif mode not in _MODES:
        wrong = "mode"
    elif not 0 <= lasts <= LONGEST_LIFE:
        wrong = "max_age"
    elif mode != "none" and (not known or len(known) < len(servers)):
        wrong = "mx"
    return StsPolicy(mode if mode in _MODES else "", max(lasts, 0), known, wrong)


def _is_pattern(name: str) -> bool:
    return re.fullmatch(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name) is not None and is_name(
        name
    )


def covers(pattern: str, host: str) -> bool:
    """Tell whether a pattern names a server; ``*`` stands for the first label (section 4.1)."""
    if not pattern.startswith("*."):
        return pattern == host
    return host.partition(".")[2] == pattern[2:]
