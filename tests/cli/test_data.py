"""``posture-scan data``: its age, renewing it, and carrying it to a machine without a network."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from posture_scan.model.product import EXPLOITED_FRESH_FOR
from posture_scan.products.place import builtin, builtin_bytes
from posture_scan.products.read import read
from tests.cli.conftest import Run
from tests.products.feeds import catalogue, flaw, lifecycle
from tests.products.service import service
from tests.program import Ran

TODAY = date.today()
LIST = catalogue(
    flaw("CVE-2026-99999", "Fortinet", "FortiOS", TODAY.isoformat(), "Known"),
    version=TODAY.strftime("%Y.%m.%d"),
)
DATES = lifecycle(newest=TODAY.isoformat())


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "POSTURE_SCAN_DATA"):
        monkeypatch.delenv(name, raising=False)


def home(folder: Path) -> Path:
    return folder / ".local" / "share" / "posture-scan" / "product_data.json"


def update(run: Run, base: str, *more: str) -> Ran:
    places = ("--lifecycle-url", f"{base}/dates", "--exploited-url", f"{base}/list")
    return run("data", "update", *places, *more)


def told(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_the_age_is_told_and_stale_data_is_an_exit_code(run: Run) -> None:
    ran = run("data", "--json")
    facts = told(ran)
    assert facts["as_of"] == builtin().as_of.isoformat()
    assert (facts["origin"], facts["sha256"]) == ("builtin", builtin().sha256)
    assert facts["products"] == len(builtin().products)
    stale = TODAY - builtin().exploited_as_of > EXPLOITED_FRESH_FOR
    assert ("exploited" in facts["stale"]) is stale
    assert ran.returncode == (3 if facts["stale"] else 0)


@pytest.mark.parametrize(
    ("lang", "word"), [("ja", "悪用された弱点の一覧"), ("en", "exploited flaws")]
)
def test_the_age_is_told_in_words(run: Run, lang: str, word: str) -> None:
    ran = run("data", lang=lang)
    assert word in ran.stdout
    assert builtin().exploited_as_of.isoformat() in ran.stdout
    assert "{" not in ran.stdout


def test_both_services_are_taken_in(run: Run, tmp_path: Path) -> None:
    with service(dates=DATES, list=LIST) as (base, seen):
        ran = update(run, base, "--json")
        again = update(run, base, "--json")
    assert ran.returncode == 0, ran.stderr
    assert [part["result"] for part in told(ran)["parts"]] == ["new", "new"]
    assert [part["result"] for part in told(again)["parts"]] == ["same", "same"]
    kept = read(home(tmp_path).read_bytes(), "x", "user")
    assert kept.exploited_as_of == TODAY
    assert "CVE-2026-99999" in {item.cve for item in kept.products["fortios"].exploits}
    assert told(run("data", "--json"))["origin"] == "user"
    assert len(seen) == 4


def test_one_service_away_is_told_and_the_other_kept(run: Run, tmp_path: Path) -> None:
    with service(list=LIST) as (base, _):
        ran = update(run, base)
    assert ran.returncode == 3
    assert "HTTP 503" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert read(home(tmp_path).read_bytes(), "x", "user").exploited_as_of == TODAY


@pytest.mark.parametrize(
    "body", [b"<html></html>", catalogue(version="2026.01.01"), LIST[: len(LIST) // 2]]
)
def test_nothing_good_is_replaced_by_what_is_broken_or_older(
    run: Run, tmp_path: Path, body: bytes
) -> None:
    with service(dates=DATES, list=LIST) as (base, _):
        assert update(run, base).returncode == 0
    before = home(tmp_path).read_bytes()
    with service(dates=b"{}", list=body) as (base, _):
        ran = update(run, base, "--json")
    assert ran.returncode == 3
    assert {part["result"] for part in told(ran)["parts"]} == {"failed"}
    assert home(tmp_path).read_bytes() == before


def test_an_exported_file_is_taken_in_elsewhere(run: Run, tmp_path: Path) -> None:
    with service(dates=DATES, list=LIST) as (base, _):
        update(run, base)
    assert run("data", "export", "carried.json").returncode == 0
    home(tmp_path).unlink()
    ran = run("data", "import", "carried.json")
    assert ran.returncode == 0, ran.stderr
    assert home(tmp_path).read_bytes() == (tmp_path / "carried.json").read_bytes()
    assert run("data", "import", "carried.json", "--json").returncode == 0


def test_a_saved_answer_of_a_service_is_taken_in_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kev.json").write_bytes(LIST)
    ran = run("data", "import", "kev.json", "--json")
    assert (ran.returncode, told(ran)["parts"][0]["result"]) == (0, "new")
    assert told(ran)["exploited_as_of"] == TODAY.isoformat()


@pytest.mark.parametrize(
    "content", [b"{}", b"\xff", json.dumps({**json.loads(builtin_bytes()), "as_of": "2020-01-01"})]
)
def test_a_file_not_to_be_taken_in_is_one_line(
    run: Run, tmp_path: Path, content: bytes | str
) -> None:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "bad.json").write_bytes(data)
    ran = run("data", "import", "bad.json")
    assert ran.returncode == 2
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not home(tmp_path).exists()


def test_a_broken_file_of_the_user_is_told_and_ours_used(run: Run, tmp_path: Path) -> None:
    home(tmp_path).parent.mkdir(parents=True)
    home(tmp_path).write_text("{}")
    ran = run("data")
    assert "product_data.json" in ran.stderr
    assert builtin().sha256 in ran.stdout


def test_a_plain_address_is_wrong_use(run: Run) -> None:
    ran = run("data", "update", "--exploited-url", "http://example.com/x")
    assert ran.returncode == 2
