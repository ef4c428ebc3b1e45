"""A plan in words: assets behind a check, hostile names harmless, rights named, 80 columns."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.plan_page import render_plan
from posture_scan.report.plan_words import PlanWords
from posture_scan.report.wording import Wording
from posture_scan.report.wrap import width_of
from posture_scan.text.catalog import Catalog

EVIL = "pc\x1b[31m\u202e"


def task(asset: str, check: str = "updates.overdue", *, proof: bool = False) -> dict[str, Any]:
    return {
        "id": f"{check}@{asset}" if check else "criterion:LOG-MON", "check": check, "asset": asset,
        "criterion": "", "hours": "1.5", "cost": None, "proof": proof,
    }  # fmt: skip


def fix(name: str, kind: str, tasks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "criterion": name, "kind": kind, "status": "not_met", "gate": "", "needed": False,
        "evidence_class": "verified", "yen": "0", "yen_released": "1200", "hours": "3",
        "cost": None, "payback_months": None, "tasks": tasks, "rights": [], **more,
    }  # fmt: skip


def plan(**more: Any) -> dict[str, Any]:
    computers = [task(name) for name in (EVIL, "pc-2", "pc-3", "pc-4", "pc-5", "pc-6")]
    hidden = [task("", "", proof=True)]
    found = {
        "criteria": ["VUL-PATCH", "LOG-MON"], "tasks": [*computers, *hidden], "hours": "10.5",
        "cost": None, "status": "ok", "discount": "0.1234", "premium": "80000",
        "saving": "20000", "payback_months": None,
    }  # fmt: skip
    goal = {"discount": "0.1", "reachable": True, "reason": "", "criteria": [], "set": found}
    return {
        "profile": {"id": "jp-sme", "version": "1.0.0"}, "currency": "JPY", "status": "gate",
        "gates": ["VUL-PATCH"], "missing": [], "discount": "0", "premium": "100000",
        "everything": {"discount": "0.2", "premium": "70000", "status": "ok"},
        "levels": [goal], "target": None, "within": None, "requirements": None,
        "fixes": [
            fix("VUL-PATCH", "fix", computers, gate="critical"),
            fix("LOG-MON", "prove", hidden, rights=["journal_group", EVIL]),
        ], **more,
    }  # fmt: skip


def shown(value: dict[str, Any], language: str) -> str:
    words = Wording(
        Catalog(language),
        {"updates.overdue": CheckWords("Updates wait")},
        {"VUL-PATCH": CriterionWords("Patched", action="Patching"),
         "LOG-MON": CriterionWords("Logs kept", prove="Show the contract.")},
        "JPY",
    )  # fmt: skip
    return "\n".join(render_plan(value, PlanWords(words)))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_everything_is_said_and_nothing_steers_the_terminal(language: str) -> None:
    text = shown(plan(), language)
    assert [line for line in text.split("\n") if width_of(line) > 80] == []
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "plan." not in text.replace("jp-sme", "")
    for part in ("Patching", "Updates wait", "pc-2", "pc-4", "Show the contract.", "12.34%"):
        assert part in text
    assert "pc-5" not in text


def test_rights_and_proof_are_named() -> None:
    text = " ".join(shown(plan(), "en").split())
    assert "systemd-journal" in text
    assert "if it turns out to be in order" in text
    assert "1,200 yen once the discount is released" in text
    assert "Updates wait: pc\\x1b[31m\\u202e, pc-2, pc-3, pc-4 (and 2 more) (9 h)" in text


def test_only_what_was_spent_is_paid_back() -> None:
    (goal,), (first, second) = plan()["levels"], plan()["fixes"]
    for cost, told in (("0", False), ("6000", True)):
        costs = {"cost": cost, "payback_months": "3.6"}
        changed = plan(
            levels=[goal | {"set": goal["set"] | costs}], fixes=[first | costs, second | costs]
        )
        text = shown(changed, "en")
        assert ("Pays for itself after 3.6 months" in text) is told
        assert ("paid back" in text) is told


@pytest.mark.parametrize("reason", ["minimum_premium", "suspended", "cap", "document", "all"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_no_has_its_sentence(reason: str, language: str) -> None:
    no = {"reachable": False, "reason": reason, "criteria": ["LOG-MON"], "set": None}
    text = shown(plan(target={"premium": "1", **no}, levels=[{"discount": "0.5", **no}]), language)
    assert "plan.reason" not in text
    assert "{" not in text
    assert "50%" in text
