"""The order that travels in a bundle."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from posture_scan.bundle.build import order_for
from posture_scan.bundle.order import SCHEMA, Order, from_bytes, plain_name, to_bytes
from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.scope import Scope

SCOPE = Scope("株式会社 例/支店", "山田", date(2026, 11, 20), date(2026, 12, 20), ("192.0.2.1",))


def order(**more: object) -> Order:
    return replace(order_for(SCOPE, "ab" * 32, "ja"), **more)  # type: ignore[arg-type]


def test_an_order_comes_back_as_it_was_written() -> None:
    assert from_bytes(to_bytes(order())) == order()


def test_it_holds_the_clients_permission_and_the_way_back() -> None:
    made = order()
    assert (made.organisation, made.authorised_by) == ("株式会社 例/支店", "山田")
    assert made.file_name("経理 PC/1") == "株式会社-例-支店_経理-PC-1.host.json"
    assert made.file_name("..") == "株式会社-例-支店_computer.host.json"


@pytest.mark.parametrize(
    ("today", "code"),
    [(date(2026, 11, 19), "scope.not_yet_valid"), (date(2026, 12, 21), "scope.no_longer_valid")],
)
def test_outside_the_permitted_days_it_refuses(today: date, code: str) -> None:
    with pytest.raises(NotPermittedError) as error:
        order().check(today)
    assert (error.value.code, error.value.exit_code) == (code, 5)
    order().check(date(2026, 11, 20))
    order().check(date(2026, 12, 20))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"{}", b"[" * 60_000,
        json.dumps({**json.loads(to_bytes(order())), "schema": "x"}).encode(),
        json.dumps({**json.loads(to_bytes(order())), "return_name": "x"}).encode(),
        json.dumps({**json.loads(to_bytes(order())), "valid_until": 7}).encode(),
    ],
)  # fmt: skip
def test_a_broken_order_is_named(data: bytes) -> None:
    with pytest.raises(UsageError) as error:
        from_bytes(data)
    assert error.value.code == "bundle.broken_order"


def test_a_file_name_holds_nothing_a_system_could_misread() -> None:
    assert plain_name('a:b\\c/d*"<>|?\n\0..e ') == "a-b-c-d-e"
    assert len(plain_name("あ" * 500)) == 80
    assert order().schema == SCHEMA
