from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.scope import Scope

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def scope(*targets: str, exclude: tuple[str, ...] = ()) -> Scope:
    return Scope("例", "代表", FIRST, LAST, targets, exclude)


def test_out_wins_over_in() -> None:
    permitted = scope("203.0.113.0/28", "*.example.jp", exclude=("203.0.113.5", "x.example.jp"))
    assert permitted.allows("203.0.113.4")
    assert not permitted.allows("203.0.113.5")
    assert not permitted.allows("203.0.113.16")
    assert permitted.allows_name("www.example.jp")
    assert not permitted.allows_name("x.example.jp")


def test_a_suffix_does_not_mean_the_name_itself_or_a_look_alike() -> None:
    permitted = scope("*.example.jp")
    assert not permitted.allows_name("example.jp")
    assert not permitted.allows_name("badexample.jp")
    assert permitted.allows_name("A.B.Example.JP.")


def test_a_name_brings_its_public_address_but_never_an_inner_one() -> None:
    permitted = scope("www.example.jp")
    assert permitted.allows("93.184.216.34", "www.example.jp")
    assert not permitted.allows("93.184.216.34", "www.example.com")
    assert not permitted.allows("93.184.216.34")
    for inner in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1"):
        assert not permitted.allows(inner, "www.example.jp")


def test_an_excluded_address_stays_out_under_any_name() -> None:
    permitted = scope("www.example.jp", exclude=("93.184.216.34",))
    assert not permitted.allows("93.184.216.34", "www.example.jp")


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_address() -> None:
    permitted = scope("203.0.113.0/24", exclude=("203.0.113.5",))
    assert permitted.allows("::ffff:203.0.113.4")
    assert not permitted.allows("::ffff:203.0.113.5")


def test_both_ends_of_the_window_count() -> None:
    permitted = scope("203.0.113.1")
    assert permitted.covers_day(FIRST)
    assert permitted.covers_day(LAST)
    assert not permitted.covers_day(date(2026, 12, 1))


@given(st.ip_addresses(), st.ip_addresses())
def test_only_what_is_listed_is_allowed(listed: object, other: object) -> None:
    permitted = scope(str(listed))
    assert permitted.allows(str(listed))
    plain = getattr(other, "ipv4_mapped", None) or other
    assert permitted.allows(str(other)) == (listed in {other, plain})
