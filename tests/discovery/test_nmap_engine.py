"""The nmap engine with an nmap that crashes, hangs, breaks off or lies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture_scan.discovery.nmap_engine import NmapEngine, find_engine
from posture_scan.discovery.nmap_xml import mend
from posture_scan.discovery.ports import LISTEN_ONLY
from posture_scan.discovery.states import Named, NmapHint, PortState, SweepLimits

ADDRESS = "127.50.3.1"
HEAD = """#!/bin/sh
case "$*" in
  -V) echo 'Nmap version 7.93 ( https://nmap.org )'; exit 0;;
esac
"""
START = '<nmaprun scanner="nmap"><host><address addr="127.50.3.1" addrtype="ipv4"/><ports>'
END = (
    '</ports></host><runstats><finished timestr="x" elapsed="1"/>'
    '<hosts up="1" down="0" total="1"/></runstats></nmaprun>'
)


def port_line(port: int, *, service: str = "") -> str:
    state = '<state state="open" reason="syn-ack"/>'
    return f'<port protocol="tcp" portid="{port}">{state}{service}</port>'


def lump(state: str, ports: str, reason: str = "conn-refused") -> str:
    inner = f'<extrareasons reason="{reason}" count="1" proto="tcp" ports="{ports}"/>'
    return f'<extraports state="{state}" count="1">{inner}</extraports>'


class Fake:
    """Writes programs called nmap into a folder that comes first on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def program(self, sweep: str, detect: str = "exit 0") -> NmapEngine:
        detecting = (
            f'case "$*" in *-sV*) echo "$*" >> {self.folder}/asked; {detect}; exit 0;; esac\n'
        )
        (self.folder / "nmap").write_text(f"{HEAD}{detecting}{sweep}\n", "utf-8")
        (self.folder / "nmap").chmod(0o755)
        engine = find_engine(time.monotonic() + 10)
        assert engine is not None
        return engine

    def prints(self, xml: str) -> str:
        file = self.folder / f"answer{len(list(self.folder.iterdir()))}.xml"
        file.write_text(xml, "utf-8")
        return f"cat {file}"

    @property
    def detections(self) -> list[str]:
        file = self.folder / "asked"
        return file.read_text("utf-8").splitlines() if file.exists() else []


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Fake(tmp_path)


@pytest.fixture
def opened() -> Iterator[int]:
    with socket.create_server((ADDRESS, 0)) as listener:
        yield int(listener.getsockname()[1])


def limits(seconds: float = 20.0) -> SweepLimits:
    return SweepLimits(time.monotonic() + seconds, 0, 0.3)


def test_both_passes_are_read(fake: Fake, opened: int) -> None:
    service = '<service name="http" product="nginx" version="1.22.1" method="probed" conf="10"'
    inside = f'{service} tunnel="ssl"/>'
    engine = fake.program(
        fake.prints(START + lump("closed", "1-2") + port_line(opened) + END),
        fake.prints(START + port_line(opened, service=inside) + END),
    )
    swept = engine.sweep([ADDRESS], [1, 2, opened], limits())[ADDRESS]
    assert fake.detections == []
    named = engine.name_services(ADDRESS, [opened], limits())
    assert (swept.engine, swept.engine_version) == ("nmap", "7.93")
    assert swept.having(PortState.OPEN) == (opened,)
    assert swept.having(PortState.CLOSED) == (1, 2)
    assert named.hints == {opened: NmapHint("http", tls=True, product="nginx", version="1.22.1")}
    assert (named.probes, named.cut_short) == (1, False)


def test_filtered_ports_are_silent_or_without_a_way(fake: Fake) -> None:
    engine = fake.program(
        fake.prints(
            START
            + lump("filtered", "1-2", "no-response")
            + lump("filtered", "3", "host-unreach")
            + END
        )
    )
    swept = engine.sweep([ADDRESS], [1, 2, 3], limits())[ADDRESS]
    assert swept.having(PortState.SILENT) == (1, 2)
    assert swept.having(PortState.UNREACHABLE) == (3,)


def test_a_crash_in_the_first_pass_is_made_good_by_the_prober(fake: Fake, opened: int) -> None:
    engine = fake.program("kill -SEGV $$")
    swept = engine.sweep([ADDRESS], [1, opened], limits())[ADDRESS]
    assert swept.states == {1: PortState.CLOSED, opened: PortState.OPEN}
    assert swept.engine == "nmap+builtin"


def test_a_crash_in_the_second_pass_loses_no_port(fake: Fake, opened: int) -> None:
    engine = fake.program(
        fake.prints(START + lump("closed", "1") + port_line(opened) + END), "kill -SEGV $$"
    )
    swept = engine.sweep([ADDRESS], [1, opened], limits())[ADDRESS]
    assert swept.having(PortState.OPEN) == (opened,)
    assert swept.engine == "nmap"
    named = engine.name_services(ADDRESS, [opened], limits())
    assert (named.hints, named.cut_short) == ({}, False)


def test_after_a_crash_the_ports_are_asked_one_by_one(fake: Fake) -> None:
    named = '<service name="redis" product="Redis" version="7.0" method="probed" conf="10"/>'
    good = fake.prints(START + port_line(21, service=named) + END)
    detect = f'case "$*" in *21,23*) kill -SEGV $$;; *"-p 23"*) kill -SEGV $$;; *) {good};; esac'
    engine = fake.program(fake.prints(START + port_line(21) + port_line(23) + END), detect)
    found = engine.name_services(ADDRESS, [21, 23], limits())
    assert found.hints == {21: NmapHint("redis", product="Redis", version="7.0")}
    assert (len(fake.detections), found.probes, found.cut_short) == (3, 4, False)


