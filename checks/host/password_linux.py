"""What a Linux asks of a new password, and what it does after wrong ones: the rules of PAM."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host import pam
from posture_scan.checks.host.ini import pairs

from posture_scan.sdk import Attempt, Look

_QUALITY_FILES: Final = (
    "/usr/lib/security/pwquality.conf", "/etc/security/pwquality.conf",
    "/etc/security/pwquality.conf.d/*.conf",
)  # fmt: skip
_FAILLOCK: Final = "/etc/security/faillock.conf"
_CREDITS: Final = ("dcredit", "ucredit", "lcredit", "ocredit")
_UNIX_DEFAULT: Final = 6
"""pam_unix(8) of Debian: at least six characters (with ``obscure``); upstream says the same."""

_QUALITY_DEFAULT: Final = 8
"""pwquality.conf(5)."""

_CRACKLIB_DEFAULT: Final = 9
"""pam_cracklib(8)."""

_DENY_DEFAULT: Final = 3
"""faillock.conf(5)."""


_WITHOUT_LENGTH: Final = frozenset({
    "pam_pwhistory", "pam_deny", "pam_permit", "pam_warn", "pam_succeed_if", "pam_gnome_keyring",
})  # fmt: skip
"""Modules that may stand before the others and ask no length of a password."""


@dataclass(frozen=True)
class LinuxRules:
    """The rules in force; ``None`` where a module is in use that is not known here."""

    min_length: int | None
    lockout: int | None
    """Wrong passwords until an account is locked; 0 = never."""
    source: str
    nullok: bool
    """An account without a password may sign in."""


def linux_rules(look: Look) -> LinuxRules | None:
    """Read the stacks that every program includes; None, noted, where not all was read."""
    before = len(look.not_read)
    words = pam.stack(look, "common-password", "system-auth", "passwd", kind="password")
    auth = pam.stack(look, "common-auth", "system-auth", "login", kind="auth")
    if not words or not auth:
        look.note("/etc/pam.d", Attempt.PROTOCOL_MISMATCH, "password", "again")
        return None
    length, source = _length(look, words)
    lockout = _lockout(look, auth)
    if len(look.not_read) > before:
        return None  # what stands in a closed file may weaken or replace what was read
    nullok = any(rule.module == "pam_unix" and "nullok" in rule.words for rule in auth)
    return LinuxRules(length, lockout, source, nullok)


def _length(look: Look, rules: tuple[pam.Rule, ...]) -> tuple[int | None, str]:
    """The first module that may refuse a new password decides; of one not known here, only who."""
    for rule in rules:
        if rule.module == "pam_pwquality" and rule.counts:
            least = _quality(look, rule)
            if least is not None:
                return least, rule.module
            continue
        if rule.module == "pam_cracklib" and rule.counts:
            length = rule.number("minlen")
            credit = sum(max(0, _or(rule.number(name), 1)) for name in _CREDITS)
            return max(6, _or(length, _CRACKLIB_DEFAULT) - credit), rule.module
        if rule.module == "pam_unix":
            return _or(rule.number("minlen"), _UNIX_DEFAULT), rule.module
        if rule.counts and rule.module not in _WITHOUT_LENGTH:
            return None, rule.module
    return None, "PAM"


def _quality(look: Look, rule: pam.Rule) -> int | None:
    """Return what pwquality demands; None where it is told to warn only."""
    values = {"minlen": _QUALITY_DEFAULT, "enforcing": 1, **dict.fromkeys(_CREDITS, 0)}
    for pattern in _QUALITY_FILES:
        for info in look.files(pattern, hides="password"):
            for _, key, value in pairs(look.text(info.path, hides="password") or ""):
                if key in values and re.fullmatch(r"-?\d{1,6}", value):
                    values[key] = int(value)
    values |= {key: found for key in values if (found := rule.number(key)) is not None}
    if not values["enforcing"]:
        return None
    # A password with digits may be shorter by the credit given for them; never below six.
    return max(6, values["minlen"] - sum(max(0, values[name]) for name in _CREDITS))


def _lockout(look: Look, rules: tuple[pam.Rule, ...]) -> int | None:
    for rule in rules:
        if rule.module in {"pam_tally2", "pam_tally"}:
            return _or(rule.number("deny"), 0)
        if rule.module == "pam_faillock":
            text = look.text(_FAILLOCK, hides="password") or ""
            said = [int(value) for _, key, value in pairs(text)
                    if key == "deny" and re.fullmatch(r"\d{1,6}", value)]  # fmt: skip
            return _or(rule.number("deny"), said[-1] if said else _DENY_DEFAULT)
    return 0


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
