"""The page itself: cookies, the few headers that matter, lists of files."""

from __future__ import annotations

import pytest

from posture_scan.sdk import HttpResponse, Status
from tests.checks.web.judging import (
    CHECKS,
    PAGE,
    answer,
    failing,
    judge,
    leads_to,
    look,
    site,
    told,
)

PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN
CSP = "content-security-policy"
PAGE_CHECKS = ("clickjacking", "no_nosniff", "no_csp", "directory_listing")


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ((), (Status.NOT_APPLICABLE, "none_set")),
        (("sid=; Secure; HttpOnly; SameSite=Lax",), (PASS, "protected")),
        (("theme=; Secure",), (PASS, "protected")),
        (("sid=; HttpOnly",), (FAIL, "no_secure")),
        (("a=; Secure; HttpOnly", "b="), (FAIL, "no_secure")),
        (("a=; SameSite=None",), (FAIL, "no_secure")),
        (("__Secure-a=; Path=/",), (FAIL, "no_secure")),
        (("__Secure-a=; Secure; Domain=example.jp",), (PASS, "protected")),
        (("__Host-a=; Secure; Path=/",), (PASS, "protected")),
        (("__Host-a=; Secure",), (FAIL, "prefix_broken")),
        (("__host-a=; Secure; Path=/; Domain=example.jp",), (FAIL, "prefix_broken")),
        (("PHPSESSID=; Secure; Path=/",), (FAIL, "no_http_only")),
        (("ASPSESSIONIDQQ=; Secure",), (FAIL, "no_http_only")),
        (("JSESSIONID=; Secure; HttpOnly",), (PASS, "protected")),
        (("sessionid_hint=; Secure",), (PASS, "protected")),
        (("old=; Max-Age=0",), (Status.NOT_APPLICABLE, "none_set")),
        # The last word on a cookie counts.
        (("a=", "a=; Secure"), (PASS, "protected")),
        (("a=; Secure", "a="), (FAIL, "no_secure")),
    ],
)
def test_cookies(cookies: tuple[str, ...], expected: tuple[Status, str]) -> None:
    front = answer(PAGE, *(("set-cookie", value) for value in cookies))
    assert told("insecure_cookie", look({"/": front})) == expected


def test_cookies_of_a_redirect_count_and_are_named() -> None:
    redirect = leads_to("/a", ("set-cookie", "sid=; Path=/"))
    verdict = judge("insecure_cookie", look({"/": redirect, "/a": answer(PAGE)}))
    assert (verdict.status, dict(verdict.values)["cookies"]) == (FAIL, "sid")


def test_cookies_of_a_page_that_failed_are_not_passed() -> None:
    front = answer("", ("set-cookie", "a=; Secure"), status=500)
    assert told("insecure_cookie", look({"/": front})) == (UNKNOWN, "not_read")


def test_cookies_without_encryption_are_not_asked_about() -> None:
    assert not CHECKS["insecure_cookie"].wants(site(tls=False))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), (FAIL, "missing")),
        ((("x-frame-options", "DENY"),), (PASS, "closed")),
        ((("x-frame-options", " sameorigin "),), (PASS, "closed")),
        ((("x-frame-options", "ALLOW-FROM https://a.example"),), (FAIL, "open_to_all")),
        ((("x-frame-options", "SAMEORIGIN, DENY"),), (PASS, "closed")),
        ((("x-frame-options", "ALLOWALL"),), (FAIL, "open_to_all")),
        ((("x-frame-options", "ALLOWALL"), ("x-frame-options", "x")), (PASS, "closed")),
        (((CSP, "frame-ancestors 'none'"),), (PASS, "closed")),
        (((CSP, "default-src *; Frame-Ancestors 'self' https://a.example"),), (PASS, "closed")),
        (((CSP, "frame-ancestors *"), ("x-frame-options", "DENY")), (FAIL, "open_to_all")),
        (((CSP, "frame-ancestors https:"),), (FAIL, "open_to_all")),
        (((CSP, "frame-ancestors *, frame-ancestors 'self'"),), (PASS, "closed")),
        (((CSP, "default-src 'self'"),), (FAIL, "missing")),
        (((f"{CSP}-report-only", "frame-ancestors 'none'"),), (FAIL, "missing")),
        (((CSP, "x-y 1," * 20),), (UNKNOWN, "not_read")),
    ],
)  # fmt: skip
def test_frames(headers: tuple[tuple[str, str], ...], expected: tuple[Status, str]) -> None:
    assert told("clickjacking", look({"/": answer(PAGE, *headers)})) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", (FAIL, "no_rule")),
        ("upgrade-insecure-requests", (FAIL, "no_rule")),
        ("default-src 'self'", (PASS, "bound")),
        ("Script-Src 'self' https://cdn.example", (PASS, "bound")),
        ("script-src 'self' 'unsafe-inline'", (FAIL, "inline")),
        ("default-src * 'UNSAFE-INLINE'", (FAIL, "inline")),
        ("script-src 'nonce-abc' 'unsafe-inline'", (PASS, "bound")),
        ("script-src 'sha256-abc=' 'unsafe-inline'", (PASS, "bound")),
        ("script-src 'nonce-' 'unsafe-inline'", (FAIL, "inline")),
        ("script-src 'strict-dynamic' 'unsafe-inline'", (PASS, "bound")),
        ("default-src 'unsafe-inline'; script-src 'self'", (PASS, "bound")),
        ("script-src 'self'; script-src-elem 'unsafe-inline'", (FAIL, "inline")),
        ("script-src-elem 'self'", (FAIL, "no_rule")),
        ("script-src 'self'; script-src 'unsafe-inline'", (PASS, "bound")),
        ("script-src 'unsafe-inline', script-src 'self'", (PASS, "bound")),
        ("script-src 'unsafe-inline', img-src 'self'", (FAIL, "inline")),
        ("default-src", (PASS, "bound")),
        ("script-src " + "a.example " * 1000, (UNKNOWN, "not_read")),
        ("script-src 'self', " + "script-src " + "a.example " * 1000, (PASS, "bound")),
    ],
)
def test_scripts(policy: str, expected: tuple[Status, str]) -> None:
    assert told("no_csp", look({"/": answer(PAGE, (CSP, policy))})) == expected


