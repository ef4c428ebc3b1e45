"""HSTS as browsers read it (RFC 6797), on named services over TLS."""

from __future__ import annotations

import pytest
from posture_scan.checks.web.policy import LONGEST, max_age

from posture_scan.sdk import Attempt, HttpResponse, Status
from tests.checks.web.judging import CHECKS, NAME, PAGE, answer, leads_to, look, site, told

PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN
HSTS = "strict-transport-security"


@pytest.mark.parametrize(
    ("header", "age"),
    [
        ("max-age=31536000", 31536000),
        ("max-age=31536000; includeSubDomains; preload", 31536000),
        ("MAX-AGE = 31536000 ;IncludeSubDomains", 31536000),
        ('max-age="31536000"', 31536000),
        ('includeSubDomains; max-age="0"', 0),
        (";; max-age=1;;", 1),
        ('a="x;max-age=5"; max-age=6', 6),
        ("max-age=" + "9" * 300, LONGEST),
        ("unknown; x=y; max-age=7", 7),
        # Thrown away by browsers.
        ("", None),
        ("max-age", None),
        ("max-age=", None),
        ("max-age=-1", None),
        ("max-age=1.5", None),
        ("max-age=one", None),
        ("max-age=1; max-age=1", None),
        ("max-age=1; Max-Age=2", None),
        ("max-age=1, max-age=2", None),
        ('max-age="1', None),
        ("max-age=1 includeSubDomains", None),
        ("includeSubDomains", None),
        ("max-age=1; includeSubDomains; includeSubDomains", None),
        ("max-age=\uff11", None),
    ],
)
def test_the_header_is_read_as_browsers_read_it(header: str, age: int | None) -> None:
    assert max_age(header) == age


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("max-age=15552000",), (PASS, "long_enough")),
        (("max-age=63072000; includeSubDomains; preload",), (PASS, "long_enough")),
        (("max-age=15551999",), (FAIL, "too_short")),
        (("max-age=0",), (FAIL, "switched_off")),
        (("max-age=1; max-age=99999999",), (FAIL, "malformed")),
        # Of several headers only the first is processed (8.1).
        (("max-age=60", "max-age=63072000"), (FAIL, "too_short")),
        (("nonsense", "max-age=63072000"), (FAIL, "malformed")),
        ((), (FAIL, "missing")),
    ],
)
def test_the_front_page(headers: tuple[str, ...], expected: tuple[Status, str]) -> None:
    front = answer(PAGE, *((HSTS, value) for value in headers))
    assert told("no_hsts", look({"/": front})) == expected


LONG, SHORT = (HSTS, "max-age=31536000"), (HSTS, "max-age=60")


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        # On the redirect, on the page, or on both: the browser has heard it under this name.
        ({"/": leads_to("/ja/", LONG), "/ja/": answer(PAGE)}, (PASS, "long_enough")),
        ({"/": leads_to("/ja/"), "/ja/": answer(PAGE, LONG)}, (PASS, "long_enough")),
        ({"/": leads_to("/ja/", LONG), "/ja/": answer(PAGE, SHORT)}, (FAIL, "too_short")),
        ({"/": leads_to("/ja/"), "/ja/": answer(PAGE)}, (FAIL, "missing")),
        ({"/": leads_to("/ja/"), "/ja/": Attempt.TIMEOUT}, (UNKNOWN, "not_read")),
        # What another name says does not hold for this one.
        ({"/": leads_to("https://example.jp/a"), "/a": answer(PAGE, LONG)}, (FAIL, "missing")),
        ({"/": leads_to("https://other.example.com/")}, (FAIL, "missing")),
        ({"/": leads_to("https://other.example.com/", LONG)}, (PASS, "long_enough")),
        ({"/": answer("", status=404)}, (UNKNOWN, "error_only")),
        ({"/": answer("", status=401)}, (UNKNOWN, "error_only")),
        ({"/": answer("", LONG, status=401)}, (PASS, "long_enough")),
        ({"/": answer("", status=502)}, (UNKNOWN, "not_read")),
        ({"/": answer("", LONG, status=502)}, (PASS, "long_enough")),
    ],
)
def test_redirects_and_errors(
    pages: dict[str, HttpResponse | Attempt], expected: tuple[Status, str]
) -> None:
    assert told("no_hsts", look(pages, site(names=(NAME, "example.jp")))) == expected


def test_an_address_without_a_name_has_no_hsts() -> None:
    seen = look({"/": answer(PAGE, LONG)}, site(names=()))
    assert told("no_hsts", seen) == (Status.NOT_APPLICABLE, "no_name")


def test_what_is_said_without_encryption_is_not_asked_about() -> None:
    assert not CHECKS["no_hsts"].wants(site(tls=False))
    assert CHECKS["no_hsts"].wants(site())


def test_the_name_is_compared_as_names_are() -> None:
    seen = look({"/": answer(PAGE, LONG)}, site(names=("WWW.Example.jp.",)))
    assert told("no_hsts", seen) == (PASS, "long_enough")
