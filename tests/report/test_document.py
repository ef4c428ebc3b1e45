from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.errors import IncompleteError, PostureError, UsageError
from posture_scan.report.document import (
    LIMIT,
    SCHEMA,
    build_report,
    parse_report,
    read_report,
    report_bytes,
    report_id,
    write_report,
)
from posture_scan.report.shape import report_schema
from posture_scan.text.catalog import Catalog
from tests.report import sample

jsonschema: Any = pytest.importorskip("jsonschema")
NAMES = (
    "schema", "report_id", "tool", "scope", "started_at", "finished_at", "packs", "assets",
    "evidence", "findings", "answers", "criteria", "rating", "limits",
)  # fmt: skip
BUILT = {"bad": sample.bad(), "good": sample.good(), "interrupted": sample.interrupted()}


def refused(data: bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse_report(data, "report.json")
    for language in ("ja", "en"):
        sentence = Catalog(language)(f"error.{caught.value.code}", **caught.value.values)
        assert sentence.startswith("report.json: ")
        assert "\n" not in sentence
    return caught.value


@pytest.mark.parametrize("name", BUILT)
def test_built_reports_have_the_published_shape(name: str) -> None:
    jsonschema.Draft202012Validator(report_schema()).validate(BUILT[name])
    assert set(NAMES) <= set(BUILT[name])
    assert BUILT[name]["schema"] == SCHEMA


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


def test_what_the_house_plan_names_is_there() -> None:
    report = BUILT["bad"]
    assert report["started_at"] == "2026-11-20T01:00:00.000000Z"
    assert report["scope"]["digest"] == "f" * 64
    assert {"check", "asset", "address", "port", "transport", "status", "reason", "severity",
            "confidence", "evidence"} <= set(report["findings"][0])  # fmt: skip
    assert report["evidence"][0]["facts"]["open_ports"] == [443, 3389]
    assert report["contradictions"] == report["rating"]["contradictions"]
    assert report["complete"]
    assert not BUILT["interrupted"]["complete"]


def test_numbers_are_never_floats() -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    json.loads(report_bytes(BUILT["bad"]), parse_float=refuse)


@pytest.mark.parametrize("name", BUILT)
def test_written_reports_read_back_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    write_report(path, BUILT[name])
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]
    assert read_report(path) == BUILT[name]
    assert path.read_bytes() == report_bytes(read_report(path))


def test_a_report_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IncompleteError) as caught:
        write_report(tmp_path / "folder", BUILT["bad"])
    assert caught.value.code == "file.unwritable"
    assert [item.name for item in tmp_path.iterdir()] == ["folder"]
    with pytest.raises(IncompleteError):
        write_report(tmp_path / "none" / "report.json", BUILT["bad"])


def test_the_same_run_gives_the_same_bytes_whatever_the_order() -> None:
    shuffled = dict(reversed(BUILT["bad"].items()))
    assert report_bytes(shuffled) == report_bytes(sample.bad())
    assert report_id(shuffled) == BUILT["bad"]["report_id"]
    assert sample.bad(language="en")["report_id"] != BUILT["bad"]["report_id"]


def test_what_steers_a_terminal_is_escaped_in_the_file() -> None:
    text = "a\x1b[31m\x7f\x9b\u202e\u2066\ufeff日本語"
    written = report_bytes({"text": text})
    assert json.loads(written) == {"text": text}
    assert "日本語" in written.decode()
    assert not {"\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\ufeff"} & set(written.decode())


def test_a_newer_form_asks_to_upgrade() -> None:
    newer = {**BUILT["good"], "schema": "posture-scan/report/2"}
    error = refused(json.dumps(newer).encode())
    assert (error.code, error.values["schema"]) == ("report.newer", "posture-scan/report/2")
    assert "Upgrade" in Catalog("en")("error.report.newer", **error.values)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "report.not_json"),
        (b"\xff\xfe{}", "report.not_json"),
        (b'{"a": 1, "a": 2}', "report.not_json"),
        (b'{"a": NaN}', "report.not_json"),
        (b'{"a": 1.5}', "report.not_json"),
        (b'{"a": "\\ud800"}', "report.not_json"),
        (b"[" * 100_000, "report.not_json"),
        (b"9" * 5000, "report.not_json"),
        (b"[]", "report.not_report"),
        (b"null", "report.not_report"),
        (b'{"schema": 1}', "report.not_report"),
        (b'{"profile": "jp-sme", "criteria": {}}', "report.worksheet"),
        (b'{"schema": "posture-scan/report/one"}', "report.not_report"),
        (b'{"schema": "posture-scan/report/1"}', "report.shape_required"),
    ],
)
def test_what_is_no_report_is_told_so(data: bytes, code: str) -> None:
    assert refused(data).code == code


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (("rating", "premium"), 96000, "report.shape_type"),
        (("rating", "premium"), "about 5", "report.shape_value"),
        (("rating", "status"), "fine", "report.shape_value"),
        (("findings", 0, "status"), "skipped", "report.shape_value"),
        (("findings", 0, "port"), 70000, "report.shape_value"),
        (("findings", 0, "port"), True, "report.shape_type"),
        (("findings", 0, "values"), {"a": [1]}, "report.shape_type"),
        (("scope", "organisation"), "x" * 70000, "report.shape_size"),
        (("connections",), {}, "report.shape_type"),
        (("rating", "certificates"), 0, "report.shape_type"),
        (("rating", "base_premium"), None, "report.shape_type"),
        (("rating", "range", "best", "premium"), None, "report.shape_type"),
    ],
)
def test_the_member_that_does_not_fit_is_named(
    place: tuple[Any, ...], value: Any, code: str
) -> None:
    report = json.loads(report_bytes(BUILT["bad"]))
    inner = report
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    error = refused(json.dumps(report).encode())
    member = str(error.values["member"])
    assert error.code == code
    assert member.startswith(".".join(str(part) for part in place))


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(LIMIT + 1)
    with pytest.raises(UsageError) as caught:
        read_report(path)
    assert caught.value.code == "file.too_large"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*NAMES, "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_typed_error(data: bytes) -> None:
    with pytest.raises(PostureError):
        parse_report(data, "any")


@given(JSON)
def test_any_json_gives_a_typed_error(value: Any) -> None:
    with pytest.raises(PostureError):
        parse_report(json.dumps(value).encode(), "any")


@given(st.sampled_from(sorted(BUILT["bad"])), JSON)
def test_a_report_with_any_one_member_changed_is_read_or_refused(name: str, value: Any) -> None:
    data = json.dumps({**BUILT["bad"], name: value}).encode()
    try:
        assert parse_report(data, "any")[name] == value
    except UsageError as error:
        assert error.code.startswith("report.")  # noqa: PT017 -- either way is right


def test_a_report_needs_no_scope_file_and_no_answers() -> None:
    report = sample.built(scope_digest="", answers=None)
    assert parse_report(report_bytes(report), "any")["answers"] is None
    assert build_report.__kwdefaults__ is not None
