"""A whole office on its usual ports: every weakness that its settings make, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.bench.office import ADDRESSES, DESK, NAME, TCP, UDP, WEB, Office, apart, why_not
from tests.bench.truths import TRUTHS, Truth
from tests.bench.versions import VERSIONS
from tests.lab.office import Desk, errors, for_information

pytestmark = [pytest.mark.lab, pytest.mark.slow]

NOT_TRIED = {"mqtt.no_auth", "snmp.public", "http.trace"}
"""No such checks: two of them would have to log on, and TRACE alone harms nobody today."""
BESIDE = {
    ("cert.expiring_soon", DESK, 3389, "tcp"), ("http.no_hsts", WEB, 443, "tcp"),
    ("http.no_hsts", WEB, 8443, "tcp"), ("http.plaintext", WEB, 80, "tcp"),
}  # fmt: skip
"""What is true as well and is not among the truths that the bench compares."""
TELLING = (21, 80, 8080, 11211)
"""The ports whose servers tell their version without need."""


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    if reason := why_not():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="office") as name:  # a socket's path must be short
        argv = apart("-m", "tests.lab.test_whole_office", name)
        done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        missing, broken = json.loads(done.stdout)
        assert not broken
        if missing:
            pytest.skip(f"not the whole office: {missing}")
        found = json.loads((Path(name) / "report-builtin.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def alone(folder: Path) -> None:
    """In a network of its own: start the office, scan it, and leave the report in the folder."""
    with Office(folder).running() as run:
        if not (run.missing or run.broken):
            desk = Desk(folder)
            scope = desk.scope(ADDRESSES, names={WEB: NAME}, computers=len(ADDRESSES))
            desk.scan(scope, "--ca", str(run.authority.file), expect=1)
        sys.stdout.write(json.dumps([run.missing, run.broken]))


def test_exactly_what_is_wrong_in_the_office_is_found(report: dict[str, Any]) -> None:
    found = {
        (one["check"], one["asset"], one["port"], one["transport"])
        for one in report["findings"] if one["status"] == "fail" and not for_information(one)
    }  # fmt: skip
    assert found == {place(truth) for truth in TRUTHS if told(truth)} | BESIDE
    for truth in TRUTHS:
        assert truth.said_by_us(report) is told(truth), truth
    assert errors(report) == []


def place(truth: Truth) -> tuple[str, str, int, str]:
    check = truth.ours[0].partition(":")[0]
    return check, truth.address, 0 if truth.by_number else truth.port, truth.transport


def told(truth: Truth) -> bool:
    """Tell whether it shows to one who does not log on."""
    mariadb_lets_everybody_in = truth.port == 3306 and truth.ours == ("database.no_auth",)
    return not NOT_TRIED & set(truth.ours) and not mariadb_lets_everybody_in


def test_every_service_is_found_and_every_port_is_named(report: dict[str, Any]) -> None:
    scans = {
        one["asset"]: one["facts"] for one in report["evidence"] if one["kind"] == "core.PortScan"
    }
    assert {asset: tuple(facts["open_ports"]) for asset, facts in scans.items()} == {
        asset: TCP.get(asset, ()) for asset in ADDRESSES
    }
    named = {
        (one["asset"], one["port"]) for one in report["evidence"]
        if one["kind"] == "core.ServiceSeen" and one["transport"] == "udp"
    }  # fmt: skip
    assert named == {(asset, port) for asset, ports in UDP.items() for port in ports}
    assert {port for facts in scans.values() for port in facts["unidentified"]} == {513, 514}
    assert report["complete"] is True


def test_what_would_take_a_logon_is_not_said_to_be_fine(report: dict[str, Any]) -> None:
    (maria,) = [
        one for one in report["findings"]
        if (one["check"], one["port"]) == ("database.no_auth", 3306)
    ]  # fmt: skip
    assert (maria["status"], maria["reason"]) == ("unknown", "not_tried")


def test_the_versions_told_are_those_of_the_packages(report: dict[str, Any]) -> None:
    told_by = {
        one["port"]: one["actual"] for one in report["findings"]
        if one["check"] == "banner.version_disclosed" and one["status"] == "fail"
    }  # fmt: skip
    assert set(told_by) == set(TELLING)
    read = [one for one in VERSIONS if one.said_by_us(report)]
    for one in VERSIONS:
        if one.port in TELLING:
            assert one.version in told_by[one.port], (one, told_by[one.port])
            assert one in read


if __name__ == "__main__":
    alone(Path(sys.argv[1]))
