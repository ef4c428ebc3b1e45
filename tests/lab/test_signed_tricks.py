"""Tricks with really signed bundles: what the underwriter's three commands say to each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab import horrors as h
from tests.lab.office import Desk

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HOST = "127.80.4.1"
UNTRUSTED, CHANGED, OTHER_EVIDENCE = "E-SIG-004", "E-SIG-005", "E-EVD-001"


@dataclass
class Bundles:
    """A contractor's desk with two signed reports, and the underwriter's."""

    desk: Desk
    home: Path

    def underwriter(self, *arguments: str) -> tuple[int, str, str]:
        """Run as the underwriter, who trusts the contractor's key only."""
        store = ("--store", str(self.home))
        done = self.desk.run(*arguments, *store)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    def three(self, name: str) -> dict[str, tuple[int, str]]:
        """The exit code and complaint of ``verify``, ``rate`` and ``show``; one line at most."""
        found = {}
        for command in ("verify", "rate", "show"):
            code, _, complaint = self.underwriter(command, name)
            assert complaint.count("\n") == (code in {1, 2, 4, 5}), complaint
            found[command] = (code, complaint)
        return found

    def read(self, name: str) -> dict[str, Any]:
        value = json.loads((self.desk.folder / name).read_text("utf-8"))
        assert isinstance(value, dict)
        return value

    def write(self, name: str, value: dict[str, Any]) -> str:
        # In the form that the program writes, so that nothing but the trick is judged.
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (self.desk.folder / name).write_text(text, "utf-8")
        return name

    def sign(self, report: str, key: str, out: str) -> str:
        done = self.desk.run(
            "sign", report, "--key", f"{key}.key", "--passphrase-file", "secret", "--out", out
        )
        assert done.returncode == 0, done.stderr
        return f"{out}.signed.json"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Bundles:
    desk = Desk(tmp_path_factory.mktemp("tricks"))
    made = Bundles(desk, desk.folder / "store")
    options = ("--engine", "builtin", "--pace", "lan", "--out")
    with h.house({(HOST, 22): h.bare_ssh, (HOST, 8080): h.bare_http}):
        scope = str(desk.scope([HOST]))
        whole = desk.run("scan", "--scope", scope, *options, "whole.json")
        part = desk.run("scan", "--scope", scope, *options, "part.json", "--ports", "22,8080")
    assert (whole.returncode, part.returncode) == (3, 3), whole.stderr + part.stderr
    (desk.folder / "secret").write_text("correct horse battery staple\n")
    for name in ("acme", "stranger"):
        new = ("key", "new", f"{name}.key", "--name", name, "--passphrase-file", "secret")
        fingerprint = json.loads(desk.run(*new, "--json").stdout)["fingerprint"]
        if name == "acme":
            code, _, error = made.underwriter(
                "trust", "add", "acme.key.pub.json", "--fingerprint", fingerprint
            )
            assert code == 0, error
    made.sign("whole.json", "acme", "whole")
    made.sign("part.json", "acme", "part")
    return made


def test_the_honest_bundle_is_good_under_any_name(bundles: Bundles) -> None:
    folder = bundles.desk.folder
    for name in ("renamed.json", "whole.evidence.json.txt"):
        shutil.copy(folder / "whole.signed.json", folder / name)
        assert {command: code for command, (code, _) in bundles.three(name).items()} == {
            "verify": 0, "rate": 3, "show": 0,
        }  # fmt: skip
    code, out, _ = bundles.underwriter(
        "verify", "renamed.json", "--evidence", "whole.evidence.json"
    )
    assert (code, "none differs" in out) == (0, True), out


@pytest.mark.parametrize("other", ["part.evidence.json", "whole.json", "whole.signed.json"])
def test_other_evidence_is_refused(bundles: Bundles, other: str) -> None:
    code, _, error = bundles.underwriter("verify", "whole.signed.json", "--evidence", other)
    assert (code, OTHER_EVIDENCE in error, error.count("\n")) == (1, True, 1)


def test_what_is_no_signed_report_is_told_so(bundles: Bundles) -> None:
    codes = {command: code for command, (code, _) in bundles.three("whole.evidence.json").items()}
    assert codes == {"verify": 1, "rate": 2, "show": 2}
    code, _, error = bundles.underwriter("verify", "whole.json")
    assert (code, "E-IN-004" in error) == (1, True)
    again = bundles.desk.run(
        "sign", "whole.signed.json", "--key", "acme.key", "--passphrase-file", "secret"
    )
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def forged(bundles: Bundles) -> str:
    """A report in which every weakness was turned into its opposite, signed by a stranger."""
    name = "forged.signed.json"
    if not (bundles.desk.folder / name).exists():
        report = bundles.read("whole.json")
        for finding in report["findings"]:
            finding["status"] = "pass" if finding["status"] == "fail" else finding["status"]
        bundles.write("forged.json", report)
        bundles.sign("forged.json", "stranger", "forged")
    return name


