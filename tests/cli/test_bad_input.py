"""Whatever a person gets wrong ends in one line with what, where and what to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.program import Ran

Scope = Callable[..., Path]


def one_line(ran: Ran, code: int, *words: str) -> None:
    """The exit code is right and the complaint is a single line that holds these words."""
    assert ran.returncode == code, ran.stdout + ran.stderr
    lines = [line for line in ran.stderr.splitlines() if line.startswith("posture-scan: ")]
    assert len(lines) == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize(("lang", "word"), [("en", "no scope, no scan"), ("ja", "ひな形")])
def test_no_scope_no_scan(run: Run, lang: str, word: str) -> None:
    one_line(run("scan", "127.0.0.1", lang=lang), 2, word, "--new-scope")


def test_the_template_is_ready_and_never_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("scan", "--new-scope", "scope.toml").returncode == 0
    before = (tmp_path / "scope.toml").read_bytes()
    one_line(run("scan", "--new-scope", "scope.toml"), 2, "scope.toml", "exists")
    assert (tmp_path / "scope.toml").read_bytes() == before
    ran = run("scan", "--scope", "scope.toml")
    assert ran.returncode == 2
    assert "scope.toml:" in ran.stderr


def test_a_target_outside_the_scope_is_not_permitted(run: Run, scope_file: Scope) -> None:
    scope = scope_file("127.60.9.1")
    one_line(run("scan", "127.60.9.2", "--scope", scope), 5, "127.60.9.2", "scope")


@pytest.mark.parametrize(("first", "last", "word"), [(1, 2, "begins"), (-9, -2, "ended")])
def test_outside_the_permitted_days(
    run: Run, scope_file: Scope, first: int, last: int, word: str
) -> None:
    scope = scope_file("127.60.9.1", first=first, last=last)
    one_line(run("scan", "--scope", scope), 5, word)


def test_a_profile_that_cannot_be_read_names_file_and_line(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text('{"base_premium": "120000", "criteria": {}}')
    (tmp_path / "broken.toml").write_text('id = "x"\nweight = = 3\n')
    ran = run("rate", sheet, "--profile", "broken.toml")
    one_line(ran, 2, "broken.toml:2")
    one_line(run("rate", sheet, "--profile", "no-such-profile"), 2, "no-such-profile", "jp-sme")


def test_a_worksheet_with_an_unknown_criterion(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text('{"profile": "jp-sme", "criteria": {"EXT-RPD": {"status": "not_met"}}}')
    one_line(run("rate", sheet), 2, "EXT-RPD", "EXT-RDP")


@pytest.mark.parametrize("command", ["rate", "plan"])
@pytest.mark.parametrize(
    ("stated", "word"), [(("--fact", "limt=1000000"), "limt"), (("--modification", "-10%"), "judg")]
)
def test_what_the_profile_would_not_read_is_refused(
    run: Run, tmp_path: Path, command: str, stated: tuple[str, ...], word: str
) -> None:
    (tmp_path / "sheet.json").write_text('{"profile": "jp-sme", "criteria": {}}')
    one_line(run(command, "sheet.json", *stated), 2, word, "jp-sme")
    one_line(run("show", "sheet.json"), 2, "worksheet", "rate")


@pytest.mark.parametrize(
    ("line", "name"), [("show", "REPORT"), ("verify", "SIGNED"), ("profiles new", "FILE")]
)
def test_what_is_missing_is_named_as_in_the_usage(run: Run, line: str, name: str) -> None:
    one_line(run(*line.split()), 2, f"{name} is missing")
    assert name in run(*line.split(), "--help").stdout.splitlines()[0]


def test_a_device_is_no_report(run: Run) -> None:
    one_line(run("show", "/dev/null"), 3, "/dev/null", "no plain file")
    one_line(run("show", "/dev/null", lang="ja"), 3, "/dev/null", "通常のファイルではない")


def test_a_report_from_a_newer_version(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text('{"schema": "posture-scan/report/2", "evidence": []}')
    one_line(run("show", report), 2, "report.json", "posture-scan/report/2")
    one_line(run("rate", report), 2, "report.json")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"a": 1}', "\x00\xff"])
def test_a_file_that_is_no_report(run: Run, tmp_path: Path, content: str) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(content.encode("latin-1"))
    one_line(run("show", report), 2, "report.json")


def test_a_file_that_is_not_there(run: Run) -> None:
    one_line(run("show", "nowhere.json"), 2, "nowhere.json")
    one_line(run("verify", "nowhere.json"), 2, "nowhere.json")


def test_a_name_that_does_not_resolve_is_kept_and_marked(
    run: Run, scope_file: Scope, tmp_path: Path
) -> None:
    scope = scope_file("nowhere.invalid")
    ran = run("scan", "--scope", scope, "--out", "r.json", "--engine", "builtin")
    assert ran.returncode == 3, ran.stderr
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["complete"] is False
    assert [(a["id"], a["reached"]) for a in report["assets"]] == [("nowhere.invalid", False)]
    assert [e["attempt"] for e in report["evidence"]] == ["unresolved"]
    assert not [f for f in report["findings"] if f["status"] == "pass"]


def test_a_host_that_answers_nothing_earns_nothing(
    run: Run, scope_file: Scope, tmp_path: Path
) -> None:
    # Every port of a loopback address without a listener refuses: that is an answer. With
    # --ports only a part is tried, so nothing may count as absent.
    scope = scope_file("127.60.9.1")
    ran = run(
        "scan", "--scope", scope, "--out", "r.json", "--engine", "builtin", "--pace", "lan",
        "--ports", "3389",
    )  # fmt: skip
    assert ran.returncode == 3, ran.stderr
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert {f["status"] for f in report["findings"]} == {"unknown"}
    assert report["rating"]["score"] is None


def test_ctrl_c_leaves_a_valid_partial_report(scope_file: Scope, tmp_path: Path) -> None:
    scope = scope_file("127.60.9.0/24")
    argv = [sys.executable, "-m", "posture_scan", "scan", "--scope", str(scope), "--out", "r.json",
            "--engine", "builtin", "--pace", "polite"]  # fmt: skip
    process = subprocess.Popen(
        argv, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert process.stderr is not None
    assert "Scope" in process.stderr.readline()
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    assert "Traceback" not in errors
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["complete"] is False
    assert report["interrupted"] == "user"
    assert report["rating"]["status"] == "insufficient"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("scan", "--ports", "0"), "0"),
        (("rate", "sheet.json", "--base-premium", "many"), "many"),
        (("rate", "sheet.json", "--at", "soon"), "soon"),
        (("scan", "--pace", "fast"), "--pace must be one of"),
        (("nonsense",), "nonsense"),
        (("self-check", "--address", "192.0.2.1"), "192.0.2.1"),
        (("checks", "no.such"), "no.such"),
    ],
)
def test_wrong_values_are_named(
    run: Run, scope_file: Scope, tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    (tmp_path / "sheet.json").write_text('{"profile": "jp-sme", "criteria": {}}')
    extra = ("--scope", scope_file("127.60.9.1")) if arguments[0] == "scan" else ()
    one_line(run(*arguments, *extra), 2, word)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--out", "nowhere/r.json"),
        ("--html", "nowhere/r.html"),
        ("--ca", "missing.pem"),
        ("--answers", "missing.toml"),
        ("--profile", "no-such-profile"),
        ("--host-evidence", "missing.json"),
        ("--deselect", "no.such"),
    ],
)
def test_what_can_be_refused_is_refused_before_anything_is_touched(
    run: Run, scope_file: Scope, option: str, value: str
) -> None:
    ran = run("scan", "--scope", scope_file("127.60.9.1"), option, value)
    one_line(ran, 2, value)
    assert "127.60.9.1" not in ran.stderr
