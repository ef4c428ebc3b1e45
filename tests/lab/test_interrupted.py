"""Ctrl-C at every stage of a scan: a valid partial report, nothing lost, nothing left running."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from posture_scan.discovery.ports import COMMON_PORTS
from posture_scan.report.shape import report_schema
from tests.lab import horrors as h
from tests.lab.daemon import need
from tests.lab.office import Desk

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HOST, OTHER = "127.80.2.1", "127.80.2.2"
PROMPT = 30.0
"""Seconds within which an interrupted scan ends; a connection under way may finish first."""


@dataclass
class Ended:
    code: int
    seconds: float
    out: str
    err: str
    report: dict[str, Any]

    def statuses(self, check: str, asset: str = HOST) -> set[str]:
        found = self.report["findings"]
        return {f["status"] for f in found if (f["check"], f["asset"]) == (check, asset)}


def offspring(parent: int) -> set[int]:
    """The processes that this one started and that still run."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.add(int(place.parent.name))
    return found


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


class Scan:
    """A scan in a process of its own that can be watched and interrupted."""

    def __init__(self, desk: Desk, *options: str) -> None:
        self.desk = desk
        self.err = desk.folder / "err.txt"
        scope = desk.scope([HOST, OTHER])
        self.sink = self.err.open("wb")
        environment = {**os.environ, "HOME": str(desk.folder), "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "posture_scan", "scan", "--scope", str(scope),
                "--out", str(desk.folder / "report.json"), *options,
            ],
            cwd=desk.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.sink, start_new_session=True,
        )  # fmt: skip

    def interrupt(self) -> None:
        self.began = time.monotonic()
        os.kill(self.process.pid, signal.SIGINT)

    def end(self) -> Ended:
        try:
            out, _ = self.process.communicate(timeout=120)
        finally:
            self.process.kill()
            self.process.wait()
            self.sink.close()
        seconds = time.monotonic() - self.began
        report = json.loads((self.desk.folder / "report.json").read_text("utf-8"))
        return Ended(
            self.process.returncode, seconds, out.decode(), self.err.read_text("utf-8"), report
        )


def until(condition: Any, seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def check(ended: Ended) -> None:
    assert ended.code == 3, ended.err
    assert ended.seconds < PROMPT
    jsonschema.Draft202012Validator(report_schema()).validate(ended.report)
    assert ended.report["complete"] is False
    assert ended.report["interrupted"] == "user"
    assert "Traceback" not in ended.err + ended.out
    assert {asset["id"] for asset in ended.report["assets"]} == {HOST, OTHER}
    assert ended.report["rating"]["discount"] == "0.0000"
    assert not [f for f in ended.report["findings"] if f["status"] == "error"]


def check_unfinished_sweep(ended: Ended) -> None:
    check(ended)
    assert {f["status"] for f in ended.report["findings"]} <= {"unknown", "fail"}
    assert not any(asset["fully_scanned"] for asset in ended.report["assets"])
    swept = [line for line in ended.report["connections"] if line["port"] == 0]
    assert sum(line["count"] for line in swept) > 0


@pytest.fixture
def talks() -> list[bytes]:
    """What the server was told so far."""
    return []


def listener(talks: list[bytes]) -> h.Horror:
    """Listen for ever and say nothing."""

    async def answer(reader: h.Reader, writer: h.Writer) -> None:
        talks.append(b"")
        await h.mute(reader, writer)

    return answer


def swept(talks: list[bytes]) -> contextlib.AbstractContextManager[None]:
    """Open doors all over the sweep: when somebody comes to the first, it is under way."""
    doors = [port for port in COMMON_PORTS if 1024 < port < 1300]  # soon, and without root
    return h.house({(HOST, port): listener(talks) for port in doors})


def test_during_the_port_sweep(desk: Desk, talks: list[bytes]) -> None:
    with swept(talks):
        scan = Scan(desk, "--engine", "builtin", "--pace", "normal")
        until(lambda: talks or scan.process.poll() is not None)
        scan.interrupt()
        check_unfinished_sweep(scan.end())


def nmap_runs(scan: Scan, option: bytes) -> set[int]:
    found = set()
    for number in offspring(scan.process.pid):
        with contextlib.suppress(OSError):
            if option in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0"):
                found.add(number)
    return found


def test_during_the_port_sweep_with_nmap(desk: Desk, talks: list[bytes]) -> None:
    need("nmap")
    with swept(talks):
        scan = Scan(desk, "--engine", "nmap", "--pace", "normal")
        until(lambda: talks or scan.process.poll() is not None)
        running = nmap_runs(scan, b"-sT")
        assert running
        scan.interrupt()
        check_unfinished_sweep(scan.end())
    assert not [number for number in running if alive(number)]


def test_while_nmap_names_the_services(desk: Desk, talks: list[bytes]) -> None:
    need("nmap")
    with h.house({(HOST, 13389): listener(talks)}):
        scan = Scan(desk, "--engine", "nmap", "--pace", "lan")
        until(lambda: nmap_runs(scan, b"-sV") or scan.process.poll() is not None)
        running = offspring(scan.process.pid)
        scan.interrupt()
        ended = scan.end()
    check(ended)
    assert ended.statuses("rdp.exposed") == {"unknown"}
    assert not [number for number in running if alive(number)]


def test_while_services_are_recognised(desk: Desk, talks: list[bytes]) -> None:
    with h.house({(HOST, 13389): listener(talks)}):
        scan = Scan(desk, "--engine", "builtin", "--pace", "lan")
        # The first connection is the sweep's, the second asks.
        until(lambda: len(talks) > 1 or scan.process.poll() is not None)
        scan.interrupt()
        ended = scan.end()
    check(ended)
    opened = {asset["id"]: asset["open_ports"] for asset in ended.report["assets"]}
    assert opened[HOST] == [13389]
    # Remote desktop may stand behind a port that was not asked to the end.
    assert ended.statuses("rdp.exposed") == {"unknown"}


def pages(talks: list[bytes]) -> h.Horror:
    """Show a page once, so that one sees a web server, and then keep everybody waiting."""

    async def answer(reader: h.Reader, writer: h.Writer) -> None:
        question = await h.question(reader)
        if not question.startswith((b"GET", b"POST")):
            return
        talks.append(question)
        if len(talks) > 1:
            await h.mute(reader, writer)
        writer.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nhi")
        await writer.drain()

    return answer


def test_while_collecting(desk: Desk, talks: list[bytes]) -> None:
    with h.house({(HOST, 8080): pages(talks)}):
        scan = Scan(desk, "--engine", "builtin", "--pace", "normal")
        until(lambda: len(talks) > 1 or scan.process.poll() is not None)
        scan.interrupt()
        ended = scan.end()
    check(ended)
    seen = [e for e in ended.report["evidence"] if e["kind"] == "core.ServiceSeen"]
    assert [(e["asset"], e["port"], e["facts"]["protocol"]) for e in seen] == [(HOST, 8080, "http")]
    attempts = {e["attempt"] for e in ended.report["evidence"] if e["port"] == 8080}
    assert "interrupted" in attempts or "timeout" in attempts
    for name in ("admin_panel.exposed", "sslvpn.exposed"):
        assert ended.statuses(name) == {"unknown"}, name
