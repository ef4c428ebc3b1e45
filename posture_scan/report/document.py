"""The one document: built from the nouns, written in one step, read back strictly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.collect import strict_json
from posture_scan.collect.local_file import read_bytes, write_atomically
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Asset, Connection, Evidence
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.report.shape import first_misfit

SCHEMA: Final = "posture-scan/report/1"
LIMIT: Final = 67_108_864
"""Bytes of the largest report that is read: 64 MiB, a hundred thousand findings."""

LIMITS: Final = ("point_in_time", "light_checks", "not_a_penetration_test", "scope_only",
                 "answers_not_checked", "not_an_offer")  # fmt: skip
"""What every report says about itself (``report.limit.<id>``); facts/underwriting.md 4.2."""

_STEERING: Final = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_VERSION: Final = re.compile(r"posture-scan/report/([0-9]{1,6})")


def build_report(
    *,
    tool: Mapping[str, str],
    scope: Scope, scope_digest: str,
    started_at: datetime, finished_at: datetime,
    packs: Sequence[Mapping[str, str]],
    product_data: Mapping[str, str] | None = None,
    assets: Sequence[Asset], evidence: Sequence[Evidence],
    findings: Sequence[Finding], connections: Sequence[Connection],
    answers: Answers | None,
    criteria: Sequence[Mapping[str, Any]], rating: Mapping[str, Any],
    limits: Sequence[str] = LIMITS, language: str = "ja",
    interrupted: str = "", complete: bool = True, out_of_scope: Sequence[str] = (),
    line: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Put a run together as the report's JSON values.

    ``tool`` has at least ``name`` and ``version``; ``scope_digest`` is the SHA-256 of the scope
    file, empty without one; each pack has ``name``, ``origin``, ``version``, ``digest``;
    ``product_data`` (``as_of``, ``exploited_as_of``, ``sha256``, ``origin``) says by what the
    products were judged, and is left out of older reports; the rating's figures are decimal
    text; ``limits`` are ids (``report.limit.<id>``); ``interrupted`` says why the run ended
    early (``user``, ``deadline``), and ``complete`` is false too where a target could not be
    seen; ``out_of_scope`` was met but not touched; ``line`` is what whoever ran the scan calls
    the line it went out on, left out where nobody named it.
    """
    report: dict[str, Any] = {
        "schema": SCHEMA, "tool": dict(tool), "language": language,
        "scope": {**encode(scope), "digest": scope_digest},
        "started_at": encode(started_at), "finished_at": encode(finished_at),
        "complete": complete and not interrupted, "interrupted": interrupted,
        "packs": [dict(pack) for pack in packs],
        **({"product_data": dict(product_data)} if product_data else {}),
        **({"line": line} if line else {}),
        "out_of_scope": list(out_of_scope),
        "assets": encode(tuple(assets)), "evidence": encode(tuple(evidence)),
        "findings": encode(tuple(findings)), "connections": encode(tuple(connections)),
        "answers": encode(answers), "criteria": encode([dict(item) for item in criteria]),
        "contradictions": encode(list(rating.get("contradictions", ()))),
        "rating": encode(dict(rating)), "limits": list(limits),
    }  # fmt: skip
    return {**report, "report_id": report_id(report)}


def report_id(report: Mapping[str, Any]) -> str:
    """Return ``ps-`` and 32 hex digits of the SHA-256 over all other members."""
    rest = {key: value for key, value in report.items() if key != "report_id"}
    return "ps-" + hashlib.sha256(report_bytes(rest)).hexdigest()[:32]


def report_bytes(report: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    """Return the report as UTF-8 JSON; equal content gives equal bytes, whatever its order.

    What would steer a terminal or turn the direction of text is written as an escape.
    """
    text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report file in one step.

    Raises:
        IncompleteError: ``file.unwritable``.
    """
    write_atomically(path, report_bytes(report))


def read_report(path: Path) -> dict[str, Any]:
    """Read a report file of at most 64 MiB and check its shape.

    Raises:
        IncompleteError: ``file.unreadable``.
        UsageError: ``file.missing``, ``file.too_large`` and what ``parse_report`` raises.
    """
    return parse_report(read_bytes(path, LIMIT), str(path))


def parse_report(data: bytes, name: str) -> dict[str, Any]:
    """Turn bytes into a report whose shape is the published schema's.

    Raises:
        UsageError: ``report.not_json``, ``report.not_report``, ``report.worksheet``,
            ``report.newer``, or ``report.shape_<rule>`` with the member that does not fit.
    """
    report = _parse(data, name)
    version = report.get("schema") if isinstance(report, dict) else None
    known = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if known is None and isinstance(report, dict) and isinstance(report.get("criteria"), dict):
        raise UsageError("report.worksheet", path=name)
    if known is None:
        raise UsageError("report.not_report", path=name)
    if int(known.group(1)) > int(SCHEMA.rpartition("/")[2]):
        raise UsageError("report.newer", path=name, schema=version)
    misfit = first_misfit(report)
    if misfit is not None:
        code = f"report.shape_{misfit.rule}"
        member = misfit.member[:200].encode("unicode_escape").decode()
        raise UsageError(code, path=name, member=member, expected=misfit.expected)
    return dict(report)


def _parse(data: bytes, name: str) -> Any:
    if len(data) > LIMIT:
        raise UsageError("file.too_large", path=name, limit=LIMIT)
    try:
        return strict_json.parse(data)
    except ValueError as error:
        detail = str(error).split("\n")[0][:120]
        raise UsageError("report.not_json", path=name, detail=detail) from error
