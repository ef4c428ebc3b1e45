"""``drill`` as a person meets it, in both languages: asked first, told plainly, tidy."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "書類").mkdir()
    return tmp_path / "書類"


def canaries(folder: Path) -> list[Path]:
    return sorted(folder.glob("posture-scan-drill-*.txt"))


@pytest.mark.parametrize(
    ("lang", "told", "refused"),
    [
        ("en", "This writes one small file", "there is no terminal to ask at"),
        ("ja", "小さなファイル", "確認を求める端末がない"),
    ],
)
def test_without_a_yes_nothing_is_written(
    run: Run, docs: Path, lang: str, told: str, refused: str
) -> None:
    ran = run("drill", "seal", docs, lang=lang)
    assert (ran.returncode, told in ran.stderr, refused in ran.stderr) == (2, True, True)
    assert list(docs.iterdir()) == []
    assert not (docs.parent / "posture-drill.json").exists()


@pytest.mark.parametrize(("answer", "code", "count"), [(b"n\n", 1, 0), (b"y\n", 0, 1)])
def test_a_person_at_a_terminal_is_asked(docs: Path, answer: bytes, code: int, count: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    ran = subprocess.run(
        [sys.executable, "-m", "posture_scan", "drill", "seal", str(docs), "--lang", "ja"],
        cwd=docs.parent, stdin=theirs, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert (ran.returncode, len(canaries(docs))) == (code, count), ran.stderr
    assert "書き込みますか" in ran.stderr


@pytest.mark.parametrize(("lang", "word"), [("en", "your word"), ("ja", "あなたの申告")])
def test_seal_and_verify_by_hand(run: Run, docs: Path, lang: str, word: str) -> None:
    ran = run("drill", "seal", docs, "--yes", lang=lang)
    assert (ran.returncode, "drill verify" in ran.stdout) == (0, True), ran.stderr
    (canary,) = canaries(docs)
    again = run("drill", "seal", docs, "--yes", lang=lang)
    assert (again.returncode, len(canaries(docs))) == (2, 1)
    back = docs.parent / canary.name
    shutil.copyfile(canary, back)
    kept = run("drill", "verify", "--by-hand", back, "--keep-canary", "--json", lang=lang)
    result = json.loads(kept.stdout)
    assert (kept.returncode, canary.exists(), result["evidence_class"]) == (0, True, "B")
    ran = run("drill", "verify", "--by-hand", back, lang=lang)
    assert (ran.returncode, word in ran.stdout, canary.exists()) == (0, True, False)
    assert back.exists()
    file = json.loads(Path(docs.parent, result["path"]).read_text("utf-8"))
    assert file["asset"]["id"] == result["asset"]
    assert file["evidence"][0]["facts"]["files"][0]["outcome"] == "proven"


@pytest.mark.parametrize(("lang", "word"), [("en", "FAILED"), ("ja", "訓練は失敗しました")])
def test_wrong_bytes_exit_with_1_and_keep_the_evidence(
    run: Run, docs: Path, lang: str, word: str
) -> None:
    run("drill", "seal", docs, "--yes")
    (canary,) = canaries(docs)
    (docs.parent / canary.name).write_text("scrambled")
    ran = run("drill", "verify", "--by-hand", canary.name, "--out", "e.json", lang=lang)
    assert (ran.returncode, word in ran.stderr, canary.exists()) == (1, True, True)
    facts = json.loads((docs.parent / "e.json").read_text("utf-8"))["evidence"][0]["facts"]
    assert facts["files"][0]["outcome"] == "mismatch"


@pytest.mark.parametrize(
    ("arguments", "en", "ja"),
    [
        (("verify", "--engine", "restic"), "no seal record", "記録がありません"),
        (("verify", "--engine", "tar"), "one of: restic", "restic"),
        (("verify", "--timeout", "0"), "from 1 to 86400", "1 から 86400 まで"),
        (("verify", "--engine", "restic", "--by-hand", "x"), "say how", "戻し方を指定"),
        (("seal", "nowhere", "--yes"), "no folder", "フォルダーはありません"),
        (("seal", "/", "--yes"), "root of a drive", "ドライブの一番上"),
        (("seal",), "FOLDER... is missing", "FOLDER... がありません"),
    ],
)
def test_complaints(run: Run, arguments: tuple[str, ...], en: str, ja: str) -> None:
    for lang, words in (("en", en), ("ja", ja)):
        ran = run("drill", *arguments, lang=lang)
        assert ran.returncode == 2, ran.stderr
        assert words in ran.stderr
        assert len(ran.stderr.strip().splitlines()) == 1


def test_a_password_in_the_address_is_refused_and_not_repeated(run: Run, docs: Path) -> None:
    run("drill", "seal", docs, "--yes")
    ran = run(
        "drill", "verify", "--engine", "restic", "--repository", "rest:https://me:hunter2@nas/"
    )
    assert (ran.returncode, "hunter2" in ran.stdout + ran.stderr) == (2, False)


@pytest.mark.parametrize("half", ["seal", "verify"])
def test_help_speaks_japanese(run: Run, half: str) -> None:
    shown = run("drill", half, "--help", lang="ja").stdout
    assert "使い方:" in shown
    assert "[OPTIONS]" not in shown
