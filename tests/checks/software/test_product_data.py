"""The table that ships, and how its dates are read."""

from __future__ import annotations

import json
import runpy
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from posture_scan.checks.software.product_data import Span, Support, product_data
from posture_scan.checks.software.recognise import products

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "checks" / "software" / "data" / "product_data.json"
AS_OF = date(2026, 11, 22)
SIZE_LIMIT = 200_000


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span("2026-11-22"), Support.SUPPORTED),
        (Span("2026-11-21"), Support.ENDED),
        (Span("2026-07-11", free_until="2028-06-30"), Support.SUPPORTED),
        (Span("2026-07-11", free_until="2026-08-31", paid_until="2031-06-30"), Support.PAID),
        (Span("2020-01-01", paid_until="2023-01-10"), Support.ENDED),
        (Span("2020-01-01", paid_until="open"), Support.PAID),
        (Span("2025-01-01", disputed=True), Support.DISPUTED),
        (Span("open"), Support.SUPPORTED),
        (Span("past"), Support.ENDED),
        (Span("unknown"), Support.UNDATED),
        (Span("2020-01-01", unsure=True), Support.UNDATED),
    ],
)
def test_support_on_a_day(span: Span, expected: Support) -> None:
    assert span.support(AS_OF, AS_OF) is expected


def test_old_data_no_longer_says_supported_but_still_says_ended() -> None:
    later = AS_OF + timedelta(days=181)
    assert Span("2030-01-01").support(later, AS_OF) is Support.STALE
    assert Span("open").support(later, AS_OF) is Support.STALE
    assert Span("2020-01-01").support(later + timedelta(days=4000), AS_OF) is Support.ENDED


def test_the_shipped_table_is_small_dated_and_says_where_it_comes_from() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    assert TABLE.stat().st_size < SIZE_LIMIT
    assert date.fromisoformat(table["as_of"]) == product_data().as_of
    assert table["sources"]
    assert table["licences"]


def test_hand_kept_facts_stand_in_the_table_as_they_stand_in_their_file() -> None:
    path = ROOT / ".github" / "scripts" / "product_data.toml"
    if not path.is_file():
        pytest.skip("the build script is not part of this copy")
    hand = tomllib.loads(path.read_text("utf-8"))
    table = json.loads(TABLE.read_text("utf-8"))
    assert table["shipped"] == hand["shipped"]
    assert table["reviewed"] == sorted(hand["reviewed"]["products"])
    built = {(name, e["cve"]) for name, entries in table["exploited"].items() for e in entries}
    assert built == {(entry["product"], entry["cve"]) for entry in hand["exploited"]}


def test_the_build_refuses_a_floor_that_its_input_no_longer_has() -> None:
    path = ROOT / ".github" / "scripts" / "build_product_data.py"
    if not path.is_file():
        pytest.skip("the build script is not part of this copy")
    check = runpy.run_path(str(path))["_check_floors"]
    check({"vsftpd": {"2.3.4": "backdoor"}}, [{"floor": "2.3.4"}, {}])
    with pytest.raises(ValueError, match=r"2\.3\.4"):
        check({"vsftpd": {}}, [{"floor": "2.3.4"}])


def test_the_build_keeps_what_dates_alone_do_not_say() -> None:
    path = ROOT / ".github" / "scripts" / "build_product_data.py"
    if not path.is_file():
        pytest.skip("the build script is not part of this copy")
    script = runpy.run_path(str(path))
    branches = [
        {"cycle": "3", "status": "supported", "eol": False},
        {"cycle": "2", "status": "disputed", "eol": "2025-01-01", "latest": "2.9"},
        {"cycle": "1", "status": "eol", "eol": "2020-01-01", "eoes": False},
        {"cycle": "0.9", "status": "eol", "eol": "2019-01-01", "note": "paid ESU ended 2022-10-13"},
        {"cycle": "0.8", "status": "eol", "eol": True, "confidence": "low"},
        {"cycle": "0.7", "status": "unknown", "eol": None},
        {"cycle": "weekly", "status": "supported", "eol": False},
    ]
    entry = {"title": "Lamp", "confidence": "high", "branches": branches}
    built = script["_product"](entry, None, ["weekly"])
    assert built["branches"] == [
        {"cycle": "3", "ends": "open"},
        {"cycle": "2", "ends": "2025-01-01", "disputed": "2.9"},
        {"cycle": "1", "ends": "2020-01-01", "paid_until": "open"},
        {"cycle": "0.9", "ends": "2019-01-01", "paid_until": "2022-10-13"},
        {"cycle": "0.8", "ends": "past", "unsure": True},
        {"cycle": "0.7", "ends": "unknown"},
    ]
    rule = {"re": r"OpenSSH_9\.2p1 Debian-2\+deb12u(\d+)", "distro": "debian 12"}
    fixed = {"CVE-1": "deb12u3", "CVE-2": "not affected (9.2 < 9.3)"}
    assert script["_fixes"]([{**rule, "fixed": fixed}]) == {"debian 12": {"CVE-1": "2+deb12u3"}}


def test_every_name_in_the_table_is_known() -> None:
    data = product_data()
    for name in [*data.shipped, *data.exploited, *data.reviewed, *data.fixes, *data.branches]:
        assert name in products(), name
    for product, places in data.shipped.items():
        for place in places:
            name, _, release = place.partition(" ")
            assert data.release(name, release), f"{product}: {place} has no dates"


def test_facts_checked_by_hand() -> None:
    data = product_data()
    debian = data.release("debian", "12")
    assert debian
    assert debian.span.last_day == "2028-06-30"
    assert data.branch("msexchange", "15.2.2562.17") != data.branch("msexchange", "15.2.1544.36")
    exchange = data.branch("msexchange", "15.1.2507.39")
    assert exchange
    assert exchange.name == "2016"
    assert [h.release for h in data.homes("nginx", "1.18.0", "ubuntu")] == ["20.04", "22.04"]
    assert [h.distribution for h in data.homes("php", "5.4.16", "centos")] == ["centos"]
