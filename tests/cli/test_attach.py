"""``answers attach``: from a document to documented evidence, and ``answers FILE`` as before."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.program import Ran

TODAY = date.today()
DAY = TODAY - timedelta(days=9)
PAPER = b"security defaults: on"
DIGEST = hashlib.sha256(PAPER).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "設定画面.pdf").write_bytes(PAPER)
    (tmp_path / "answers.toml").write_text(
        f"# my own remark\nprofile = 'jp-sme-strict'\nanswered_by = '例 太郎'\nrole = '代表'\n"
        f"answered_on = {DAY}\n\n[answers.IAM-MFA-CLD]\nmail = 'all'\ncloud = 'all'\n",
        "utf-8",
    )
    return tmp_path


def attach(run: Run, *more: str, criterion: str = "IAM-MFA-CLD", lang: str = "en") -> Ran:
    return run(
        "answers", "attach", criterion, "papers/設定画面.pdf", "--date", DAY.isoformat(), *more,
        lang=lang,
    )  # fmt: skip


def test_an_answer_with_a_document_is_documented_and_the_report_tells_of_it(
    run: Run, folder: Path, scope_file: object
) -> None:
    assert callable(scope_file)
    ran = attach(run, "--looked-at-by", "例 花子")
    assert (ran.returncode, ran.stderr) == (0, "")
    for part in ("設定画面.pdf", DIGEST, DAY.isoformat(), "例 花子", "answers.toml"):
        assert part in ran.stdout
    assert "papers" not in ran.stdout
    assert (folder / "answers.toml").read_text("utf-8").startswith("# my own remark\n")
    ran = run(
        "scan", "--scope", scope_file("127.68.0.2"), "--engine", "builtin", "--ports", "9",
        "--pace", "lan", "--out", "report.json", "--html", "page.html", "--detail",
        "--answers", "answers.toml", "--profile", "jp-sme-strict",
    )  # fmt: skip
    report = json.loads((folder / "report.json").read_text("utf-8"))
    found = next(item for item in report["criteria"] if item["id"] == "IAM-MFA-CLD")
    assert (found["status"], found["evidence_class"]) == ("met", "documented")
    page = (folder / "page.html").read_text("utf-8")
    for part in ("設定画面.pdf", DAY.isoformat(), "例 花子", DIGEST):
        assert part in page
    for part in ("設定画面.pdf", DAY.isoformat(), DIGEST[:16]):
        assert part in ran.stdout


def test_an_earlier_document_is_named_when_it_is_replaced(run: Run, folder: Path) -> None:
    attach(run)
    (folder / "papers" / "設定画面.pdf").write_bytes(b"newer")
    ran = attach(run, lang="ja")
    assert "置き換えました" in ran.stdout
    assert DIGEST in ran.stdout
    assert (folder / "answers.toml").read_text("utf-8").count("document = ") == 1
    shown = json.loads(attach(run, "--json", "--looked-at-by", "x").stdout)
    assert shown["replaced"]["sha256"] == hashlib.sha256(b"newer").hexdigest()
    assert shown["document"]["looked_at_by"] == "x"
    assert (shown["criterion"], shown["answered"]) == ("IAM-MFA-CLD", True)
    assert (shown["counts_for_days"], shown["too_old"]) == (365, False)


def test_a_document_alone_answers_nothing_and_an_old_one_is_none(run: Run, folder: Path) -> None:
    assert (folder / "answers.toml").exists()
    assert "counts only together with an answer" in attach(run, criterion="log-mon").stdout
    old = attach(run, "--date", (TODAY - timedelta(days=500)).isoformat())
    assert "does not count" in old.stdout
    assert old.returncode == 0


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_is_refused_says_so_in_one_line(run: Run, folder: Path, lang: str) -> None:
    (folder / "empty").write_bytes(b"")
    before = (folder / "answers.toml").read_bytes()
    paper = "papers/設定画面.pdf"
    late = (TODAY + timedelta(days=2)).isoformat()
    for criterion, file, more, word in (
        ("NO-SUCH", paper, (), "IAM-MFA-CLD"),
        ("IAM-MFA-CLD", "nowhere.pdf", (), "nowhere.pdf"),
        ("IAM-MFA-CLD", "empty", (), "empty"),
        ("IAM-MFA-CLD", "papers", (), "papers"),
        ("IAM-MFA-CLD", paper, ("--date", late), late),
        ("IAM-MFA-CLD", paper, ("--date", "soon"), "soon"),
        ("IAM-MFA-CLD", paper, ("--date", ""), "2026-11-22"),
        ("IAM-MFA-CLD", paper, ("--answers", "other.toml"), "other.toml"),
        ("IAM-MFA-CLD", paper, ("--profile", "no-such"), "no-such"),
    ):  # fmt: skip
        ran = run("answers", "attach", criterion, file, "--date", DAY.isoformat(), *more, lang=lang)
        assert ran.returncode == 2, ran.stdout + ran.stderr
        lines = ran.stderr.splitlines()
        assert len(lines) == 1
        assert word in lines[0]
    assert (folder / "answers.toml").read_bytes() == before


def test_a_mistake_in_the_answers_file_is_named_with_its_line(run: Run, folder: Path) -> None:
    text = (folder / "answers.toml").read_text("utf-8").replace("mail = 'all'", "mail = 'yes'")
    (folder / "answers.toml").write_text(text, "utf-8")
    ran = attach(run)
    assert ran.returncode == 2
    assert "answers.toml:8" in ran.stderr
    assert (folder / "answers.toml").read_text("utf-8") == text


def test_answers_with_a_path_is_what_it_was(run: Run, folder: Path) -> None:
    assert run("answers", "--template", "new.toml").returncode == 0
    assert run("answers", "new2.toml", "--template", "--profile", "jp-sme").returncode == 0
    for start in (("./attach",), ("--", "attach"), ("--template", "attach")):
        (folder / "attach").unlink(missing_ok=True)
        assert run("answers", *start[:1], *start[1:]).returncode in {0, 2}
    assert (folder / "attach").exists()
    ran = run("answers", "./attach", "--template")
    assert "already exists" in ran.stderr
    ran = run("answers", "attach")
    assert "CRITERION" in ran.stderr
    shown = run("answers", "--help").stdout
    assert "attach" in shown
    assert "FILE" in shown
    assert "--date" in run("answers", "attach", "--help").stdout
