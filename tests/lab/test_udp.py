"""UDP against real daemons, closed ports and silent sockets, the whole way to a report."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms, differences
from posture_scan.assess.observe import Manner
from posture_scan.assess.questionnaire import words_of
from posture_scan.assess.run import Work, assess
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.model.scope import Intensity, Scope
from posture_scan.products.place import builtin
from posture_scan.rating.load import load_profile
from posture_scan.report.document import parse_report, report_bytes
from posture_scan.report.html import render_html
from posture_scan.report.terminal import render_terminal
from tests.discovery.datagrams import Post, answering, closed_port
from tests.engine.door_pack import WORDS, write_pack
from tests.lab.daemon import START_LIMIT, end, need, program

pytestmark = pytest.mark.lab

HERE, QUIET, OUTSIDE = "127.73.2.1", "127.73.2.2", "127.73.3.1"
DNS_QUESTION = "12340100000100000000000007" + b"version\x04bind\x00\x00\x10\x00\x03".hex()
"""version.bind TXT CH (RFC 4892): a question every DNS server answers, if only with a refusal."""
SNMP_QUESTION = (
    "303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400"
    "301204000400a00c020237f00201000201003000"
)
"""SNMPv3 engine discovery (RFC 3414 section 4): no user, no community."""
COLLECT = """
from dataclasses import dataclass
from posture_scan.sdk import Facts, Net, Service, collector, protocol

DNS = bytes.fromhex({dns!r})
SNMP = bytes.fromhex({snmp!r})

@protocol("lab_dns", ports=({dns_port},), sends=DNS, transport="udp")
def lab_dns(answer: bytes) -> bool:
    return len(answer) >= 12 and answer[:2] == DNS[:2] and answer[2] & 0x80 != 0

@protocol("lab_snmp", ports=({snmp_port},), sends=SNMP, transport="udp")
def lab_snmp(answer: bytes) -> bool:
    return answer[:1] == b"0" and bytes([2, 1, 3]) in answer[:8]

@protocol("lab_hush", ports=({silent},), sends=b"hush", transport="udp", mute=True)
def lab_hush(answer: bytes) -> bool:
    return answer == b"hush hush"

@protocol("lab_still", ports=({silent},), sends=b"still", transport="udp")
def lab_still(answer: bytes) -> bool:
    return answer == b"still here"

@protocol("lab_shut", ports=({shut},), sends=b"shut", transport="udp")
def lab_shut(answer: bytes) -> bool:
    return bool(answer)

@dataclass(frozen=True)
class DnsSeen(Facts):
    again: bytes

@collector(on=Service("lab_dns"))
def lab_asking_dns(service: Service, net: Net) -> DnsSeen:
    return DnsSeen(net.datagram(service, DNS))
"""
SUBJECT = """
from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail
from .collect import DnsSeen

@check(needs=DnsSeen, absent=Status.PASS)
def dns(seen: DnsSeen) -> Verdict:
    return fail("is_open") if seen.again else fail("is_open")

@check(needs=ServiceSeen, on=Service("lab_snmp"), absent=Status.PASS)
def snmp(seen: ServiceSeen) -> Verdict:
    return fail("is_open")

@check(needs=ServiceSeen, on=Service("lab_hush"), absent=Status.PASS)
def hush(seen: ServiceSeen) -> Verdict:
    return fail("is_open")

@check(needs=ServiceSeen, on=Service("lab_still"), absent=Status.PASS)
def still(seen: ServiceSeen) -> Verdict:
    return fail("is_open")

@check(needs=ServiceSeen, on=Service("lab_shut"), absent=Status.PASS)
def shut(seen: ServiceSeen) -> Verdict:
    return fail("is_open")
