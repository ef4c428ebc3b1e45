"""The data that ships: dated, sourced, consistent, and true to what this machine can tell."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
import subprocess
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from posture_scan.model.product import (
    EXPLOITED_FRESH_FOR,
    SUPPORT_FRESH_FOR,
    Span,
    Support,
    compare_revision,
    newest,
)
from posture_scan.model.version import begins_with, compare
from posture_scan.products.place import builtin, builtin_bytes
from tests.lab.installed import lacking

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github" / "scripts"
DISTRO_INFO = Path("/usr/share/distro-info")
AS_OF = date(2026, 11, 22)
SIZE_LIMIT = 400_000


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
    later = AS_OF + SUPPORT_FRESH_FOR + timedelta(days=1)
    assert Span("2030-01-01").support(later, AS_OF) is Support.STALE
    assert Span("open").support(later, AS_OF) is Support.STALE
    assert Span("2020-01-01").support(later + timedelta(days=4000), AS_OF) is Support.ENDED


def test_the_list_ages_faster_than_the_dates() -> None:
    assert EXPLOITED_FRESH_FOR < SUPPORT_FRESH_FOR


def test_it_is_small_dated_and_says_where_it_comes_from() -> None:
    data = builtin()
    assert len(builtin_bytes()) < SIZE_LIMIT
    assert {"endoflife.date", "kev", "debian/ubuntu", "licences"} <= set(data.sources)
    assert data.as_of.isoformat() in data.sources["endoflife.date"]
    assert data.catalog in data.sources["kev"]
    assert all(product.source for product in data.products.values())


def test_every_range_runs_forward_and_ends_before_its_fix() -> None:
    for product in builtin().products.values():
        for flaw in product.exploits:
            for first, last in flaw.affected:
                assert compare(first, last) <= 0, flaw.cve
                assert last not in flaw.fixed, flaw.cve


def test_what_ransomware_is_known_to_use_is_marked() -> None:
    edges = [flaw for product in builtin().products.values() for flaw in product.exploits]
    assert sum(flaw.ransomware for flaw in edges) >= 35
    marked = {flaw.cve for flaw in edges if flaw.ransomware}
    assert {"CVE-2018-13379", "CVE-2024-40766", "CVE-2023-46805", "CVE-2024-1709"} <= marked


def test_every_place_that_ships_something_has_dates() -> None:
    data = builtin()
    for product in data.products.values():
        for place in {**product.shipped, **product.fixes}:
            name, _, release = place.partition(" ")
            assert data.release(name, release), f"{product.id}: {place} has no dates"


def test_facts_checked_by_hand() -> None:
    data = builtin()
    debian = data.release("debian", "12")
    assert debian
    assert debian.span.last_day == "2028-06-30"
    exchange = data.products["msexchange"]
    found = [exchange.branch(v) for v in ("15.2.2562.17", "15.2.1544.36", "15.1.2507.39")]
    assert [branch.name for branch in found if branch] == ["subscription", "2019", "2016"]
    assert [h.release for h in data.homes("nginx", "1.18.0", "ubuntu")] == ["20.04", "22.04"]
    assert [h.distribution for h in data.homes("php", "5.4.16", "centos")] == ["centos"]


def test_a_weekly_jenkins_is_of_no_long_term_line() -> None:
    jenkins = builtin().products["jenkins"]
    assert jenkins.branch("2.568") is None
    line = jenkins.branch("2.568.2")
    assert line
    assert line.cycle == "2.568"


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("15.2.858.9", True), ("15.2.858.10", False), ("15.2.792.12", True),
        ("15.2.792.13", False), ("15.1.2176.11", True), ("15.1.2242.8", False),
        ("15.0.1497.14", True), ("15.0.1497.15", False), ("15.2.1118.7", False),
    ],
)  # fmt: skip
def test_exchange_is_judged_line_by_line(version: str, affected: bool) -> None:  # noqa: FBT001
    standing = builtin().products["msexchange"].standing(version)
    assert ("CVE-2021-34473" in {flaw.cve for flaw in standing.affected}) is affected


def test_revisions_are_ordered_as_the_distribution_orders_them() -> None:
    assert compare_revision("debian", "2+deb12u9", "2+deb12u10") < 0
    assert compare_revision("rhel", "8.7p1-38.el9_4.1", "8.7p1-38.el9_4.4") < 0
    assert newest(["2+deb12u3", "2+deb12u10", "2+deb12u2"], "debian") == "2+deb12u10"


# --- the file is what its sources make of it ------------------------------------------------------


def sources(name: str) -> Path:
    path = SCRIPTS / name
    if not path.is_file():
        pytest.skip("the build script is not part of this copy")
    return path


def test_hand_kept_facts_stand_in_the_file_as_they_stand_in_their_own() -> None:
    hand = tomllib.loads(sources("product_data.toml").read_text("utf-8"))
    exploited = tomllib.loads(sources("exploited.toml").read_text("utf-8"))
    products = json.loads(builtin_bytes())["products"]
    assert {n: p["shipped"] for n, p in products.items() if "shipped" in p} == hand["shipped"]
    assert {n for n, p in products.items() if p.get("reviewed")} == set(
        hand["reviewed"]["products"]
    )
    built = {(n, f["cve"]) for n, p in products.items() for f in p.get("exploited", ())}
    assert built == {(n, f["cve"]) for n, flaws in exploited.items() for f in flaws}


def test_the_build_keeps_what_dates_alone_do_not_say() -> None:
    script = runpy.run_path(str(sources("build_product_data.py")))
    branches = [
        {"cycle": "3", "status": "supported", "eol": False},
        {"cycle": "2", "status": "disputed", "eol": "2025-01-01", "latest": "2.9"},
        {"cycle": "1", "status": "eol", "eol": "2020-01-01", "eoes": False},
        {"cycle": "0.9", "status": "eol", "eol": "2019-01-01", "note": "paid ESU ended 2022-10-13"},
        {"cycle": "0.8", "status": "eol", "eol": True, "confidence": "low"},
        {"cycle": "0.7", "status": "unknown", "eol": None},
        {"cycle": "0.6", "status": "eol", "eol": "2019-01-01", "eoes": True},
    ]
    assert [script["_branch"](branch, None, "") for branch in branches] == [
        {"cycle": "3", "ends": "open"},
        {"cycle": "2", "ends": "2025-01-01", "disputed": "2.9"},
        {"cycle": "1", "ends": "2020-01-01", "paid_until": "open"},
        {"cycle": "0.9", "ends": "2019-01-01", "paid_until": "2022-10-13"},
        {"cycle": "0.8", "ends": "past", "confidence": "low"},
        {"cycle": "0.7", "ends": "unknown"},
        {"cycle": "0.6", "ends": "2019-01-01"},
    ]
    rule = {"re": r"OpenSSH_9\.2p1 Debian-2\+deb12u(\d+)", "distro": "debian 12"}
    fixed = {"CVE-1": "deb12u3", "CVE-2": "not affected (9.2 < 9.3)"}
    assert script["_fixes"]([{**rule, "fixed": fixed}]) == {"debian 12": {"CVE-1": "2+deb12u3"}}


# --- what this machine knows better ---------------------------------------------------------------


@pytest.mark.lab
@pytest.mark.parametrize("distribution", ["debian", "ubuntu"])
def test_releases_end_when_the_distribution_itself_says(distribution: str) -> None:
    file = DISTRO_INFO / f"{distribution}.csv"
    if not file.is_file():
        lacking("distro-info-data")
    ours, compared = builtin().releases[distribution], 0
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        span = ours.get((row["version"] or "").removesuffix(" LTS"))
        if span is None or row["eol"] < "2022":
            continue
        compared += 1
        # endoflife.date rounds the ends of Ubuntu's short-lived releases by some days.
        slack = 0 if "LTS" in row["version"] or distribution == "debian" else 7
        apart = date.fromisoformat(span.ends) - date.fromisoformat(row["eol"])
        assert abs(apart.days) <= slack, row["series"]
        assert not row.get("eol-lts") or span.free_until == row["eol-lts"], row["series"]
    assert compared >= 3


@pytest.mark.lab
def test_this_machines_packages_are_of_the_lines_its_release_is_said_to_ship() -> None:
    system = Path("/etc/os-release")
    if shutil.which("dpkg-query") is None or not system.is_file():
        lacking("dpkg")
    pairs = (line.split("=", 1) for line in system.read_text().splitlines() if "=" in line)
    facts = {key: value.strip('"') for key, value in pairs}
    place, checked = f"{facts.get('ID')} {facts.get('VERSION_ID')}", 0
    for product in builtin().products.values():
        package, lines = product.packages.get("dpkg"), product.shipped.get(place)
        if not package or not lines:
            continue
        ran = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        version = ran.stdout.rpartition(":")[2]
        if ran.returncode or not version:
            continue
        checked += 1
        assert any(begins_with(version, line) for line in lines), f"{package} {version}: {lines}"
    if place == "debian 12":
        assert checked >= 1