def by_a_second_key(bundles: Bundles) -> str:
    bundles.sign("whole.json", "stranger", "second")
    return "second.signed.json"


def edited_and_signed_by_a_stranger(bundles: Bundles) -> str:
    return forged(bundles)


def with_the_strangers_signature_beside(bundles: Bundles) -> str:
    mine, theirs = bundles.read("whole.signed.json"), bundles.read(forged(bundles))
    both = {**mine, "signatures": mine["signatures"] + theirs["signatures"]}
    return bundles.write("both.signed.json", both)


def with_the_strangers_signature_only(bundles: Bundles) -> str:
    mine, theirs = bundles.read("whole.signed.json"), bundles.read(forged(bundles))
    return bundles.write("only.signed.json", {**mine, "signatures": theirs["signatures"]})


def with_the_trusted_key_named_beside_a_strangers_signature(bundles: Bundles) -> str:
    mine, theirs = bundles.read("whole.signed.json"), bundles.read(forged(bundles))
    entry = {**theirs["signatures"][0], "keyid": mine["signatures"][0]["keyid"]}
    return bundles.write("named.signed.json", {**theirs, "signatures": [entry]})


def with_forged_content_under_the_good_signature(bundles: Bundles) -> str:
    mine, theirs = bundles.read("whole.signed.json"), bundles.read(forged(bundles))
    return bundles.write("content.signed.json", {**theirs, "signatures": mine["signatures"]})


def with_the_signature_of_the_other_report(bundles: Bundles) -> str:
    mine, other = bundles.read("whole.signed.json"), bundles.read("part.signed.json")
    return bundles.write("other.signed.json", {**mine, "signatures": other["signatures"]})


def with_the_good_signature_twice(bundles: Bundles) -> str:
    mine = bundles.read("whole.signed.json")
    return bundles.write("twice.signed.json", {**mine, "signatures": mine["signatures"] * 2})


def without_any_signature(bundles: Bundles) -> str:
    mine = bundles.read("whole.signed.json")
    return bundles.write("bare.signed.json", {**mine, "signatures": []})


@pytest.mark.parametrize(
    ("trick", "exit_code", "says"),
    [
        (by_a_second_key, 4, UNTRUSTED),
        (edited_and_signed_by_a_stranger, 4, UNTRUSTED),
        (with_the_strangers_signature_beside, 4, UNTRUSTED),
        (with_the_strangers_signature_only, 4, UNTRUSTED),
        (with_the_trusted_key_named_beside_a_strangers_signature, 1, CHANGED),
        (with_forged_content_under_the_good_signature, 1, CHANGED),
        (with_the_signature_of_the_other_report, 1, CHANGED),
        (with_the_good_signature_twice, 1, "E-"),
        (without_any_signature, 1, "E-"),
    ],
)
def test_tricks(
    bundles: Bundles, trick: Callable[[Bundles], str], exit_code: int, says: str
) -> None:
    for command, (code, complaint) in bundles.three(trick(bundles)).items():
        assert (code, says in complaint) == (exit_code, True), (command, code, complaint)


def test_a_partial_report_is_authentic_and_earns_nothing(bundles: Bundles) -> None:
    assert bundles.read("part.json")["complete"] is False
    codes = {command: code for command, (code, _) in bundles.three("part.signed.json").items()}
    assert codes == {"verify": 0, "rate": 3, "show": 0}
    code, out, _ = bundles.underwriter("rate", "part.signed.json", "--json")
    rating = json.loads(out)
    assert (code, rating["status"], rating["discount"]) == (3, "insufficient", "0.0000")


def test_a_trusted_signer_cannot_call_half_a_scan_a_whole_one(bundles: Bundles) -> None:
    report = bundles.read("part.json")
    report["complete"] = True
    for asset in report["assets"]:
        asset["fully_scanned"] = True
    for finding in report["findings"]:
        if finding["reason"] == "not_fully_scanned" and finding["check"].endswith(".exposed"):
            finding.update(status="pass", reason="absent")
    bundles.write("upgraded.json", report)
    name = bundles.sign("upgraded.json", "acme", "upgraded")
    _, out, _ = bundles.underwriter("verify", name, "--evidence", "upgraded.evidence.json")
    assert "do not follow from the evidence" in out
