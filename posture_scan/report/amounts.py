"""The money of a report: what is paid, earned and within reach; nothing where nothing is priced."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from posture_scan.report.figures import percent
from posture_scan.report.view import Pair
from posture_scan.report.wording import Wording


def best_premium(rating: Mapping[str, Any]) -> Decimal:
    """Return the lowest premium that the rating itself shows to be within reach.

    That is its own ``potential`` (everything met and verified) where it gives one, else the
    best of: today's, the range's good end, today's less the most valuable single
    fix, and today's less what releasing everything suspended is worth.
    """
    now = Decimal(rating["premium"])
    stated = rating.get("potential")
    if stated:
        return min(now, Decimal(stated["premium"]))
    saved = [Decimal(fix["yen"]) for fix in rating.get("fixes", ())]
    if rating.get("unlock"):
        saved.append(Decimal(rating["unlock"]["yen"]))
    return min([now, Decimal(rating["range"]["best"]["premium"]), *(now - yen for yen in saved)])


def money(rating: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return the premium before, now and within reach, and what lies between them."""
    if rating["premium"] is None:
        return ()
    base, now = Decimal(rating["base_premium"]), Decimal(rating["premium"])
    best = best_premium(rating)
    # While discounts are suspended, "nothing to gain" is not known but only not yet visible.
    hidden = best == now and rating["status"] != "ok"
    later = words("value.after_check")
    return (
        (words("label.base"), words.money(str(base))),
        (words("label.now"), words.money(str(now))),
        (words("label.earned" if now <= base else "label.surcharge"),
         words.money(str(abs(base - now)))),
        (words("label.best"), later if hidden else words.money(str(best))),
        (words("label.missed"), later if hidden else words.money(str(now - best))),
    )  # fmt: skip


def discounts(rating: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    """Return the rates behind the money."""
    if rating["premium"] is None:
        return ()
    pairs = [
        (words("label.controls"), percent(Decimal(rating["controls_discount"]))),
        (words("label.certificates"), percent(Decimal(rating["certificate_discount"]))),
        (words("label.discount"), percent(Decimal(rating["discount"]))),
    ]
    if rating.get("group_discount"):
        pairs.append((words("label.group_discount"), words("value.applied")))
    return tuple(pairs)


def unlock(rating: Mapping[str, Any], words: Wording) -> str:
    """Say what settling everything that suspends the discount is worth; empty where nothing."""
    given = rating.get("unlock")
    if not given or Decimal(given["yen"]) <= 0:
        return ""
    return words("status.unlock", money=words.money(given["yen"]))


def note(report: Mapping[str, Any], words: Wording) -> str:
    """Say what the amounts are and are not, and where the premium before discount is from."""
    if report["rating"]["premium"] is None:
        return words("requirements.note")
    return words("illustrative") + _base_source(report, words)


def _base_source(report: Mapping[str, Any], words: Wording) -> str:
    source = report["rating"].get("base_source", "")
    key = f"base_source.{source}"
    return words("sentence_gap") + words(key) if f"report.{key}" in words.text else ""
