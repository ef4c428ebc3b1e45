"""What a stranger writes into headers and pages: survived, bounded, and printable when kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.web.collect_http import WebAnswer
from posture_scan.checks.web.leads import resolve
from posture_scan.checks.web.policy import framed_by_anybody, max_age, policies, scripts

from posture_scan.model.codec import encode
from posture_scan.model.headers import without_secrets
from tests.checks.web.judging import CHECKS, answer, judge, look, site

HEADERS = (
    "content-security-policy", "content-security-policy-report-only", "strict-transport-security",
    "set-cookie", "x-frame-options", "x-content-type-options", "location", "content-type",
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(
        ["max-age=", "1", ";", ",", '"', "'", "=", " ", "\\", "script-src", "'nonce-", "*", "DENY",
         "https:", "//", "/", "@", ":", "[", "]", "?", "#", "\x1b[31m", "\u202e", "\x00", "株",
         "Secure", "__Host-", "<meta ", "<!--", "-->", "<title>", "Index of /", "0; url="]
    ), max_size=14,
).map("".join)  # fmt: skip
ANYTHING = st.text(max_size=60) | WORDS
SOME = st.lists(st.tuples(st.sampled_from(HEADERS), ANYTHING), max_size=8)


@given(SOME, ANYTHING, st.sampled_from([200, 204, 301, 308, 401, 404, 503, 999]), st.booleans())
def test_any_answer_is_survived(
    headers: list[tuple[str, str]],
    body: str,
    status: int,
    tls: bool,  # noqa: FBT001
) -> None:
    page = answer(body, *without_secrets(headers), status=status)
    seen = look({"/": page}, site(tls=tls))
    for check in CHECKS:
        judge(check, seen)
    kept = (
        *seen.hsts,
        *seen.csp,
        *seen.csp_in_page,
        *seen.frame_options,
        seen.content_type_options,
    )
    assert all(text.isprintable() for text in (*kept, *(one.name for one in seen.cookies)))


@given(st.binary(max_size=120), st.booleans())
def test_any_greeting_is_survived(tail: bytes, tls: bool) -> None:  # noqa: FBT001
    greeting = b"HTTP/1.1 200 OK\r\nLocation: x\r\n" + tail
    seen = look({"/": answer("asked")}, site(tls=tls, greeting=greeting))
    assert isinstance(seen, WebAnswer)


@given(ANYTHING, ANYTHING)
def test_any_address_is_resolved_to_a_path_that_can_be_asked_for(location: str, path: str) -> None:
    goal = resolve(location, site(), "www.example.jp", f"/{path}")
    assert goal.path.startswith("/")
    assert goal.port >= 0


@pytest.mark.parametrize(
    "flood",
    ["<meta ", "<meta http-equiv=refresh content=", "<!--", "<input ", "<title>", "<h1>Index of /",
     "<h1> ", 'content="', "0; url="],
)  # fmt: skip
def test_a_page_made_to_be_slow_is_not(flood: str) -> None:
    started = time.monotonic()
    for body in (flood * 20_000, f"<title>Index of /</title>{flood * 20_000}"):
        look({"/": answer(body)}, site(tls=False))
    assert time.monotonic() - started < 2


def test_headers_made_to_be_slow_or_long_are_not_kept_whole() -> None:
    started = time.monotonic()
    long = "a" * 100_000
    headers = (
        ("strict-transport-security", "max-age=1" + " " * 100_000),
        ("set-cookie", f"{long}=; Secure"),
        *(("content-security-policy", f"script-src {long}") for _ in range(30)),
        *(("content-security-policy", "script-src 'self'") for _ in range(30)),
        *(("set-cookie", f"c{number}=; Secure") for number in range(500)),
        *(("x-frame-options", long) for _ in range(30)),
    )  # fmt: skip
    seen = look({"/": answer("<head></head>", *headers)})
    for check in CHECKS:
        judge(check, seen)
    assert len(repr(encode(seen))) < 20_000
    assert time.monotonic() - started < 2


def test_readers_of_headers_are_not_slow() -> None:
    started = time.monotonic()
    for sign in (" ", ";", ",", '"', '\\"', "a=", 'a="', "script-src ", "x;"):
        flood = sign * (100_000 // len(sign))
        max_age(flood[:512])
        kept = policies((flood,))
        for policy in kept[:10]:
            scripts(policy)
        framed_by_anybody(kept[:10], (flood,))
    assert time.monotonic() - started < 3
