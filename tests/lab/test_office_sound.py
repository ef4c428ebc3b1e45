"""A sound office: a web server, an OpenSSH, a backup that ran; and its discount to the yen."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess import machine
from posture_scan.collect.host import LocalHost
from posture_scan.engine.packs import load_packs
from tests.lab import servers_remote, servers_web
from tests.lab.daemon import need
from tests.lab.office import Desk, criteria, errors, failing, need_quiet_loopback
from tests.lab.pki import Authority
from tests.lab.test_backup import Computer, plan_restic, restic

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HOST = "127.70.2.1"
NAME = "shop.example.jp"
SSH, WEB = 2222, 8443

MET_BY_MACHINE = {"EXT-RDP", "EXT-VPN", "EXT-SVC", "NET-TLS", "VUL-KEV", "BKP-JOB"}
R_MET = {
    "EXT-RDP": ".950", "EXT-VPN": ".940", "EXT-SVC": ".980", "EXT-ADM": ".990", "NET-TLS": ".995",
    "EML-AUTH": ".980", "VUL-KEV": ".970", "VUL-EOL": ".970", "VUL-PATCH": ".960",
    "IAM-MFA-REM": ".950", "IAM-MFA-CLD": ".970", "IAM-MFA-ADM": ".970", "IAM-PRIV": ".985",
    "BKP-JOB": ".980", "BKP-ISO": ".950", "BKP-TEST": ".960", "END-EDR": ".960", "HRD-CFG": ".960",
    "HRD-HOST": ".990", "LOG-MON": ".980", "TRN-AWR": ".985", "IR-PLAN": ".980", "GOV-POL": ".990",
    "SUP-VND": ".990", "AST-INV": ".990",
}  # fmt: skip
GROUP_OF = {"NET-TLS": "EXT", "EML-AUTH": "EXT", "HRD-CFG": "END", "HRD-HOST": "END",
            "LOG-MON": "END", **dict.fromkeys(
                ("TRN-AWR", "IR-PLAN", "GOV-POL", "SUP-VND", "AST-INV"), "ORG")}  # fmt: skip
FLOORS = {"EXT": ".86", "VUL": ".92", "IAM": ".90", "BKP": ".91", "END": ".91", "ORG": ".95"}
SALES, RETAIL, PLAN_2 = 200_000_000, Decimal("1.388"), Decimal("1.73")


@dataclass
class Sound:
    """The office as it runs, with what its owner answered and what its server told."""

    desk: Desk
    scope: Path
    authority: Path
    answers: Path
    evidence: Path

    def scan(self, *options: str, expect: int) -> dict[str, Any]:
        return self.desk.scan(self.scope, "--ca", str(self.authority), *options, expect=expect)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    need("restic")
    need_quiet_loopback()
    folder = tmp_path_factory.mktemp("sound")
    authority = Authority(folder)
    certificate, key = authority.leaf(NAME)
    server = (
        f"server_name {NAME}; ssl_certificate {certificate}; ssl_certificate_key {key};"
        " ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; location / { return 200 hi; }"
        " add_header Strict-Transport-Security max-age=63072000 always;"
    )
    (folder / "web").mkdir()
    (folder / "ssh").mkdir()
    with contextlib.ExitStack() as running:
        running.enter_context(
            servers_web.nginx(
                HOST, folder / "web", server, port=WEB, http="server_tokens off;", tls=True
            )
        )
        running.enter_context(servers_remote.sshd(HOST, folder / "ssh", port=SSH))
        desk = Desk(folder)
        scope = desk.scope([HOST], names={HOST: NAME})
        yield Sound(desk, scope, authority.file, answered(desk), backed_up(folder))


def answered(desk: Desk) -> Path:
    """Let the program write the questionnaire and answer every question of it well."""
    made = desk.run("answers", "--template", "answers.toml")
    assert made.returncode == 0, made.stderr
    path = desk.folder / "answers.toml"
    text = path.read_text("utf-8")
    filled = {
        r'^answer = ""': 'answer = "yes"',
        r'^vpn = ""': 'vpn = "not_used"',
        r'^(support|vendor|mail|cloud|admin|server|backup|workstations|servers) = ""':
            r'\1 = "all"',
        r'^industry = ""': 'industry = "retail"',
        r'^annual_sales = ""': f'annual_sales = "{SALES}"',
        r'^plan = ""': 'plan = "2"',
        r'^incident_last_5_years = ""': 'incident_last_5_years = "no"',
        r'^answered_by = ""': 'answered_by = "例 太郎"',
        r'^role( *)= ""': r'role\1= "代表取締役"',
        r"^# answered_on = .*": f"answered_on = {date.today()}",
    }  # fmt: skip
    for blank, answer in filled.items():
        text, count = re.subn(blank, answer, text, flags=re.MULTILINE)
        assert count, blank
    assert not re.search(r'^(?!note\b)\w+ *= ""', text, re.MULTILINE), "a question is left open"
    path.write_text(text, "utf-8")
    return path


def backed_up(folder: Path) -> Path:
    """A folder stands for the file server; restic really saves its data and cron plans it."""
    computer = Computer(folder / "server")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    data = str(computer.path("/data"))
    assert restic(computer, "backup", data, log="/var/log/restic.log") == 0
    host = LocalHost(
        datetime.now(UTC), root=str(computer.root), homes=("/root",), elevated=True,
        folders=(),  # else findmnt and lsblk would speak of the disks of the real computer
    )  # fmt: skip
    path = folder / "server.host.json"
    machine.write(path, machine.survey_with(host, "fileserver", "server", load_packs()))
    return path


@pytest.fixture(scope="module")
def bare(sound: Sound) -> dict[str, Any]:
    return sound.scan(expect=3)  # coverage below the floor


@pytest.fixture(scope="module")
def whole(sound: Sound) -> dict[str, Any]:
    own = ("--answers", str(sound.answers), "--host-evidence", str(sound.evidence))
    return sound.scan(*own, expect=0)


def test_only_what_is_open_is_found(bare: dict[str, Any], whole: dict[str, Any]) -> None:
    for report in (bare, whole):
        assert failing(report) == {("ssh.exposed", HOST, SSH)}
        assert errors(report) == []
        assert report["complete"] is True


def test_without_answers_nothing_is_earned(bare: dict[str, Any]) -> None:
    rating = bare["rating"]
    assert (rating["status"], rating["gates"]) == ("insufficient", [])
    assert set(rating["missing"]) == {"VUL-EOL", "IAM-MFA-REM", "BKP-JOB"}
    assert rating["discount"] == "0.0000"


def test_where_every_criterion_stands(whole: dict[str, Any]) -> None:
    expected = dict.fromkeys(R_MET, ("met", "attested"))
    expected.update(dict.fromkeys(MET_BY_MACHINE, ("met", "verified")))
    expected["EXT-ADM"] = ("partial", "verified")  # SSH is open, and sound
    assert criteria(whole) == expected
    assert whole["contradictions"] == []


def test_the_yen_by_hand(whole: dict[str, Any]) -> None:
    rating = whole["rating"]
    base = tens(67_000 * RETAIL * PLAN_2 * (Decimal(SALES) / 500_000_000) ** Decimal("0.395"))
    assert (rating["status"], rating["coverage"]) == ("ok", "1.00")
    assert rating["base_premium"] == str(base)
    every, seen = by_group(whole, attested=True), by_group(whole, attested=False)
    factor = max(product(every.values()), Decimal("0.90") * product(seen.values()))
    factor = min(max(factor, Decimal("0.60")), Decimal(1)).quantize(
        Decimal("0.0001"), ROUND_HALF_UP
    )
    assert 0 < 1 - factor < Decimal("0.40")
    assert rating["factor"] == str(factor)
    assert rating["discount"] == str(1 - factor)
    assert rating["premium"] == str(max(tens(base * factor), 30_000))


def test_the_trace_shows_the_same_steps(whole: dict[str, Any]) -> None:
    trace = whole["rating"]["trace"]
    steps = {step["values"]["criterion"]: step["values"] for step in trace if credit(step)}
    assert set(steps) == set(R_MET)
    for name, values in steps.items():
        assert Decimal(values["r"]) == relativity(name, *criteria(whole)[name])
    groups = {
        s["values"]["group"]: Decimal(s["values"]["factor"]) for s in trace if s["id"] == "group"
    }
    by_hand = by_group(whole, attested=True)
    assert {name: round(value, 12) for name, value in by_hand.items()} == groups


def credit(step: dict[str, Any]) -> bool:
    return step["id"] in {"credit", "no_credit"}


def by_group(report: dict[str, Any], *, attested: bool) -> dict[str, Decimal]:
    """Multiply each group's credits, not below its floor; answers count or are left out."""
    products: dict[str, Decimal] = defaultdict(lambda: Decimal(1))
    for name, (status, based_on) in criteria(report).items():
        if attested or based_on != "attested":
            group = GROUP_OF.get(name, name.partition("-")[0])
            products[group] *= relativity(name, status, based_on)
    return {name: max(value, Decimal(FLOORS[name])) for name, value in products.items()}


def relativity(name: str, status: str, based_on: str) -> Decimal:
    """r = 1 - Z h (1 - r_met), with Z by the class of evidence and h by the status."""
    weight = {"verified": Decimal(1), "attested": Decimal("0.50")}[based_on]
    share = {"met": Decimal(1), "partial": Decimal("0.5")}[status]
    return 1 - weight * share * (1 - Decimal(R_MET[name]))


def product(factors: Any) -> Decimal:
    result = Decimal(1)
    for factor in factors:
        result *= factor
    return result


def tens(amount: Decimal) -> Decimal:
    """To the nearest ten yen, halves up."""
    return (amount / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10
