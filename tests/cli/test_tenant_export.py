"""A tenant's list of users beside a scan, and added to a report: what it settles and refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.checks.cloud_identity.lists import PLANTED, entra, google, graph, per_user, report
from tests.cli.conftest import Run
from tests.program import Ran

YESTERDAY = date.today() - timedelta(days=1)
ON, OFF = ("Active", "True", "True"), ("Active", "False", "False")
CLD, ADM = "IAM-MFA-CLD", "IAM-MFA-ADM"
Scope = Callable[..., Path]


class Office:
    """A folder with a scanned report and lists that were downloaded yesterday."""

    def __init__(self, run: Run, folder: Path, scope: Path) -> None:
        self.run = run
        self.folder = folder
        self.scope = scope

    def put(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        noon = datetime.combine(YESTERDAY, datetime.min.time()).timestamp() + 43_200
        os.utime(path, (noon, noon))
        return name

    def scan(self, out: str, *arguments: str) -> tuple[Ran, dict[str, Any]]:
        ran = self.run(
            "scan", "--scope", self.scope, "--engine", "builtin", "--pace", "lan", "--ports", "9",
            "--out", out, *arguments,
        )  # fmt: skip
        return ran, self.read(out)

    def rate(self, *arguments: str, made: date | None = YESTERDAY) -> tuple[Ran, dict[str, Any]]:
        day = ("--tenant-export-date", made.isoformat()) if made else ()
        ran = self.run("rate", "scanned.json", *day, "--out", "rated.json", *arguments)
        return ran, self.read("rated.json")

    def read(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found


@pytest.fixture(scope="module")
def scanned() -> dict[str, str]:
    """The report of one scan, kept for all tests of this module."""
    return {}


@pytest.fixture
def office(run: Run, scope_file: Scope, tmp_path: Path, scanned: dict[str, str]) -> Office:
    made = Office(run, tmp_path, scope_file("127.68.0.1"))
    if not scanned:
        made.scan("scanned.json")
        scanned["report"] = (tmp_path / "scanned.json").read_text("utf-8")
    (tmp_path / "scanned.json").write_text(scanned["report"], "utf-8")
    return made


def criterion(found: dict[str, Any], name: str = CLD) -> tuple[str, str]:
    item = next(item for item in found["criteria"] if item["id"] == name)
    return item["status"], item["evidence_class"]


def answers(office: Office, mail: str, cloud: str) -> str:
    (office.folder / "answers.toml").write_text(
        f'answered_by = "例"\nrole = "代表"\nanswered_on = {YESTERDAY}\n'
        f'[answers.{CLD}]\nmail = "{mail}"\ncloud = "{cloud}"\n',
        "utf-8",
    )
    return "answers.toml"


def test_a_list_is_a_document_and_nothing_else_of_the_report_moves(office: Office) -> None:
    before = office.read("scanned.json")
    ran, after = office.rate("--tenant-export", office.put("google.csv", google(ON, ON)))
    assert "Judged again" in ran.stderr
    assert criterion(before) == ("unknown", "")
    assert criterion(after) == ("met", "documented")
    assert criterion(after, ADM) == ("unknown", "")
    assert {"id": "tenant:google_workspace", "kind": "tenant"}.items() <= after["assets"][1].items()
    assert "tenant_exports" in after["limits"]
    rest = [item for item in after["criteria"] if item["id"] != CLD]
    assert rest == [item for item in before["criteria"] if item["id"] != CLD]
    found = [item for item in after["findings"] if not item["check"].startswith("tenant.")]
    assert found == before["findings"]
    assert float(after["rating"]["coverage"]) > float(before["rating"]["coverage"])


def test_without_a_list_a_report_has_no_word_of_it(office: Office) -> None:
    before = json.dumps(office.read("scanned.json"))
    assert "tenant." not in before
    assert "tenant_export" not in before
    assert "cloud_identity" in before  # the pack itself is named, as all of them are


def test_beside_a_scan_and_no_name_is_kept_or_said(office: Office) -> None:
    office.put("report.csv", report(("Active", "Super Admin", "Not enrolled", "Not enforced"),
                                    day=YESTERDAY.isoformat()))  # fmt: skip
    ran, found = office.scan(
        "beside.json", "--tenant-export", "report.csv", "--detail", "--html", "page.html"
    )  # fmt: skip
    assert criterion(found) == ("not_met", "documented")
    assert criterion(found, ADM) == ("not_met", "documented")
    page = (office.folder / "page.html").read_text("utf-8")
    for text in (json.dumps(found, ensure_ascii=False), ran.stdout, ran.stderr, page):
        for name in PLANTED:
            assert name not in text
    assert "Google Workspace" in page
    assert "dated" in page
    record = next(item for item in found["evidence"] if item["method"] == "tenant_export")
    assert record["facts"]["sha256"] in page


def test_an_answer_that_claims_more_than_the_list_is_contradicted(office: Office) -> None:
    office.put("entra.csv", entra(("True", "False", "False"), ("False", "False", "False")).encode())
    said = ("--answers", answers(office, "all", "all"))
    ran, found = office.rate("--tenant-export", "entra.csv", *said)
    assert ran.returncode in {0, 1, 3}
    assert criterion(found) == ("contradicted", "documented")
    (entry,) = (item for item in found["rating"]["contradictions"] if item["criterion"] == CLD)
    assert (entry["kind"], entry["seen"]) == ("contradicted", "not_met")
    assert criterion(office.rate("--tenant-export", "entra.csv")[1]) == ("not_met", "documented")


def test_everybody_registered_lowers_no_honest_answer(office: Office) -> None:
    day = f"{YESTERDAY}T00:00:00Z"
    office.put("entra.csv", entra(("True", "True", "True"), updated=day).encode())
    _, alone = office.rate("--tenant-export", "entra.csv", made=None)
    assert criterion(alone) == ("partial", "documented")
    said = ("--answers", answers(office, "all", "all"))
    _, found = office.rate("--tenant-export", "entra.csv", *said, made=None)
    assert criterion(found) == ("met", "attested")


def test_a_second_list_of_the_tenant_counts_with_the_first_and_a_later_one_instead(
    office: Office,
) -> None:
    first, second = (
        office.put("a.csv", google(ON, ON)), office.put("b.csv", google(ON, OFF))
    )  # fmt: skip
    _, both = office.rate("--tenant-export", first, "--tenant-export", second)
    assert criterion(both) == ("partial", "documented")
    (office.folder / "scanned.json").write_text(json.dumps(both), "utf-8")
    assert criterion(office.rate("--tenant-export", first)[1]) == ("met", "documented")


def test_an_old_list_is_unknown_and_leaves_the_answer(office: Office) -> None:
    office.put("google.csv", google(ON, ON))
    old = date.today() - timedelta(days=120)
    _, found = office.rate("--tenant-export", "google.csv", made=old)
    assert criterion(found) == ("unknown", "")
    said = ("--answers", answers(office, "some", "all"))
    _, found = office.rate("--tenant-export", "google.csv", *said, made=old)
    assert criterion(found) == ("partial", "attested")


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("name", "content", "day", "word"),
    [
        ("nowhere.csv", None, YESTERDAY, "nowhere.csv"),
        ("other.csv", b"Name,Mail\nx,y\n", YESTERDAY, "userRegistrationDetails"),
        ("book.xlsx", b"PK\x03\x04rest", YESTERDAY, "CSV"),
        ("empty.csv", b"", YESTERDAY, "CSV"),
        ("google.csv", google(ON), None, "--tenant-export-date"),
        ("google.csv", google(ON), date.today() + timedelta(days=3), "20"),
        ("google.csv", google(ON), "gestern", "gestern"),
    ],
)  # fmt: skip
def test_what_is_refused_says_so_in_one_line(  # noqa: PLR0917 -- a row of the table
    office: Office, lang: str, name: str, content: bytes | None, day: Any, word: str
) -> None:
    if content is not None:
        office.put(name, content)
    made = ("--tenant-export-date", str(day)) if day else ()
    for start in (("rate", "scanned.json"), ("scan", "--scope", str(office.scope))):
        ran = office.run(*start, "--tenant-export", name, *made, lang=lang)
        assert ran.returncode == 2, ran.stderr
        lines = [line for line in ran.stderr.splitlines() if line.startswith("posture-scan: ")]
        assert len(lines) == 1
        assert word in lines[0]
        assert "Traceback" not in ran.stderr
        assert ran.stdout == ""


def test_every_kind_of_list_is_understood_from_the_command_line(office: Office) -> None:
    for name, content, state in (
        ("graph.json", graph({}), "partial"), ("states.csv", per_user("Enforced"), "met"),
        ("states2.csv", per_user("Disabled"), "unknown"),
    ):  # fmt: skip
        ran, found = office.rate("--tenant-export", office.put(name, content))
        assert criterion(found)[0] == state, ran.stderr
