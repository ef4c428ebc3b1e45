"""A report names its product data, and is worked out again only with the same."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms, differences
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.model.product import NO_DATA
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin

PACKS = load_packs()


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    now = datetime.now(UTC)
    day = now.date()
    scope = Scope("例", "代表", day - timedelta(days=2), day + timedelta(days=2), ("127.66.0.8",))
    work = Work(PACKS, manner=Manner("builtin", "lan"))
    return assess(
        Permission(scope), work, Terms("jp-sme"), clock=lambda: now, stop=threading.Event(),
        progress=lambda _event, **_values: None,
    )  # fmt: skip


def test_the_report_says_by_which_data_it_was_judged(report: dict[str, Any]) -> None:
    assert report["product_data"] == {
        "as_of": builtin().as_of.isoformat(),
        "exploited_as_of": builtin().exploited_as_of.isoformat(),
        "sha256": builtin().sha256,
        "origin": "builtin",
    }


def test_findings_are_worked_out_again_with_the_same_data_only(report: dict[str, Any]) -> None:
    assert differences(report, report["evidence"], PACKS, builtin()) == ()
    other = dataclasses.replace(builtin(), sha256="f" * 64)
    for data in (NO_DATA, other):
        assert differences(report, report["evidence"], PACKS, data) is None
    before = {key: value for key, value in report.items() if key != "product_data"}
    assert differences(before, report["evidence"], PACKS, builtin()) is None
