from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from posture_scan.discovery.world import Target
from posture_scan.engine.targets import expand
from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.evidence import Attempt
from posture_scan.model.scope import Scope
from posture_scan.sdk import AttemptError

ANSWERS = {
    "www.example.jp": ("203.0.113.7",),
    "inside.example.jp": ("10.0.0.5", "203.0.113.9"),
    "meta.example.jp": ("169.254.169.254",),
}


def resolve(name: str) -> tuple[str, ...]:
    if name not in ANSWERS:
        raise AttemptError(Attempt.UNRESOLVED, name)
    return ANSWERS[name]


def scope(*targets: str, exclude: tuple[str, ...] = (), **more: Any) -> Scope:
    return Scope("例", "代表", date(2026, 11, 1), date(2026, 12, 1), targets, exclude, **more)


def test_a_network_becomes_its_addresses_without_the_excluded() -> None:
    found = expand(scope("127.60.0.0/29", exclude=("127.60.0.2",)), (), resolve)
    addresses = [target.address for target in found.addresses]
    assert addresses == [f"127.60.0.{number}" for number in (1, 3, 4, 5, 6)]


WRITTEN = {"203.0.113.8": ("gone.example.jp",)}


def test_a_name_that_is_not_in_dns_leads_where_the_scope_file_says() -> None:
    listed = scope("Gone.example.jp.", "203.0.113.0/28", names=WRITTEN)
    found = expand(listed, ("gone.example.jp",), resolve)
    assert [(one.address, one.names) for one in found.addresses] == [
        ("203.0.113.8", ("gone.example.jp",))
    ]
    assert found.unresolved == ()


def test_what_is_written_for_a_name_leads_no_further_than_a_dns_answer_would() -> None:
    inside = scope("gone.example.jp", "203.0.113.7", names={"10.0.0.5": ("gone.example.jp",)})
    listed = ("gone.example.jp", "203.0.113.7", "203.0.113.8")
    out = scope(*listed, exclude=("203.0.113.8",), names=WRITTEN)
    for one in (inside, out):
        found = expand(one, (), resolve)
        assert [target.address for target in found.addresses] == ["203.0.113.7"]
        assert found.led_outside == ("gone.example.jp",)


def test_what_is_written_for_a_name_does_not_stand_in_for_a_resolver_that_is_silent() -> None:
    def silent(_name: str) -> tuple[str, ...]:
        raise AttemptError(Attempt.TIMEOUT, "name_lookup")

    found = expand(scope("gone.example.jp", names=WRITTEN), (), silent)
    assert (found.addresses, found.unresolved) == ((), ("gone.example.jp",))


def test_a_name_that_leads_only_outside_is_told_of() -> None:
    found = expand(scope("inside.example.jp", "www.example.jp", "203.0.113.9"), (), resolve)
    assert found.led_outside == ("www.example.jp",)
    assert set(found.out_of_scope) == {
        ("inside.example.jp", "10.0.0.5"), ("www.example.jp", "203.0.113.7")
    }  # fmt: skip


def test_an_excluded_domain_is_refused_with_a_reason_of_its_own() -> None:
    outside = scope("203.0.113.7", domains=("example.jp",), exclude=("example.jp",))
    with pytest.raises(NotPermittedError) as caught:
        expand(outside, (), resolve)
    assert caught.value.code == "scope.domain_excluded"


def test_a_domain_that_is_only_listed_leads_to_no_address() -> None:
    found = expand(scope("203.0.113.7", domains=("www.example.jp",)), (), resolve)
    assert [target.address for target in found.addresses] == ["203.0.113.7"]
    assert found.addresses[0].names == ()
    assert found.names == ("www.example.jp",)
    only = expand(scope("203.0.113.7", domains=("www.example.jp",)), ("WWW.example.jp.",), resolve)
    assert (only.addresses, only.names) == ((), ("www.example.jp",))


def test_a_documentation_address_behind_a_name_needs_to_be_listed_itself() -> None:
    # 203.0.113.0/24 is not globally routable, so a name alone does not bring it in.
    found = expand(scope("www.example.jp"), (), resolve)
    assert found.addresses == ()
    assert found.out_of_scope == (("www.example.jp", "203.0.113.7"),)
    found = expand(scope("www.example.jp", "203.0.113.7"), (), resolve)
    assert found.addresses == (Target("203.0.113.7", ("www.example.jp",), "203.0.113.7"),)


def test_a_dns_answer_cannot_lead_inside() -> None:
    found = expand(scope("meta.example.jp"), (), resolve)
    assert found.addresses == ()
    assert found.out_of_scope == (("meta.example.jp", "169.254.169.254"),)


def test_a_name_that_does_not_resolve_is_kept_and_named() -> None:
    found = expand(scope("gone.example.jp", "127.60.0.1"), (), resolve)
    assert found.unresolved == ("gone.example.jp",)
    assert found.addresses == (Target("127.60.0.1", (), "127.60.0.1"),)


@pytest.mark.parametrize("wanted", ["127.60.0.9", "other.example.jp", "127.60.1.0/30"])
def test_what_is_not_in_the_scope_is_not_permitted(wanted: str) -> None:
    with pytest.raises(NotPermittedError, match=r"scope\.target_outside"):
        expand(scope("127.60.0.1"), (wanted,), resolve)


def test_a_network_larger_than_a_small_firm_is_a_mistake() -> None:
    with pytest.raises(UsageError, match=r"scope\.network_too_large"):
        expand(scope("127.0.0.0/8"), (), resolve)


def test_names_given_for_an_address_are_kept() -> None:
    found = expand(scope("127.60.0.1", names={"127.60.0.1": ("shop.example.jp",)}), (), resolve)
    assert found.addresses == (Target("127.60.0.1", ("shop.example.jp",), "127.60.0.1"),)
