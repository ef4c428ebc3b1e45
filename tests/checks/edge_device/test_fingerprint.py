"""Weighing marks and choosing between makers: named on proof, and on no contradiction."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from posture_scan.checks.edge_device.favicon import favicon_hashes, murmur3
from posture_scan.checks.edge_device.fingerprint import (
    STRONG,
    WEAK,
    Maker,
    Page,
    Sight,
    Verdict,
    makers,
    weigh,
)
from posture_scan.checks.edge_device.naming import choose, verdicts

from tests.fakes import page

BY_ID = {maker.id: maker for maker in makers()}
LONG = 65_536
HOSTILE = (
    " " * LONG, "<" * LONG, "<input " * 9000, "<form " * 9000, "a" * LONG, "\r\n" * 32_000,
    "<version>" * 7000, "<?xml " * 9000, "<config-auth " * 5000, "<soap:Envelope " * 4000,
    "top.location" + " " * LONG, "var version" + " " * LONG, "User Access Verification" * 2700,
    "ZLDCONFIG_CLOUD_HELP_VERSION" + " " * LONG, "0" * LONG, "action=" * 9000,
)  # fmt: skip


def verdict(name: str, strength: str) -> Verdict:
    return Verdict(BY_ID[name], strength, ("a",), vpn=False, admin=False)


@pytest.mark.parametrize(
    ("found", "named", "conflict"),
    [
        ([], (), 0),
        ([("fortigate", STRONG)], ("fortigate",), 0),
        ([("fortigate", STRONG), ("ivanti", WEAK)], ("fortigate",), 0),
        ([("fortigate", STRONG), ("ivanti", STRONG)], (), 2),
        ([("ivanti", WEAK), ("sophos", WEAK)], (), 2),
        ([("netscaler", STRONG), ("exchange", STRONG)], ("netscaler", "exchange"), 0),
        ([("netscaler", STRONG), ("yamaha", STRONG)], (), 2),
        ([("yamaha", STRONG), ("esxi", STRONG)], (), 2),
        ([("netscaler", STRONG), ("exchange", STRONG), ("esxi", STRONG)], (), 3),
        ([("elecom", WEAK), ("home_router", WEAK)], ("elecom",), 0),
        ([("home_router", WEAK)], ("home_router",), 0),
        ([("exchange", "")], (), 0),
    ],
)
def test_choosing(found: list[tuple[str, str]], named: tuple[str, ...], conflict: int) -> None:
    choice = choose([verdict(name, strength) for name, strength in found])
    assert tuple(item.maker.id for item in choice.named) == named
    assert len(choice.conflict) == conflict


def test_two_weak_marks_of_one_place_are_one() -> None:
    sight = Sight((Page("/", page("x", server="IP_SHARER WEB")),))
    assert weigh(BY_ID["buffalo"], sight).strength == ""
    titled = page("<title>WHR-G301N</title>", server="IP_SHARER WEB")
    assert weigh(BY_ID["buffalo"], Sight((Page("/", titled),))).strength == WEAK


def test_a_veto_takes_the_name_away() -> None:
    masked = Sight((Page("/", page("x", server="xxxxxxxx-xxxxx")),))
    assert weigh(BY_ID["fortigate"], masked).strength == STRONG
    sibling = replace(masked, certificate=("OU=FortiMail",))
    assert weigh(BY_ID["fortigate"], sibling).strength == ""
    assert [item.maker.id for item in choose(verdicts(sibling)).named] == ["fortimail"]


def test_a_mark_of_one_port_counts_there_only() -> None:
    on_541 = Sight(certificate=("OU=FortiGate",), port=541)
    assert weigh(BY_ID["fortigate"], on_541).admin
    assert not weigh(BY_ID["fortigate"], replace(on_541, port=443)).admin


def test_an_icon_counts_under_its_own_path_only() -> None:
    # Icons whose hash is published are not ours to ship: a maker with our own icon's hash.
    icon = b"\x00\x00\x01\x00our own icon"
    known = replace(BY_ID["horizon"], marks=tuple(
        replace(mark, pattern=re.compile(f"^{favicon_hashes(icon)[0]}$"))
        if mark.where == "favicon" else mark for mark in BY_ID["horizon"].marks
    ))  # fmt: skip
    seen = weigh(known, Sight((Page("/favicon.ico", page(icon)),)))
    assert (seen.marks, seen.strength) == (("icon",), "")
    assert weigh(known, Sight((Page("/", page(icon)),))).marks == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    # Published test values of MurmurHash3_x86_32 with seed 0.
    [(b"", 0), (b"hello", 613153351), (b"hello, world", 345750399), (b"foo", -156908512)],
)
def test_murmur3(data: bytes, expected: int) -> None:
    assert murmur3(data) == expected


def test_no_icon_has_no_hash() -> None:
    assert favicon_hashes(b"") == ()
    assert len(favicon_hashes(b"x" * 200)) == 2


@pytest.mark.parametrize("maker", makers(), ids=lambda maker: maker.id)
def test_no_pattern_can_be_kept_busy(maker: Maker) -> None:
    for rule in (*maker.marks, *maker.vetoes, *maker.versions):
        for text in HOSTILE:
            start = time.process_time()
            rule.pattern.search(text)
            assert time.process_time() - start < 0.5, (maker.id, rule, text[:20])
