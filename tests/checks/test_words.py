"""Every reason that the checks of the network packs can give has its sentence, and fills it.

Of every check, both languages say the same.
"""

from __future__ import annotations

import ast
import string
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from posture_scan.engine.pack_set import LoadedCheck
from posture_scan.engine.packs import load_packs
from posture_scan.products.place import builtin
from posture_scan.sdk import Context, Facts, Service, Vantage
from posture_scan.text.catalog import fill
from tests.checks.cloud_identity import judged as cloud_identity
from tests.checks.database import judged as database
from tests.checks.edge_device import judged as edge_device
from tests.checks.exposure import judged as exposure
from tests.checks.mail_dns import judged as mail_dns
from tests.checks.network_service import judged as network_service
from tests.checks.remote_access import judged as remote_access
from tests.checks.vpn import judged as vpn
from tests.checks.web import judged as web

ROOT = Path(__file__).parents[2] / "checks"
FACTS: dict[str, tuple[Facts, ...]] = {
    "cloud_identity": cloud_identity.FACTS,
    "database": database.FACTS,
    "edge_device": edge_device.FACTS,
    "exposure": exposure.FACTS,
    "mail_dns": mail_dns.FACTS,
    "network_service": network_service.FACTS,
    "remote_access": remote_access.FACTS,
    "vpn": vpn.FACTS,
    "web": web.FACTS,
}
BESIDE: dict[str, tuple[tuple[Facts, ...], ...]] = {
    "edge_device": edge_device.BESIDE, "mail_dns": mail_dns.BESIDE,
}  # fmt: skip
"""What may be known beside those facts, for checks that weigh a second kind."""
EVERY = load_packs().checks
CHECKS = [item for item in EVERY if item.pack in FACTS]
MOMENTS = (
    datetime(2026, 8, 8, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC),
    datetime(2027, 6, 1, tzinfo=UTC),
)  # fmt: skip
ENGINE = {"address": "192.0.2.1", "port": 1, "asset": "a", "actual": "x", "expected": "y"}


def reasons_in_code(item: LoadedCheck) -> set[str]:
    """The reasons written in a check's module: in its own function and those it leads to."""
    subject, name = item.id.split(".")
    tree = ast.parse((ROOT / item.pack / f"{subject}.py").read_text("utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    reached, ahead = set[str](), {name}
    while ahead:
        reached |= ahead
        used = {n.id for f in ahead for n in ast.walk(functions[f]) if isinstance(n, ast.Name)}
        ahead = (used & functions.keys()) - reached
    return {
        call.args[0].value
        for function in reached
        for call in ast.walk(functions[function])
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"ok", "fail", "unknown", "not_applicable"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def said() -> list[tuple[LoadedCheck, str, dict[str, Any]]]:
    found = []
    for item in CHECKS:
        for facts in FACTS[item.pack]:
            if type(facts) is not item.check.needs:
                continue
            for now, beside in product(MOMENTS, BESIDE.get(item.pack, ((),))):
                near = tuple(f for f in beside if type(f) is item.check.beside)
                context = Context(now, now, Service("x"), Vantage.EXTERNAL, near, builtin())
                verdict = item.check.judge(facts, context)
                found.append((item, verdict.reason, dict(verdict.values)))
    return found


SAID = said()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_verdict_has_a_sentence_and_fills_it(language: str) -> None:
    for item, reason, values in SAID:
        sentence = item.meta.words[language].reasons.get(reason)
        assert sentence, (item.id, reason)
        assert "{" not in fill(sentence, {**values, **ENGINE}), (item.id, reason)


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.id)
def test_no_reason_lacks_words_and_no_words_lack_a_reason(item: LoadedCheck) -> None:
    reasons = set(item.meta.words["ja"].reasons)
    assert reasons_in_code(item) - reasons <= {"version_not_readable", "product_unsure",
                                               "only_build_date"}  # fmt: skip
    shown = {reason for check, reason, _ in SAID if check.id == item.id}
    assert shown == reasons


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.id)
def test_both_languages_say_the_same_and_all_of_it(item: LoadedCheck) -> None:
    japanese, english = item.meta.words["ja"], item.meta.words["en"]
    for words in (japanese, english):
        assert words.title
        assert words.why
        assert words.fix
        assert words.verify
        assert "{" not in words.title + words.why + words.fix + words.verify  # never filled
    for reason, text in japanese.reasons.items():
        assert placeholders(text) == placeholders(english.reasons[reason]), reason
    assert item.meta.references


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
