"""The scope on the resolved address, whatever form it comes in."""

from __future__ import annotations

import pytest

from posture_scan.collect.guard import Guard
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError
from tests.collect.fixture import scope

NAMED = Guard(scope("www.example.jp", "192.0.2.0/24", "10.1.0.0/16", exclude=("10.1.0.9",)))


@pytest.mark.parametrize(
    ("address", "name"),
    [("10.1.2.3", ""), ("::ffff:10.1.2.3", ""), ("8.8.8.8", "www.example.jp")],
)
def test_what_is_in_scope_may_be_touched(address: str, name: str) -> None:
    assert NAMED.check(address, name) in {"10.1.2.3", "8.8.8.8"}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("8.8.8.8", ""),
        ("8.8.8.8", "other.example.jp"),
        ("10.1.0.9", ""),
        ("::ffff:10.1.0.9", ""),
        ("127.0.0.1", "www.example.jp"),
        ("::1", "www.example.jp"),
        ("::ffff:127.0.0.1", "www.example.jp"),
        ("64:ff9b::7f00:1", "www.example.jp"),
        ("2002:7f00:1::", "www.example.jp"),
        ("169.254.169.254", "www.example.jp"),
        ("10.9.9.9", "www.example.jp"),
        ("fe80::1%eth0", "www.example.jp"),
        ("224.0.0.1", "www.example.jp"),
        ("0.0.0.0", "www.example.jp"),
        ("", "www.example.jp"),
        ("www.example.jp", "www.example.jp"),
        ("2130706433", ""),
    ],
)
def test_nothing_else_may(address: str, name: str) -> None:
    with pytest.raises(AttemptError) as caught:
        NAMED.check(address, name)
    assert caught.value.attempt is Attempt.OUT_OF_SCOPE


def test_loopback_may_be_touched_where_it_is_listed() -> None:
    assert Guard(scope("127.0.0.1")).check("127.0.0.1") == "127.0.0.1"
