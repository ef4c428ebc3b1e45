"""What the computer asks of passwords: the least length, and what follows upon wrong ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.checks.host.passwd import password_states, people
from posture_scan.checks.host.password_linux import linux_rules

from posture_scan.sdk import (
    PASSIVE,
    Attempt,
    AttemptError,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    lift_of,
    plist_table,
)

_LEAST: Final = re.compile(r"\.\{(\d{1,3}),")
_FAILURES: Final = "policyAttributeFailedAuthentications"
_MOST_TEXT: Final = 4_000


@dataclass(frozen=True)
class PasswordFacts(HostFacts):
    """The rules for passwords of local accounts."""

    min_length: int | None = None
    lockout: int | None = None
    """Wrong passwords until an account is locked for a while; 0 = never."""
    source: str = ""
    """What answered: a module of PAM or the system's call."""
    empty_allowed: bool = False
    """An account without a password may sign in, if there is one."""
    empty_accounts: int | None = None
    """How many accounts have none; None where only an administrator may see that."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def password_rules(host: Host) -> PasswordFacts:
    """Read the rules; no password and no hash of one is read."""
    look = Look(host)
    reader = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)
    return reader(look)


def _windows(look: Look) -> PasswordFacts:
    try:
        row = look.host.system("password_policy")[0]
    except AttemptError as error:
        look.note("password_policy", error.attempt, "password", lift_of(error))
        return _facts(look)
    except IndexError:
        look.note("password_policy", Attempt.PROTOCOL_MISMATCH, "password", "again")
        return _facts(look)
    length, threshold = row.get("min_length"), row.get("threshold")
    if not isinstance(length, int) or not isinstance(threshold, int):
        look.note("password_policy", Attempt.PROTOCOL_MISMATCH, "password", "again")
        return _facts(look)
    return _facts(look, source="NetUserModalsGet", min_length=length, lockout=threshold)


def _linux(look: Look) -> PasswordFacts:
    rules = linux_rules(look)
    if rules is None:
        return _facts(look)
    return _facts(
        look, min_length=rules.min_length, lockout=rules.lockout, source=rules.source,
        empty_allowed=rules.nullok, empty_accounts=_empty(look),
    )  # fmt: skip


def _empty(look: Look) -> int | None:
    """Count people without any password; what stands in ``shadow`` only root may ask about."""
    everyone = people(look, hides="password") or ()
    open_to_all: int = sum(entry.no_password for entry in everyone)
    if open_to_all:
        return open_to_all
    states: dict[str, str] | None = password_states(look, hides="password")
    if states is None:
        return None
    return sum(states.get(name) == "NP" for name in {"root", *(entry.name for entry in everyone)})


def _macos(look: Look) -> PasswordFacts:
    """``pwpolicy`` prints a line for people, then a property list with predicates."""
    result = look.run(("pwpolicy", "-getaccountpolicies"), hides="password")
    start = result.stdout.find(b"<?xml") if result is not None and result.code == 0 else -1
    if result is None or start < 0:
        look.note("pwpolicy", Attempt.PROTOCOL_MISMATCH, "password", "again")
        return _facts(look)
    table = plist_table(result.stdout[start:])
    if table is None:
        look.note("pwpolicy", Attempt.PROTOCOL_MISMATCH, "password", "again")
        return _facts(look)
    words = _contents(table, "policyCategoryPasswordContent")
    lengths = [int(found) for text in words for found in _LEAST.findall(text)]
    least = max(lengths, default=None if any(words) else 0)  # a rule in other words is no "none"
    locks = [text for text in _contents(table, "policyCategoryAuthentication")
             if _FAILURES in text]  # fmt: skip
    limit = max((_maximum(table)), default=1) if locks else 0
    return _facts(
        look, min_length=least, lockout=limit, source="pwpolicy",
    )  # fmt: skip


def _contents(table: dict[str, Any], category: str) -> list[str]:
    items = table.get(category)
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [str(row.get("policyContent", ""))[:_MOST_TEXT] for row in rows[:100]]


def _maximum(table: dict[str, Any]) -> list[int]:
    items = table.get("policyCategoryAuthentication")
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    given = [row.get("policyParameters") for row in rows[:100]]
    found = [one.get("policyAttributeMaximumFailedAuthentications") for one in given
             if isinstance(one, dict)]  # fmt: skip
    return [number for number in found if isinstance(number, int) and number > 0]


def _facts(look: Look, **more: Any) -> PasswordFacts:
    return PasswordFacts(
        platform=look.host.platform, elevated=look.host.elevated,
        not_read=look.noted(), **more,
    )  # fmt: skip
