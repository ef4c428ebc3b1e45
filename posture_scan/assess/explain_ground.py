"""What every explanation rests on: a profile, the packs, perhaps a report; and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from posture_scan.engine.pack_set import PackSet
from posture_scan.rating.figures import Words
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.report.fixes import criterion_of

_EVERY: Final = frozenset({"discount", "schedule", "criteria"})
_PRICED: Final = frozenset({"discount", "schedule"})
_DISCOUNT: Final = frozenset({"discount"})

FIGURES: Final[dict[str, frozenset[str]]] = {
    "score": _EVERY, "verified": _EVERY, "declared": _EVERY, "coverage": _EVERY, "grade": _EVERY,
    "range": _EVERY, "base-premium": _PRICED, "factor": _PRICED, "controls": _PRICED,
    "certificates": _DISCOUNT, "discount": _PRICED, "modification": frozenset({"schedule"}),
    "premium": _PRICED,
}  # fmt: skip
"""The figures that can be explained, and the kinds of profile that have them."""


@dataclass(frozen=True)
class Ground:
    """A profile and packs, and the report that is explained by them."""

    profile: Profile
    packs: PackSet
    report: Mapping[str, Any] | None
    at: datetime
    """The moment as of which the report was, or is, rated."""
    again: bool
    """Whether it was rated again under the profile."""
    sheet: bool = False
    """Whether the report is a mere worksheet: statuses that nobody's evidence stands behind."""

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """The report's findings; none without a report."""
        return self.report["findings"] if self.report is not None else ()

    @property
    def rating(self) -> Mapping[str, Any] | None:
        """The report's rating; None without a report."""
        return self.report["rating"] if self.report is not None else None

    @cached_property
    def statuses(self) -> dict[str, Mapping[str, Any]]:
        """Where each criterion stands in the report, by id."""
        items = self.report["criteria"] if self.report is not None else ()
        return {str(item["id"]): item for item in items}

    @cached_property
    def records(self) -> dict[str, Mapping[str, Any]]:
        """The report's evidence by id; a signed report may carry only its digest."""
        items = self.report["evidence"] if self.report is not None else ()
        return {str(item["id"]): item for item in items}

    def steps(self, *ids: str) -> list[dict[str, Any]]:
        """The steps of the report's calculation whose ids begin so, in order."""
        found = self.rating["trace"] if self.rating is not None else ()
        return [dict(step) for step in found if str(step["id"]).startswith(ids)]

    def fix(self, criterion: str) -> dict[str, Any] | None:
        """What meeting or proving a criterion is worth, as the report says."""
        found = self.rating.get("fixes", ()) if self.rating is not None else ()
        return next((dict(item) for item in found if item["criterion"] == criterion), None)

    def named(self, member: str) -> list[str]:
        """The criteria that a list of the rating (``gates``, ``missing``) names."""
        found = self.rating.get(member, ()) if self.rating is not None else ()
        return [criterion_of(item) for item in found]

    def share(self, criterion: str) -> str | None:
        """A criterion's (or block's) share of the credit in money; None where it has none."""
        found = self.rating.get("attribution") if self.rating is not None else None
        share = found.get(criterion) if isinstance(found, Mapping) else None
        return None if share is None else str(share)

    def source(self, name: str) -> dict[str, Any]:
        """A source in full: published, derived or illustrative, and where it is found."""
        item = next(item for item in self.profile.sources if item.id == name)
        return {"id": item.id, "status": item.status, "text": both(item.text)}

    def standing(self, item: Criterion) -> dict[str, Any]:
        """A criterion in one row, with its status where there is a report."""
        status = self.statuses.get(item.id, {})
        return {
            "criterion": item.id, "title": both(item.title), "weight": f"{item.weight:f}",
            "gate": item.gate, "minimum": item.id in self.profile.minimum_set,
            "status": status.get("status"), "evidence_class": status.get("evidence_class", ""),
            "share": self.share(item.id),
        }  # fmt: skip


def reference(finding: Mapping[str, Any]) -> str:
    """Return ``check@asset``, with the port where there is one, as criteria name a finding."""
    udp = "/udp" if finding["transport"] == "udp" else ""
    port = f":{finding['port']}{udp}" if finding["port"] else ""
    return f"{finding['check']}@{finding['asset']}{port}"


def found_by(ground: Ground, references: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Return the findings that references name."""
    wanted = set(references)
    return (item for item in ground.findings if reference(item) in wanted)


def both(words: Words) -> dict[str, str]:
    """Return a text in both languages."""
    return {"ja": words.ja, "en": words.en}
