"""Banners as services give them, and checks applied to them, for the tests of this pack."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib import resources

from posture_scan.checks.software.collect import Banner, banner

from posture_scan.products.place import builtin
from posture_scan.sdk import Check, Context, Facts, HttpResponse, Method, Service, Vantage, Verdict
from tests.fakes import FakeNet
from tests.products.young import young

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2027, 8, 1, tzinfo=UTC)
WEB = Service("http", address="127.0.0.1", port=80)
FULL, BARE = Method.VERSION_WITH_PATCH_LEVEL, Method.VERSION_WITHOUT_PATCH_LEVEL


def said(text: str, protocol: str = "ssh") -> Banner:
    service = Service(protocol, greeting=text.encode("latin-1"))
    seen = banner.function(service, FakeNet())
    assert isinstance(seen, Banner)
    return seen


def served(body: str = "", **headers: str) -> Banner:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    answer = HttpResponse(200, pairs, body.encode())
    seen = banner.function(WEB, FakeNet(pages={"/": answer}))
    assert isinstance(seen, Banner)
    return seen


def mysql(version: str) -> Banner:
    return said(f"J\0\0\0\n{version}\0\x01\0\0\0", "mysql")


def judge(item: Check, seen: Facts, now: datetime = NOW) -> Verdict:
    products = young(now) if now is NOW else builtin()
    verdict = item.judge(seen, Context(now, now, WEB, Vantage.EXTERNAL, products=products))
    _assert_sentence(item.name, verdict)
    return verdict


def _assert_sentence(name: str, verdict: Verdict) -> None:
    """Each reason has a sentence in both languages, and the verdict fills its gaps."""
    table = tomllib.loads(
        (resources.files("posture_scan.checks.software") / "banner.toml").read_text("utf-8")
    )
    given = dict(verdict.values)
    supplied = dict.fromkeys(("address", "port", "asset"), "x")
    supplied |= {"actual": verdict.actual, "expected": verdict.expected}
    for language in ("ja", "en"):
        sentence = table[name][language]["reasons"][verdict.reason].format(**{**supplied, **given})
        assert "{" not in sentence
