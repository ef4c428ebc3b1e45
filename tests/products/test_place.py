"""Which file counts, and that a broken one never does."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from posture_scan.errors import PostureError, UsageError
from posture_scan.products.place import builtin, builtin_bytes, choose, matching, user_file
from posture_scan.products.read import read

NEWER = {"exploited_as_of": "2026-11-20", "catalog": "2026.11.20"}


def file(folder: Path, **changes: Any) -> dict[str, str]:
    """Put a changed copy of our file where the user's would be; returns the environment."""
    environment = {"XDG_DATA_HOME": str(folder)}
    path = user_file(environment, "linux")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**json.loads(builtin_bytes()), **changes}))
    return environment


def test_where_it_lives() -> None:
    assert user_file({"XDG_DATA_HOME": "/d"}, "linux") == Path("/d/posture-scan/product_data.json")
    windows = user_file({"LOCALAPPDATA": "/l"}, "win32")
    assert windows == Path("/l/posture-scan/product_data.json")
    assert user_file({}, "linux").parts[-4:-2] == (".local", "share")


def test_without_a_file_of_the_user_ours_counts(tmp_path: Path) -> None:
    chosen = choose(None, {"XDG_DATA_HOME": str(tmp_path)}, "linux")
    assert (chosen.data.origin, chosen.path, chosen.passed_over) == ("builtin", None, None)


def test_the_newer_good_file_counts(tmp_path: Path) -> None:
    newer = choose(None, file(tmp_path / "a", **NEWER), "linux")
    assert (newer.data.origin, newer.data.catalog) == ("user", "2026.11.20")
    older = file(tmp_path / "b", exploited_as_of="2026-01-01")
    assert choose(None, older, "linux").data.origin == "builtin"


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"}, {"products": []}, {"as_of": "2026-02-30"}, {"as_of": 20260822},
        {"products": {"Bad Id": {}}}, {"distributions": {"debian": {"12": {"ends": "soon"}}}},
        {"sources": {"x": "a\u202eb"}}, {"exploited_total": "many"}, {"unknown_member": 1},
    ],
)  # fmt: skip
def test_a_broken_file_is_passed_over_and_told(tmp_path: Path, changes: dict[str, Any]) -> None:
    chosen = choose(None, file(tmp_path, **{**NEWER, **changes}), "linux")
    assert chosen.data.origin == "builtin"
    assert chosen.passed_over is not None
    assert chosen.passed_over.code == "products.bad_file"


def test_a_file_somebody_named_is_used_or_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(builtin_bytes())
    bad.write_text("{}")
    assert choose(good, {}, "linux").data.origin == "file"
    assert choose(None, {"POSTURE_SCAN_DATA": str(good)}, "linux").data.origin == "file"
    for path in (bad, tmp_path / "absent.json"):
        with pytest.raises(PostureError):
            choose(path, {}, "linux")


def test_data_from_the_future_counts_nowhere(tmp_path: Path) -> None:
    today = date(2026, 11, 23)
    for number, member in enumerate(("as_of", "exploited_as_of")):
        environment = file(tmp_path / str(number), **{member: "2099-01-01"})
        chosen = choose(None, environment, "linux", today)
        assert chosen.data.origin == "builtin"
        assert chosen.passed_over is not None
        assert chosen.passed_over.code == "products.file_future"
        with pytest.raises(UsageError):
            choose(user_file(environment, "linux"), {}, "linux", today)
        ahead = choose(user_file(environment, "linux"), {}, "linux").data
        assert not ahead.fresh(today)
    assert not ahead.silence_counts(today)
    assert builtin().fresh(today)


def test_the_data_a_report_was_judged_by_is_found_again(tmp_path: Path) -> None:
    environment = file(tmp_path, **NEWER)
    mine = choose(None, environment, "linux").data
    assert matching(builtin().sha256, None, environment, "linux") is builtin()
    assert matching(mine.sha256, None, environment, "linux").sha256 == mine.sha256


@pytest.mark.parametrize(
    ("product", "member"),
    [
        ({"branches": [{"cycle": "1", "ends": "open", "ende": 1}]}, "branches.0.ende"),
        ({"exploited": [{"cve": "CVE-1"}]}, "exploited.0.cve"),
        ({"exploited": [{"cve": "CVE-2026-0001", "affected": [["1"]]}]}, "exploited.0.affected"),
        ({"confidence": "certain"}, "confidence"),
        ({"numbers": 99}, "numbers"),
        ({"reviewed": "yes"}, "reviewed"),
        ({"shipped": {"debian12": ["1"]}}, "shipped.debian12"),
        ({"feed": {"id": "x", "other": 1}}, "feed.other"),
        ({"title": "x" * 501}, "title"),
    ],
)
def test_the_member_that_is_wrong_is_named(product: dict[str, Any], member: str) -> None:
    good = {"title": "T", "source": "S", "confidence": "high"}
    whole = {**json.loads(builtin_bytes()), "products": {"a": {**good, **product}}}
    with pytest.raises(UsageError) as caught:
        read(json.dumps(whole).encode(), "x.json", "user")
    assert caught.value.values["member"] == f"products.a.{member}"


def test_a_member_that_stands_twice_is_refused() -> None:
    twice = builtin_bytes().replace(b'"as_of":', b'"as_of": "2020-01-01", "as_of":', 1)
    with pytest.raises(UsageError, match="bad_file"):
        read(twice, "x.json", "user")
