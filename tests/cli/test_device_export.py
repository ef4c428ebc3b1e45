"""A device's own export beside a scan, and added to a report: what it settles, what it does not."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.products.place import VARIABLE, builtin_bytes
from tests.checks.edge_device.exports import ALL
from tests.checks.edge_device.sites import DEVICES
from tests.lab.web_site import shown
from tests.program import Ran, program, surroundings

pytestmark = pytest.mark.lab

ADDRESS = "127.67.0.1"
YESTERDAY = date.today() - timedelta(days=1)
SSLVPN = ("sslvpn.end_of_life", "sslvpn.known_exploited")
PLANTED = ("planted", "FGT60ABC3303F26X", "fw1", "203.0.113.77", "192.168.77")


@dataclass(frozen=True)
class Office:
    """A folder with the exports, product data of today and a scanned report."""

    folder: Path

    def run(self, *arguments: str, lang: str = "en") -> Ran:
        told = {VARIABLE: str(self.folder / "data.json")}
        environment = surroundings(self.folder, lang) | told
        return program(arguments, cwd=self.folder, environment=environment)

    def scan(self, out: str, *arguments: str) -> tuple[Ran, dict[str, Any]]:
        site = DEVICES["fortigate_patched"].site
        with shown(site, ADDRESS, self.folder, [], 443):
            ran = self.run(
                "scan", "--scope", "scope.toml", "--engine", "builtin", "--pace", "lan",
                "--out", out, *arguments,
            )  # fmt: skip
        return ran, self.report(out)

    def rate(self, name: str, *arguments: str, day: date = YESTERDAY) -> tuple[Ran, dict[str, Any]]:
        """Rate the scanned report with an export made on that day."""
        ran = self.run(
            "rate", "scanned.json", "--device-export", f"{ADDRESS}={name}",
            "--device-export-date", day.isoformat(), "--out", "rated.json", *arguments,
        )  # fmt: skip
        return ran, self.report("rated.json")

    def report(self, name: str) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        return report


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    if os.geteuid() != 0:
        pytest.skip("a front page on port 443 needs root")
    folder = tmp_path_factory.mktemp("office")
    for name, content in ALL.items():
        (folder / name).write_bytes(content)
    today = date.today().isoformat()
    data = {**json.loads(builtin_bytes()), "as_of": today, "exploited_as_of": today}
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    (folder / "scope.toml").write_text(
        f"""
organisation = "株式会社例"
authorised_by = "例 太郎"
valid_from = {YESTERDAY}
valid_until = {YESTERDAY + timedelta(days=9)}
targets = ["{ADDRESS}"]
computers = 2
""",
        "utf-8",
    )
    office = Office(folder)
    office.scan("scanned.json")
    return office


def statuses(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        f["check"]: (f["status"], f["reason"])
        for f in report["findings"]
        if f["check"].startswith(("sslvpn.", "device_config."))
    }


def vpn(report: dict[str, Any], criterion: str = "EXT-VPN") -> tuple[str, str]:
    found = next(item for item in report["criteria"] if item["id"] == criterion)
    return found["status"], found["evidence_class"]


def score(report: dict[str, Any]) -> float:
    return float(report["rating"]["score"])


def test_without_an_export_the_version_is_not_known(office: Office) -> None:
    report = office.report("scanned.json")
    assert statuses(report)["sslvpn.exposed"] == ("fail", "reachable")
    for check in SSLVPN:
        assert statuses(report)[check] == ("unknown", "version_not_readable")
    assert vpn(report) == ("unknown", "")
    assert not any(check.startswith("device_config.") for check in statuses(report))


def test_a_patched_device_earns_its_credit(office: Office) -> None:
    before = office.report("scanned.json")
    ran, report = office.rate("fortigate.conf")
    assert "Judged again" in ran.stderr
    assert statuses(report)["sslvpn.end_of_life"] == ("pass", "supported")
    assert statuses(report)["sslvpn.known_exploited"] == ("pass", "none_known")
    assert statuses(report)["device_config.admin_outside"] == ("pass", "closed_outside")
    assert vpn(report) == ("met", "verified")
    assert vpn(before, "VUL-KEV") == ("unknown", "")
    assert vpn(report, "VUL-KEV") == ("met", "verified")
    assert score(report) > score(before)
    credit = [line for line in report["rating"]["trace"] if line["id"] == "credit"]
    assert any(line["values"]["criterion"] == "EXT-VPN" for line in credit)
    assert report["report_id"] != before["report_id"]
    found = next(f for f in report["findings"] if f["check"] == "sslvpn.known_exploited")
    record = next(e for e in report["evidence"] if e["kind"] == "edge_device.DeviceExport")
    assert record["id"] in found["evidence"]
    assert found["method"] == record["method"] == "device_export"
    assert found["observed_at"] == record["observed_at"]


def test_an_old_version_opens_the_gate(office: Office) -> None:
    ran, report = office.rate("fortigate_weak.conf")
    assert ran.returncode == 1
    for check in (*SSLVPN, "device_config.pptp", "device_config.admin_outside"):
        assert statuses(report)[check][0] == "fail", check
    assert vpn(report) == ("not_met", "verified")
    assert "EXT-VPN" in report["rating"]["gates"]


def test_another_products_export_settles_nothing(office: Office) -> None:
    _, report = office.rate("cisco_asa_version.txt")
    for check in SSLVPN:
        assert statuses(report)[check] == ("unknown", "export_contradicts")
    assert vpn(report) == ("unknown", "")


def test_beside_a_scan_and_nothing_of_the_file_is_kept_or_said(office: Office) -> None:
    ran, report = office.scan(
        "beside.json", "--device-export", f"{ADDRESS}=fortigate.conf",
        "--device-export-date", YESTERDAY.isoformat(), "--detail", "--html", "page.html",
    )  # fmt: skip
    assert vpn(report) == ("met", "verified")
    page = (office.folder / "page.html").read_text("utf-8")
    for text in (json.dumps(report), ran.stdout, ran.stderr, page):
        for secret in PLANTED:
            assert secret not in text
    assert not any("document" in line["purpose"] for line in report["connections"])


def test_what_is_refused_says_so_in_one_line_before_anything_is_touched(office: Office) -> None:
    start = ("scan", "--scope", "scope.toml", "--device-export")
    ran = office.run(*start, f"{ADDRESS}=yamaha_switch.txt", lang="ja")
    assert ran.returncode == 2
    assert "show environment" in ran.stderr
    assert "読み取れません" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    ran = office.run(*start, "127.67.0.9=fortigate.conf")
    assert ran.returncode == 5
    assert "not looked at in this scan" in ran.stderr
    ran = office.run("rate", "scanned.json", "--device-export", "127.67.0.9=fortigate.conf")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no such address" in ran.stderr
