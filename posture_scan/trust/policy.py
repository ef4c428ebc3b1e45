"""What a verifier asks for before it says yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from posture_scan.trust.assessment import SIGNER_ROLES
from posture_scan.trust.codes import refusal


@dataclass(frozen=True)
class Policy:
    """The rules of one verification; the default asks that every named signer be trusted.

    A policy that would accept anything is refused when it is made.
    """

    accept_roles: tuple[str, ...] = SIGNER_ROLES
    """Roles whose signature counts at all."""
    require: Mapping[str, int] = field(default_factory=dict)
    """Role → how many distinct keys of it must have signed."""
    evidence_required: bool = False
    """Refuse a report whose evidence file was not handed over."""
    max_age: timedelta | None = None
    """How long after the scan a report is taken, besides its own expiry."""
    allow_expired: bool = False
    """Read an old report as authentic, for the archive; the notes say that it is expired."""
    allow_foreign_layout: bool = False
    """Read envelopes other programs wrote: any layout, extra signatures, missing key ids.

    Their text can be changed without touching what was signed, so a changed byte may pass.
    """

    def __post_init__(self) -> None:
        """Refuse to be vacuous.

        Raises:
            UsageError: E-POL-001, naming the rule.
        """
        if not self.accept_roles:
            raise refusal("E-POL-001", rule="accept_roles")
        for role, count in self.require.items():
            if count < 1 or role not in self.accept_roles:
                raise refusal("E-POL-001", rule=f"require.{role}")
