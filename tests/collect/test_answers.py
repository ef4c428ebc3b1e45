from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.collect.answers import read_answers, save, write_template
from posture_scan.errors import UsageError
from posture_scan.mistakes import MistakesError
from posture_scan.model.answer import Answer, Answers, Document
from posture_scan.model.question import PLAIN, Question, QuestionPath
from posture_scan.text.catalog import Catalog

PER_PATH = ("all", "some", "none", "not_used")
MFA = Question(
    "IAM-MFA-REM",
    {"ja": "遠隔接続の多要素認証", "en": "MFA for remote access"},
    {"ja": "対象ごとに答えてください。", "en": "Answer for each path."},
    (
        QuestionPath("vpn", {"ja": "VPN", "en": "VPN"}),
        QuestionPath("vendor", {"ja": "保守業者", "en": "Vendors"}),
    ),
    PER_PATH,
)
TRAINING = Question(
    "TRN-AWR", {"ja": "教育", "en": "Training"}, {"ja": "年1回以上?", "en": "Yearly?"}, (), PLAIN
)
QUESTIONS = (MFA, TRAINING)
GOOD = f"""\
profile = "jp-sme"
answered_by = "例 花子"
role = "総務"
answered_on = 2026-11-20
[facts]
annual_sales = 300000000
industry = "retail"
[answers.IAM-MFA-REM]
vpn = "all"
vendor = ""
note = "FortiClient"
[answers.TRN-AWR]
answer = "yes"
document = {{ name = "記録.pdf", sha256 = "{"a" * 64}", dated = 2026-04-01, looked_at_by = "例" }}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_answers_facts_and_documents(tmp_path: Path) -> None:
    found = read_answers(written(tmp_path, GOOD), QUESTIONS)
    assert found.answered_on == date(2026, 11, 20)
    assert found.facts == {"annual_sales": "300000000", "industry": "retail"}
    assert found.get("IAM-MFA-REM") == Answer("IAM-MFA-REM", {"vpn": "all"}, "FortiClient")
    document = Document("記録.pdf", "a" * 64, date(2026, 4, 1), "例")
    assert found.get("TRN-AWR") == Answer("TRN-AWR", {"": "yes"}, "", document)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"例 花子"', '""', "answers.missing", 2),
        ('"総務"', "7", "answers.not_text", 3),
        ("answered_on = 2026-11-20", 'answered_on = "today"', "answers.bad_date", 4),
        ("answered_on = 2026-11-20", "", "answers.missing_date", 1),
        ("300000000", "true", "answers.bad_fact", 6),
        ("IAM-MFA-REM", "IAM-MFA-REN", "answers.unknown_criterion", 8),
        ('vpn = "all"', 'vpn = "yes"', "answers.bad_choice", 9),
        ('vpn = "all"', "vpn = ['all']", "answers.bad_choice", 9),
        ('vendor = ""', 'vender = ""', "answers.unknown_path", 10),
        ('answer = "yes"', 'vpn = "all"', "answers.unknown_path", 13),
        ("a" * 64, "a" * 63, "answers.bad_digest", 14),
        ("dated = 2026-04-01, ", "", "answers.missing_date", 14),
        ("looked_at_by =", "looked_by =", "answers.unknown_path", 14),
        ("[facts]", "colour = 1\n[facts]", "answers.unknown_key", 5),
    ],
)
def test_names_the_mistake_and_its_line(
    tmp_path: Path, old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        read_answers(written(tmp_path, GOOD.replace(old, new, 1)), QUESTIONS)
    error = caught.value
    assert isinstance(error, MistakesError)
    assert [(m.code, m.line) for m in error.mistakes] == [(code, line)]
    for language in ("ja", "en"):
        sentence = Catalog(language)(f"error.{error.code}", **error.values)
        assert "{where}" not in sentence
        assert "{key}" not in sentence


def test_several_mistakes_are_all_named(tmp_path: Path) -> None:
    text = GOOD.replace('"yes"', '"maybe"').replace('"all"', '"maybe"').replace("花子", "")
    with pytest.raises(MistakesError) as caught:
        read_answers(written(tmp_path, text.replace('"例 "', '""')), QUESTIONS)
    assert [m.code for m in caught.value.mistakes] == [
        "answers.missing", "answers.bad_choice", "answers.bad_choice",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_left_empty_answers_nothing(tmp_path: Path, language: str) -> None:
    template = write_template(QUESTIONS, language, profile="jp-sme", facts=("industry",))
    for question in QUESTIONS:
        assert f"# {question.title[language]}" in template
        assert f"# {question.text[language]}" in template
    assert "all" in template
    assert "not_used" in template
    with pytest.raises(MistakesError) as caught:
        read_answers(written(tmp_path, template), QUESTIONS)
    keys = {mistake.values["key"] for mistake in caught.value.mistakes}
    assert keys == {"answered_by", "role", "answered_on"}
    named = template.replace('answered_by = ""', 'answered_by = "A"').replace(
        'role        = ""', 'role = "B"'
    )
    found = read_answers(
        written(tmp_path, named.replace("# answered_on", "answered_on")), QUESTIONS
    )
    assert found == Answers("jp-sme", "A", "B", date(2026, 11, 20))


def test_figures_in_the_template_are_explained_where_the_meaning_is_known() -> None:
    template = write_template(QUESTIONS, "ja", facts={"industry": "業種\n(製造は manufacturing)"})
    assert '# 業種\n# (製造は manufacturing)\nindustry = ""\n' in template


def test_saving_replaces_the_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    answers = read_answers(path, QUESTIONS)
    changed = replace(answers, role="役員")
    save(path, changed, QUESTIONS, "ja")
    assert [item.name for item in tmp_path.iterdir()] == ["answers.toml"]
    assert read_answers(path, QUESTIONS) == changed


TEXT = st.text(st.characters(codec="utf-8"), max_size=20).map(str.strip)
NAME = TEXT.filter(bool)
CHOICE = st.sampled_from(("", *PER_PATH))
DOCUMENT = st.builds(Document, NAME, st.just("0" * 64), st.dates(date(1990, 1, 1)), TEXT)


@settings(deadline=None)  # a write waits for the disk
@given(NAME, TEXT, CHOICE, st.none() | DOCUMENT, st.sampled_from(((), QUESTIONS)))
def test_what_is_saved_reads_back_the_same(
    name: str, note: str, vpn: str, document: Document | None, known: tuple[Question, ...]
) -> None:
    said = [
        Answer("IAM-MFA-REM", {"vpn": vpn} if vpn else {}, note),
        Answer("TRN-AWR", {"": "partly"} if note else {}, "", document),
    ]
    kept = tuple(a for a in said if a.paths or a.note or a.document)
    answers = Answers("jp-sme", name, name, date(2026, 1, 2), kept, {"industry": name})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.toml"
        save(path, answers, known, "ja")
        assert read_answers(path, QUESTIONS) == answers