"""


def clock() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def quiet(_event: str, **_values: object) -> None:
    return None


@contextlib.contextmanager
def running(argv: list[str], log: Path, port: int, question: bytes) -> Iterator[None]:
    """Run a UDP daemon; it is ready when it answers the question."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        limit = time.monotonic() + START_LIMIT
        while not answers(HERE, port, question):
            if process.poll() is not None or time.monotonic() > limit:
                pytest.fail(f"{argv[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        end(process)


def answers(address: str, port: int, question: bytes) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.settimeout(0.2)
        probe.connect((address, port))
        probe.send(question)
        return bool(probe.recv(4096))
    return False


@contextlib.contextmanager
def unbound(folder: Path, port: int) -> Iterator[None]:
    conf = folder / "unbound.conf"
    conf.write_text(
        f'server:\n  interface: {HERE}@{port}\n  do-tcp: no\n  use-syslog: no\n  username: ""\n'
        f'  chroot: ""\n  directory: "{folder}"\n  pidfile: "{folder}/unbound.pid"\n'
        '  module-config: "iterator"\n  num-threads: 1\nremote-control:\n  control-enable: no\n',
        "utf-8",
    )
    argv = [program("unbound"), "-d", "-c", str(conf)]
    with running(argv, folder / "unbound.log", port, bytes.fromhex(DNS_QUESTION)):
        yield


@contextlib.contextmanager
def snmpd(folder: Path, port: int) -> Iterator[None]:
    conf = folder / "snmpd.conf"
    conf.write_text("rouser nobody priv\n", "utf-8")
    argv = [
        program("snmpd"), "-f", "-I", "-smux", "-Lo", "-C", "-c", str(conf),
        "-p", str(folder / "snmpd.pid"),
        f"udp:{HERE}:{port}",
    ]  # fmt: skip
    own = ["env", f"SNMP_PERSISTENT_DIR={folder}/state", *argv]
    with running(own, folder / "snmpd.log", port, bytes.fromhex(SNMP_QUESTION)):
        yield


@dataclass(frozen=True)
class Scene:
    packs: PackSet
    dns: int
    snmp: int
    shut: int
    silent: Post


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    need("unbound", "snmpd")
    folder = tmp_path_factory.mktemp("udp")
    dns, snmp, shut = (closed_port(HERE) for _ in range(3))
    with unbound(folder, dns), snmpd(folder, snmp), answering(HERE) as silent:
        packs = folder / "packs"
        words = "".join(WORDS.format(name=n) for n in ("dns", "snmp", "hush", "still", "shut"))
        collect = COLLECT.format(
            dns=DNS_QUESTION, snmp=SNMP_QUESTION, dns_port=dns, snmp_port=snmp,
            silent=silent.port, shut=shut,
        )  # fmt: skip
        write_pack(packs, "udplab", collect=collect, subject=SUBJECT, words=words)
        loaded = load_packs([packs])
        assert not [one for one in loaded.problems if one.pack == "udplab"]
        only = PackSet(tuple(pack for pack in loaded.packs if pack.name == "udplab"))
        yield Scene(only, dns, snmp, shut, silent)


def scanned(scene: Scene, *targets: str, **manner: Any) -> dict[str, Any]:
    first, last = date(2026, 11, 1), date(2026, 12, 1)
    intensity = manner.pop("intensity", Intensity.LIGHT)
    scope = Scope("例", "代表", first, last, targets, intensity=intensity)
    how = Manner(**{"engine": "builtin", "pace": "lan", **manner})
    return assess(
        Permission(scope), Work(scene.packs, manner=how), Terms("jp-sme"),
        clock=clock, stop=threading.Event(), progress=quiet, language="en",
    )  # fmt: skip


def verdicts(report: dict[str, Any], asset: str = HERE) -> dict[str, tuple[str, str, int, str]]:
    return {
        one["check"]: (one["status"], one["reason"], one["port"], one["transport"])
        for one in report["findings"]
        if one["asset"] == asset
    }


@pytest.fixture(scope="module")
def report(scene: Scene) -> dict[str, Any]:
    return scanned(scene, HERE, QUIET)


def test_daemons_closed_ports_and_silence_are_judged_for_what_they_are(
    scene: Scene, report: dict[str, Any]
) -> None:
    assert verdicts(report) == {
        "door.dns": ("fail", "is_open", scene.dns, "udp"),
        "door.snmp": ("fail", "is_open", scene.snmp, "udp"),
        "door.hush": ("unknown", "udp_mute", 0, ""),
        "door.still": ("pass", "absent", 0, ""),
        "door.shut": ("pass", "absent", 0, ""),
    }
    assert {status for status, *_ in verdicts(report, QUIET).values()} == {"pass"}
    assert report["complete"] is True


def test_nobody_is_asked_more_than_twice(scene: Scene, report: dict[str, Any]) -> None:
    assert report
    assert sorted(scene.silent.received) == [b"hush", b"hush", b"still", b"still"]


def test_the_record_says_what_was_sent(scene: Scene, report: dict[str, Any]) -> None:
    lines = [one for one in report["connections"] if one["transport"] == "udp"]
    sweeps = {one["address"]: one for one in lines if one["purpose"] == "discovery.udp"}
    assert len(lines) == 3
    assert sweeps[HERE]["count"] == 2 + 4 + 1
    assert sweeps[HERE]["port"] == 0
    assert sweeps[HERE]["outcome"] == sweeps[QUIET]["outcome"] == "ok"
    assert sweeps[QUIET]["count"] == 5
    (asked,) = (one for one in lines if one["purpose"] == "lab_asking_dns")
    assert asked["port"] == scene.dns
    (here,) = (one for one in report["assets"] if one["id"] == HERE)
    assert here["udp_ports"] == sorted([scene.dns, scene.snmp])
    assert here["open_ports"] == []


def test_the_findings_follow_from_the_evidence_and_from_all_of_it(
    scene: Scene, report: dict[str, Any]
) -> None:
    assert differences(report, report["evidence"], scene.packs, builtin()) == ()
    for number, record in enumerate(report["evidence"]):
        if record["transport"] == "udp":
            rest = [*report["evidence"][:number], *report["evidence"][number + 1 :]]
            assert differences(report, rest, scene.packs, builtin())


def test_the_report_is_read_and_shown_in_both_languages(
    scene: Scene, report: dict[str, Any]
) -> None:
    assert parse_report(report_bytes(report), "report.json") == report
    for language in ("ja", "en"):
        checks = {check.id: check.meta.words[language] for check in scene.packs.checks}
        words = words_of(load_profile("jp-sme"), language)
        page = render_html(report, checks, words, language)
        console = render_terminal(report, checks, words, language, width=120, plain=True)
        for shown in (page, console):
            assert f"{HERE}:{scene.dns}/udp" in shown
            assert f"{HERE}:{scene.snmp}/udp" in shown


def test_only_given_ports_are_asked_and_that_is_not_everything(scene: Scene) -> None:
    before = len(scene.silent.received)
    some = scanned(scene, HERE, ports=(scene.dns,))
    assert verdicts(some)["door.dns"][0] == "fail"
    assert verdicts(some)["door.snmp"] == ("unknown", "not_fully_scanned", 0, "")
    assert verdicts(some)["door.shut"][:2] == ("unknown", "not_fully_scanned")
    assert len(scene.silent.received) == before


def test_a_passive_scope_and_an_excluded_address_get_no_datagram(scene: Scene) -> None:
    before = len(scene.silent.received)
    passive = scanned(scene, HERE, intensity=Intensity.PASSIVE)
    assert passive["connections"] == []
    scanned(scene, QUIET)
    assert len(scene.silent.received) == before


def test_with_nmap_for_tcp_the_udp_side_is_the_same(scene: Scene, report: dict[str, Any]) -> None:
    need("nmap")
    assert verdicts(scanned(scene, HERE, QUIET, engine="nmap")) == verdicts(report)
