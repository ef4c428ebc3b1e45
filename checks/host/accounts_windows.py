"""The people of a Windows computer: SIDs, relative ids and numbers; no names, no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Look, SystemRow, lift_of

_ADMINISTRATORS: Final = "S-1-5-32-544"
_DISABLED: Final = 0x2
"""UF_ACCOUNTDISABLE of lmaccess.h."""

_GROUPS: Final = frozenset({2, 4, 5})
"""SidTypeGroup, SidTypeAlias, SidTypeWellKnownGroup: members that have members of their own."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class WindowsAccount:
    """One local account that is switched on."""

    rid: int
    last_logon: datetime | None
    password_set: datetime | None


def local_accounts(look: Look) -> tuple[WindowsAccount, ...] | None:
    """Return the accounts that are switched on; None, noted, where they could not be asked."""
    rows = _asked(look, "accounts")
    if not rows:  # the built-in accounts are always there: an empty list is no answer
        look.note("accounts", Attempt.PROTOCOL_MISMATCH, "accounts", "again")
        return None
    return tuple(
        WindowsAccount(
            _number(row, "user_id"),
            _moment(_number(row, "last_logon")),
            look.host.now - timedelta(seconds=_number(row, "password_age")),
        )
        for row in rows
        if not _number(row, "flags") & _DISABLED
    )


@dataclass(frozen=True)
class Worker:
    """Whose desktop this is, and whether that person is an administrator."""

    sid: str
    administrator: bool | None
    rid: int | None = None
    """The account's number where it is one of this computer's own."""


def worker(look: Look) -> Worker:
    """Ask who is signed in. A program started with another person's rights has that one's token.

    Then only the group's list of members is left, and a group of a domain in it hides who else
    is an administrator.
    """
    rows = _asked(look, "session")
    if not rows or not rows[0].get("user"):
        look.note("session", Attempt.PROTOCOL_MISMATCH, "accounts", "again")
        return Worker("", None)
    user, token = str(rows[0]["user"]), str(rows[0].get("token", ""))
    members = _asked(look, "group_members", _ADMINISTRATORS)
    rid = _own_rid(user, members)
    if user == token:
        return Worker(user, bool(rows[0].get("administrator")), rid)
    if not members:  # the built-in administrator is always a member
        return Worker(user, None, rid)
    if any(str(row["sid"]) == user for row in members):
        return Worker(user, administrator=True, rid=rid)
    nested = any(_number(row, "usage") in _GROUPS for row in members)
    return Worker(user, None if nested else False, rid)


def _own_rid(user: str, members: tuple[SystemRow, ...]) -> int | None:
    """Tell by the built-in administrator (number 500) which SIDs are this computer's own."""
    issuer, _, number = user.rpartition("-")
    local = any(str(row["sid"]) == f"{issuer}-500" for row in members)
    return int(number) if local and number.isdecimal() else None


def _asked(look: Look, question: str, subject: str = "") -> tuple[SystemRow, ...]:
    try:
        return look.host.system(question, subject)
    except AttemptError as error:
        look.note(f"{question} {subject}".strip(), error.attempt, "accounts", lift_of(error))
        return ()


def _number(row: SystemRow, name: str) -> int:
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0


def _moment(seconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=seconds) if seconds > 0 else None
    except OverflowError:
        return None
