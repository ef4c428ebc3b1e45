"""``scan --ownership``: what to put into DNS, and whether it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posture_scan.assess.ownership import record_name, record_text
from posture_scan.collect.scope_file import read_scope
from tests.cli.conftest import Run
from tests.collect.name_server import serving, zone

SCOPE = """
organisation  = "株式会社例"
authorised_by = "例 太郎"
valid_from    = 2020-01-01
valid_until   = 2099-12-31
targets       = ["127.71.5.9"]
domains       = ["example.jp"]
"""
PROOF = 'proof = "00112233445566778899aabbccddeeff"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "scope.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_record_is_shown_and_then_found(run: Run, tmp_path: Path, language: str) -> None:
    path = written(tmp_path, SCOPE + PROOF)
    text = record_text(read_scope(path).scope, "example.jp")
    argv = ["scan", "--scope", str(path), "--ownership", "--lang", language, "--resolver"]
    soa = ("example.jp", "SOA"), ["ns.example.jp. h.example.jp. 1 2 3 4 5"]
    with serving(zone(dict([soa]))) as (address, port):
        missing = run(*argv, f"{address}:{port}")
    assert missing.returncode == 1
    assert text in missing.stdout
    assert record_name("example.jp") in missing.stdout
    table = dict([soa, ((record_name("example.jp"), "TXT"), [f'"{text}"'])])
    with serving(zone(table)) as (address, port):
        proven = run(*argv, f"{address}:{port}")
        told = run(*argv, f"{address}:{port}", "--json")
    assert proven.returncode == 0
    (row,) = json.loads(told.stdout)["ownership"]
    assert row["state"] == "proven"


def test_without_an_answer_it_is_incomplete(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, SCOPE + PROOF)
    with serving(zone({}, rcode=2)) as (address, port):
        found = run("scan", "--scope", str(path), "--ownership", "--resolver", f"{address}:{port}")
    assert found.returncode == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (SCOPE, "--new-scope"),
        (SCOPE.replace('domains       = ["example.jp"]', "") + PROOF, "domains"),
        (SCOPE + 'proof = "short"\n', "32"),
        (SCOPE.replace('["example.jp"]', '["jp"]') + PROOF, "example.jp"),
        (SCOPE.replace('["example.jp"]', '["192.0.2.1"]') + PROOF, "192.0.2.1"),
    ],
)
def test_what_cannot_be_proven_says_why_in_one_line(
    run: Run, tmp_path: Path, text: str, word: str
) -> None:
    found = run("scan", "--scope", str(written(tmp_path, text)), "--ownership", "--lang", "en")
    assert found.returncode == 2
    assert word in (found.stdout + found.stderr)
    assert len((found.stdout + found.stderr).strip().splitlines()) == 1
