"""Who can sign in to the firm's cloud by password alone, as its own user list shows it.

Registered is not required: whoever has a second factor may still get in without it until the
tenant demands it. Three checks for everyone and three for administrators keep that apart.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from posture_scan.checks.cloud_identity.tenant_facts import Standing, TenantUsers

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unknown


class Level(Enum):
    """How far a group has come; the value is the id of the reason."""

    NOBODY = "nobody"
    WITHOUT = "some_without"
    NOT_SET_UP = "required_not_set_up"
    ASKED = "asked_not_required"
    NOT_REQUIRED = "not_required_of_all"
    UNPROVEN = "requirement_not_in_file"
    """Everybody has one; the file has no column on whether it is required."""
    REQUIRED = "required_of_all"
    PER_USER_OFF = "per_user_off"
    """Off in the per-user list, which is also how it looks where a policy requires it."""
    UNCLEAR = "values_unclear"
    NOT_WHOLE = "not_whole"
    EMPTY = "no_accounts"
    UNMARKED = "admins_not_marked"


_GAPS: Final = (Level.WITHOUT, Level.NOT_SET_UP, Level.ASKED, Level.NOT_REQUIRED)
_OPEN: Final = (
    Level.PER_USER_OFF, Level.UNCLEAR, Level.NOT_WHOLE, Level.EMPTY, Level.UNMARKED,
)  # fmt: skip
_SAME_FOR_ALL: Final = (Level.NOBODY, Level.UNPROVEN, Level.REQUIRED)
"""What holds for every account holds for administrators, also where they are not marked."""


@check(needs=TenantUsers)
def mfa_off(seen: TenantUsers) -> Verdict:
    """Nobody has a second factor."""
    return _off(seen, seen.everyone, _level(seen.everyone, whole=seen.whole))


@check(needs=TenantUsers)
def mfa_gaps(seen: TenantUsers) -> Verdict:
    """Some accounts are without, or it is not required of all."""
    return _gaps(seen, seen.everyone, _level(seen.everyone, whole=seen.whole))


@check(needs=TenantUsers)
def mfa_unproven(seen: TenantUsers) -> Verdict:
    """Everybody has a second factor; whether it is required is not in the file."""
    return _unproven(seen, seen.everyone, _level(seen.everyone, whole=seen.whole))


@check(needs=TenantUsers)
def admin_mfa_off(seen: TenantUsers) -> Verdict:
    """No administrator has a second factor."""
    return _off(seen, *_admins(seen))


@check(needs=TenantUsers)
def admin_mfa_gaps(seen: TenantUsers) -> Verdict:
    """Some administrators are without, or it is not required of all of them."""
    return _gaps(seen, *_admins(seen))


@check(needs=TenantUsers)
def admin_mfa_unproven(seen: TenantUsers) -> Verdict:
    """Every administrator has a second factor; whether it is required is not in the file."""
    return _unproven(seen, *_admins(seen))


def _off(seen: TenantUsers, group: Standing, level: Level) -> Verdict:
    if level is Level.NOBODY:
        return fail(level.value, actual="none", expected="all", **_values(seen, group))
    if level in _OPEN:
        return unknown(level.value, **_values(seen, group))
    return ok("somebody", **_values(seen, group))


def _gaps(seen: TenantUsers, group: Standing, level: Level) -> Verdict:
    if level in _GAPS:
        return fail(level.value, actual="some", expected="all", **_values(seen, group))
    if level in _OPEN:
        return unknown(level.value, **_values(seen, group))
    if level is Level.NOBODY:
        return not_applicable(level.value, **_values(seen, group))
    reason = "everybody" if level is Level.UNPROVEN else level.value
    return ok(reason, **_values(seen, group))


def _unproven(seen: TenantUsers, group: Standing, level: Level) -> Verdict:
    if level is Level.UNPROVEN:
        return fail(level.value, actual="registered", expected="required", **_values(seen, group))
    if level in _OPEN:
        return unknown(level.value, **_values(seen, group))
    if level is Level.REQUIRED:
        return ok(level.value, **_values(seen, group))
    return not_applicable("not_everybody", **_values(seen, group))


def _admins(seen: TenantUsers) -> tuple[Standing, Level]:
    """Return the administrators, or everyone where the same holds for everyone."""
    everyone = _level(seen.everyone, whole=seen.whole)
    if seen.admins is not None and seen.admins.accounts:
        return seen.admins, _level(seen.admins, whole=seen.whole)
    if everyone in _SAME_FOR_ALL or everyone in _OPEN:
        return seen.everyone, everyone
    # A list that marks administrators and has none was cut: every tenant has one.
    return seen.everyone, Level.UNMARKED if seen.admins is None else Level.NOT_WHOLE


def _level(group: Standing, *, whole: bool) -> Level:
    """Place one group; what was not understood or not handed in never makes it better."""
    clear = group.accounts - group.unclear
    if not clear:
        return Level.UNCLEAR if group.accounts else Level.EMPTY
    having, required, asked = _having(group), group.enforced or 0, group.asked or 0
    if having is None and group.asked is not None and required + asked < clear:
        return Level.PER_USER_OFF
    unsure = Level.UNCLEAR if group.unclear else None if whole else Level.NOT_WHOLE
    if not (having or required or asked):
        return unsure or Level.NOBODY
    lacking = clear - (required if having is None else having)
    if lacking:
        return _lacking(clear, required, having)
    if unsure:
        return unsure
    if required == clear:
        return Level.REQUIRED
    # Microsoft's per-user state is off, too, where a policy requires it: it denies nothing.
    told = group.enforced is not None and group.asked is None
    return Level.NOT_REQUIRED if told else Level.UNPROVEN


def _lacking(clear: int, required: int, having: int | None) -> Level:
    if having is None:
        return Level.ASKED
    return Level.NOT_SET_UP if required == clear else Level.WITHOUT


def _having(group: Standing) -> int | None:
    """Return how many can use a second factor: registered and not allowed is of no use."""
    having: int | None = group.registered if group.capable is None else group.capable
    return having


def _values(seen: TenantUsers, group: Standing) -> dict[str, Any]:
    """Return the numbers of the sentences; accounts are counted, never named."""
    clear = group.accounts - group.unclear
    having, required = _having(group), group.enforced or 0
    return {
        "accounts": group.accounts,
        "without": clear - (required if having is None else having),
        "required": required,
        "unclear": group.unclear,
        "disabled": seen.disabled,
        "guests": seen.guests,
        "unattended": seen.unattended,
    }
