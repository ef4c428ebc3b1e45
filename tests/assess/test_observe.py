from __future__ import annotations

import socketserver
import threading
from datetime import UTC, date, datetime

import pytest

from posture_scan.assess.document import Permission, Terms, differences
from posture_scan.assess.observe import Manner, observe
from posture_scan.assess.run import Work, assess
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.errors import NotPermittedError
from posture_scan.model.evidence import Vantage
from posture_scan.model.scope import Intensity, Scope
from posture_scan.products.place import builtin
from tests.data.acme_pack_server import door

ADDRESS, SILENT = "127.60.5.1", "127.60.5.2"
FAST = Manner(engine="builtin", pace="lan")


def clock() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def quiet(_event: str, **_values: object) -> None:
    return None


def scope(*targets: str, intensity: Intensity = Intensity.LIGHT, **more: object) -> Scope:
    first, last = date(2026, 11, 1), date(2026, 12, 1)
    return Scope("例", "代表", first, last, targets, intensity=intensity, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


def test_a_passive_scope_opens_no_connection(packs: PackSet) -> None:
    with door(ADDRESS) as port:
        seen = observe(
            scope(ADDRESS, intensity=Intensity.PASSIVE), (), packs, Manner(ports=(port,)),
            clock=clock, stop=threading.Event(), progress=quiet,
        )  # fmt: skip
    assert seen.connections == ()
    assert not any(asset.fully_scanned for asset in seen.assets)
    assert not seen.complete


def test_an_excluded_address_is_no_asset_and_is_not_touched(packs: PackSet) -> None:
    permitted = scope("127.60.5.0/29", exclude=(SILENT,))
    seen = observe(
        permitted, (ADDRESS,), packs, FAST, clock=clock, stop=threading.Event(), progress=quiet
    )
    assert [asset.id for asset in seen.assets] == [ADDRESS]
    assert {line.address for line in seen.connections} == {ADDRESS}


def test_what_was_looked_at_to_the_end_is_complete_and_follows_from_its_evidence(
    packs: PackSet,
) -> None:
    report = assess(
        Permission(scope(ADDRESS)), Work(packs, manner=FAST), Terms("jp-sme"),
        clock=clock, stop=threading.Event(), progress=quiet,
    )  # fmt: skip
    assert report["complete"] is True
    assert report["assets"][0]["fully_scanned"] is True
    assert differences(report, report["evidence"], packs, builtin()) == ()
    softened = [dict(item) for item in report["findings"]]
    softened[0]["status"] = "pass" if softened[0]["status"] != "pass" else "fail"
    assert differences({**report, "findings": softened}, report["evidence"], packs, builtin()) != ()


def test_other_packs_than_the_reports_judge_nothing(packs: PackSet) -> None:
    report = assess(
        Permission(scope(ADDRESS)), Work(packs, manner=FAST), Terms("jp-sme"),
        clock=clock, stop=threading.Event(), progress=quiet,
    )  # fmt: skip
    assert differences(report, report["evidence"], PackSet(packs.packs[1:]), builtin()) is None


class _Ssh(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")


def test_every_weakness_is_told_with_its_place_while_the_scan_runs(packs: PackSet) -> None:
    told: set[tuple[object, ...]] = set()

    def progress(event: str, **values: object) -> None:
        if event == "finding" and values["status"] == "fail":
            told.add(tuple(values[key] for key in ("check", "address", "port", "transport")))

    with socketserver.ThreadingTCPServer((ADDRESS, 0), _Ssh) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        port = server.server_address[1]
        report = assess(
            Permission(scope(ADDRESS)),
            Work(packs, manner=Manner(engine="builtin", pace="lan", ports=(port,))),
            Terms("jp-sme"), clock=clock, stop=threading.Event(), progress=progress,
        )  # fmt: skip
        server.shutdown()
    assert ("ssh.exposed", ADDRESS, port, "tcp") in told
    assert told == {
        (item["check"], item["address"], item["port"], item["transport"])
        for item in report["findings"] if item["status"] == "fail"
    }  # fmt: skip


def test_a_stop_keeps_what_was_seen_and_says_so(packs: PackSet) -> None:
    stop = threading.Event()
    stop.set()
    report = assess(
        Permission(scope(ADDRESS)), Work(packs, manner=FAST), Terms("jp-sme"),
        clock=clock, stop=stop, progress=quiet,
    )  # fmt: skip
    assert (report["complete"], report["interrupted"]) == (False, "user")
    assert {finding["status"] for finding in report["findings"]} <= {"unknown", "error"}


def test_outside_the_permitted_days_nothing_begins(packs: PackSet) -> None:
    def late() -> datetime:
        return datetime(2027, 1, 1, tzinfo=UTC)

    with pytest.raises(NotPermittedError, match=r"scope\.no_longer_valid"):
        assess(
            Permission(scope(ADDRESS)), Work(packs, manner=FAST), Terms("jp-sme"),
            clock=late, stop=threading.Event(), progress=quiet,
        )  # fmt: skip


def test_a_look_from_the_office_proves_nothing_about_the_internet(packs: PackSet) -> None:
    report = assess(
        Permission(scope(ADDRESS, vantage=Vantage.LAN)), Work(packs, manner=FAST),
        Terms("jp-sme"), clock=clock, stop=threading.Event(), progress=quiet,
    )  # fmt: skip
    statuses = {item["id"]: item["status"] for item in report["criteria"]}
    assert statuses["EXT-RDP"] == statuses["EXT-SVC"] == statuses["VUL-KEV"] == "unknown"
