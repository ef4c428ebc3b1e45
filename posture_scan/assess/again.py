"""A finished report rated again: as of another time, or under another profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from posture_scan.assess.document import rated_members
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.codec import encode
from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.reports import Pricing, rate_json

DEFAULT_PROFILE: Final = "jp-sme"
"""What is rated by where nobody names a profile."""


def rate_again(
    report: Mapping[str, Any],
    profile: str,
    *,
    now: datetime,
    answers: Answers | None = None,
    pricing: Pricing | None = None,
    rules: Profile | None = None,
) -> dict[str, Any]:
    """Return the report rated under a profile as of ``now``; its evidence stays as it is.

    Base premium, group discount, certificates and answers of the report's own rating each hold
    unless another is given, as far as they mean something under this profile (see ``rate_json``).
    ``rules`` is the profile, where it was read already.

    Raises:
        UsageError: when the report's nouns cannot be read.
    """
    from posture_scan.report.document import report_id

    known = rules or load_profile(profile)
    rating = rate_json(known, report, now=now, answers=answers, pricing=pricing)
    given = encode(answers) if answers else report["answers"]
    again = {**report, "answers": given, **rated_members(rating)}
    return {**again, "report_id": report_id(again)}


def own_profile(report: Mapping[str, Any] | None) -> str:
    """Return the built-in profile that a report was rated under; the default without a report.

    A profile's id in a stranger's report is never taken for the path of a file.

    Raises:
        UsageError: ``report.own_profile``, where it is none that ships with the program.
    """
    if report is None:
        return DEFAULT_PROFILE
    name = str(report["rating"]["profile"]["id"])
    if name not in list_profiles():
        raise UsageError("report.own_profile", profile=name[:60])
    return name
