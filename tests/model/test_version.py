"""The orders of versions, against their rules and against dpkg itself."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.model.version import (
    begins_with,
    compare,
    compare_as_written,
    compare_dpkg,
    compare_rpm,
    leading_numbers,
    numbers,
)
from tests.lab.installed import lacking

UPSTREAM = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(p[0-9]|[a-z]|rc[0-9])?", fullmatch=True)
PACKAGE = st.from_regex(r"([0-9]:)?[0-9][0-9a-z.+~]{0,8}(-[0-9][0-9a-z.+~]{0,8})?", fullmatch=True)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("2.4.9", "2.4.10"),
        ("1.0.1", "1.0.1f"),
        ("1.0.1f", "1.0.1g"),
        ("9.2p1", "9.8p1"),
        ("9.2p1", "10.0p2"),
        ("1.3.5rc3", "1.3.5"),
        ("1.3.5", "1.3.5b"),
        ("4.9", "4.92"),
    ],
)
def test_upstream_order(smaller: str, larger: str) -> None:
    assert compare(smaller, larger) < 0 < compare(larger, smaller)


def test_a_missing_part_counts_as_zero() -> None:
    assert compare("2.4", "2.4.0") == 0
    assert compare_as_written("2.4", "2.4.0") < 0


@given(UPSTREAM, UPSTREAM, UPSTREAM)
def test_upstream_order_is_an_order(a: str, b: str, c: str) -> None:
    assert compare(a, a) == 0
    assert compare(a, b) == -compare(b, a)
    if compare(a, b) <= 0 and compare(b, c) <= 0:
        assert compare(a, c) <= 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared(a: str, b: str) -> None:
    assert compare(a, b) == -compare(b, a)
    assert compare_dpkg(a, a) == 0
    assert numbers(a) == numbers(a)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("1~deb12u1", "1"),
        ("2+deb12u9", "2+deb12u10"),
        ("2", "2+deb12u1"),
        ("1.0~rc1-1", "1.0-1"),
        ("3ubuntu0.9", "3ubuntu0.13"),
        ("1:1.0-1", "2:0.1-1"),
        ("9.9-1", "1:0.1-1"),
        ("1.0-1", "1.0-1.1"),
        ("1.0a", "1.0+"),
    ],
)
def test_package_order(smaller: str, larger: str) -> None:
    assert compare_dpkg(smaller, larger) < 0 < compare_dpkg(larger, smaller)


@given(PACKAGE, PACKAGE, PACKAGE)
def test_package_order_is_an_order(a: str, b: str, c: str) -> None:
    assert (compare_dpkg(a, b) > 0) == (compare_dpkg(b, a) < 0)
    if compare_dpkg(a, b) <= 0 and compare_dpkg(b, c) <= 0:
        assert compare_dpkg(a, c) <= 0


@pytest.mark.lab
@settings(max_examples=60, deadline=None)
@given(PACKAGE, PACKAGE)
def test_package_order_is_dpkgs(a: str, b: str) -> None:
    dpkg = shutil.which("dpkg")
    if dpkg is None:
        lacking("dpkg")
    ours = compare_dpkg(a, b)
    word = "lt" if ours < 0 else "gt" if ours > 0 else "eq"
    assert subprocess.run([dpkg, "--compare-versions", a, word, b], check=False).returncode == 0


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        # Constructed after rpm's rule (rpmvercmp): stretch by stretch, numbers above letters,
        # a tilde before the end, a caret just after it.
        ("1.0", "2.0"),
        ("2.0", "2.0.1"),
        ("2.0", "2.0a"),
        ("5.5p1", "5.5p10"),
        ("10xyz", "10.1xyz"),
        ("xyz.4", "8"),
        ("1.0~rc1", "1.0"),
        ("1.0~rc1", "1.0~rc2"),
        ("1.0", "1.0^git1"),
        ("1.0^git1", "1.0.1"),
        ("1.0^git1", "1.0^git2"),
        ("8.7p1-38.el9_4.1", "8.7p1-38.el9_4.4"),
        ("8.7p1-34.el9_3.3", "8.7p1-38.el9"),
        ("1:1.0-1", "2:0.1-1"),
    ],
)
def test_rpm_order(smaller: str, larger: str) -> None:
    assert compare_rpm(smaller, larger) < 0 < compare_rpm(larger, smaller)


def test_rpm_ignores_what_parts_the_stretches() -> None:
    assert compare_rpm("2.0.1a", "2_0+1.a") == 0
    assert compare_rpm("1.05", "1.5") == 0


@given(PACKAGE, PACKAGE, PACKAGE)
def test_rpm_order_is_an_order(a: str, b: str, c: str) -> None:
    assert (compare_rpm(a, b) > 0) == (compare_rpm(b, a) < 0)
    if compare_rpm(a, b) <= 0 and compare_rpm(b, c) <= 0:
        assert compare_rpm(a, c) <= 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7.2.4", (7, 2, 4)),
        ("22.7R2.4", (22, 7, 2, 4)),
        ("11.1.2-h3", (11, 1, 2, 3)),
        ("13.1-49.13", (13, 1, 49, 13)),
        ("10.2.0.5-29sv", (10, 2, 0, 5, 29)),
        ("9.16(4)", (9, 16, 4)),
        ("R81.20 JHF141", (81, 20, 141)),
        ("", ()),
    ],
)
def test_numbers_of_every_makers_way_of_writing(text: str, expected: tuple[int, ...]) -> None:
    assert numbers(text) == expected


def test_leading_numbers_stop_at_the_first_letter() -> None:
    assert leading_numbers("10.11.19-MariaDB-0+deb12u1") == (10, 11, 19)
    assert leading_numbers("R81.20") == ()


def test_a_line_of_versions_needs_whole_numbers() -> None:
    assert begins_with("1.22.1", "1.22")
    assert not begins_with("1.220.1", "1.22")
    assert not begins_with("1.22", "subscription")


@given(st.text(max_size=300))
def test_hostile_versions_raise_nothing(text: str) -> None:
    assert compare(text, "1.0") == -compare("1.0", text)
    assert compare_rpm(text, text) == 0
    begins_with(text, "1")
