"""The calculation as a table that adds up: from the premium before discount to the premium.

Read from the figures of a rating as they stand in a report, so that a report explains itself
without being rated again. Each entry is an amount of money with its sign; their exact sum is the
premium. What falls off at each rounding is one entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, Final

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain

_DIGITS: Final = 40
"""Digits before or behind the point of the largest figure that is read."""
_BASES: Final = {
    "base_given": "given", "base_estimate": "estimate", "base_example": "example",
    "base_schedule": "schedule", "base_example_schedule": "example_firm",
}  # fmt: skip
"""The steps that begin a calculation, and where each has the premium before discount from."""


@dataclass(frozen=True)
class Entry:
    """One line: its kind (a sentence under ``explain.entry``), what it is about, the money.

    ``base`` the premium before discount · ``credit``, ``debit`` one criterion's share ·
    ``block_credit``, ``block_debit`` one block's · ``answers_limit`` what the limit on answers
    alone adds · ``suspended`` nothing, for as long as discounts are · ``certificates`` ·
    ``certificates_cap`` · ``total_cap`` · ``judgement`` · ``rounding`` · ``group_discount`` ·
    ``minimum`` · ``unexplained`` what does not follow from the figures: somebody changed them.
    """

    kind: str
    amount: Decimal
    about: str = ""
    """The id of a criterion or block, or the ids of certificates."""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """All entries, in the order of the calculation, and the premium they add up to."""

    entries: tuple[Entry, ...]
    premium: Decimal
    currency: str

    def to_json(self) -> dict[str, Any]:
        """Return the ledger as JSON values, each entry with the balance after it."""
        rows, balance = [], ZERO
        with localcontext(CONTEXT):
            for entry in self.entries:
                balance += entry.amount
                rows.append(
                    {
                        "kind": entry.kind, "about": entry.about, "values": dict(entry.values),
                        "amount": plain(entry.amount), "balance": plain(balance),
                    }
                )  # fmt: skip
        return {"entries": rows, "premium": plain(self.premium), "currency": self.currency}


def ledger(rating: Mapping[str, Any]) -> Ledger | None:
    """Return the ledger of a report's ``rating``; None where there is no premium.

    Raises:
        UsageError: ``report.unreadable_member``, figures that are no figures.
    """
    if rating.get("premium") is None:
        return None
    try:
        with localcontext(CONTEXT):
            sheet = _Sheet(rating)
            entries = tuple(sheet.settled(sheet.scheduled() if sheet.filed else sheet.discounted()))
            return Ledger(entries, sheet.premium, str(rating["currency"]))
    except (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError) as error:
        detail = f"rating.trace: {str(error)[:100]}"
        raise UsageError("report.unreadable_member", detail=detail) from error


class _Sheet:
    """A rating's figures by name."""

    def __init__(self, rating: Mapping[str, Any]) -> None:
        self.rating = rating
        self.steps: dict[str, Mapping[str, Any]] = {}
        for step in rating["trace"]:
            self.steps.setdefault(str(step["id"]), step)
        self.states = {
            step["values"]["criterion"]: step["values"]
            for step in rating["trace"] if "criterion" in step["values"]
        }  # fmt: skip
        self.filed = "premium_filed" in self.steps
        self.premium = number(rating["premium"])
        rounding = self.steps["premium_filed" if self.filed else "premium_discounted"]["rounding"]
        self.unit = number(rounding.split(" ")[1])
        self.cent = min(ONE, self.unit)
        base = next(self.steps[name] for name in _BASES if name in self.steps)
        self.base_step = str(base["id"])
        self.base = number(base["values"]["base_premium"])

    def figure(self, step: str, name: str) -> Decimal:
        return number(self.steps[step]["values"][name])

    def whole(self, amount: Decimal) -> Decimal:
        """An amount as it is shown: to the yen (or cent); the rest is rounding."""
        return (amount / self.cent).to_integral_value() * self.cent

    def first(self) -> Entry:
        shown = self.base
        if self.steps[self.base_step]["values"].get("base"):
            shown = self.whole(shown)  # a filed table's product is not rounded by itself
        return Entry("base", shown, values={"source": _BASES[self.base_step]})

    def shares(self) -> Iterator[Entry]:
        """What each criterion (or block) takes off or adds, as the rating attributed it."""
        for name, share in self.rating["attribution"].items():
            amount = -number(share)
            side = "credit" if amount <= 0 else "debit"
            kind = f"block_{side}" if self.filed else side
            yield Entry(kind, amount, str(name), self._said_of(str(name)))

    def _said_of(self, name: str) -> dict[str, str]:
        if self.filed:
            block = next(
                step["values"] for step in self.rating["trace"]
                if str(step["id"]).startswith("block") and step["values"].get("group") == name
            )  # fmt: skip
            return {key: str(block[key]) for key in ("score", "level", "factor")}
        values = self.states.get(name, {})
        return {key: str(values.get(key, "")) for key in ("status", "evidence_class", "r")}

    def suspension(self) -> Iterator[Entry]:
        status = str(self.rating["status"])
        if status != "ok":
            cause = self.rating["gates"] if status == "gate" else self.rating["missing"]
            yield Entry("suspended", ZERO, ", ".join(map(str, cause)), {"status": status})

    def discounted(self) -> Iterator[Entry]:
        """The entries of a discount profile."""
        controls = self.figure("factor", "controls")
        claimed = self.figure("certificates", "claimed")
        counted = self.figure("certificates", "credit")
        discount = self.figure("discount", "discount")
        after, group = (self.figure(f"premium_{n}", "premium") for n in ("discounted", "group"))
        rate = self.figure("premium_group", "group_discount")
        yield self.first()
        yield from self.shares()
        yield from self.left_over(controls)
        yield from self.suspension()
        if counted:
            held = ", ".join(map(str, self.rating["certificates"]))
            yield Entry("certificates", -self.whole(self.base * claimed), held,
                        {"credit": plain(claimed)})  # fmt: skip
        if counted and counted < claimed:
            cut = {"cap": plain(counted), "lost": plain(claimed - counted)}
            yield Entry("certificates_cap", self.whole(self.base * (claimed - counted)), "", cut)
        lost = controls + counted - discount
        if lost:
            cut = {"cap": plain(discount), "lost": plain(lost)}
            yield Entry("total_cap", self.whole(self.base * lost), "", cut)
        yield Entry("rounding", after, "", {"unit": plain(self.unit)})
        if rate:
            yield Entry("group_discount", -self.whole(after * rate), "", {"rate": plain(rate)})
            yield Entry("rounding", group, "", {"unit": plain(self.unit)})

    def scheduled(self) -> Iterator[Entry]:
        """The entries of a filed schedule."""
        factor = self.figure("premium_filed", "f")
        judged = self.figure("premium_filed", "modification")
        yield self.first()
        yield from self.shares()
        yield from self.left_over(ONE - factor)
        yield from self.suspension()
        if judged:
            share = {"counted": plain(judged)}
            yield Entry("judgement", self.whole(self.base * factor * judged), "", share)
        filed = self.figure("premium_filed", "premium")
        yield Entry("rounding", filed, "", {"unit": plain(self.unit)})

    def left_over(self, controls: Decimal) -> Iterator[Entry]:
        """What no criterion took off or added by itself: the limit on answers alone did."""
        shared = sum((number(share) for share in self.rating["attribution"].values()), ZERO)
        left = shared - self.whole(self.base * controls)
        if left:
            yield Entry("answers_limit", left)

    def settled(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Turn each rounding's result into its difference, and end at the premium.

        A difference that no rounding makes is called ``unexplained``.
        """
        balance, count = ZERO, 0
        for entry in entries:
            amount, kind, count = entry.amount, entry.kind, count + 1
            if kind == "rounding":
                amount -= balance
                if abs(amount) > self.unit + self.cent * count:
                    kind = "unexplained"
                if not amount:
                    continue
            balance += amount
            yield Entry(kind, amount, entry.about, entry.values)
        if self.premium != balance:
            minimum = self.figure("premium_final", "minimum")
            kind = "minimum" if self.premium == minimum > balance else "unexplained"
            least = {"minimum": plain(minimum)}
            yield Entry(kind, self.premium - balance, "", least)


def number(text: Any) -> Decimal:
    """Read one figure of a rating.

    Raises:
        UsageError: ``report.unreadable_member``, it is none, or beyond all premiums.
    """
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > _DIGITS:
        raise UsageError("report.unreadable_member", detail=f"rating: {str(text)[:40]}")
    return value
