from __future__ import annotations

from typing import Any

import pytest

from posture_scan.errors import (
    PostureError,
)
from posture_scan.trust.policy import Policy


@pytest.mark.parametrize(
    "rules",
    [
        {"accept_roles": ()},
        {"require": {"contractor": 0}},
        {"require": {"underwriter": 1}},
    ],
)
def test_a_vacuous_policy_cannot_be_made(rules: dict[str, Any]) -> None:
    with pytest.raises(PostureError) as caught:
        Policy(**rules)
    assert (caught.value.code, caught.value.exit_code) == ("E-POL-001", 2)
