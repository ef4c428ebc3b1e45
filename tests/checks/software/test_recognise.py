"""Every pattern against its own examples, and against hostile text."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.software.recognise import (
    NO_DISTRIBUTION,
    TEXT_LIMIT,
    DistributionRule,
    Form,
    complete,
    distribution_in,
    distribution_rules,
    distribution_title,
    products,
    recognise,
    share_distribution,
)

FORMS = [
    pytest.param(product.id, form, id=f"{product.id}-{number}")
    for product in products().values()
    for number, form in enumerate(product.forms)
]
UNBOUNDED = re.compile(r"(?<!\\)[*+](?![^\[]*\])|\{\d+,\}")


@pytest.mark.parametrize(("product", "form"), FORMS)
def test_examples_are_read_as_the_file_says(product: str, form: Form) -> None:
    assert form.examples
    for example in form.examples:
        found = [item for item in recognise(form.where, example["text"]) if item.product == product]
        assert len(found) == 1, example
        for name in ("version", "distribution", "release", "revision"):
            assert getattr(found[0], name) == example.get(name, ""), (name, example)


@pytest.mark.parametrize("rule", distribution_rules(), ids=lambda rule: rule.pattern.pattern[:24])
def test_names_of_distributions(rule: DistributionRule) -> None:
    assert rule.examples
    assert rule.id in NO_DISTRIBUTION or distribution_title(rule.id) != rule.id
    assert all(distribution_in(text)[0] == rule.id for text in rule.examples)
    assert not UNBOUNDED.search(rule.pattern.pattern)


@pytest.mark.parametrize(("product", "form"), FORMS)
def test_no_pattern_can_run_away(product: str, form: Form) -> None:
    assert not UNBOUNDED.search(form.pattern.pattern), product
    for text in _hostile(form):
        assert len(text) == TEXT_LIMIT
        form.pattern.search(text)


def _hostile(form: Form) -> list[str]:
    """Long texts that begin like an example and then never end as the pattern wants."""
    starts = [example["text"].rstrip("\r\n\0") for example in form.examples]
    tails = ["1.", "9", "a", " ", "-", "(", "\0", "é", "1.1p", "Version ", "220 a."]
    return [(start + tail * TEXT_LIMIT)[:TEXT_LIMIT] for start in ["", *starts] for tail in tails]


def test_every_product_has_a_title_of_its_own_and_an_id_of_its_own() -> None:
    table = (resources.files("posture_scan.checks.software") / "products.toml").read_text("utf-8")
    assert table.count("[[product]]") == len(products())
    assert len({product.title for product in products().values()}) == len(products())


@given(st.text(max_size=3000), st.sampled_from(["greeting", "server", "generator", "body"]))
def test_any_text_is_survived(text: str, where: str) -> None:
    for item in recognise(where, text):
        assert item.shown.isascii()
        assert item.shown.isprintable()
        assert len(item.shown) <= 120


def test_several_products_in_one_header() -> None:
    found = recognise("server", "Apache/2.4.6 (CentOS) OpenSSL/1.0.2k-fips PHP/5.4.16")
    assert {(item.product, item.version) for item in found} == {
        ("apache-http-server", "2.4.6"), ("openssl", "1.0.2k"), ("php", "5.4.16"),
    }  # fmt: skip
    assert {item.distribution for item in found} == {"centos"}


def test_a_distribution_named_once_counts_for_the_whole_answer() -> None:
    found = recognise("server", "nginx/1.18.0 (Ubuntu)") + recognise("x-powered-by", "PHP/7.4.3")
    assert [item.distribution for item in share_distribution(found)] == ["ubuntu", "ubuntu"]


def test_a_host_name_is_no_distribution() -> None:
    found = recognise("greeting", "220 debian.example.jp ESMTP Exim 4.91 Thu, 1 Jan 2026\r\n")
    assert [(item.product, item.distribution) for item in found] == [("exim", "")]


def test_an_escape_sequence_is_not_quoted() -> None:
    (found,) = recognise("greeting", "SSH-2.0-OpenSSH_9.2p1 \x1b[31mred\r\n")
    assert "\x1b" not in found.shown


def test_complete_versions() -> None:
    def of(where: str, text: str) -> bool:
        return bool(complete(recognise(where, text)[0]))

    assert of("server", "Microsoft-IIS/7.5")
    assert of("server", "Apache/2.2.15")
    assert not of("server", "Apache/2.2")
    assert not of("server", "nginx")
