"""Values that are made of ids, in the words that their check has for them."""

from __future__ import annotations

import pytest

from posture_scan.model.finding import Status
from posture_scan.model.words import CheckWords
from posture_scan.report.wording import Wording
from posture_scan.text.catalog import Catalog
from tests.report import sample

TERMS = {
    "none": "届かない", "TLS 1.0": "古い TLS", "certificate": "証明書",
    "RSA": "RSA {detail} ビット", "HSTS short": "HSTS が {detail} 秒", "odd": "{detail",
}  # fmt: skip


def words(language: str = "ja") -> Wording:
    check = CheckWords("a", reasons={"why": "{port}: {causes} ({count})"}, terms=TERMS)
    return Wording(Catalog(language), {"a.a": check, "b.b": CheckWords("b")}, {}, "JPY")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("none", "届かない"),
        ("TLS 1.0, certificate", "古い TLS、証明書"),
        ("RSA 1024, HSTS short 300", "RSA 1024 ビット、HSTS が 300 秒"),
        ("none / certificate", "届かない / 証明書"),
        ("none, certificate (+12)", "届かない、証明書 ほか 12 件"),
        ("TLS 1.0, what is this", "TLS 1.0, what is this"),
        ("certificate 7", "certificate 7"),
        ("RSA", "RSA"),
        ("odd 7", "odd 7"),
        ("", ""),
        (7, 7),
        (True, True),
    ],
)
def test_a_list_of_known_ids_is_said_in_words_and_nothing_else_is(
    value: object, said: object
) -> None:
    assert words().spoken("a.a", value) == said
    assert words().spoken("b.b", value) == value
    assert words().spoken("no.such", value) == value


def test_lists_are_joined_the_way_of_the_language() -> None:
    assert words("en").spoken("a.a", "none, certificate") == "届かない, 証明書"


def test_a_sentence_is_filled_with_the_words() -> None:
    values = {"causes": "none, RSA 512", "count": 2}
    report = sample.bad(
        findings=[sample.finding("a.a", Status.FAIL, "why", port=443, values=values)]
    )
    assert words().said(report["findings"][0]) == "443: 届かない、RSA 512 ビット (2)"


def test_what_is_put_into_a_term_is_never_a_template() -> None:
    assert words().spoken("a.a", "RSA {detail.__class__}") == "RSA {detail.__class__} ビット"