META = """<head><META content="script-src 'self'" http-equiv=Content-Security-Policy ></head>x"""


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (answer(PAGE), (FAIL, "missing")),
        (answer(PAGE, (f"{CSP}-report-only", "script-src 'self'")), (FAIL, "report_only")),
        (answer(META), (PASS, "bound")),
        (answer(f"<!-- {META} -->"), (FAIL, "missing")),
        (answer(f"<body>{META}"), (FAIL, "missing")),
        (answer("<head>" + " " * 70_000 + META), (UNKNOWN, "not_read")),
        (answer("<head>", truncated=True), (UNKNOWN, "not_read")),
        (answer("<head></head>", truncated=True), (FAIL, "missing")),
    ],
)
def test_where_a_policy_may_stand(front: HttpResponse, expected: tuple[Status, str]) -> None:
    assert told("no_csp", look({"/": front})) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("nosniff", (PASS, "set")),
        ("NoSniff, x", (PASS, "set")),
        ("x, nosniff", (FAIL, "missing")),
        ("", (FAIL, "missing")),
    ],
)
def test_sniffing(value: str, expected: tuple[Status, str]) -> None:
    front = answer(PAGE, ("x-content-type-options", value))
    assert told("no_nosniff", look({"/": front})) == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (answer("{}", ("content-type", "application/json")), (Status.NOT_APPLICABLE, "no_page")),
        (answer(PAGE, status=404), (Status.NOT_APPLICABLE, "no_page")),
        (leads_to("https://other.example.com/"), (Status.NOT_APPLICABLE, "no_page")),
        (answer(PAGE, status=503), (UNKNOWN, "not_read")),
        (answer("", truncated=True), (UNKNOWN, "not_read")),
    ],
)
@pytest.mark.parametrize("check", PAGE_CHECKS)
def test_only_a_page_is_judged(
    check: str, front: HttpResponse, expected: tuple[Status, str]
) -> None:
    assert told(check, look({"/": front})) == expected


LISTS = {
    "apache": "<title>Index of /</title></head><body>\n<h1>Index of /</h1>\n<ul><li><a href='a'>",
    "nginx": "<title>Index of /</title></head><body>\n<h1>Index of /</h1><hr><pre><a href='../'>",
    "lighttpd": "<title>Index of /</title></head><body><h2>Index of /</h2>\n<div><table>",
    "python": "<title>Directory listing for /</title></head>"
    "<body><h1>Directory listing for /</h1><ul>",
    # Constructed from the servers' own sources and test data.
    "tomcat": "<title>Directory Listing For [/]</title></head>"
    "<body><h1>Directory Listing For [/]</h1><hr class='line'><table width='100%'>",
    "jetty": "<title>Directory: /</title></head><body>"
    '<h1 class="title">Directory: /</h1><table class="listing">',
    "iis": "<title>www.example.jp - /</title></head><body><H1>www.example.jp - /</H1><hr>\n<pre>",
    "caddy": '<title>/</title></head><div id="summary"><span class="meta-item">',
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_files(name: str) -> None:
    seen = look({"/": answer(f"<html><head>{LISTS[name]}")})
    assert told("directory_listing", seen) == (FAIL, "listed")


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        "<head><title>Index of /</title></head><h1>What a list of files looks like</h1><ul>",
        "<head><title>Index of /</title></head><h1>Index of /</h1><p>is what one reads there",
        "<head><title>How to switch off Index of /</title></head><h1>Index of /</h1><ul>",
        "<head><title>/</title></head><h1>Slash</h1><table>",
        "<head><title>Bread - /</title></head><h1>Bread</h1><pre>",
        "<head></head>no title",
    ],
)
def test_pages_about_such_lists_are_none(body: str) -> None:
    assert told("directory_listing", look({"/": answer(body)})) == (PASS, "no_listing")


def test_a_sound_site_fails_nothing() -> None:
    headers = (
        ("strict-transport-security", "max-age=31536000"), ("x-content-type-options", "nosniff"),
        (CSP, "default-src 'self'; frame-ancestors 'none'"), ("set-cookie", "a=; Secure; HttpOnly"),
    )  # fmt: skip
    seen = look({"/": answer(PAGE, *headers)})
    assert failing(seen) == set()
    assert all(judge(name, seen).status is not UNKNOWN for name in CHECKS)


def test_the_list_of_a_page_that_was_heard_in_part_is_read_to_its_marks() -> None:
    begun = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Index of /</title></head><body>"
    )
    service = site(greeting=begun.encode())
    seen = look({"/": answer(f"<head>{LISTS['lighttpd']}")}, service, asks=1)
    assert told("directory_listing", seen) == (FAIL, "listed")
