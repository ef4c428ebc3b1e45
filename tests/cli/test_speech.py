"""How the commands speak: help, complaints and lists in both languages, right at 80 columns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from posture_scan.report.wrap import width_of
from tests.cli.conftest import Run
from tests.terminal import Terminal

COMMANDS = ("self-check", "scan", "host", "answers", "rate", "show", "sign", "verify", "checks",
            "profiles", "key", "trust", "drill", "frameworks", "diff")  # fmt: skip
LEFTOVERS = ("[OPTIONS]", "COMMAND", "[required]", "TEXT", "INTEGER", "PATH ", "<=x<=")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_and_leaves_no_english_behind(run: Run, command: str) -> None:
    shown = run(command, "--help", lang="ja").stdout
    assert "使い方:" in shown
    assert [line for line in shown.splitlines() if width_of(line) > 80] == []
    assert [word for word in LEFTOVERS if word in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_group_takes_lang(run: Run, command: str) -> None:
    assert "--lang" in run(command, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "en", "ja"),
    [
        (("profiles", "schema", "extra"), "too much: extra", "余分な指定があります: extra"),
        (("scan", "--seconds", "0"), "from 1 to 86400", "1 から 86400 まで"),
        (("scan", "--fail-under", "x"), "whole number", "整数"),
        (("scan", "--scope"), "needs a value", "値がありません"),
        (("checks", "--checks", "nowhere"), "no folder nowhere", "フォルダー nowhere がありません"),
    ],
)
def test_complaints_are_in_the_readers_language(
    run: Run, arguments: tuple[str, ...], en: str, ja: str
) -> None:
    for lang, words in (("en", en), ("ja", ja)):
        ran = run(*arguments, lang=lang)
        assert ran.returncode == 2
        assert words in ran.stderr


def test_what_the_system_says_is_translated(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{\n")
    assert "2 行 1 桁" in run("rate", "broken.json", lang="ja").stderr
    assert "line 2, column 1" in run("rate", "broken.json").stderr
    (tmp_path / "folder").mkdir()
    assert "directory" not in run("show", "folder", lang="ja").stderr


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_lists_fit_eighty_columns_and_line_up(run: Run, lang: str) -> None:
    for name in ("checks", "profiles"):
        lines = run(name, lang=lang).stdout.splitlines()
        assert [line for line in lines if width_of(line) > 80] == []
    rows = [line for line in run("checks", lang=lang).stdout.splitlines() if ".exposed " in line]
    starts = {width_of(line[: line.index(".exposed")].rpartition(" ")[0]) for line in rows}
    assert len(rows) > 5
    assert len(starts) == 1


def test_one_check_is_explained(run: Run) -> None:
    shown = run("checks", "database.no_auth", lang="ja").stdout
    for part in ("データベースがパスワードなしで使える", "重大さ:", "緊急", "やること:"):
        assert part in shown


def typed(folder: Path, *lines: str) -> str:
    """Answer the questions on a pseudo-terminal of our own and return what it showed."""
    terminal = Terminal()
    code = "from posture_scan.cli.main import run; run()"
    argv = [sys.executable, "-c", code, "answers", "answers.toml", "--lang", "ja"]
    asked = subprocess.Popen(
        argv, stdin=terminal.screen, stdout=terminal.screen, stderr=terminal.screen, cwd=folder,
        start_new_session=True,
    )  # fmt: skip
    os.close(terminal.screen)
    os.write(terminal.keyboard, "".join(f"{line}\n" for line in lines).encode())
    assert asked.wait(60) == 0
    return terminal.shown().replace("\r\n", "\n")


def test_the_questions_on_a_terminal(tmp_path: Path) -> None:
    first = typed(tmp_path, "山田 太郎", "代表取締役", "1", "x", "b", "", "q")
    assert first.count("  1  はい\n") == 3
    assert "  1  はい  <- 今の答え\n" in first
    assert "「x」は選べません" in first
    assert "20 問中 1 問に回答しました" in first
    again = typed(tmp_path, "q")
    assert "[2/20]" in again
    assert "[1/20]" not in again
    assert 'answer = "yes"' in (tmp_path / "answers.toml").read_text("utf-8")
