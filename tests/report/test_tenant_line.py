"""A report says which list of users it rests on, from which day, and how many it counts."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.report.html import render_html
from posture_scan.report.terminal import render_terminal
from tests.report.sample import built


def with_list(detail: str) -> dict[str, Any]:
    report = built()
    record = {
        **report["evidence"][0], "kind": "cloud_identity.TenantUsers", "method": "tenant_export",
        "asset": "tenant:microsoft365", "observed_at": "2026-11-20T00:00:00.000000Z",
        "detail": detail,
        "facts": {"everyone": {"accounts": 14}, "disabled": 3, "guests": 2, "sha256": "c" * 64},
    }  # fmt: skip
    asset = {
        **report["assets"][0], "id": "tenant:microsoft365", "kind": "tenant", "address": "",
        "names": ["microsoft365"], "reached": False, "open_ports": [], "fully_scanned": False,
    }  # fmt: skip
    return {
        **report, "assets": [*report["assets"], asset], "evidence": [*report["evidence"], record]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "detail", "dated", "seen"),
    [
        ("ja", "dated_by_person", "申告された日付 2026-11-20", "渡された一覧を読んだ"),
        ("ja", "dated_by_file", "ファイルの日付 2026-11-20", "クラウド"),
        ("en", "dated_by_person", "dated 2026-11-20 by a person", "cloud tenant"),
        ("en", "dated_by_file", "dated 2026-11-20 by the file", "handed in"),
    ],
)
def test_a_list_is_named_with_its_numbers_day_and_digest(
    language: str, detail: str, dated: str, seen: str
) -> None:
    report = with_list(detail)
    page = render_html(report, {}, {}, language)
    text = render_terminal(report, {}, {}, language, width=300, plain=True, full=True)
    for shown in (page, text):
        for part in (dated, "Microsoft 365", "14", "c" * 16, seen):
            assert part in shown
        assert "tenant:microsoft365" not in shown


def test_a_tenant_is_not_among_what_a_scan_could_not_reach() -> None:
    report = {**with_list(""), "complete": False, "interrupted": ""}
    page = render_html(report, {}, {}, "en")
    start = page.index("alarm")
    assert "microsoft365" not in page[start : start + 600]


def test_a_report_without_lists_has_no_such_line() -> None:
    assert "List of a cloud tenant" not in render_html(built(), {}, {}, "en")
