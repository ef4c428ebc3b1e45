"""A document's line in an answers file: put in, put in again, and never at another line's cost."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path

import pytest

from posture_scan.collect.attachment import LARGEST, document_of, write_document
from posture_scan.errors import UsageError
from posture_scan.model.answer import Document

PAPER = Document('契約 "写し".pdf', "ab" * 32, date(2026, 11, 20), "例 花子")
HEAD = 'answered_by = "例"\nrole = "代表"\nanswered_on = 2026-11-20\n'
BEFORE = 'document = { name = "old.pdf", sha256 = "' + "cd" * 32 + '", dated = 2026-01-02 }\n'


def written(path: Path, text: str, criterion: str = "LOG-MON") -> str:
    path.write_bytes(text.encode())
    write_document(path, criterion, PAPER)
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    "own",
    [
        'answer = "yes"\nnote = ""\n',
        'answer = "yes"\n# document = { name = "x.pdf" }\n',
        f'answer = "yes"\n{BEFORE}',
        f'{BEFORE}answer = "yes" # sure\n',
        "",
    ],
)
@pytest.mark.parametrize(
    "header", ["[answers.LOG-MON]", '[answers."LOG-MON"]', "[ answers.LOG-MON ] # logs"]
)
@pytest.mark.parametrize("behind", ["", "\n[answers.TRN-AWR] # mine\nanswer = 'no'\n"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_only_the_documents_line_is_another(
    tmp_path: Path, own: str, header: str, behind: str, ending: str
) -> None:
    text = f"# my own remark\n{HEAD}{header}\n{own}{behind}".replace("\n", ending)
    after = written(tmp_path / "a.toml", text)
    wanted = tomllib.loads(text)
    wanted["answers"]["LOG-MON"]["document"] = {
        "name": PAPER.name, "sha256": PAPER.sha256, "dated": PAPER.dated,
        "looked_at_by": PAPER.looked_at_by,
    }  # fmt: skip
    assert tomllib.loads(after) == wanted
    mine = [line for line in text.split(ending) if "document" not in line]
    assert [line for line in after.split(ending) if "document" not in line] == mine
    assert written(tmp_path / "a.toml", after) == after


def test_a_criterion_that_the_file_does_not_have_gets_its_heading(tmp_path: Path) -> None:
    after = written(tmp_path / "a.toml", HEAD)
    assert after.startswith(HEAD)
    assert tomllib.loads(after)["answers"]["LOG-MON"]["document"]["sha256"] == PAPER.sha256


@pytest.mark.parametrize(
    "text",
    [
        'answers.LOG-MON = { answer = "yes" }\n',
        '[answers]\nLOG-MON = { answer = "yes" }\n',
        '[answers.LOG-MON]\nanswer = "yes"\n[answers.LOG-MON.document]\nname = "old.pdf"\n',
        'note = """\n[answers.LOG-MON]\n"""\n',
    ],
)
def test_a_form_that_cannot_be_edited_is_left_alone_and_the_line_is_named(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.toml"
    with pytest.raises(UsageError) as raised:
        written(path, text)
    assert raised.value.code == "attach.by_hand"
    assert PAPER.sha256 in str(raised.value.values["line"])
    assert path.read_text("utf-8") == text


def test_of_a_document_its_name_and_digest_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "手順.pdf"
    path.parent.mkdir()
    path.write_bytes(b"content")
    kept = document_of(path, PAPER.dated, " 例 ")
    digest = hashlib.sha256(b"content").hexdigest()
    assert kept == Document("手順.pdf", digest, PAPER.dated, "例")


def test_what_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST + 1)
    for name, code in (
        ("empty", "attach.empty"), ("large", "attach.too_large"), (".", "attach.unreadable"),
        ("nowhere", "file.missing"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as raised:
            document_of(tmp_path / name, PAPER.dated, "")
        assert raised.value.code == code
