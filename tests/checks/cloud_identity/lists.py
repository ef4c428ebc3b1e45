"""Lists of users as administrators download them: constructed, none is a real export.

provenance: constructed. The headings of Google's user download, and its English values, are
those of published examples; the headings of its reports those of Google's help (Japanese: of
public scripts); those of Entra the names of Microsoft Graph. All people are invented.
"""

from __future__ import annotations

import json
from typing import Any, Final

PLANTED: Final = ("planted", "山田", "次郎丸", "Taro")
"""What stands in the files and must never reach a record."""

GOOGLE_HEAD: Final = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],"
    "New Primary Email [UPLOAD ONLY],Status [READ ONLY],Last Sign In [READ ONLY],Recovery Email,"
    "Home Secondary Email,Work Secondary Email,Employee ID,Department,Cost Center,"
    "2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building ID,Email Usage [READ ONLY],"
    "Change Password at Next Sign-In,New Status [UPLOAD ONLY],"
    "Advanced Protection Program enrollment"
)


def google(*people: tuple[str, str, str]) -> bytes:
    """The console's user download: (status, enrolled, enforced) for each person."""
    lines = [
        f'"Taro, Jr.",山田,planted.{n}@planted.example,****,,/,,{status},2026/11/20 01:02:03,'
        f"planted@planted.example,,,,,,{enrolled},{enforced},,0.3GB,False,,False"
        for n, (status, enrolled, enforced) in enumerate(people)
    ]
    return "\r\n".join([GOOGLE_HEAD, *lines, ""]).encode()


def report(*people: tuple[str, str, str, str], day: str = "2026-11-20") -> bytes:
    """A user report in English: (account status, admin status, enrolled, enforced)."""
    head = ["User"] + [
        f"{name} [{day} GMT+0]" for name in (
            "User account status", "Admin status", "2-Step verification enrollment",
            "2-Step verification enforcement", "Password strength",
        )
    ]  # fmt: skip
    rows = [[f"planted.{n}@planted.example", *person, "Strong"] for n, person in enumerate(people)]
    return "\n".join(",".join(row) for row in [head, *rows]).encode()


def report_ja(*people: tuple[str, str, str, str], day: str = "2026-11-20") -> str:
    """The same report as the Japanese console writes it."""
    head = ["ユーザー"] + [
        f"{name} [{day} GMT+9]" for name in (
            "ユーザー アカウントのステータス", "管理者のステータス", "2 段階認証プロセスの登録",
            "2 段階認証プロセスの適用", "パスワードの安全度",
        )
    ]  # fmt: skip
    rows = [[f"planted.{n}@planted.example", *person, "強"] for n, person in enumerate(people)]
    return "\n".join(",".join(row) for row in [head, *rows])


GRAPH: Final = (
    "id,userPrincipalName,userDisplayName,userType,isAdmin,isSsprRegistered,isMfaRegistered,"
    "isMfaCapable,isPasswordlessCapable,methodsRegistered,defaultMfaMethod,lastUpdatedDateTime"
)


def entra(*people: tuple[str, str, str], updated: str = "2026-11-20T03:04:05Z") -> str:
    """User registration details: (admin, registered, capable) for each member."""
    rows = [
        f'0f{n},planted.{n}@planted.example,"山田 次郎丸",member,{admin},False,{registered},'
        f'{capable},False,"mobilePhone,email",mobilePhone,{updated}'
        for n, (admin, registered, capable) in enumerate(people)
    ]
    return "\n".join([GRAPH, *rows, ""])


def graph(*people: dict[str, Any], more: bool = False) -> bytes:
    """The answer of Microsoft Graph, saved; ``more``: a further page was not fetched."""
    page: dict[str, Any] = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata"}
    if more:
        page["@odata.nextLink"] = "https://graph.microsoft.com/v1.0/next"
    page["value"] = [
        {
            "userPrincipalName": f"planted.{n}@planted.example", "userType": "member",
            "isAdmin": False, "isMfaRegistered": True, "isMfaCapable": True,
            "methodsRegistered": ["mobilePhone"], "lastUpdatedDateTime": "2026-11-20T03:04:05Z",
            **person,
        }
        for n, person in enumerate(people)
    ]  # fmt: skip
    return json.dumps(page, ensure_ascii=False).encode()


def per_user(*states: str, separator: str = ",") -> bytes:
    """The list of per-user MFA states, as a script saved it."""
    rows = [["UserPrincipalName", "UserType", "BlockCredential", "MFAStatus"]]
    rows += [[f"planted.{n}@planted.example", "Member", "False", s] for n, s in enumerate(states)]
    return "\n".join(separator.join(row) for row in rows).encode("utf-8-sig")
