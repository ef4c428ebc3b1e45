"""Both orders of versions, against their rules and against dpkg itself."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.software.versions import (
    belongs,
    branch_of,
    compare,
    compare_package,
    newer_than_all,
    numbers,
    within,
)

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
    assert within("6.42", "6.41", "6.42.0")


@given(UPSTREAM, UPSTREAM, UPSTREAM)
def test_upstream_order_is_an_order(a: str, b: str, c: str) -> None:
    assert compare(a, a) == 0
    assert compare(a, b) == -compare(b, a)
    if compare(a, b) <= 0 and compare(b, c) <= 0:
        assert compare(a, c) <= 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared(a: str, b: str) -> None:
    assert compare(a, b) == -compare(b, a)
    assert compare_package(a, a) == 0
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
    assert compare_package(smaller, larger) < 0 < compare_package(larger, smaller)


@given(PACKAGE, PACKAGE, PACKAGE)
def test_package_order_is_an_order(a: str, b: str, c: str) -> None:
    assert (compare_package(a, b) > 0) == (compare_package(b, a) < 0)
    if compare_package(a, b) <= 0 and compare_package(b, c) <= 0:
        assert compare_package(a, c) <= 0


@pytest.mark.lab
@settings(max_examples=60, deadline=None)
@given(PACKAGE, PACKAGE)
def test_package_order_is_dpkgs(a: str, b: str) -> None:
    dpkg = shutil.which("dpkg")
    if dpkg is None:
        pytest.skip("needs dpkg: a Debian or Ubuntu machine")
    ours = compare_package(a, b)
    word = "lt" if ours < 0 else "gt" if ours > 0 else "eq"
    assert subprocess.run([dpkg, "--compare-versions", a, word, b], check=False).returncode == 0


@pytest.mark.parametrize(
    ("version", "cycles", "expected"),
    [
        ("8.1.2", ("8.1", "8.10", "8"), "8.1"),
        ("8.10.2", ("8.1", "8.10"), "8.10"),
        ("10.11.19", ("10.1", "10.11"), "10.11"),
        ("1.1.1k", ("1.1.1", "1.1.0"), "1.1.1"),
        ("7", ("7.4",), ""),
        ("2.4.58", ("2.2", "subscription", "2.x", "2.4"), "2.4"),
        ("", ("2.4",), ""),
    ],
)
def test_branch_of_a_version(version: str, cycles: tuple[str, ...], expected: str) -> None:
    assert branch_of(version, cycles) == expected


def test_belongs_needs_whole_numbers() -> None:
    assert belongs("1.22.1", "1.22")
    assert not belongs("1.220.1", "1.22")


def test_newer_than_everything_known() -> None:
    assert newer_than_all("9.9.1", ("8.5", "8.4"))
    assert not newer_than_all("8.3.1", ("8.5", "8.4"))
    assert not newer_than_all("8.5.99", ("8.5",))
    assert not newer_than_all("1.0", ())
