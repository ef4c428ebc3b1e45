"""Plain HTTP: a page of its own is a weakness, leading to https is none."""

from __future__ import annotations

import pytest

from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Method, Status
from tests.checks.web.judging import HTML, PAGE, answer, judge, leads_to, look, site, told

PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN
PLAIN = site(tls=False)
LOGON = '<head></head><form><input name="p" type="password"></form>'
REFRESH = '<head><meta http-equiv="refresh" content="0; url=%s"></head><body>moved'


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (answer(PAGE), (FAIL, "page")),
        (answer('{"version": 1}', ("content-type", "application/json")), (FAIL, "page")),
        (answer(LOGON), (FAIL, "logon")),
        (answer("", ("www-authenticate", 'Basic realm="x"'), status=401), (FAIL, "logon")),
        (leads_to("https://www.example.jp/"), (PASS, "leads_to_https")),
        (leads_to("https://WWW.example.jp.:8443/a", status=308), (PASS, "leads_to_https")),
        (leads_to("https://192.0.2.1/"), (PASS, "leads_to_https")),
        (leads_to("https:\\\\www.example.jp/"), (PASS, "leads_to_https")),
        (leads_to("https://shop.example.com/"), (PASS, "leads_elsewhere")),
        (leads_to("https://www.example.jp.evil.example/"), (PASS, "leads_elsewhere")),
        (leads_to("https://evil.example/www.example.jp"), (PASS, "leads_elsewhere")),
        (leads_to("http://other.example.com/"), (UNKNOWN, "leads_on")),
        (leads_to("//other.example.com/"), (UNKNOWN, "leads_on")),
        (leads_to("http://www.example.jp:8080/"), (UNKNOWN, "leads_on")),
        (leads_to("javascript:alert(1)"), (UNKNOWN, "leads_on")),
        (leads_to("https:///path"), (UNKNOWN, "leads_on")),
        (leads_to("https://user@:x/"), (UNKNOWN, "leads_on")),
        (answer(REFRESH % "https://www.example.jp/"), (PASS, "leads_to_https")),
        (answer(REFRESH % "/ja/"), (FAIL, "page")),
        (answer(f"<!-- {REFRESH % 'https://www.example.jp/'} -->"), (FAIL, "page")),
        (answer("", status=204), (PASS, "no_page")),
        (answer(""), (PASS, "no_page")),
        (answer("<h1>Not Found</h1>", status=404), (PASS, "no_page")),
        (answer("<h1>Forbidden</h1>", status=403), (PASS, "no_page")),
        (answer("bad", status=400), (UNKNOWN, "not_understood")),
        (answer("no location", status=302), (UNKNOWN, "not_understood")),
        (answer("busy", status=503), (UNKNOWN, "not_read")),
        (answer("slowly", status=429), (UNKNOWN, "not_read")),
        (answer("", truncated=True), (UNKNOWN, "not_read")),
    ],
)  # fmt: skip
def test_the_front_page(front: HttpResponse, expected: tuple[Status, str]) -> None:
    assert told("plaintext", look({"/": front}, PLAIN, asks=1)) == expected


def test_an_encrypted_service_has_no_such_question() -> None:
    assert told("plaintext", look({"/": answer(PAGE)})) == (Status.NOT_APPLICABLE, "encrypted")


def test_a_page_that_never_comes_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError):
        look({"/": Attempt.TIMEOUT}, PLAIN)


def test_a_missing_front_page_is_no_proof_about_all_the_others() -> None:
    assert judge("plaintext", look({"/": answer("", status=404)}, PLAIN)).method is Method.ANALYSIS


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({"/": leads_to("/shop/"), "/shop/": answer(PAGE)}, (FAIL, "page")),
        ({"/": leads_to("shop?a=b#c"), "/shop?a=b": answer(LOGON)}, (FAIL, "logon")),
        ({"/": leads_to("?x"), "/?x": leads_to("https://www.example.jp/")},
         (PASS, "leads_to_https")),
        ({"/": leads_to("http://example.jp/a"), "/a": leads_to("https://example.jp/")},
         (PASS, "leads_to_https")),
        ({"/": leads_to("/")}, (UNKNOWN, "leads_on")),
        ({"/": leads_to("/a"), "/a": leads_to("b/c"), "/b/c": leads_to("d")},
         (UNKNOWN, "leads_on")),
        ({"/": leads_to("/gone"), "/gone": Attempt.TIMEOUT}, (UNKNOWN, "not_read")),
        ({"/": leads_to("/busy"), "/busy": answer("", status=500)}, (UNKNOWN, "not_read")),
    ],
)  # fmt: skip
def test_redirects_within_the_service_are_followed_twice(
    pages: dict[str, HttpResponse | Attempt], expected: tuple[Status, str]
) -> None:
    service = site(tls=False, names=("www.example.jp", "example.jp"))
    assert told("plaintext", look(pages, service)) == expected


def heard(head: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("greeting", "reason", "asks"),
    [
        (heard("301 x\r\nLocation: https://www.example.jp/"), "leads_to_https", 0),
        (heard("200 OK\r\nContent-Type: text/html", PAGE), "page", 0),
        (heard("404 Not Found"), "no_page", 0),
        # The head of a long page is there, so nothing is missing.
        (heard("200 OK\r\nContent-Type: text/html", PAGE)[:-4], "page", 0),
        # What discovery heard is too little, was an error, or was meant for a port that it
        # does not name: asked for again.
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>B", "leads_elsewhere", 1),
        (heard("301 x\r\nLocation: http://www.example.jp:8080/"), "leads_elsewhere", 1),
        (heard("503 Busy"), "leads_elsewhere", 1),
        (heard("400 Bad Request"), "leads_elsewhere", 1),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", "leads_elsewhere", 1),
        (b"220 hello\r\n", "leads_elsewhere", 1),
    ],
)
def test_what_was_heard_is_asked_for_only_where_it_does_not_settle_it(
    greeting: bytes, reason: str, asks: int
) -> None:
    service = site(tls=False, greeting=greeting)
    seen = look({"/": leads_to("https://moved.example.com/")}, service, asks=asks)
    assert told("plaintext", seen)[1] == reason


def test_what_was_heard_counts_where_the_page_does_not_come_again() -> None:
    greeting = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Bread"
    seen = look({"/": Attempt.TIMEOUT}, site(tls=False, greeting=greeting))
    assert told("plaintext", seen) == (FAIL, "page")
    assert told("no_csp", seen) == (UNKNOWN, "not_read")
    assert told("directory_listing", seen) == (UNKNOWN, "not_read")


def test_a_bare_address_is_told_from_a_name() -> None:
    seen = look({"/": answer(PAGE, HTML)}, site(tls=False, names=()))
    assert dict(judge("plaintext", seen).values)["named"] is False
