"""Exports beside a scan or added to a report: whose they may be, how old, and what is refused."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront

from posture_scan.assess.again import rate_again
from posture_scan.assess.document import differences
from posture_scan.assess.exports import Export, hand_in, parse_export, read_exports, supplement
from posture_scan.assess.handed_in import LIMIT, with_assets
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.errors import PostureError
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Asset, Attempt, Evidence, PortScan, ServiceSeen, Vantage
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin
from posture_scan.text.catalog import Catalog
from tests.checks.edge_device.exports import ALL

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
ADDRESS = "203.0.113.1"
PACKS = load_packs()
DATA = replace(builtin(), as_of=TODAY, exploited_as_of=TODAY)
SCOPE = Scope("Example", "Owner", date(2026, 11, 1), date(2026, 12, 1), ("203.0.113.0/28",))
FRONT = EdgeFront(
    "fortios", "FortiGate (FortiOS)", "strong", vpn_page=True, version_state="not_readable",
    settle="get system status",
)  # fmt: skip


def record(facts: Any, collector: str, port: int = 443) -> Evidence:
    return with_id(
        Evidence(
            "", PACKS.kind_of(type(facts)), ADDRESS, Vantage.EXTERNAL, collector, 1, NOW,
            Attempt.OK, facts.method, facts, "", ADDRESS, port, "tcp",
        )
    )  # fmt: skip


def scanned() -> dict[str, Any]:
    """A report as a scan of one FortiGate leaves it, as far as judging needs it."""
    asked = {port for spec in PACKS.protocols if spec.transport == "udp" for port in spec.ports}
    closed = tuple(sorted(asked))
    ports = PortScan("builtin", "1", 100, (443,), 99, 0, finished=True, udp_closed=closed)
    records = [
        record(ports, "discovery.ports", 0),
        record(
            ServiceSeen("http", tls=True, greeting=b"", recognised_by="answer"),
            "discovery.identify",
        ),
        record(FRONT, "edge_device.edge_front"),
    ]
    asset = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True, open_ports=(443,))
    return {
        "evidence": [encode(item) for item in records], "assets": [encode(asset)], "findings": [],
        "scope": encode(SCOPE), "answers": None, "rating": {}, "finished_at": encode(NOW),
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in ALL.items():
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (NOW.timestamp(), NOW.timestamp()))
    return tmp_path


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {
        item["check"]: item["reason"] for item in report["findings"]
        if item["check"].startswith(("sslvpn.", "device_config."))
    }  # fmt: skip


def added(folder: Path, name: str, day: date | None) -> dict[str, Any]:
    exports = [Export(ADDRESS, folder / name)]
    return supplement(scanned(), exports, PACKS, DATA, declared=day, now=NOW).report


def test_data_that_did_not_come_with_the_program_is_named(folder: Path) -> None:
    exports = [Export(ADDRESS, folder / "fortigate.conf")]
    other = replace(DATA, origin="file")
    again = supplement(scanned(), exports, PACKS, other, declared=TODAY, now=NOW).report
    assert "own_product_data" in again["limits"]
    for language in ("ja", "en"):
        assert "report.limit.own_product_data" in Catalog(language)


def vpn(report: dict[str, Any]) -> str:
    rated = rate_again(report, "jp-sme", now=NOW)
    return str(next(x["status"] for x in rated["criteria"] if x["id"] == "EXT-VPN"))


@pytest.mark.parametrize(
    ("days", "reason", "state"),
    [(0, "none_known", "met"), (29, "none_known", "met"), (31, "none_known", "unknown"),
     (95, "expired", "unknown")],
)  # fmt: skip
def test_an_export_counts_for_thirty_days(folder: Path, days: int, reason: str, state: str) -> None:
    report = added(folder, "fortigate.conf", TODAY - timedelta(days=days))
    assert verdicts(report)["sslvpn.known_exploited"] == reason
    assert vpn(report) == state


def test_a_file_older_than_the_day_that_was_told_is_as_old_as_it_is(folder: Path) -> None:
    long_ago = (NOW - timedelta(days=40)).timestamp()
    os.utime(folder / "fortigate.conf", (long_ago, long_ago))
    assert vpn(added(folder, "fortigate.conf", TODAY)) == "unknown"


def test_the_moment_in_the_file_needs_no_day_and_outweighs_a_later_one(folder: Path) -> None:
    status = ALL["fortigate_status.txt"]
    fresh = status.replace(b"Tue Dec  2 08:51:00 2025", b"Sat Nov 21 08:51:00 2026")
    (folder / "now.txt").write_bytes(fresh.replace(b"v7.4.8,build2795", b"v7.4.11,build2878"))
    assert vpn(added(folder, "now.txt", None)) == "met"
    assert vpn(added(folder, "fortigate_status.txt", TODAY)) == "unknown"


def test_a_later_export_takes_the_place_of_the_earlier_one(folder: Path) -> None:
    weak = added(folder, "fortigate_weak.conf", TODAY)
    assert verdicts(weak)["sslvpn.end_of_life"] == "ended"
    exports = [Export(ADDRESS, folder / "fortigate.conf")]
    again = supplement(weak, exports, PACKS, DATA, declared=TODAY, now=NOW)
    assert verdicts(again.report)["sslvpn.end_of_life"] == "supported"
    kinds = [item["kind"] for item in again.report["evidence"]]
    assert kinds.count("edge_device.DeviceExport") == 1
    assert 0 < again.changed < again.judged


def test_the_new_report_follows_from_its_own_evidence_and_says_what_it_rests_on(
    folder: Path,
) -> None:
    report = added(folder, "fortigate.conf", TODAY)
    assert differences(report, report["evidence"], PACKS, DATA) == ()
    assert "device_exports" in report["limits"]
    assert "own_product_data" not in report["limits"]
    assert report["product_data"]["sha256"] == DATA.sha256
    assert report["judged_at"] == encode(NOW)
    # The scan is no younger for it: its own times stay.
    assert report["finished_at"] == scanned()["finished_at"]


def test_the_report_it_came_from_is_not_touched(folder: Path) -> None:
    before = scanned()
    exports = [Export(ADDRESS, folder / "fortigate.conf")]
    supplement(before, exports, PACKS, DATA, declared=TODAY, now=NOW)
    assert before == scanned()


@pytest.mark.parametrize("name", sorted(set(ALL) - {"yamaha_switch.txt"}))
def test_no_secret_of_any_file_is_in_the_report(folder: Path, name: str) -> None:
    report = json.dumps(added(folder, name, TODAY))
    assert "edge_device.DeviceExport" in report
    for secret in ("planted", "FGT60ABC3303F26X", "JAD222605K8", "D12345678", "CAT1451S15C",
                   "10.0.0.90", "192.168.77", "203.0.113.77", "00:a0:de"):  # fmt: skip
        assert secret not in report


def test_two_files_of_one_device_may_agree(folder: Path) -> None:
    version = ALL["fortigate_status.txt"].replace(b"v7.4.8,build2795", b"v7.4.11,build2878")
    (folder / "status.txt").write_bytes(version)
    exports = [Export(ADDRESS, folder / name) for name in ("fortigate.conf", "status.txt")]
    assert len(read_exports(exports, PACKS, declared=TODAY, now=NOW)) == 2
    twice = [Export(ADDRESS, folder / "fortigate.conf")] * 2
    assert len(read_exports(twice, PACKS, declared=TODAY, now=NOW)) == 1


def test_a_device_that_was_not_scanned_is_an_asset_that_was_not_scanned(folder: Path) -> None:
    exports = [Export(ADDRESS, folder / "fortigate.conf")]
    records = read_exports(exports, PACKS, declared=TODAY, now=NOW)
    assert with_assets((), records) == (Asset(ADDRESS, "address", ADDRESS),)
    known = (Asset(ADDRESS, "address", ADDRESS, fully_scanned=True),)
    assert with_assets(known, records) == known


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "targets", "code"),
    [
        (f"{ADDRESS}", (), "device_export.form"),
        (f"{ADDRESS}=", (), "device_export.form"),
        ("vpn.example.jp=fortigate.conf", (), "device_export.form"),
        ("203.0.113.99=fortigate.conf", (), "device_export.out_of_scope"),
        (f"{ADDRESS}=fortigate.conf", ("203.0.113.2",), "device_export.out_of_scope"),
        (f"{ADDRESS}=nowhere.conf", (), "file.missing"),
        (f"{ADDRESS}=.", (), "device_export.unreadable"),
        (f"{ADDRESS}=yamaha_switch.txt", (), "document.not_understood"),
        (f"{ADDRESS}=packed.gz", (), "document.binary"),
        (f"{ADDRESS}=empty.txt", (), "document.binary"),
        (f"{ADDRESS}=locked.conf", (), "document.encrypted"),
        (f"{ADDRESS}=large.conf", (), "device_export.too_large"),
    ],
)
def test_what_is_refused_has_its_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, targets: tuple[str, ...], code: str
) -> None:
    (folder / "packed.gz").write_bytes(b"\x1f\x8b\x08\0")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "locked.conf").write_bytes(b"#FGBK|4|FGT60F|7|04|2795|\0\x8a")
    (folder / "large.conf").write_bytes(ALL["fortigate.conf"] + b"\n" * LIMIT)
    monkeypatch.chdir(folder)
    with pytest.raises(PostureError) as raised:
        hand_in([text], SCOPE, targets, PACKS, declared=TODAY, now=NOW)
    assert raised.value.code == code
    assert raised.value.exit_code == (5 if code.endswith("out_of_scope") else 2)
    for language in ("ja", "en"):
        sentence = Catalog(language)(f"error.{code}", **raised.value.values)
        assert "{" not in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("names", "day", "code"),
    [
        (("fortigate.conf",), None, "document.undated"),
        (("fortigate.conf",), TODAY + timedelta(days=3), "device_export.future"),
        (("nec_ix_config.txt", "yamaha_config.txt"), TODAY, "device_export.contradict"),
        (("fortigate.conf", "fortigate_weak.conf"), TODAY, "device_export.contradict"),
        (("fortigate.conf",) * 300, TODAY, "device_export.too_many"),
    ],
)
def test_days_and_files_that_do_not_fit(
    folder: Path, names: tuple[str, ...], day: date | None, code: str
) -> None:
    exports = [Export(ADDRESS, folder / name) for name in names]
    with pytest.raises(PostureError) as raised:
        read_exports(exports, PACKS, declared=day, now=NOW)
    assert raised.value.code == code


def test_an_address_that_only_a_name_leads_to(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(folder)
    scope = replace(SCOPE, targets=("vpn.example.jp",))
    known = {"vpn.example.jp": ("8.8.4.4",)}

    def read(text: str, targets: tuple[str, ...] = ()) -> tuple[Evidence, ...]:
        return hand_in(
            [text], scope, targets, PACKS, declared=TODAY, now=NOW, resolve=known.__getitem__
        )

    assert read("8.8.4.4=fortigate.conf")[0].asset == "8.8.4.4"
    assert read("8.8.4.4=fortigate.conf", ("vpn.example.jp",))[0].asset == "8.8.4.4"
    with pytest.raises(PostureError) as raised:
        read("8.8.8.8=fortigate.conf")
    assert raised.value.code == "device_export.out_of_scope"


def test_a_report_that_cannot_take_it(folder: Path) -> None:
    exports = [Export(ADDRESS, folder / "fortigate.conf")]
    for report, wanted, code in (
        ({**scanned(), "evidence": []}, exports, "device_export.no_evidence"),
        (scanned(), [Export("203.0.113.2", exports[0].path)], "device_export.unknown_asset"),
        ({**scanned(), "assets": [{}]}, exports, "report.unreadable_member"),
    ):
        with pytest.raises(PostureError) as raised:
            supplement(report, wanted, PACKS, DATA, declared=TODAY, now=NOW)
        assert raised.value.code == code


def test_an_address_is_known_in_any_of_its_spellings() -> None:
    assert parse_export("2001:DB8:0:0::1=a.conf") == Export("2001:db8::1", Path("a.conf"))
    assert parse_export("203.0.113.1=a=b.conf").path == Path("a=b.conf")


def test_every_understood_device_is_named_with_its_command_to_whoever_is_refused() -> None:
    for language in ("ja", "en"):
        sentence = Catalog(language)("error.document.not_understood", path="x")
        for word in ("FortiGate", "get system status", "Cisco", "show version", "Palo Alto",
                     "show system info", "SonicWall", ".exp", "RTX", "show environment", "NEC IX",
                     "Ivanti"):  # fmt: skip
            assert word in sentence
