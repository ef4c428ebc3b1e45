"""Keys, signatures and trust from the command line: every no is one line and its own exit code."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from posture_scan.report.document import report_bytes
from tests.cli.conftest import Run
from tests.program import Ran
from tests.report.sample import bad


def refused(ran: Ran, code: int, *words: str) -> None:
    assert ran.returncode == code, ran.stdout + ran.stderr
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("posture-scan: ")]
    assert [word for word in words if word not in line] == []


def finished_yesterday() -> bytes:
    """The sample report moved to yesterday: a signature is judged by the clock of its reader."""
    text, today = report_bytes(bad()).decode(), date.today()
    for written, days in (("2026-11-01", -20), ("2026-11-20", -1), ("2026-12-20", 30)):
        text = text.replace(written, f"@{days}@")
    for days in (-20, -1, 30):
        text = text.replace(f"@{days}@", str(today + timedelta(days=days)))
    return text.encode()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("long enough to keep a key\n")
    return path


@pytest.fixture
def key(run: Run, secret: Path) -> dict[str, str]:
    """A new key: its files, its id and its fingerprint."""
    ran = run("key", "new", "acme.key", "--name", "Acme", "--passphrase-file", secret, "--json")
    assert ran.returncode == 0, ran.stderr
    made: dict[str, str] = json.loads(ran.stdout)
    return made


@pytest.fixture
def signed(run: Run, key: dict[str, str], secret: Path, tmp_path: Path) -> Path:
    """A report signed with the key, by someone whom nobody trusts yet."""
    (tmp_path / "report.json").write_bytes(finished_yesterday())
    argv = ("sign", "report.json", "--key", key["path"], "--passphrase-file", secret)
    ran = run(*argv, "--unreconciled", "--json")
    assert ran.returncode == 0, ran.stderr
    return tmp_path / str(json.loads(ran.stdout)["envelope"])


def test_a_passphrase_file_must_hold_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    refused(run("key", "new", "k", "--name", "x", "--passphrase-file", "empty"), 2, "empty")
    refused(run("key", "new", "k", "--name", "x", "--passphrase-file", "none"), 2, "none")
    assert not (tmp_path / "k").exists()


def test_a_key_is_never_written_over(run: Run, key: dict[str, str], secret: Path) -> None:
    before = Path(secret.parent / key["path"]).read_bytes()
    ran = run("key", "new", key["path"], "--name", "x", "--passphrase-file", secret)
    refused(ran, 2, key["path"])
    assert (secret.parent / key["path"]).read_bytes() == before


def test_the_wrong_passphrase_signs_nothing(run: Run, key: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(report_bytes(bad()))
    (tmp_path / "wrong").write_text("another passphrase altogether\n")
    ran = run("sign", "report.json", "--key", key["path"], "--passphrase-file", "wrong")
    refused(ran, 2)
    assert list(tmp_path.glob("*.signed.json")) == []


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (("sign", "report.json", "--key", "none.key"), "none.key"),
        (("sign", "none.json", "--key", "acme.key"), "none.json"),
        (("sign", "report.json", "--key", "alone.key"), "alone.key.pub.json"),
        (("sign", "report.json", "--key", "acme.key", "--out", "there"), "there.signed.json"),
        (("key", "new", "acme.key", "--name", "x"), "acme.key"),
        (("key", "new", "nowhere/k", "--name", "x"), "nowhere"),
        (("key", "new", "k", "--name", " "), "200"),
    ],
)
def test_no_passphrase_is_asked_for_in_vain(
    run: Run, key: dict[str, str], tmp_path: Path, argv: tuple[str, ...], named: str
) -> None:
    (tmp_path / "report.json").write_bytes(report_bytes(bad()))
    (tmp_path / "there.signed.json").write_text("{}")
    (tmp_path / "alone.key").write_bytes((tmp_path / key["path"]).read_bytes())
    (tmp_path / "alone.key").chmod(0o600)
    ran = run(*argv)
    refused(ran, 2, named)
    assert "assphrase" not in ran.stdout + ran.stderr


def test_an_unknown_signer_is_named_by_the_fingerprint_to_compare(
    run: Run, signed: Path, key: dict[str, str]
) -> None:
    ran = run("verify", signed)
    assert ran.returncode == 4
    assert key["fingerprint"].split()[0] in ran.stderr
    assert "Traceback" not in ran.stderr


def test_trust_needs_the_fingerprint_that_was_heard(run: Run, key: dict[str, str]) -> None:
    other = "0" * len(key["keyid"])
    ran = run("trust", "add", key["public"], "--fingerprint", other)
    refused(ran, 4, key["fingerprint"])
    assert json.loads(run("trust", "list", "--json").stdout) == []


def test_once_trusted_the_report_comes_out_as_it_went_in(
    run: Run, signed: Path, key: dict[str, str], tmp_path: Path
) -> None:
    ran = run("trust", "add", key["public"], "--fingerprint", key["fingerprint"])
    assert ran.returncode == 0, ran.stderr
    assert key["fingerprint"].split()[0] in run("trust", "list").stdout
    good = run("verify", signed, "--evidence", "report.evidence.json", "--out", "back.json")
    assert good.returncode == 0, good.stderr
    assert "Acme" in good.stdout
    back = json.loads((tmp_path / "back.json").read_text("utf-8"))
    assert back["findings"] == json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"]
    seen = json.loads(run("verify", signed, "--json").stdout)
    assert (seen["verdict"], seen["exit_code"]) == ("valid", 0)


def test_one_changed_byte_is_refused_whoever_signed(
    run: Run, signed: Path, key: dict[str, str]
) -> None:
    run("trust", "add", key["public"], "--fingerprint", key["fingerprint"])
    spoilt = bytearray(signed.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    signed.write_bytes(spoilt)
    refused(run("verify", signed), 1)


def test_trust_can_be_withdrawn(run: Run, key: dict[str, str], signed: Path) -> None:
    added = run("trust", "add", key["public"], "--fingerprint", key["fingerprint"])
    assert added.returncode == 0, added.stderr
    assert run("trust", "remove", key["fingerprint"]).returncode == 0
    assert run("verify", signed).returncode == 4
    refused(run("trust", "remove", key["fingerprint"]), 2)


def test_a_dry_run_counts_a_signed_report_only_once_it_is_trusted(
    run: Run, signed: Path, key: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "book").mkdir()
    for path in (signed, tmp_path / "report.evidence.json"):
        path.rename(tmp_path / "book" / path.name)
    argv = ("profiles", "dry-run", "jp-sme", "jp-sme-strict", "book", "--json")
    before = run(*argv)
    assert before.returncode == 3
    assert [json.loads(before.stdout)[name] for name in ("count", "repeated")] == [0, []]
    assert len(json.loads(before.stdout)["unreadable"]) == 1
    run("trust", "add", key["public"], "--fingerprint", key["fingerprint"])
    after = run(*argv)
    assert after.returncode == 0, after.stderr
    (firm,) = json.loads(after.stdout)["firms"]
    assert (firm["name"], firm["path"]) == ("株式会社例", f"book/{signed.name}")
