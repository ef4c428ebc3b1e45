"""The rating as a library: what the room offers is what its own page of help shows."""

from __future__ import annotations

import ast
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import posture_scan.rating as library

README = Path(__file__).parent.parent.parent / "README.md"


def test_everything_that_is_offered_is_there_and_explained() -> None:
    for name in library.__all__:
        offered = getattr(library, name)
        assert (offered.__doc__ or "").strip(), name


def test_the_example_of_the_readme_runs_as_it_stands() -> None:
    _, _, rest = README.read_text("utf-8").partition("```python\n")
    example, _, _ = rest.partition("```")
    assert "from posture_scan.rating import" in example
    ast.parse(example)
    made = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True,
                          check=True, timeout=60)  # fmt: skip
    printed = made.stdout.split("\n")
    assert printed[0] == "insufficient 120000"
    assert printed[1].startswith("EXT-RDP ")


def test_a_rating_needs_no_file_and_no_clock() -> None:
    profile = library.load_profile("jp-sme")
    met = library.CriterionStatus("EXT-RDP", library.State.MET, library.EvidenceClass.VERIFIED)
    once = library.rate(profile, [met], base_premium=Decimal(120_000)).to_json()
    assert once == library.rate(profile, [met], base_premium=Decimal(120_000)).to_json()
    assert library.price(profile, {}, library.Terms(Decimal(120_000))).premium == 120_000