def test_half_an_output_keeps_its_half(fake: Fake, opened: int) -> None:
    half = START + lump("closed", "1-5") + port_line(7) + '<port protocol="tcp" portid="9"><sta'
    engine = fake.program(f"{fake.prints(half)}; exit 1")
    swept = engine.sweep([ADDRESS], [1, 2, 3, 4, 5, 7, opened], limits())[ADDRESS]
    assert swept.states[7] is PortState.OPEN  # what nmap saw, though nothing listens there now
    assert swept.states[opened] is PortState.OPEN  # what the prober saw
    assert swept.engine == "nmap+builtin"
    assert not swept.missing([1, 2, 3, 4, 5, 7, opened])


@pytest.mark.parametrize(
    "output",
    ["not xml at all", "<nmaprun></nmaprun>", "<nmaprun><host><ports><port>", "\\377\\376", ""],
)
def test_garbage_is_made_good_by_the_prober(fake: Fake, opened: int, output: str) -> None:
    engine = fake.program(f"printf '{output}'")
    swept = engine.sweep([ADDRESS], [1, opened], limits())[ADDRESS]
    assert swept.states == {1: PortState.CLOSED, opened: PortState.OPEN}


def test_an_nmap_that_hangs_ends_with_the_scan(fake: Fake, opened: int) -> None:
    engine = fake.program("sleep 60")
    began = time.monotonic()
    swept = engine.sweep([ADDRESS], [1, opened], limits(0.5))[ADDRESS]
    assert time.monotonic() - began < 3
    assert swept.missing([1, opened]) == (1, opened)


def test_an_nmap_that_hangs_in_the_second_pass_loses_no_port(fake: Fake, opened: int) -> None:
    engine = fake.program(fake.prints(START + port_line(opened) + END), "sleep 60")
    swept = engine.sweep([ADDRESS], [opened], limits(1.0))[ADDRESS]
    assert swept.having(PortState.OPEN) == (opened,)
    began = time.monotonic()
    named = engine.name_services(ADDRESS, [opened], limits(1.0))
    assert time.monotonic() - began < 3
    assert (named.hints, named.cut_short) == ({}, True)


def test_a_second_pass_after_the_end_is_not_begun(fake: Fake) -> None:
    engine = fake.program("exit 0")
    over = limits()
    over.stop.set()
    assert engine.name_services(ADDRESS, [22], over) == Named(cut_short=True)
    assert engine.name_services(ADDRESS, [22], limits(0)) == Named(cut_short=True)
    assert fake.detections == []


def test_ports_that_only_listen_and_crowds_of_them_are_not_named(fake: Fake) -> None:
    engine = fake.program("exit 0")
    assert engine.name_services(ADDRESS, sorted(LISTEN_ONLY), limits()) == Named()
    assert engine.name_services(ADDRESS, range(1000, 1031), limits()) == Named()
    assert fake.detections == []
    engine.name_services(ADDRESS, [513, 1000, 9100], limits())
    assert [asked.split(" -p ")[1].split()[0] for asked in fake.detections] == ["1000"]


def test_a_stop_sign_is_heard(fake: Fake) -> None:
    engine = fake.program("sleep 60")
    wanted = limits()
    threading.Timer(0.2, wanted.stop.set).start()
    began = time.monotonic()
    engine.sweep([ADDRESS], [1, 2], wanted)
    assert time.monotonic() - began < 3


def test_an_endless_output_is_cut(fake: Fake, opened: int) -> None:
    engine = fake.program("yes '<nmaprun>'")
    began = time.monotonic()
    swept = engine.sweep([ADDRESS], [opened], limits())[ADDRESS]
    assert time.monotonic() - began < 10
    assert swept.states == {opened: PortState.OPEN}


def test_a_name_from_the_port_table_is_no_hint(fake: Fake) -> None:
    table = '<service name="ssh" method="table" conf="3"/>'
    xml = fake.prints(START + port_line(22, service=table) + END)
    engine = fake.program(xml, xml)
    assert engine.name_services(ADDRESS, [22], limits()).hints == {}


def test_what_a_banner_smuggles_in_is_made_plain(fake: Fake) -> None:
    nasty = f'<service name="x" product="a&#x9;&#x202e;b{"c" * 999}" method="probed" conf="10"/>'
    xml = fake.prints(START + port_line(22, service=nasty) + END)
    hint = fake.program(xml, xml).name_services(ADDRESS, [22], limits()).hints[22]
    assert hint.product.startswith("abccc")
    assert len(hint.product) == 200


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "kill -SEGV $$"])
def test_an_nmap_that_does_not_start_is_none(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_engine(time.monotonic() + 5) is None
    (tmp_path / "nmap").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (tmp_path / "nmap").chmod(0o755)
    assert find_engine(time.monotonic() + 5) is None


def test_broken_xml_is_closed() -> None:
    assert mend(START + END) == START + END
    assert not mend("<nmaprun><host>")
    for cut in range(len(START), len(START + port_line(7) + END)):
        mended = mend((START + port_line(7) + END)[:cut])
        assert mended.endswith("</nmaprun>")
