"""What a bundle says where it cannot begin."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from posture_scan.bundle.build import order_for
from posture_scan.bundle.order import NAME, to_bytes
from posture_scan.bundle.start import main
from posture_scan.model.scope import Scope

PAST = Scope("例", "山田", date(2020, 11, 20), date(2020, 12, 20), ("192.0.2.1",))


@pytest.mark.parametrize(
    ("order", "code", "told"),
    [
        (None, 2, "No such file"),
        (b"{", 2, "order"),
        (to_bytes(order_for(PAST, "ab" * 32, "en")), 5, "2020-12-20"),
    ],
)
def test_without_a_valid_order_nothing_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: bytes | None, code: int, told: str
) -> None:
    if order is not None:
        (tmp_path / NAME).write_bytes(order)
    beside = tmp_path / "beside"
    beside.mkdir()
    assert main(["--lang", "en"], base=tmp_path, beside=beside) == code
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.out == ""
    assert list(beside.iterdir()) == []
