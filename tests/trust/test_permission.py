from __future__ import annotations

from typing import Any

import pytest

from posture_scan.errors import AnswerIsNoError, NotPermittedError
from posture_scan.trust.verify import verify
from tests.trust.samples import NOW, report, signed, signer, trusting

KEY = signer()
STORE = trusting(KEY)


def verdict(*, evidence: bool = True, **changes: Any) -> str:
    bundle = signed(KEY, **changes)
    try:
        verify(bundle.envelope, STORE, now=NOW, evidence=bundle.evidence if evidence else None)
    except NotPermittedError as error:
        return error.code
    return "ok"


def scope(**changes: Any) -> dict[str, Any]:
    return {**report()["scope"], **changes}


def record(**changes: Any) -> list[dict[str, Any]]:
    return [{**report()["evidence"][0], **changes}]


def line(**changes: Any) -> list[dict[str, Any]]:
    return [{**report()["connections"][0], **changes}]


def asset(**changes: Any) -> list[dict[str, Any]]:
    return [{**report()["assets"][0], **changes}]


def test_a_scan_inside_its_permission() -> None:
    assert verdict() == "ok"


@pytest.mark.parametrize("address", ["203.0.113.16", "203.0.113.5", "127.0.0.1", "not an address"])
def test_an_address_outside_the_permission_is_found_wherever_it_stands(address: str) -> None:
    assert verdict(assets=asset(address=address)) == "E-AUT-002"
    assert verdict(evidence=False, assets=asset(address=address)) == "E-AUT-002"
    assert verdict(connections=line(address=address)) == "E-AUT-002"
    assert verdict(evidence=False, connections=line(address=address)) == "E-AUT-002"


def test_evidence_shows_what_the_report_does_not() -> None:
    assert _with_records(record(address="203.0.113.5")) == "E-AUT-002"
    assert _with_records(record(address="203.0.113.6")) == "ok"


def _with_records(records: list[dict[str, Any]]) -> str:
    bundle = signed(KEY, evidence=records)
    try:
        verify(bundle.envelope, STORE, now=NOW, evidence=bundle.evidence)
    except NotPermittedError as error:
        return error.code
    return "ok"


def test_what_was_left_alone_or_said_by_the_computer_itself_needs_no_permission() -> None:
    assert _with_records(record(address="198.51.100.1", attempt="out_of_scope")) == "ok"
    assert _with_records(record(address="192.168.1.7", vantage="host")) == "ok"
    assert verdict(assets=asset(address="192.168.1.7", kind="host")) == "ok"
    assert verdict(assets=asset(address="198.51.100.1", reached=False)) == "ok"
    assert verdict(connections=line(address="198.51.100.1", outcome="out_of_scope")) == "ok"


def test_a_name_brings_its_public_addresses_but_no_private_ones() -> None:
    names = ["www.example.jp"]
    assert verdict(assets=asset(address="8.8.8.8", names=names)) == "ok"
    assert verdict(assets=asset(address="10.0.0.1", names=names)) == "E-AUT-002"
    assert verdict(assets=asset(address="8.8.8.8", names=["other.jp"])) == "E-AUT-002"
    assert verdict(connections=line(address="8.8.8.8")) == "ok"
    only_networks = scope(targets=["203.0.113.0/28"])
    assert verdict(scope=only_networks, connections=line(address="8.8.8.8")) == "E-AUT-002"


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "expected"),
    [
        ("2026-11-22", "2026-11-22", "ok"),
        # 09:00 UTC is still the 21st at UTC-12 and not yet the 23rd at UTC+14
        ("2026-11-20", "2026-11-21", "ok"),
        ("2026-11-23", "2026-12-20", "E-AUT-003"),
        ("2026-11-01", "2026-11-20", "E-AUT-003"),
        ("0001-01-01", "9999-12-31", "ok"),
    ],
)
def test_the_days_of_the_permission(valid_from: str, valid_until: str, expected: str) -> None:
    assert verdict(scope=scope(valid_from=valid_from, valid_until=valid_until)) == expected


def test_places_that_are_none_are_passed_over() -> None:
    assert verdict(assets=asset(address="")) == "ok"
    assert verdict(assets=asset(address=7)) == "ok"
    assert verdict(connections=[]) == "ok"
    bundle = signed(KEY, connections=[1])
    with pytest.raises(AnswerIsNoError) as caught:
        verify(bundle.envelope, STORE, now=NOW)
    assert caught.value.code == "E-TYP-005"


def test_every_moment_counts() -> None:
    late = "2026-12-22T12:00:00Z"
    assert verdict(connections=line(at=late)) == "E-AUT-003"
    assert _with_records(record(observed_at=late)) == "E-AUT-003"
    assert _with_records(record(observed_at=late, vantage="host")) == "ok"
