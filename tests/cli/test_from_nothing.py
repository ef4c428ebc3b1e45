"""Every command in a Python started for it, as a shell starts it: once right and once wrong.

The other tests fork theirs (``tests.program``): a forked process must tell the same to the letter.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from posture_scan.cli.lazy import COMMANDS
from posture_scan.report.document import report_bytes
from tests.cli.conftest import Run
from tests.cli.test_rate import worksheet
from tests.cli.test_trust import finished_yesterday
from tests.program import surroundings
from tests.report.sample import bad


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report, a worksheet, a passphrase and documents."""
    (tmp_path / "report.json").write_bytes(report_bytes(bad()))
    (tmp_path / "secret").write_text("long enough to keep a key\n")
    (tmp_path / "docs").mkdir()
    worksheet(tmp_path, "not_met")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("line", "code", "lang"),
    [
        ("checks", 0, "ja"), ("data", 0, "en"), ("diff report.json report.json", 0, "ja"),
        ("explain EXT-RDP", 0, "en"), ("frameworks", 0, "ja"), ("help observed", 0, "en"),
        ("plan sheet.json", 0, "ja"), ("profiles", 0, "en"), ("rate sheet.json", 1, "ja"),
        ("show report.json", 0, "en"), ("trust list", 0, "ja"),
    ],
)  # fmt: skip
def test_a_page_is_the_same_however_the_process_began(
    run: Run, run_from_nothing: Run, line: str, code: int, lang: str
) -> None:
    ran, forked = (start(*line.split(), lang=lang) for start in (run_from_nothing, run))
    assert (ran.returncode, ran.stderr) == (code, "")
    assert (ran.stdout, code, "") == (forked.stdout, forked.returncode, forked.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_use_is_one_line_however_the_process_began(
    run: Run, run_from_nothing: Run, command: str
) -> None:
    ran, forked = (start(command, "--nonsense", lang="ja") for start in (run_from_nothing, run))
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert "--nonsense" in ran.stderr
    assert (ran.stderr, 2, "") == (forked.stderr, forked.returncode, forked.stdout)


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("answers --template answers.toml", "answers.toml"),
        ("drill seal docs --yes", "posture-drill.json"),
        ("scan --new-scope scope.toml", "scope.toml"),
        ("self-check --engine builtin --ports 9 --out seen.json", "seen.json"),
    ],
)
def test_what_a_command_makes_is_there(
    run_from_nothing: Run, folder: Path, line: str, made: str
) -> None:
    ran = run_from_nothing(*line.split())
    assert (ran.returncode, (folder / made).is_file()) == (0, True), ran.stderr


def test_a_report_is_signed_and_verified(run_from_nothing: Run, folder: Path) -> None:
    (folder / "report.json").write_bytes(finished_yesterday())
    key = ("--passphrase-file", "secret")
    made = run_from_nothing("key", "new", "acme.key", "--name", "Acme", *key)
    signed = run_from_nothing("sign", "report.json", "--key", "acme.key", *key, "--unreconciled")
    assert (made.returncode, signed.returncode) == (0, 0), made.stderr + signed.stderr
    (envelope,) = folder.glob("report.*signed*")
    assert run_from_nothing("verify", envelope.name).returncode == 4


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("sink", "code", "complaint"),
    [
        ("| true", 3, ""),
        ("> /dev/full", 3, "no space left"),
        (">&-", 1, ""),
    ],
)
def test_output_that_nobody_reads_to_its_end_is_no_answer(
    folder: Path, sink: str, code: int, complaint: str
) -> None:
    """A pipe that closes early, a full disk, no output at all: never the code of another answer."""
    command = f'"{sys.executable}" -m posture_scan rate sheet.json'
    script = f'{command} {sink}; exit "${{PIPESTATUS[0]}}"'
    ran = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=surroundings(folder, "en"), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stderr
    assert complaint in ran.stderr
    assert len(ran.stderr.splitlines()) == bool(complaint)
