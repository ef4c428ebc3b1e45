"""Whatever two reports say, what was lost from sight is never mended."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.assess.drift.findings import KNOWN, SOUND, moved, sight
from posture_scan.assess.drift.told import Told, key, told
from posture_scan.model.evidence import Vantage
from posture_scan.model.finding import Finding, Status
from tests.assess.drift.scene import ADDRESS, OTHER, report

BASE = told(report(0, {ADDRESS: True, OTHER: False}))
SURE = 70
CHECKS = ("telnet.exposed", "rdp.exposed", "smb.exposed")
SAMPLE = next(item for item in BASE.findings if item.check == "telnet.exposed")

findings = st.lists(
    st.builds(
        lambda check, asset, port, status, vantage, confidence: dataclasses.replace(
            SAMPLE, check=check, asset=asset, address=asset, port=port,
            transport="tcp" if port else "", status=status, vantage=vantage,
            confidence=confidence, reason=f"r_{status.value}",
        ),
        st.sampled_from(CHECKS), st.sampled_from((ADDRESS, OTHER)), st.sampled_from((0, 23, 3389)),
        st.sampled_from(list(Status)), st.sampled_from((Vantage.EXTERNAL, Vantage.LAN)),
        st.sampled_from((95, 30)),
    ),
    max_size=12,
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn, day: int) -> Told:
    """A report with any findings about two addresses, of which it may know only one."""
    assets = {name: asset for name, asset in BASE.assets.items() if draw(st.integers(0, 3))}
    found: tuple[Finding, ...] = tuple(x for x in draw(findings) if x.asset in assets)
    at = BASE.at + timedelta(days=day)
    line = draw(st.sampled_from(("", "office", "mobile")))
    return dataclasses.replace(
        BASE, report={**BASE.report, "line": line}, id=f"ps-{day}", at=at, assets=assets,
        findings=found,
    )  # fmt: skip


def from_line(report: Told, line: str) -> Told:
    return dataclasses.replace(report, report={**report.report, "line": line})


@given(reports(0), reports(1))
@settings(max_examples=300)
def test_two_lines_show_no_change_seen_from_outside(before: Told, after: Told) -> None:
    for item in moved(from_line(before, "office"), from_line(after, "mobile"), SURE):
        assert item.finding.vantage is not Vantage.EXTERNAL or item.kind not in {"fixed", "new"}


@given(reports(0), reports(30))
@settings(max_examples=300)
def test_mended_is_only_what_was_seen_sound(before: Told, after: Told) -> None:
    for item in moved(before, after, SURE):
        if item.kind != "fixed":
            continue
        place = item.finding
        said = [x for x in after.findings if (x.check, x.asset) == (place.check, place.asset)]
        here = [x for x in said if key(x) == key(place)]
        assert said
        assert place.asset in after.assets
        assert not [x for x in here if x.status not in SOUND]
        if not here:
            assert not [x for x in said if not x.port and x.status not in SOUND]
        for x in here:
            assert (x.vantage, x.confidence >= SURE) == (place.vantage, True)


@given(reports(0), reports(30))
def test_every_weakness_of_one_report_alone_is_named_once(before: Told, after: Told) -> None:
    weak = [
        {key(item) for item in one.findings if item.status is Status.FAIL}
        for one in (before, after)
    ]
    found = moved(before, after, SURE)
    came = [key(item.finding) for item in found if item.kind in {"new", "first_seen"}]
    went = [key(item.finding) for item in found if item.kind in {"fixed", "waived", "lost"}]
    assert (set(came), set(went)) == (weak[1] - weak[0], weak[0] - weak[1])
    assert len(found) == len(came) + len(went) == len({key(item.finding) for item in found})


@given(reports(0), reports(30))
def test_swapped_what_came_went(before: Told, after: Told) -> None:
    there, back = moved(before, after, SURE), moved(after, before, SURE)
    came = {key(x.finding) for x in there if x.kind in {"new", "first_seen"}}
    went = {key(x.finding) for x in back if x.kind in {"fixed", "waived", "lost"}}
    assert came == went


@given(reports(0))
def test_nothing_moves_against_itself(one: Told) -> None:
    assert moved(one, one, SURE) == ()
    assert sight(one, one) == ()


@given(reports(0), reports(30))
def test_sight_is_lost_only_of_what_was_wholly_known(before: Told, after: Told) -> None:
    for item in sight(before, after):
        assert all(x.status in KNOWN for x in before.by_pair[item.check, item.asset])
        now = after.by_pair.get((item.check, item.asset), ())
        assert not now or any(x.status not in KNOWN for x in now)
        assert item.why
