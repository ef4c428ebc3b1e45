"""The report as one self-contained page: no scripts, nothing loaded, ready to print on A4."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.document import report_bytes
from posture_scan.report.summary import summarise
from posture_scan.text.catalog import Catalog

if TYPE_CHECKING:
    from jinja2 import Template

SECTIONS: Final = ("criteria", "findings", "unknowns", "assets", "scope", "trace", "limits",
                   "tool", "connections")  # fmt: skip
"""What the list of contents names."""


def render_html(
    report: Mapping[str, Any],
    words: Mapping[str, CheckWords],
    criteria: Mapping[str, CriterionWords],
    language: str,
) -> str:
    """Return the report as an HTML page in ``ja`` or ``en``, the same bytes for the same report.

    The page carries the SHA-256 of the report's own bytes, so that a print can be traced back.
    """
    from markupsafe import Markup

    style = resources.files(__package__).joinpath("report.css").read_text("utf-8")
    view = summarise(report, words, criteria, language)
    text = Catalog(language)
    top = view.headline
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        view=view,
        word=lambda key: text(f"report.{key}"),
        arc=arc,
        sections=SECTIONS,
        style=Markup(style),  # noqa: S704 -- our own style sheet, not a target's words
        style_hash=f"sha256-{digest}",
        digest=hashlib.sha256(report_bytes(report)).hexdigest(),
        gauge_label=text(
            "report.label.gauge", score=top.score_text, grade=top.grade, coverage=top.coverage
        ),
    )


def arc(score: Decimal | int, radius: int = 90, centre: int = 100) -> str:
    """Return the SVG path of a half-circle gauge up to a score of 0 to 100.

    It is drawn by its end point: the dash-array way comes out wrong in some print engines.
    """
    turn = math.pi * (1 - float(score) / 100)
    x = f"{centre + radius * math.cos(turn):.3f}"
    y = f"{centre - radius * math.sin(turn):.3f}"
    return f"M{centre - radius} {centre} A{radius} {radius} 0 0 1 {x} {y}"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = resources.files(__package__).joinpath("report.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
