"""Every reason and every error the rating can name has a sentence in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posture_scan.text.catalog import Catalog

SOURCES = "".join(
    path.read_text("utf-8")
    for path in (Path(__file__).parent.parent.parent / "posture_scan" / "rating").glob("*.py")
)
REASONS = {
    *re.findall(r'Reason\("(\w+)"', SOURCES),
    *re.findall(r'Sign\.\w+, "(\w+)"\)', SOURCES),
    "too_old", "undated", "from_the_future", "not_fully_scanned", "middlebox", "nothing_answered",
    "unanswered", "not_asked",
}  # fmt: skip
ERRORS = set(re.findall(r'UsageError\(\s*"([\w.]+)"', SOURCES))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_everything_has_words(language: str) -> None:
    words = Catalog(language)
    wanted = {f"rating.reason.{name}" for name in REASONS}
    wanted |= {f"error.{code}" for code in ERRORS}
    assert len(REASONS) > 20
    assert len(ERRORS) > 10
    assert sorted(key for key in wanted if key not in words) == []
