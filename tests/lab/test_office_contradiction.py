"""An owner says that no VPN is used; the scan sees the front page of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.checks.edge_device.sites import DEVICES
from tests.lab.office import Desk, criteria, errors, failing, need_quiet_loopback
from tests.lab.web_site import shown as served

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HOST, PORT = "127.70.3.1", 10443
ANSWERS = """
profile = "jp-sme"
answered_by = "例 太郎"
role = "代表取締役"
answered_on = {today}
[answers.IAM-MFA-REM]
vpn = "not_used"
support = "all"
vendor = "all"
"""

SECTION = {"ja": "回答と観測の食い違い", "en": "Answers that differ from what was seen"}
SAID = {
    "ja": (
        "遠隔接続(VPN・RDP・遠隔支援)の全利用者に多要素認証",
        "VPN: 使っていない",
        "観測: 使われている",
        "SSL-VPN の入口が外から見える",
    ),
    "en": (
        "MFA for every remote-access user (VPN, RDP, support tools)",
        "VPN: not used",
        "Seen: in use",
        "An SSL-VPN front page can be reached",
    ),
}


@dataclass
class Disputed:
    desk: Desk
    scope: Path
    answers: Path


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disputed]:
    need_quiet_loopback()
    folder = tmp_path_factory.mktemp("disputed")
    site = DEVICES["fortigate_patched"].site
    answers = folder / "answers.toml"
    answers.write_text(ANSWERS.format(today=date.today()), "utf-8")
    with served(site, HOST, folder, [], PORT):
        desk = Desk(folder)
        yield Disputed(desk, desk.scope([HOST]), answers)


@pytest.fixture(scope="module")
def report(disputed: Disputed) -> dict[str, Any]:
    return disputed.desk.scan(disputed.scope, "--answers", str(disputed.answers), expect=1)


def test_the_front_page_is_found_and_nothing_else(report: dict[str, Any]) -> None:
    assert failing(report) == {("sslvpn.exposed", HOST, PORT)}
    assert errors(report) == []


def test_the_contradiction_is_in_the_ledger_and_opens_the_gate(report: dict[str, Any]) -> None:
    assert criteria(report)["IAM-MFA-REM"] == ("contradicted", "verified")
    (entry,) = report["contradictions"]
    assert entry == {
        "criterion": "IAM-MFA-REM", "kind": "contradicted", "path": "vpn", "seen": "used",
        "answer": "support=all, vendor=all, vpn=not_used",
        "findings": [f"sslvpn.exposed@{HOST}:{PORT}"],
    }  # fmt: skip
    assert report["rating"]["status"] == "gate"
    assert report["rating"]["gates"] == ["IAM-MFA-REM"]
    assert "contradiction" in report["rating"]["referral"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_both_languages_show_it(disputed: Disputed, language: str) -> None:
    done = disputed.desk.run(
        "scan", "--scope", str(disputed.scope), "--answers", str(disputed.answers),
        "--engine", "builtin", "--pace", "lan", "--out", f"{language}.json", language=language,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    shown = "".join(done.stdout.split())  # whatever the width of the screen
    section = shown[shown.index("".join(SECTION[language].split())) :]
    for said in SAID[language]:
        assert "".join(said.split()) in section, said


def test_without_the_answer_no_gate_is_open(disputed: Disputed) -> None:
    report = disputed.desk.scan(disputed.scope, expect=3)
    assert report["contradictions"] == []
    assert report["rating"]["gates"] == []
    assert criteria(report)["IAM-MFA-REM"] == ("unknown", "")
