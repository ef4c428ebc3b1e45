"""What was looked at and how completely; what lay outside, and what would bring it in."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from posture_scan.model.evidence import Asset
from posture_scan.report.summary import summarise
from posture_scan.report.view import Summary
from tests.report import sample
from tests.report.test_html import read
from tests.report.test_html import rendered as page
from tests.report.test_terminal import rendered as screen

ASSETS = (
    Asset("203.0.113.2", "address", "203.0.113.2", ("www.example.jp",), reached=True),
    Asset("203.0.113.3", "address", "203.0.113.3"),
    Asset("example.jp", "domain", names=("example.jp",), reached=True),
    Asset("example.com", "domain", names=("example.com",)),
    Asset("name:example.com", "name", names=("example.com",)),
    Asset("intra.example.jp", "name", names=("intra.example.jp",)),
)
INSIDE = "intra.example.jp 192.168.1.5"


def seen(language: str = "en", **changes: Any) -> Summary:
    report = sample.bad(**{"assets": ASSETS, "out_of_scope": (INSIDE,), **changes})
    return summarise(report, {}, {}, language)


def scope(**changes: Any) -> Any:
    return dataclasses.replace(sample.SCOPE, **changes)


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", (("example.jp", "domain", "", "read from DNS"),
                ("example.com", "domain", "", "DNS gave no answer"),
                ("example.com", "", "", "no address found"),
                ("intra.example.jp", "", "", "leads outside the scope"))),
        ("ja", (("example.jp", "ドメイン", "", "DNS を読んだ"),
                ("example.com", "ドメイン", "", "DNS から答えがなかった"),
                ("example.com", "", "", "アドレスが分からない"),
                ("intra.example.jp", "", "", "範囲の外のアドレスを指していた"))),
    ],
)  # fmt: skip
def test_domains_and_names_say_what_became_of_them(language: str, rows: Any) -> None:
    assert seen(language).assets.rows[2:] == rows


def test_what_was_not_connected_to_is_not_called_out_of_reach() -> None:
    usual, passive = seen(), seen(scope=scope(intensity="passive"))
    assert usual.assets.rows[1][-1] == "not reached"
    assert passive.assets.rows[1][-1] == "not connected to (passive)"
    assert passive.assets.rows[2][-1] == "read from DNS"


def test_the_domains_of_the_scope_are_listed_with_it() -> None:
    assert "Mail and DNS looked at for" not in dict(seen().scope)
    found = seen(scope=scope(domains=("example.jp", "example.com")))
    assert dict(found.scope)["Mail and DNS looked at for"] == "example.jp, example.com"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_name_that_leads_inside_says_what_to_write_into_the_scope(language: str) -> None:
    report = sample.bad(out_of_scope=(INSIDE,))
    (item,) = seen(language).out_of_scope
    assert item[0] == INSIDE
    assert item[1].count("192.168.1.5") == 2
    assert "targets" in item[1]
    assert item[1] in read(page(report, language)).text
    assert item[1][:20] in screen(report, language)


@pytest.mark.parametrize(
    "entry", ["cdn.example.jp 8.8.8.8", "192.168.1.5", "one.example.jp odd", "", "x 203.0.113.5"]
)
def test_of_anything_else_nothing_more_is_said(entry: str) -> None:
    assert seen(out_of_scope=(entry,)).out_of_scope == ((entry, ""),)
