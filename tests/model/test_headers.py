"""Headers as they are kept: flags of cookies stay, their values and passwords do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.headers import (
    Cookie,
    cookies_in,
    said_without_cookies,
    without_secrets,
)
from posture_scan.model.world import HttpResponse

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("header", "kept", "cookie"),
    [
        (f"sid={SECRET}", "sid=", Cookie("sid")),
        (f"sid={SECRET}; Path=/; Secure; HttpOnly", "sid=; Path=/; Secure; HttpOnly",
         Cookie("sid", secure=True, http_only=True, path="/")),
        (f"a={SECRET};secure;samesite=LAX", "a=; secure; samesite=LAX",
         Cookie("a", secure=True, same_site="lax")),
        (f"a={SECRET}; SameSite=often; X={SECRET}", "a=; SameSite=often", Cookie("a")),
        ("a=deleted; Max-Age=0", "a=; Max-Age=0", Cookie("a", removed=True)),
        ("a=1; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=60",
         "a=; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=60", Cookie("a")),
        ("a=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT", "a=; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
         Cookie("a", removed=True)),
        ("a=1; Expires=Thu, 01-Jan-70 00:00:01 GMT", "a=; Expires=Thu, 01-Jan-70 00:00:01 GMT",
         Cookie("a", removed=True)),
        ("a=1; Expires=Thu, 01 Jan 2099 00:00:01 GMT", "a=; Expires=Thu, 01 Jan 2099 00:00:01 GMT",
         Cookie("a")),
        (f"a=1; Expires=Thu, b={SECRET}", "a=", Cookie("a")),
        # A cookie without a name is all value.
        (SECRET, "=", Cookie("")),
        (f"={SECRET}; Secure", "=; Secure", Cookie("", secure=True)),
        # Two cookies folded into one header: a browser sees one, with a flag it does not know.
        (f"a=1; Path=/, b={SECRET}; HttpOnly", "a=; Path=/; HttpOnly",
         Cookie("a", http_only=True, path="/")),
        (f"a=1; Secure, b={SECRET}", "a=", Cookie("a")),
        ("a=1; Domain=.example.jp; Domain=", "a=; Domain=.example.jp; Domain=", Cookie("a")),
        ("", "=", Cookie("")),
    ],
)  # fmt: skip
def test_of_a_cookie_name_and_flags_are_kept(header: str, kept: str, cookie: Cookie) -> None:
    headers = without_secrets([("Set-Cookie", header)])
    assert headers == (("set-cookie", kept),)
    assert cookies_in(headers) == (cookie,)
    assert SECRET not in repr(headers)


def test_heard_and_asked_for_are_kept_alike() -> None:
    said = (
        f"HTTP/1.1 301 x\r\nLocation: https://user:{SECRET}@www.example.jp/a\r\n"
        f"Set-Cookie: a={SECRET}; Secure\r\nSet-Cookie: b={SECRET}; HttpOnly\r\n\r\n"
    )
    seen = HttpResponse.heard(said.encode())
    assert seen is not None
    assert seen.header("location") == "https://www.example.jp/a"
    assert seen.cookies == ("a", "b")
    assert seen.cookie_flags == (Cookie("a", secure=True), Cookie("b", http_only=True))
    assert SECRET not in repr(seen)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_header_is_survived_and_no_value_stays(header: str, value: str) -> None:
    headers = without_secrets([("set-cookie", header), ("Location", value), (value, header)])
    assert len(cookies_in(headers)) >= 1
    marked = without_secrets([("set-cookie", f"{header.partition(';')[0]}={SECRET}")])
    assert SECRET not in repr(marked)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=secret; Secure\r\nserver: x\r\n\r\nSet-Cookie: b=1",
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=; Secure\r\nserver: x\r\n\r\nSet-Cookie: b=1",
        ),
        (b"HTTP/1.1 200 OK\r\nSET-COOKIE:a=secr", b"HTTP/1.1 200 OK\r\nSet-Cookie: a="),
        (b"", b""),
    ],
)
def test_what_was_heard_keeps_no_value_of_a_cookie(said: bytes, kept: bytes) -> None:
    assert said_without_cookies(said) == kept


@given(st.binary(max_size=200))
def test_what_sets_no_cookie_stays_as_it_is(said: bytes) -> None:
    if b"set-cookie:" not in said.lower():
        assert said_without_cookies(said) == said
