"""A plan as text: the next level's set first, then the further levels, then every single fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from posture_scan.report.clean import clean
from posture_scan.report.figures import money, percent, plain
from posture_scan.report.plan_words import PlanWords
from posture_scan.report.wrap import width_of, wrap

_MOST_PLACES: Final = 4
"""Assets named behind one check."""


def render_plan(plan: Mapping[str, Any], words: PlanWords, width: int = 80) -> list[str]:
    """Return the lines of a plan (the JSON of a plan) at a width in columns."""
    return [line for text, lead in _Page(plan, words).page() for line in _laid(text, lead, width)]


def _laid(text: str, lead: str, width: int) -> Iterator[str]:
    """Break a text so that it hangs under where it starts, behind its bullet or number."""
    hang = " " * width_of(lead)
    for number, part in enumerate(wrap(clean(text, 2000), width - len(hang))):
        yield f"{hang if number else lead}{part}".rstrip()


Line = tuple[str, str]


class _Page:
    def __init__(self, plan: Mapping[str, Any], words: PlanWords) -> None:
        self.plan, self.words = plan, words
        self.fixes = {item["criterion"]: item for item in plan["fixes"]}

    def page(self) -> Iterator[Line]:
        yield from self._head()
        goals = [item for item in self.plan["levels"] if item["set"]]
        rows = [list(row) for _, row in groupby(goals, lambda item: item["set"]["criteria"])]
        target, within = self.plan["target"], self.plan["within"]
        if target:
            yield from self._target(target)
        if within:
            yield from self._within(within)
        if self.plan["requirements"]:
            yield from self._section(self.words("requirements"))
            yield from self._set(self.plan["requirements"])
        if rows:
            yield from self._next(rows[0])
        if rows[1:]:
            yield from self._further(rows)
        yield from self._unreachable()
        yield from self._singles()
        yield "", ""
        yield self.words("foot"), ""

    def _head(self) -> Iterator[Line]:
        plan, say = self.plan, self.words
        yield say("title"), ""
        values = {"profile": plan["profile"]["id"], "version": plan["profile"]["version"]}
        if plan["premium"] is None:
            yield say(f"requirements_{plan['status']}", **values), ""
        else:
            values |= {"discount": self._share(plan["discount"]),
                       "premium": self._money(plan["premium"])}  # fmt: skip
            yield say("today", **values), ""
            if Decimal(plan["discount"]) < 0:
                yield say.words("surcharge_note"), ""
            if plan["status"] != "ok":
                yield say(f"status_{plan['status']}"), ""
        names = dict.fromkeys((*plan["gates"], *plan["missing"]))
        for name in names:
            yield say("item", title=say.title(name), id=name), "  - "
        if plan.get("hourly_rate") == "0":
            yield say("no_rate"), ""

    def _section(self, title: str) -> Iterator[Line]:
        yield "", ""
        yield title, ""
        yield "-" * 78, ""

    def _next(self, row: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
        first, last = (self._share(item["discount"]) for item in (row[0], row[-1]))
        yield from self._section(self.words("next", level=first))
        yield from self._set(row[0]["set"])
        if len(row) > 1:
            yield self.words("next_more", level=last), "  "

    def _target(self, target: Mapping[str, Any]) -> Iterator[Line]:
        wanted = self._money(target["premium"])
        yield from self._section(self.words("target", premium=wanted))
        if target["set"]:
            yield from self._set(target["set"])
        else:
            yield self._reason(target), "  "

    def _within(self, within: Mapping[str, Any]) -> Iterator[Line]:
        hours, budget = within["hours"], within["budget"]
        kind = "both" if hours and budget else ("hours" if hours else "budget")
        values = {"hours": hours, "budget": self._money(budget) if budget else ""}
        yield from self._section(self.words(f"within_{kind}", **values))
        yield from self._set(within["set"])

    def _set(self, found: Mapping[str, Any]) -> Iterator[Line]:
        if not found["criteria"]:
            yield self.words("set_empty"), "  "
            return
        values = {
            "count": len(found["criteria"]), "hours": found["hours"],
            "cost": self._cost(found["cost"]),
        }  # fmt: skip
        yield self.words("set_takes" if found["cost"] is None else "set_costs", **values), "  "
        if found["premium"] is not None:
            yield from self._saves(found)
        for number, name in enumerate(found["criteria"], start=1):
            yield from self._criterion(name, f"  {number}. ")
        if any(task["proof"] for task in found["tasks"]):
            yield self.words("in_order"), "  "

    def _saves(self, found: Mapping[str, Any]) -> Iterator[Line]:
        values = {
            "saving": self._money(found["saving"]), "discount": self._share(found["discount"]),
            "before": self._money(self.plan["premium"]), "after": self._money(found["premium"]),
            "months": self._months(found["payback_months"]),
        }  # fmt: skip
        yield self.words("set_saves", **values), "  "
        if _pays_back(found):
            yield self.words("set_pays", **values), "  "

    def _criterion(self, name: str, lead: str) -> Iterator[Line]:
        fix = self.fixes[name]
        yield self._named(fix), lead
        hang = " " * width_of(lead)
        for _, tasks in groupby(fix["tasks"], lambda task: task["check"] or task["id"]):
            yield self._task(list(tasks)), f"{hang}- "

    def _named(self, fix: Mapping[str, Any]) -> str:
        name, kind = fix["criterion"], fix["kind"]
        if fix["status"] == "contradicted":
            kind = "contradicted"
        elif kind == "prove" and fix["evidence_class"] == "documented":
            kind = "answer"
        done = self.words(
            f"do_{kind}", action=self.words.action(name), title=self.words.title(name)
        )
        return self.words.badge(fix) + self.words("item", title=done, id=name)

    def _task(self, tasks: Sequence[Mapping[str, Any]]) -> str:
        hours = sum((Decimal(task["hours"]) for task in tasks), Decimal(0))
        costs = [task["cost"] for task in tasks]
        known = None if None in costs else str(sum((Decimal(cost) for cost in costs), Decimal(0)))
        values = {"hours": plain(hours), "cost": self._cost(known)}
        takes = self.words("takes" if known is None else "costs", **values)
        task = tasks[0]
        if task["check"]:
            title = self.words.check(task["check"])
            places = [self.words.place(task["asset"]) for task in tasks if task["asset"]]
            shown = self.words.listed(places, _MOST_PLACES)
            return self.words(
                "task_at" if places else "task", title=title, where=shown, takes=takes
            )
        return self.words("task_proof" if task["proof"] else "task_own", takes=takes)

    def _further(self, rows: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[Line]:
        yield from self._section(self.words("further"))
        cells = [tuple(self.words(f"column.{name}") for name in self._columns())]
        cells += [self._row(row) for row in rows]
        sizes = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
        before: set[str] = set()
        for number, row in enumerate(cells):
            padded = [
                " " * (size - width_of(text)) + text for text, size in zip(row, sizes, strict=True)
            ]
            yield "", "  " + "  ".join(padded)
            if number:
                names = rows[number - 1][0]["set"]["criteria"]
                yield from self._change(names, before)
                before = set(names)

    def _change(self, names: Sequence[str], before: set[str]) -> Iterator[Line]:
        if not before:
            return
        more = [name for name in names if name not in before]
        less = [name for name in sorted(before) if name not in names]
        if more:
            yield self.words("more", criteria=", ".join(more)), "      + "
        if less:
            yield self.words("less", criteria=", ".join(less)), "      - "

    def _columns(self) -> tuple[str, ...]:
        priced = any(item["cost"] is not None for item in self.plan["fixes"])
        money_ = ("cost", "months") if priced else ()
        return ("level", "hours", *money_[:1], "saving", "premium", *money_[1:])

    def _row(self, row: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        found = row[-1]["set"]
        cells = {
            "level": self._share(row[-1]["discount"]), "hours": found["hours"],
            "cost": self._cost(found["cost"]), "saving": self._money(found["saving"]),
            "premium": self._money(found["premium"]),
            "months": self._months(found["payback_months"]),
        }  # fmt: skip
        return tuple(cells[name] for name in self._columns())

    def _unreachable(self) -> Iterator[Line]:
        goals = [item for item in self.plan["levels"] if not item["set"]]
        for _, same in groupby(goals, lambda item: (item["reason"], item["criteria"])):
            found = list(same)
            levels = self.words.listed([self._share(item["discount"]) for item in found], 99)
            yield "", ""
            yield self.words("unreachable", levels=levels, reason=self._reason(found[0])), ""

    def _reason(self, goal: Mapping[str, Any]) -> str:
        end = self.plan["everything"]
        values = {
            "criteria": self.words.listed(list(map(self.words.title, goal["criteria"])), 99),
            "discount": self._share(end["discount"]), "premium": self._money(end["premium"]),
        }  # fmt: skip
        return self.words(f"reason.{goal['reason']}", **values)

    def _singles(self) -> Iterator[Line]:
        fixes = [item for item in self.plan["fixes"] if item["kind"] == "fix"]
        others = [item for item in self.plan["fixes"] if item["kind"] != "fix"]
        for name, items in (("fixes", fixes), ("unknowns", others)):
            if not items:
                continue
            yield from self._section(self.words(name))
            for item in items:
                yield from self._single(item)

    def _single(self, item: Mapping[str, Any]) -> Iterator[Line]:
        values = {
            "worth": self._worth(item),
            "hours": item["hours"],
            "cost": self._cost(item["cost"]),
            "months": self._months(item["payback_months"]),
        }
        yield self._named(item), "- "
        if self.plan["premium"] is None:
            yield from self._proof(item)
            return
        key = "single" if item["cost"] is None else "single_costs"
        if _pays_back(item):
            key = "single_costs_pays"
        yield self.words(key, **values), "    "
        yield from self._proof(item)

    def _proof(self, item: Mapping[str, Any]) -> Iterator[Line]:
        if item["kind"] != "fix":
            prove = self.words.prove(item["criterion"])
            if prove:
                yield prove, "    "
            for right in item["rights"]:
                yield self.words.right(right), "    "

    def _worth(self, item: Mapping[str, Any]) -> str:
        if Decimal(item["yen"]) > 0:
            return self._money(item["yen"])
        if Decimal(item["yen_released"]) > 0 and self.plan["status"] != "ok":
            return self.words("worth_released", money=self._money(item["yen_released"]))
        return self.words("nothing_alone")

    def _money(self, amount: str) -> str:
        return money(Decimal(amount), self.plan["currency"], self.words.language)

    def _cost(self, amount: str | None) -> str:
        return "" if amount is None else self._money(amount)

    def _months(self, months: str | None) -> str:
        return "-" if months is None else self.words("months", months=months)

    def _share(self, share: str) -> str:
        return percent(Decimal(share))


def _pays_back(item: Mapping[str, Any]) -> bool:
    """Tell whether anything is spent that the saving earns back."""
    return item["payback_months"] is not None and Decimal(item["cost"]) > 0
