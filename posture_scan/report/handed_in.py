"""What a report tells of the evidence itself: the files that were handed in, by day and digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from posture_scan.model.confidence import Method
from posture_scan.report.view import Pair
from posture_scan.report.wording import Wording, asset_name

DOMAIN_PROOF: Final = "core.DomainProof"
"""Kind of the evidence on whether a domain is the organisation's."""

DATED_BY_PERSON: Final = "dated_by_person"
"""The engine's remark on an export that does not say itself when it was made."""


def shown(report: Mapping[str, Any]) -> list[Any]:
    """Return the evidence that the report's pages tell of by itself; a signed one carries none.

    It is what was read from files that were handed in, and which domains DNS proves.
    """
    records = report.get("evidence") or ()
    known = (one for one in records if isinstance(one.get("facts"), Mapping))
    return [
        one for one in known
        if _is_export(one) or _is_list(one) or one.get("kind") == DOMAIN_PROOF
    ]  # fmt: skip


def pairs(report: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return each file that was handed in with what was read from it."""
    return (*_exports(report, words), *_lists(report, words))


def _is_export(record: Mapping[str, Any]) -> bool:
    return record.get("method") == Method.DEVICE_EXPORT.value


def _is_list(record: Mapping[str, Any]) -> bool:
    return record.get("method") == Method.TENANT_EXPORT.value


def _exports(report: Mapping[str, Any], words: Wording) -> Iterator[Pair]:
    """Tell of each export of a device what was read, from which day, and from which file."""
    for record in filter(_is_export, report["evidence"]):
        facts = record["facts"]
        key = "export_said" if record.get("detail") == DATED_BY_PERSON else "export_stated"
        named = " ".join(str(facts[key]) for key in ("title", "version") if facts.get(key))
        said = words(f"value.{key}", named=named, day=record["observed_at"][:10])
        label = f"{words('label.device_export')}: {record['asset']}"
        yield label, with_digest(said, {"digest": facts.get("sha256", "")})


def _lists(report: Mapping[str, Any], words: Wording) -> Iterator[Pair]:
    """Tell of each list of a tenant's users how many it counts, from which day and which file."""
    for record in filter(_is_list, report["evidence"]):
        facts = record["facts"]
        everyone = facts.get("everyone")
        accounts = everyone.get("accounts", "") if isinstance(everyone, Mapping) else ""
        key = "tenant_said" if record.get("detail") == DATED_BY_PERSON else "tenant_stated"
        said = words(
            f"value.{key}", accounts=accounts, disabled=facts.get("disabled", ""),
            guests=facts.get("guests", ""), day=record["observed_at"][:10],
        )  # fmt: skip
        label = f"{words('label.tenant_export')}: {asset_name(record['asset'])}"
        yield label, with_digest(said, {"digest": facts.get("sha256", "")})


def with_digest(text: str, item: Mapping[str, Any]) -> str:
    """Return a text with the digest of what it is about, where there is one."""
    digest = item["digest"]
    return f"{text} (SHA-256 {digest})" if digest else text
