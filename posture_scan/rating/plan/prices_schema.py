"""The form of a contractor's price file, as strict models; imported inside functions only."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field  # noqa: TID253 -- this module itself is imported lazily

from posture_scan.rating.form.criterion import CheckId, CriterionId, Model, Number

Hours = Annotated[Number, Field(ge=0, le=10_000)]
Outlay = Annotated[Number, Field(ge=0, le=10**10)]


class Entry(Model):
    """What one check's weakness takes to mend, or one criterion to meet and to show."""

    hours: Hours | None = None
    cost: Outlay = Decimal(0)
    """Outlay beside the hours (parts, licences)."""
    per: Literal["once", "asset"] = "once"


class CheckEntry(Entry):
    """The same for a check, which is mended at each asset unless the file says ``once``."""

    per: Literal["once", "asset"] = "asset"


class PriceFile(Model):
    """A contractor's own prices."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    hourly_rate: Outlay
    checks: dict[CheckId, CheckEntry] = Field(default={})
    criteria: dict[CriterionId, Entry] = Field(default={})
