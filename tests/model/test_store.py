"""Addresses of buckets, as engines and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.store import StoreAddress, store_address


@pytest.mark.parametrize(
    ("text", "endpoint", "bucket", "prefix"),
    [
        ("s3:https://s3.example:9000/bucket/a/b/", "https://s3.example:9000", "bucket", "a/b"),
        ("s3:http://127.0.0.1:9000/bucket", "http://127.0.0.1:9000", "bucket", ""),
        ("s3:https://[::1]:9000/bucket", "https://[::1]:9000", "bucket", ""),
        ("s3:s3.example/bucket/restic", "https://s3.example", "bucket", "restic"),
        ("s3:s3.amazonaws.com/bucket", "https://s3.amazonaws.com", "bucket", ""),
        ("s3://bucket/restic", "", "bucket", "restic"),
        ("s3://bucket", "", "bucket", ""),
        ("boto3+s3://bucket/dup", "", "bucket", "dup"),
        ("s3://s3.amazonaws.com/bucket", "https://s3.amazonaws.com", "bucket", ""),
    ],
)
def test_every_form_is_read(text: str, endpoint: str, bucket: str, prefix: str) -> None:
    assert store_address(text) == StoreAddress(endpoint, bucket, prefix)


@pytest.mark.parametrize(
    "text",
    [
        "", "bucket", "/srv/repo", "sftp:nas:/repo", "s3:", "s3:host", "s3:https://host",
        "s3:https://key:secret@host/bucket", "s3://key:secret@bucket/x", "rest:https://host/r",
        "s3:ftp://host/bucket", "s3:https://host/-/x", "s3:https://host/bu cket", "s3:host/b\n/x",
    ],
)  # fmt: skip
def test_what_is_no_address_or_holds_a_key_is_none(text: str) -> None:
    assert store_address(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("s3:s3.example/b/p", "s3:https://S3.example:443/b/p/", True),
        ("s3://b/p", "s3:s3.ap-northeast-1.amazonaws.com/b/p", True),
        ("s3:s3.example/b/p", "s3:s3.example/b", False),
        ("s3:s3.example/b", "s3:s3.example/B", False),
        ("s3:s3.example/b", "s3:s3.example:9000/b", False),
        ("s3:http://s3.example/b", "s3:http://s3.example:80/b", True),
        ("s3:s3.example/b", "s3:other.example/b", False),
    ],
)
def test_spellings_of_one_place_agree(one: str, other: str, *, same: bool) -> None:
    left, right = store_address(one), store_address(other)
    assert left is not None
    assert right is not None
    assert (left.place == right.place) is same


@given(st.text(max_size=80).map(lambda text: f"s3:{text}"))
def test_any_text_is_read_or_refused_and_comes_back(text: str) -> None:
    found = store_address(text)
    if found is not None:
        again = store_address(str(found))
        assert again is not None
        assert again.place == found.place
        assert "@" not in found.endpoint
