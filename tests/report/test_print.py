from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from posture_scan.report.html import render_html
from tests.lab.daemon import need, program
from tests.report import sample

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
)  # fmt: skip
TRACK, ARC = (0xE3, 0xE8, 0xED), (0x1D, 0x6F, 0x47)


def printed(folder: Path, page: str) -> Path:
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [program("chromium"), *FLAGS, f"--user-data-dir={folder / 'profile'}",
         f"--print-to-pdf={target}", source.as_uri()],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    return target


def pixels(path: Path, colour: tuple[int, int, int]) -> int:
    """Count the pixels of one colour (give or take the print engine's rounding)."""
    done = subprocess.run(
        [program("pdftoppm"), "-r", "100", "-f", "1", "-l", "1", str(path)],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    data = done.stdout.split(b"\n", 3)[3]
    triples = zip(data[0::3], data[1::3], data[2::3], strict=False)
    return sum(all(abs(a - b) <= 3 for a, b in zip(seen, colour, strict=True)) for seen in triples)


@pytest.mark.slow
def test_prints_on_a4_with_its_own_style_and_japanese_text(tmp_path: Path) -> None:
    need("chromium", "pdfinfo", "pdftotext", "pdftoppm")
    report = sample.good()
    page = render_html(report, sample.checks("ja"), sample.criteria_words("ja"), "ja")
    path = printed(tmp_path, page)
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert "(A4)" in info
    text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True).stdout.decode()
    assert "65,010円" in re.sub(r"\s", "", text)


@pytest.mark.slow
def test_the_gauge_fills_by_the_score(tmp_path: Path) -> None:
    need("chromium", "pdftoppm")
    page = render_html(sample.good(), sample.checks("en"), sample.criteria_words("en"), "en")
    head = page[: page.index("<body>")]
    gauge = page[page.index("<svg") : page.index("</svg>") + 6]
    path = printed(tmp_path, f"{head}<body>{gauge}</body></html>")
    arc, track = pixels(path, ARC), pixels(path, TRACK)
    assert arc > 1000
    assert arc / (arc + track) == pytest.approx(0.57, abs=0.02)
