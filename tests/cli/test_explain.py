"""``explain`` as a person runs it, on a report that the program made."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.report.wrap import width_of
from posture_scan.trust.keys import new_key, open_key, public_path
from posture_scan.trust.signing import sign_with
from tests.cli.conftest import Run
from tests.cli.test_rate import worksheet

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def report(run: Run, scope_file: Callable[..., Path]) -> str:
    """A scan of an address on which nothing listens."""
    scope = scope_file("127.60.5.11")
    ran = run("scan", "--scope", scope, "--engine", "builtin", "--ports", "3389",
              "--pace", "lan", "--out", "r.json")  # fmt: skip
    assert (scope.parent / "r.json").exists(), ran.stderr
    return "r.json"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_rules_are_explained_without_a_report(run: Run, lang: str) -> None:
    for name in ("EXT-RDP", "rdp.exposed", "gates", "isms", "premium", "EXT"):
        ran = run("explain", name, lang=lang)
        assert ran.returncode == 0, ran.stderr
        assert name in ran.stdout or name in {"gates", "premium"}
        assert [line for line in ran.stdout.splitlines() if width_of(line) > 80] == []
    listed = run("explain", lang=lang).stdout
    assert "EXT-RDP, EXT-VPN" in listed
    assert "base-premium" in listed


def test_a_report_explains_itself(run: Run, report: str) -> None:
    value = json.loads((run("explain", "trace", report, "--json")).stdout)
    assert value["kind"] == "trace"
    assert value["report"]["rated_again"] is False
    premium = json.loads(run("show", report, "--json").stdout)["rating"]["premium"]
    assert value["ledger"]["premium"] == premium
    assert json.loads(run("explain", report, "--json").stdout)["kind"] == "list"
    again = json.loads(run("explain", "trace", report, "--profile", "us-filed", "--json").stdout)
    assert again["report"]["rated_again"] is True
    assert again["ledger"]["currency"] == "USD"


def test_a_signed_report_is_verified_first(run: Run, report: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    public = new_key(tmp_path / "k", "Acme", "contractor", PASSPHRASE, created=now)
    value = json.loads((tmp_path / report).read_text("utf-8"))
    bundle = sign_with(value, [open_key(tmp_path / "k", PASSPHRASE)], now=now)
    (tmp_path / "s.json").write_bytes(bundle.envelope)
    (tmp_path / "e.json").write_bytes(bundle.evidence)
    assert run("explain", "rdp.exposed", "s.json").returncode == 4
    added = run("trust", "add", public_path(tmp_path / "k"), "--fingerprint",
                public.key.fingerprint)  # fmt: skip
    assert added.returncode == 0, added.stderr
    alone = run("explain", "rdp.exposed", "s.json")
    assert alone.returncode == 0, alone.stderr
    assert "carries no evidence records" in " ".join(alone.stdout.split())
    beside = run("explain", "rdp.exposed", "s.json", "--evidence", "e.json", "--json")
    found = json.loads(beside.stdout)["findings"]
    assert found
    assert all(item["records"] and not item["records_missing"] for item in found)


def test_a_mistake_is_one_line(run: Run, report: str) -> None:
    for arguments, code in (
        (("EXT-RPD",), 2), (("zzzz", report), 2), (("trace",), 2), (("EXT", "no.json"), 2),
        (("EXT", "--profile", "nothing"), 2),
    ):  # fmt: skip
        ran = run("explain", *arguments)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (code, 1), ran.stderr
    assert "EXT-RDP" in run("explain", "EXT-RPD").stderr


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", ("ワークシート", "65,010")), ("en", ("a worksheet", "65,010"))]
)
def test_a_worksheet_is_explained_like_a_report(
    run: Run, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    sheet = worksheet(tmp_path, "met")
    for name in ("trace", "premium", "EXT-RDP", "gates", "EXT", "sa2", "range"):
        ran = run("explain", name, sheet, lang=lang)
        assert ran.returncode == 0, ran.stderr
        assert words[0] in ran.stdout
    assert words[1] in run("explain", "trace", sheet, lang=lang).stdout
    shown = json.loads(run("explain", "trace", sheet, "--json").stdout)
    assert shown["report"]["worksheet"] is True
    assert shown["ledger"]["premium"] == "65010"
    check = json.loads(run("explain", "rdp.exposed", sheet, "--json").stdout)
    assert (check["report"], check["findings"]) == (None, None)
