"""What the permission says otherwise, and whether less is looked at for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture_scan.assess.drift.scope import scope_changes
from posture_scan.model.scope import Intensity
from tests.assess.drift.scene import SCOPE


@pytest.mark.parametrize(
    ("before", "after", "narrower"),
    [
        (("203.0.113.1",), ("203.0.113.0/28",), False),
        (("203.0.113.0/28",), ("203.0.113.0/29", "203.0.113.8/29"), False),
        (("203.0.113.0/28",), ("203.0.113.0/29",), True),
        (("2001:db8::1",), ("2001:db8::/64",), False),
        (("2001:db8::1",), ("203.0.113.0/28",), True),
        (("www.example.jp",), ("*.example.jp",), False),
        (("www.example.jp",), ("example.jp",), True),
    ],
)
def test_a_target_within_a_larger_one_was_not_taken_out(
    before: tuple[str, ...], after: tuple[str, ...], narrower: bool  # noqa: FBT001
) -> None:  # fmt: skip
    found = scope_changes(replace(SCOPE, targets=before), replace(SCOPE, targets=after))
    assert [item.narrower for item in found if item.kind == "target_removed"] == [narrower]


@pytest.mark.parametrize(
    ("before", "after", "narrower"),
    [
        ((), ("pc-1",), True),
        (("pc-1",), (), False),
        (("pc-1",), ("pc-1", "pc-2"), False),
        (("pc-1", "pc-2"), ("pc-1",), True),
    ],
)
def test_whose_backups_count(
    before: tuple[str, ...], after: tuple[str, ...], narrower: bool  # noqa: FBT001
) -> None:  # fmt: skip
    (found,) = scope_changes(replace(SCOPE, data_on=before), replace(SCOPE, data_on=after))
    assert (found.kind, found.narrower) == ("data_on", narrower)


def test_less_depth_is_narrower_and_more_is_not() -> None:
    passive = replace(SCOPE, intensity=Intensity.PASSIVE)
    (less,), (more,) = scope_changes(SCOPE, passive), scope_changes(passive, SCOPE)
    assert (less.value, less.narrower) == ("light > passive", True)
    assert not more.narrower
