"""Where a profile's figures come from: what can be worked out must come out as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from posture_scan.rating.exact import to_decimals
from posture_scan.rating.profile import Profile
from posture_scan.rating.relativity import DECIMALS, kept, relativity
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]


def relativities(profile: Profile) -> Iterator[Found]:
    """Refuse an ``r_met`` that does not follow from the claims data beside it."""
    for number, item in enumerate(profile.criteria):
        if item.relativity is None:
            continue
        worked_out = relativity(item.relativity).r_met
        if worked_out != item.r_met:
            share = kept(item.relativity, item.r_met)
            values = {
                "criterion": item.id,
                "r_met": str(item.r_met),
                "worked_out": str(worked_out),
                "keep": "-" if share is None else str(to_decimals(share, DECIMALS)),
            }
            yield ("criteria", number, "r_met"), "r_met_does_not_follow", values


def doubts(profile: Profile) -> Iterator[Found]:
    """Name figures whose origin is claimed but not shown; a warning, nothing is refused.

    A figure set for illustration is honest in an illustrative profile. One that is said to be
    derived must show its working, and a published tariff has no room for illustration.
    """
    status = {item.id: item.status for item in profile.sources}
    for number, item in enumerate(profile.criteria):
        place: Place = ("criteria", number, "source")
        values = {"criterion": item.id, "source": item.source}
        origin = status.get(item.source)
        if origin == "derived" and item.relativity is None:
            yield place, "derived_without_working", values
        if profile.status == "published" and origin == "illustrative":
            yield place, "published_but_illustrative", values
