"""``verify`` works the findings out again: a trusted signature does not make them true."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.model.scope import Scope
from posture_scan.trust.keys import new_key, open_key, public_path
from posture_scan.trust.signing import sign_with
from tests.cli.conftest import Run
from tests.program import Ran

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A real report of an address on which nothing listens."""
    today = datetime.now(UTC).date()
    scope = Scope(
        "例", "代表", today - timedelta(days=2), today + timedelta(days=2), ("127.60.5.8",)
    )
    work = Work(load_packs(), manner=Manner("builtin", "lan"))
    return assess(
        Permission(scope), work, Terms("jp-sme"), clock=lambda: datetime.now(UTC),
        stop=threading.Event(), progress=lambda _event, **_values: None,
    )  # fmt: skip


def handed_over(run: Run, folder: Path, report: dict[str, Any]) -> Ran:
    """Sign the report with a key the reader trusts, and verify it with its evidence."""
    now = datetime.now(UTC)
    public = new_key(folder / "k", "Acme", "contractor", PASSPHRASE, created=now)
    bundle = sign_with(report, [open_key(folder / "k", PASSPHRASE)], now=now)
    (folder / "r.signed.json").write_bytes(bundle.envelope)
    (folder / "r.evidence.json").write_bytes(bundle.evidence)
    added = run("trust", "add", public_path(folder / "k"), "--fingerprint", public.key.fingerprint)
    assert added.returncode == 0, added.stderr
    return run("verify", "r.signed.json", "--evidence", "r.evidence.json", "--json")


def test_findings_that_follow_from_the_evidence(
    run: Run, tmp_path: Path, report: dict[str, Any]
) -> None:
    ran = handed_over(run, tmp_path, report)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["recheck"] == "same"


def test_a_finding_that_does_not_follow_is_a_no_although_the_signer_is_trusted(
    run: Run, tmp_path: Path, report: dict[str, Any]
) -> None:
    findings = [dict(item) for item in report["findings"]]
    findings[0]["status"] = "fail" if findings[0]["status"] != "fail" else "pass"
    ran = handed_over(run, tmp_path, {**report, "findings": findings})
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["recheck"] == "differs"
    assert json.loads(ran.stdout)["verdict"] == "valid"


def test_a_scan_that_did_not_end_is_told(run: Run, tmp_path: Path, report: dict[str, Any]) -> None:
    handed_over(run, tmp_path, {**report, "complete": False})
    ran = run("verify", "r.signed.json")
    assert "did not come to its end" in ran.stdout


def test_the_product_data_that_was_judged_by_is_told(
    run: Run, tmp_path: Path, report: dict[str, Any]
) -> None:
    mine = {**report["product_data"], "origin": "file", "sha256": "ab" * 32}
    ran = handed_over(run, tmp_path, {**report, "product_data": mine})
    assert json.loads(ran.stdout)["product_data"] == mine
    ran = run("verify", "r.signed.json")
    assert "ab" * 32 in ran.stdout
    assert "a file that was named" in ran.stdout
