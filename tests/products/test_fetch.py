"""Fetching: bounded in bytes and time, nowhere else than asked, and without credentials."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from posture_scan.errors import IncompleteError, PostureError, UsageError
from posture_scan.products.fetch import fetch
from tests.products.service import service


def refused(url: str, *, seconds: float = 5.0, limit: int = 1_000_000) -> PostureError:
    with pytest.raises(PostureError) as caught:
        fetch(url, "x", seconds=seconds, limit=limit)
    return caught.value


def test_a_file_is_fetched_under_our_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with service(list=b'{"a": 1}') as (base, seen):
        assert fetch(f"{base}/list", "x") == b'{"a": 1}'
        assert fetch(f"{base}/moved", "x") == b'{"a": 1}'
    assert seen[0]["User-Agent"].startswith("posture-scan/")
    assert not any("Authorization" in headers for headers in seen)


@pytest.mark.parametrize("path", ["away", "loop", "slow", "slow_head"])
def test_what_leads_nowhere_ends_in_time(path: str) -> None:
    with service() as (base, _):
        begun = time.monotonic()
        error = refused(f"{base}/{path}", seconds=0.3)
        assert time.monotonic() - begun < 1.5
    assert error.code == "products.feed_unreachable"


def test_an_error_page_is_no_data() -> None:
    with service() as (base, _):
        error = refused(f"{base}/nothing")
    assert (error.code, error.values["status"]) == ("products.feed_status", 503)


@pytest.mark.parametrize("path", ["bomb", "list"])
def test_more_than_the_limit_is_not_read(path: str) -> None:
    with service(list=b"x" * 1_000_001) as (base, _):
        assert refused(f"{base}/{path}").code == "products.feed_too_large"


def test_nobody_there() -> None:
    assert isinstance(refused("http://127.66.0.9:9/list", seconds=1), IncompleteError)


@pytest.mark.parametrize(
    "url", ["http://example.com/list", "file:///etc/passwd", "ftp://x/y", "", "http://[::1/x"]
)
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(UsageError, match="feed_url"):
        fetch(url, "x")
