"""By which rules, answers and figures to rate: what the options of several commands name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture_scan.cli.options import amount, facts, modification

if TYPE_CHECKING:
    from posture_scan.assess.document import Terms
    from posture_scan.model.answer import Answers
    from posture_scan.rating.reports import Pricing


def pricing_from(options: dict[str, Any]) -> Pricing | None:
    """Return the pricing that was asked for, or None where nothing was given."""
    from posture_scan.rating.reports import Pricing

    judged = modification(options["modification"])
    stated = facts(options["facts"])
    stated |= {key: str(options[key]) for key in ("annual_sales", "industry") if options[key]}
    names = ("base_premium", "group_discount", "certificates")
    if not (judged or stated or any(options[name] for name in names)):
        return None
    return Pricing(
        amount(options["base_premium"]), options["group_discount"],
        tuple(options["certificates"]), stated, judged,
    )  # fmt: skip


def terms_from(options: dict[str, Any], profile: str) -> Terms:
    """Return the rules, answers and figures that the options name.

    What cannot be used (a profile, an amount, a fact beyond the profile's tables) is named here,
    before anything is begun.
    """
    from posture_scan.assess.document import Terms
    from posture_scan.rating.load import load_profile
    from posture_scan.rating.premium import base_premium, refuse_unread
    from posture_scan.rating.reports import Pricing

    rules = load_profile(profile)
    answers = answers_from(options["answers_file"], profile)
    pricing = pricing_from(options) or Pricing()
    refuse_unread([rules], pricing.facts, pricing.modification)
    declared = answers.facts if answers else {}
    base_premium(rules, pricing.base_premium, {**declared, **pricing.facts})
    return Terms(profile, answers, pricing)


def answers_from(path: Path | None, profile: str) -> Answers | None:
    """Read the answers file against a profile's questions, or return None without one."""
    if path is None:
        return None
    from posture_scan.assess.questionnaire import questions_of
    from posture_scan.collect.answers import read_answers
    from posture_scan.rating.load import load_profile

    return read_answers(path, questions_of(load_profile(profile)))
