"""Google Workspace: "Download users", the user reports on accounts and security, GAM's list.

Sources: the headings of the console's user download, which are English in every language of the
console; the columns that Google's help names for the user reports, and their Japanese names
and day in brackets as public scripts read them; the fields of the Directory API that GAM
prints. Not seen on a real export: see ``observations.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from posture_scan.checks.cloud_identity.count_users import (
    DISABLED,
    Account,
    administrators,
    counted,
    standing,
)
from posture_scan.checks.cloud_identity.tenant_facts import TenantUsers
from posture_scan.checks.cloud_identity.user_table import (
    digest,
    not_mine,
    plain,
    read_table,
    yes_or_no,
)

from posture_scan.sdk import Document, collector

_HEADINGS: Final = {
    "emailaddress": "user",
    "email": "user",
    "user": "user",
    "ユーザー": "user",
    "primaryemail": "user",
    "2svenrolled": "registered",
    "2stepverificationenrollment": "registered",
    "2段階認証プロセスの登録": "registered",
    "isenrolledin2sv": "registered",
    "2svenforced": "enforced",
    "2stepverificationenforcement": "enforced",
    "2段階認証プロセスの適用": "enforced",
    "isenforcedin2sv": "enforced",
    "status": "status",
    "useraccountstatus": "status",
    "ユーザーアカウントのステータス": "status",
    "suspended": "suspended",
    "archived": "archived",
    "adminstatus": "admin",
    "管理者のステータス": "admin",
    "issuperadmin": "admin",
    "isadmin": "admin",
}

_IN_USE: Final = frozenset({"active", "有効", "アクティブ"})
_OUT_OF_USE: Final = frozenset({
    "suspended", "archived", "blocked", "停止中", "停止", "アーカイブ済み", "ブロック中",
    "ブロック済み",
})  # fmt: skip
_ADMIN: Final = frozenset({
    "superadmin", "administrator", "delegatedadmin", "特権管理者", "管理者", "代理管理者",
})  # fmt: skip
_NO_ADMIN: Final = frozenset({"none", "なし"})

_DAY: Final = re.compile(r"\b(20\d{2})[-/](\d{1,2})[-/](\d{1,2})\b")
_FIRST: Final = timezone(timedelta(hours=14))
"""The zone in which a day begins first: no list counts as younger than it is."""


@collector(on=Document("tenant_export"))
def google_workspace_users(content: bytes) -> TenantUsers:
    """Read a list of users with their 2-Step Verification."""
    table = read_table(content, _HEADINGS)
    told = tuple(name for name in ("registered", "enforced") if name in table.columns)
    if not {"user", "registered"} <= table.columns:
        raise not_mine()
    every = [_account(row, told) for row in table.rows if row.get("user")]
    people = counted(every)
    if people and all(None in one.has.values() for one in people):
        raise not_mine()  # the heading is known, and not one of its values
    return TenantUsers(
        "google_workspace", digest(content), standing(people, told),
        administrators(people, told), disabled=len(every) - len(people), whole=table.whole,
        stated_at=_day(table.remarks),
    )  # fmt: skip


def _account(row: Mapping[str, str], told: Iterable[str]) -> Account:
    has = {name: yes_or_no(row.get(name, "")) for name in told}
    used = _in_use(row)
    return Account(
        has, admin=_is_admin(row), left_out=DISABLED if used is False else "",
        unclear=used is None,
    )  # fmt: skip


def _in_use(row: Mapping[str, str]) -> bool | None:
    """Tell whether anybody can sign in; without any such column every account counts."""
    if "status" in row:
        said = plain(row["status"])
        return True if said in _IN_USE else False if said in _OUT_OF_USE else None
    marks = [yes_or_no(row[name]) for name in ("suspended", "archived") if name in row]
    if True in marks:
        return False
    return None if None in marks else True


def _is_admin(row: Mapping[str, str]) -> bool | None:
    said = plain(row.get("admin", ""))
    if said in _ADMIN | _NO_ADMIN:
        return said in _ADMIN
    marked: bool | None = yes_or_no(said)
    return marked


def _day(remarks: Iterable[str]) -> datetime | None:
    """Return where the earliest day begins that a heading names in brackets."""
    found = []
    for remark in remarks:
        match = _DAY.search(remark)
        if match:
            try:
                year, month, day = map(int, match.groups())
                found.append(datetime(year, month, day, tzinfo=_FIRST).astimezone(UTC))
            except ValueError:
                continue
    return min(found, default=None)
