"""By which rules, answers and figures to rate: what the options of several commands name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture_scan.cli.options import amount

if TYPE_CHECKING:
    from posture_scan.assess.document import Pricing, Terms
    from posture_scan.model.answer import Answers


def pricing_from(options: dict[str, Any]) -> Pricing | None:
    """Return the pricing that was asked for, or None where nothing was given."""
    from posture_scan.assess.document import Pricing

    names = ("base_premium", "group_discount", "certificates", "annual_sales", "industry")
    if not any(options[name] for name in names):
        return None
    facts = {name: str(options[name]) for name in ("annual_sales", "industry") if options[name]}
    return Pricing(
        amount(options["base_premium"]), options["group_discount"],
        tuple(options["certificates"]), facts,
    )  # fmt: skip


def terms_from(options: dict[str, Any], profile: str) -> Terms:
    """Return the rules, answers and figures that the options name."""
    from posture_scan.assess.document import Pricing, Terms
    from posture_scan.rating.load import load_profile

    load_profile(profile)  # one that cannot be used is named before anything is begun
    answers = answers_from(options["answers_file"], profile)
    return Terms(profile, answers, pricing_from(options) or Pricing())


def answers_from(path: Path | None, profile: str) -> Answers | None:
    """Read the answers file against a profile's questions, or return None without one."""
    if path is None:
        return None
    from posture_scan.assess.questionnaire import questions_of
    from posture_scan.collect.answers import read_answers
    from posture_scan.rating.load import load_profile

    return read_answers(path, questions_of(load_profile(profile)))
