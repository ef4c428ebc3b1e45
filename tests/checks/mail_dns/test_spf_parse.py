"""SPF records as strings: the grammar of RFC 7208, and whatever a stranger may have written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns.spf_parse import IS_RECORD, SpfTerms, parse_spf


@pytest.mark.parametrize("text", ["v=spf1", "v=spf1 -all", "V=SPF1 -all", "v=spf1 "])
def test_a_record_is_told_by_its_version(text: str) -> None:
    assert IS_RECORD.match(text)


@pytest.mark.parametrize(
    "text", ["v=spf10 -all", "v=spf1; -all", " v=spf1", "spf1", "", "v=spf2.0"]
)
def test_others_are_no_records(text: str) -> None:
    assert not IS_RECORD.match(text)


@pytest.mark.parametrize(
    "piece",
    [
        "mx", "a", "a:x.example.jp", "a/24", "a//64", "a/24//64", "mx:x.jp/24", "ptr", "ptr:x.jp",
        "ip4:192.0.2.1", "ip4:192.0.2.0/24", "ip6:2001:db8::/32", "ip6:::1", "include:_spf.x.jp",
        "exists:%{i}._spf.x.jp", "INCLUDE:X.JP", "?ALL", "redirect=x.jp", "exp=e.x.jp",
        "unknown=anything", "exists:%{ir}.%{v}._spf.%{d2}", "a:x.jp.",
        "moo.cow-far_out=man:dog/cat", "exists:%{l1r+-}.x.jp", "a:%{d}",
    ],
)  # fmt: skip
def test_pieces_of_the_grammar(piece: str) -> None:
    assert parse_spf(f"v=spf1 {piece} -all").wrong == ""


@pytest.mark.parametrize(
    "piece",
    [
        "all.", "all:x", "all/8", "include", "include:", "include:x", "include:x.jp/24", "exists",
        "ip4", "ip4:", "ip4:1.2.3", "ip4:1.2.3.4/33", "ip4:1.2.3.4/", "ip4:1.2.3.4/024",
        "ip4:1.2.3.4:25", "ip4:::1", "ip6:1.2.3.4", "ip6:fe80::1%eth0", "ip6:::1/129", "a:", "a/33",
        "a//129", "a/024", "a:x.jp:25", "mx:", "mx/", "ptr/24", "foo", "foo:x.jp", "-redirect=x.jp",
        "redirect=", "redirect:x.jp", "exp=x", "a:x.%{z}", "a:%{d", "a:x.123", "a:x.-jp",
        "exists:%{c}.x.jp", "a:x\\xe3\\x81.jp", "\\x1b[2J", "ipv4:192.0.2.1", "-", "b:c=d",
        "exists:%{d0}.x.jp", "redirect=a.jp redirect=b.jp", "exp=a.jp exp=b.jp",
    ],
)  # fmt: skip
def test_what_the_grammar_has_no_place_for(piece: str) -> None:
    assert parse_spf(f"v=spf1 {piece} -all").wrong != ""


def test_a_redirect_beside_all_is_not_followed() -> None:
    assert parse_spf("v=spf1 redirect=x.jp -all").redirect is None
    assert parse_spf("v=spf1 mx redirect=x.jp").redirect is not None


def test_what_stands_behind_all_is_not_tried() -> None:
    seen = parse_spf("v=spf1 mx -all include:x.jp")
    assert [term.kind for term in seen.before_all] == ["mx"]
    assert seen.last == "-"


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("v=spf1 -all", True), ("v=spf1  ~all ", True), ("v=spf1 -all exp=e.x.jp", True),
        ("v=spf1", False), ("v=spf1 ?all", False), ("v=spf1 all", False), ("v=spf1 mx -all", False),
        ("v=spf1 redirect=x.jp", False), ("v=spf1 -all oops", False),
    ],
)  # fmt: skip
def test_a_record_that_names_nobody(text: str, *, nobody: bool) -> None:
    assert parse_spf(text).nobody is nobody


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(parse_spf(f"v=spf1 {text}"), SpfTerms)


PIECES = st.sampled_from(
    ["a", "mx", "ptr", "include", "exists", "ip4", "ip6", "all", "redirect", "exp", "%{", "%{d}",
     ":", "=", "/", "//", "24", "x.jp", "192.0.2.1", "::1", "+", "-", "~", "?", ".", " ", "\\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12))
def test_any_order_of_its_pieces_is_read(pieces: list[str]) -> None:
    seen = parse_spf("v=spf1 " + "".join(pieces))
    assert seen.wrong or all(term.qualifier in "+-~?" for term in seen.terms)
