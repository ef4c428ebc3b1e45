"""What is left to nmap's naming pass: the ports that our own questions left unnamed, no others."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.naming import Recogniser
from posture_scan.discovery.ports import default_ports
from posture_scan.discovery.states import Named, NmapHint, SweepLimits, Swept
from posture_scan.discovery.world import Target
from posture_scan.model.evidence import Attempt
from tests.collect.scripted import hangs_up, says, serving, silent
from tests.discovery.specs import ALL, SSH
from tests.discovery.test_hosts import QUICK, Lab
from tests.discovery.test_nmap_engine import END, START, Fake, port_line

A, B = "127.74.4.1", "127.74.4.2"
SAYS_SSH = says(b"SSH-2.0-x\r\n")
REDIS_7 = '<service name="redis" product="Redis" version="7" method="probed" conf="10"/>'


@dataclass
class Engine:
    """Names what it was told to, and remembers what it was asked."""

    name: str = "other"
    version: str = "1"
    hints: dict[int, NmapHint] = field(default_factory=dict)
    cut_short: bool = False
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def sweep(
        self, _addresses: Sequence[str], _ports: Sequence[int], _limits: SweepLimits
    ) -> dict[str, Swept]:
        return {}

    def name_services(self, _address: str, ports: Sequence[int], _limits: SweepLimits) -> Named:
        self.asked.append(tuple(ports))
        return Named(self.hints, len(ports), self.cut_short)


@pytest.fixture
def lab() -> Lab:
    return Lab(targets=("127.74.4.0/24",))


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """An nmap whose sweep crashes, so that the prober's counts."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Fake(tmp_path)


def named(lab: Lab, engine: Engine, *ports: int) -> dict[int, Identified]:
    def tell(event: str, **values: object) -> None:
        lab.events.append((event, values))

    recogniser = Recogniser(lab.world, engine, Identifier(ALL, QUICK, lab.stop), tell)
    found = {port: recogniser.identify(Target(A), port) for port in ports}
    return recogniser.name_rest(Target(A), found, SweepLimits(lab.world.deadline))


def test_only_what_we_could_not_name_is_left_to_the_engine(lab: Lab) -> None:
    with serving(SAYS_SSH, A) as ssh, serving(hangs_up, A) as odd, serving(silent, A) as mute:
        engine = Engine(hints={odd: NmapHint("redis", product="Redis", version="7")})
        found = named(lab, engine, ssh, odd, mute)
    assert engine.asked == [(odd, mute)]
    ours, theirs = found[ssh].found, found[odd].found
    assert ours is not None
    assert theirs is not None
    assert (ours[1].protocol, ours[1].recognised_by, ours[1].product) == ("ssh", "answer", "")
    assert (theirs[1].protocol, theirs[1].recognised_by) == ("redis", "nmap")
    assert (theirs[1].product, theirs[1].version) == ("Redis", "7")
    assert found[mute].found is None
    assert found[mute].asked
    told = [(values["port"], values["protocol"]) for event, values in lab.events]
    assert told == [(ssh, "ssh"), (odd, "redis")]
    (line,) = [line for line in lab.record if line.purpose == "discovery.other"]
    assert (line.address, line.port, line.count, line.outcome) == (A, 0, 2, Attempt.OK)


def test_with_every_port_named_the_engine_is_not_asked(lab: Lab) -> None:
    engine = Engine()
    with serving(SAYS_SSH, A) as ssh:
        found = named(lab, engine, ssh)
    assert engine.asked == []
    assert found[ssh].found is not None
    assert {line.purpose for line in lab.record} == {"discovery.identify"}


def test_where_the_end_came_first_unnamed_ports_were_not_asked_to_the_end(lab: Lab) -> None:
    with serving(SAYS_SSH, A) as ssh, serving(silent, A) as mute:
        found = named(lab, Engine(cut_short=True), ssh, mute)
    assert (found[ssh].asked, found[mute].asked) == (True, False)
    assert lab.record[-1].outcome is Attempt.INTERRUPTED


def test_nmap_is_started_only_for_hosts_with_an_unnamed_port(fake: Fake, lab: Lab) -> None:
    with serving(SAYS_SSH, A) as ssh, serving(hangs_up, B) as odd:
        fake.program("exit 1", fake.prints(START + port_line(odd, service=REDIS_7) + END))
        first, second = lab.scan(Target(A), Target(B), engine="nmap", ports=[ssh, odd])
    (asked,) = fake.detections
    assert asked.split(" -p ")[1].split()[0] == str(odd)
    assert asked.endswith(B)
    assert [s.protocol for s, _ in first.services] == ["ssh"]
    assert [(s.protocol, seen.recognised_by) for s, seen in second.services] == [("redis", "nmap")]
    assert (second.ports.unidentified, second.ports.engine) == ((), "nmap+builtin")


@pytest.mark.parametrize("detect", ["kill -SEGV $$", "echo nonsense", "exit 1"])
def test_a_failing_naming_pass_loses_nothing(fake: Fake, lab: Lab, detect: str) -> None:
    with serving(SAYS_SSH, A) as ssh, serving(silent, A) as mute:
        fake.program("exit 1", detect)
        wanted = [*default_ports(ALL), ssh, mute]
        (seen,) = lab.scan(Target(A), engine="nmap", ports=wanted)
    assert fake.detections
    assert [(s.port, s.protocol) for s, _ in seen.services] == [(ssh, "ssh")]
    assert seen.ports.unidentified == (mute,)
    assert seen.ports.finished


def test_a_stop_sign_in_the_naming_pass_leaves_the_scan_unfinished(fake: Fake, lab: Lab) -> None:
    with serving(SAYS_SSH, A) as ssh, serving(silent, A) as mute:
        fake.program("exit 1", "sleep 60")
        wanted = [*default_ports(ALL), ssh, mute]

        def stop_when_asked() -> None:
            while not fake.detections and not over.wait(0.02):
                pass
            lab.stop.set()

        over = threading.Event()
        watcher = threading.Thread(target=stop_when_asked)
        watcher.start()
        (seen,) = lab.scan(Target(A), engine="nmap", ports=wanted)
        over.set()
        watcher.join()
    assert fake.detections
    assert [s.protocol for s, _ in seen.services] == ["ssh"]
    assert not seen.ports.finished


def test_what_answers_on_everything_is_not_asked_more(fake: Fake, lab: Lab) -> None:
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(serving(silent, A)) for _ in range(12)]
        fake.program("exit 1")
        (seen,) = lab.scan(Target(A), engine="nmap", ports=ports, specs=(SSH,))
    assert seen.ports.answers_everything
    assert fake.detections == []
