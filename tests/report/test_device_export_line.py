"""A report says which export of a device it rests on, from which day, and who dated it."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.report.html import render_html
from posture_scan.report.terminal import render_terminal
from tests.report.sample import built


def with_export(detail: str) -> dict[str, Any]:
    report = built()
    record = {
        **report["evidence"][0], "kind": "edge_device.DeviceExport", "method": "device_export",
        "asset": "203.0.113.1", "observed_at": "2026-11-20T00:00:00.000000Z", "detail": detail,
        "facts": {"title": "FortiGate (FortiOS)", "version": "7.4.11", "sha256": "b" * 64},
    }  # fmt: skip
    return {**report, "evidence": [*report["evidence"], record]}


@pytest.mark.parametrize(
    ("language", "detail", "dated"),
    [
        ("ja", "dated_by_person", "申告された日付 2026-11-20"),
        ("ja", "", "ファイルの日付 2026-11-20"),
        ("en", "dated_by_person", "dated 2026-11-20 by a person"),
        ("en", "", "dated 2026-11-20 by the file"),
    ],
)
def test_an_export_is_named_with_its_day_and_digest(language: str, detail: str, dated: str) -> None:
    report = with_export(detail)
    page = render_html(report, {}, {}, language)
    text = render_terminal(report, {}, {}, language, width=300, plain=True, full=True)
    for shown in (page, text):
        for part in (dated, "203.0.113.1", "FortiGate (FortiOS) 7.4.11", "b" * 16):
            assert part in shown


def test_a_report_without_exports_has_no_such_line() -> None:
    assert "Export of a device" not in render_html(built(), {}, {}, "en")
