"""From accounts to numbers: who is counted, who is left out, and what each group has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.cloud_identity.tenant_facts import Standing

DISABLED: Final = "disabled"
GUEST: Final = "guest"


@dataclass(frozen=True)
class Account:
    """One row, as far as it is counted; who it is stays in the file."""

    has: dict[str, bool | None] = field(default_factory=dict)
    """``capable``, ``registered``, ``enforced``, ``asked``; None where the value is unclear."""
    admin: bool | None = None
    left_out: str = ""
    """``disabled`` or ``guest``; empty for whoever counts."""
    unclear: bool = False
    """Whether it is not understood if the account is in use."""
    unattended: bool = False


def counted(accounts: Sequence[Account]) -> list[Account]:
    """Return the accounts that people can sign in with."""
    return [account for account in accounts if not account.left_out]


def standing(accounts: Sequence[Account], told: Collection[str]) -> Standing:
    """Count one group; ``told`` names the columns that the file has."""
    clear = [one for one in accounts if not one.unclear and None not in one.has.values()]
    sums = {name: sum(one.has[name] is True for one in clear) for name in told}
    return Standing(
        len(accounts), len(accounts) - len(clear), sums.get("capable"), sums.get("registered"),
        sums.get("enforced"), sums.get("asked"),
    )  # fmt: skip


def administrators(accounts: Sequence[Account], told: Collection[str]) -> Standing | None:
    """Count the administrators; None where the file does not mark every account clearly."""
    if any(one.admin is None for one in accounts):
        return None
    return standing([one for one in accounts if one.admin], told)
