"""The rating as a library: what the room offers is what its own page of help shows."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import posture_scan.rating as library
from posture_scan.errors import UsageError
from posture_scan.report.document import report_bytes
from tests.report.damaged import LEFT_OUT, Place, damaged, places
from tests.report.sample import bad

README = Path(__file__).parent.parent.parent / "README.md"


def test_everything_that_is_offered_is_there_and_explained() -> None:
    for name in library.__all__:
        offered = getattr(library, name)
        assert (offered.__doc__ or "").strip(), name


def examples() -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def ran(example: str, folder: Path) -> list[str]:
    """Run an example as it stands; return the lines it printed."""
    made = subprocess.run([sys.executable, "-c", example], cwd=folder, capture_output=True,
                          text=True, check=True, timeout=60)  # fmt: skip
    return made.stdout.split("\n")


def test_the_readmes_example_of_statuses_runs_as_it_stands(tmp_path: Path) -> None:
    printed = ran(examples()[0], tmp_path)
    assert printed[0] == "insufficient 120000"
    assert printed[1].startswith("EXT-RDP ")


def test_the_readmes_example_of_a_report_runs_as_it_stands(tmp_path: Path) -> None:
    report = bad()
    (tmp_path / "report.json").write_bytes(report_bytes(report))
    (_, example) = examples()
    printed = ran(example, tmp_path)
    profile = library.load_profile("jp-sme-strict")
    rating = library.rate_json(profile, report, now=datetime.now(UTC))
    assert [line.split(" ")[0] for line in printed[:-1]] == [
        str(goal.wanted) for goal in library.plan_of(rating).levels
    ]
    assert printed[0].split(" ")[1].isdecimal()


def test_a_rating_needs_no_file_and_no_clock() -> None:
    profile = library.load_profile("jp-sme")
    met = library.CriterionStatus("EXT-RDP", library.State.MET, library.EvidenceClass.VERIFIED)
    once = library.rate(profile, [met], base_premium=Decimal(120_000)).to_json()
    assert once == library.rate(profile, [met], base_premium=Decimal(120_000)).to_json()
    assert library.price(profile, {}, library.Terms(Decimal(120_000))).premium == 120_000


REPORT = json.loads(report_bytes(bad()))
READ = ("findings", "assets", "scope", "answers", "rating")
OTHERS = st.sampled_from([LEFT_OUT, None, True, 0, "", "x", "1e999", [], ["x"], [[]], {}, {"x": 1}])


@given(st.sampled_from([place for place in places(REPORT) if place[0] in READ]), OTHERS)
def test_a_damaged_report_is_rated_or_refused(place: Place, value: object) -> None:
    """Whoever rates thousands of files hears of a bad one, and goes on."""
    report = damaged(REPORT, place, value)
    with contextlib.suppress(UsageError):
        rating = library.rate_json(library.load_profile("jp-sme"), report, now=datetime.now(UTC))
        assert rating.price.premium >= 0
