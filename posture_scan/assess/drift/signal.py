"""What a reader may want to ask about: an indication with its evidence, never an accusation.

No signal changes a figure. Each has an innocent explanation, and its sentence says what to ask.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Value = str | int


@dataclass(frozen=True)
class Signal:
    """One thing to ask about; its sentence is ``diff.signal.<id>`` with the values."""

    id: str
    subject: str
    """The asset, port or computer it is about."""
    values: dict[str, Value] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    """Ids of reports, findings (``check@asset:port``) and evidence records it rests on."""

    def to_json(self) -> dict[str, Any]:
        """Return the signal as JSON values."""
        return {
            "id": self.id, "subject": self.subject, "values": dict(self.values),
            "evidence": list(self.evidence),
        }  # fmt: skip
