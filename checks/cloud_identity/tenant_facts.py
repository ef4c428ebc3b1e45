"""What a tenant's user list says of multi-factor authentication: numbers, never names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from posture_scan.sdk import Method, TenantFacts


@dataclass(frozen=True)
class Standing:
    """How many accounts of one group have what; None where the file has no such column.

    The three are kept apart because none follows from another: whoever is registered may still
    sign in by password alone until it is required, and whoever it is required of may not have
    set it up. All but ``accounts`` and ``unclear`` count accounts whose values were understood.
    """

    accounts: int
    unclear: int = 0
    """Of these, accounts with a value that was not understood."""
    capable: int | None = None
    """A second factor is registered and the tenant's policy allows it to be used."""
    registered: int | None = None
    enforced: int | None = None
    """Nobody gets in without it."""
    asked: int | None = None
    """Microsoft's per-user state "Enabled": asked for, but not yet by every way of signing in."""


@dataclass(frozen=True)
class TenantUsers(TenantFacts):
    """One user list of one tenant, counted."""

    method: ClassVar[Method] = Method.TENANT_EXPORT

    tenant: str
    """``microsoft365`` or ``google_workspace``."""
    sha256: str
    """Of the whole file, lower-case hexadecimal."""
    everyone: Standing
    """All accounts that people can sign in with, administrators included."""
    admins: Standing | None
    """None where the file does not mark them."""
    disabled: int = 0
    """Left out: suspended, archived or blocked accounts."""
    guests: int = 0
    """Left out: their own organisation decides how they sign in."""
    unattended: int = 0
    """Counted with everyone: accounts that by their name belong to a synchronisation service."""
    whole: bool = True
    """False where the file says itself that more pages follow."""
    stated_at: datetime | None = None
    """The moment that the file itself names."""
