"""Lists of a tenant's users: bounded, dated, and refused with a sentence that says what to do."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from posture_scan.assess.handed_in import LIMIT, MOST, with_assets
from posture_scan.assess.tenants import read_tenants
from posture_scan.engine.documents import DATED_BY_FILE, DATED_BY_PERSON
from posture_scan.engine.packs import load_packs
from posture_scan.errors import PostureError
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.text.catalog import Catalog
from tests.checks.cloud_identity.lists import google, graph, per_user, report

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
PACKS = load_packs()
ON = ("Active", "True", "True")


def put(folder: Path, name: str, content: bytes, changed: datetime = NOW) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    return path


def test_a_list_is_a_record_of_its_tenant(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", google(ON))
    (record,) = read_tenants([path, path], PACKS, declared=TODAY, now=NOW)
    assert (record.asset, record.address, record.vantage) == (
        "tenant:google_workspace", "", Vantage.HOST,
    )  # fmt: skip
    assert record.detail == DATED_BY_PERSON
    assert record.observed_at <= NOW
    tenant = Asset("tenant:google_workspace", "tenant", names=("google_workspace",))
    assert with_assets((), [record]) == (tenant,)
    assert with_assets((tenant,), [record]) == (tenant,)


def test_the_day_in_the_file_needs_nobodys_word_and_outweighs_a_later_one(tmp_path: Path) -> None:
    listed = report(("Active", "None", "Enrolled", "Enforced"))
    files = [put(tmp_path, "a.json", graph({})), put(tmp_path, "b.csv", listed)]
    for path in files:
        for day in (None, TODAY):
            (record,) = read_tenants([path], PACKS, declared=day, now=NOW)
            assert record.detail == DATED_BY_FILE
            assert record.observed_at.date() in {date(2026, 11, 19), date(2026, 11, 20)}


def test_a_file_is_no_younger_than_its_last_change(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", google(ON), NOW - timedelta(days=40))
    (record,) = read_tenants([path], PACKS, declared=TODAY, now=NOW)
    assert record.observed_at == NOW - timedelta(days=40)


@pytest.mark.parametrize(
    ("name", "content", "day", "code"),
    [
        ("a.csv", google(ON), None, "tenant_document.undated"),
        ("a.csv", google(ON), TODAY + timedelta(days=3), "tenant_export.future"),
        ("a.csv", b"Name\nx\n", TODAY, "tenant_document.not_understood"),
        ("a.xlsx", b"PK\x03\x04", TODAY, "tenant_document.binary"),
        ("a.csv", b"", TODAY, "tenant_document.binary"),
        ("a.csv", google(ON) + b" " * LIMIT, TODAY, "tenant_export.too_large"),
        ("folder", None, TODAY, "tenant_export.unreadable"),
        ("nowhere.csv", None, TODAY, "file.missing"),
    ],
)
def test_what_is_refused_has_its_sentence(
    tmp_path: Path, name: str, content: bytes | None, day: date | None, code: str
) -> None:
    (tmp_path / "folder").mkdir()
    path = put(tmp_path, name, content) if content is not None else tmp_path / name
    with pytest.raises(PostureError) as raised:
        read_tenants([path], PACKS, declared=day, now=NOW)
    assert (raised.value.code, raised.value.exit_code) == (code, 2)
    for language in ("ja", "en"):
        sentence = Catalog(language)(f"error.{code}", **raised.value.values)
        assert "{" not in sentence
        assert "\n" not in sentence


def test_more_lists_than_any_firm_has(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", per_user("Enforced"))
    with pytest.raises(PostureError) as raised:
        read_tenants([path] * (MOST + 1), PACKS, declared=TODAY, now=NOW)
    assert raised.value.code == "tenant_export.too_many"


def test_whoever_is_refused_is_told_every_kind_that_is_understood() -> None:
    for language in ("ja", "en"):
        sentence = Catalog(language)("error.tenant_document.not_understood", path="x")
        for word in ("Entra", "userRegistrationDetails", "MFA Status", "Google Workspace"):
            assert word in sentence
