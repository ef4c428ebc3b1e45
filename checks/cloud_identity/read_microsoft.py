"""Microsoft 365 (Entra): who has registered a second factor, or the per-user MFA states.

Sources: Microsoft Graph's resource type userRegistrationDetails, whose names the Entra admin
centre's download "User registration details" uses in CSV too (older downloads without "is");
the centre's own headings as its help has them; for the per-user states, Microsoft's page on
user states and the beta resource strongAuthenticationRequirements (``perUserMfaState``).
Not seen on a real export: see ``observations.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.cloud_identity.count_users import (
    DISABLED,
    GUEST,
    Account,
    administrators,
    counted,
    standing,
)
from posture_scan.checks.cloud_identity.tenant_facts import TenantUsers
from posture_scan.checks.cloud_identity.user_table import (
    Table,
    digest,
    not_mine,
    plain,
    read_table,
    yes_or_no,
)

from posture_scan.sdk import Document, collector

_HEADINGS: Final = {
    "userprincipalname": "user",
    "upn": "user",
    "username": "user",
    "ユーザープリンシパル名": "user",
    "ismfacapable": "capable",
    "mfacapable": "capable",
    "multifactorauthenticationcapable": "capable",
    "ismfaregistered": "registered",
    "mfaregistered": "registered",
    "multifactorauthenticationregistered": "registered",
    "isadmin": "admin",
    "admin": "admin",
    "usertype": "type",
    "accountenabled": "enabled",
    "blockcredential": "blocked",
    "mfastatus": "state",
    "permfastate": "state",
    "perusermfastate": "state",
    "multifactorauthstatus": "state",
    "multifactorauthenticationstatus": "state",
    "lastupdateddatetime": "updated",
}

_STATES: Final = {
    "enforced": "enforced", "強制": "enforced", "enabled": "asked", "有効": "asked",
    "disabled": "", "無効": "",
}  # fmt: skip
"""Enabled still lets older programs in by password alone; only Enforced does not."""

_TOLD: Final = {"capable": ("capable",), "registered": ("registered",),
                "state": ("enforced", "asked")}  # fmt: skip
"""What each column says about an account."""

_SYNCHRONISATION: Final = ("sync_", "adtoaadsyncserviceaccount", "aad_")
"""Beginnings of the accounts that Microsoft's directory synchronisation makes for itself."""


@collector(on=Document("tenant_export"))
def microsoft365_users(content: bytes) -> TenantUsers:
    """Read the user registration details, or the list of per-user MFA states."""
    table = read_table(content, _HEADINGS)
    told = tuple(name for column, names in _TOLD.items() if column in table.columns
                 for name in names)  # fmt: skip
    if "user" not in table.columns or not told:
        raise not_mine()
    every = [_account(row, table, told) for row in table.rows if row.get("user")]
    people = counted(every)
    if people and all(None in one.has.values() for one in people):
        raise not_mine()  # the heading is known, and not one of its values
    return TenantUsers(
        "microsoft365", digest(content), standing(people, told), administrators(people, told),
        disabled=sum(one.left_out == DISABLED for one in every),
        guests=sum(one.left_out == GUEST for one in every),
        unattended=sum(one.unattended for one in people),
        whole=table.whole, stated_at=_updated(table),
    )  # fmt: skip


def _account(row: Mapping[str, str], table: Table, told: tuple[str, ...]) -> Account:
    has: dict[str, bool | None] = {
        name: yes_or_no(row.get(name, "")) for name in ("capable", "registered") if name in told
    }
    if "state" in table.columns:
        state = _STATES.get(plain(row.get("state", "")))
        for name in ("enforced", "asked"):
            has[name] = None if state is None else state == name
    used = _in_use(row)
    return Account(
        has,
        admin=yes_or_no(row.get("admin", "")),
        left_out=GUEST if _is_guest(row) else "" if used is not False else DISABLED,
        unclear=used is None,
        unattended=row["user"].casefold().startswith(_SYNCHRONISATION),
    )


def _is_guest(row: Mapping[str, str]) -> bool:
    """Microsoft writes the origin of a guest into the account's name."""
    return plain(row.get("type", "")) == "guest" or "#ext#" in row["user"].casefold()


def _in_use(row: Mapping[str, str]) -> bool | None:
    """Tell whether anybody can sign in; a list without such a column has enabled accounts only."""
    if "enabled" in row:
        used: bool | None = yes_or_no(row["enabled"])
        return used
    if "blocked" in row:
        blocked = yes_or_no(row["blocked"])
        return None if blocked is None else not blocked
    return True


def _updated(table: Table) -> datetime | None:
    """Return the latest moment at which a row was worked out: the list is no older than that."""
    found = []
    for row in table.rows:
        try:
            at = datetime.fromisoformat(row.get("updated", ""))
        except ValueError:
            continue
        if at.tzinfo is not None:
            found.append(at.astimezone(UTC))
    return max(found, default=None)
