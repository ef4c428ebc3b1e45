"""The sample pack of a third party, on its own: its protocol, collector and checks at work."""

from __future__ import annotations

import importlib.util
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.engine.source import contents, forbidden_import
from posture_scan.model.scope import Scope
from posture_scan.sdk import Attempt, AttemptError, Context, Service, Status, Vantage, Verdict
from tests.data.acme_pack_server import door
from tests.fakes import FakeNet, Talk

DATA = Path(__file__).parents[1] / "data"
FOLDER = DATA / "acme_pack" / "acme_door"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADDRESS = "127.40.1.1"
PACKAGE = "sample_acme_door"


@pytest.fixture(scope="module")
def acme() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The pack's two modules, loaded by path under a name of this test's own."""
    spec = importlib.util.spec_from_file_location(
        PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert spec
    assert spec.loader
    sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    names = [f"{PACKAGE}.{name}" for name in ("collect", "door")]
    collect, checks = (importlib.import_module(name) for name in names)
    yield collect, checks
    for name in [PACKAGE, *names]:
        del sys.modules[name]


def observe(collect: ModuleType, answer: bytes) -> object:
    net = FakeNet(talks=[Talk(replies=(answer,))])
    return collect.door_state.function(Service("acme-door"), net)


def judge(check: Any, seen: object) -> Verdict:
    context = Context(NOW, NOW, Service("acme-door"), Vantage.LAN)
    verdict = check.judge(seen, context)
    assert isinstance(verdict, Verdict)
    return verdict


def test_a_real_door_is_recognised_asked_once_and_judged(
    acme: tuple[ModuleType, ModuleType],
) -> None:
    collect, checks = acme
    made: list[object] = []
    scope = Scope("lab", "lab", date(2026, 1, 1), date(2026, 12, 31), (ADDRESS,))
    net = RealNet(
        scope, pace=Pace.named("lan"), clock=lambda: NOW, deadline=time.monotonic() + 10,
        record=made.append, purpose="door_state", max_connections=1,
    )  # fmt: skip
    with door(ADDRESS) as port:
        service = Service("acme-door", address=ADDRESS, port=port)
        seen = collect.door_state.function(service, net)
    assert (seen.major, seen.minor, seen.state) == (1, 2, "open")
    assert len(made) == 1
    assert judge(checks.open, seen).status is Status.FAIL
    assert judge(checks.old_firmware, seen).status is Status.FAIL


@pytest.mark.parametrize(
    ("answer", "opened", "firmware"),
    [
        (b"DOOR 1.2 OPEN\r\n", Status.FAIL, Status.FAIL),
        (b"DOOR 1.5 CLOSED\r\n", Status.PASS, Status.PASS),
        (b"DOOR 0.0 HIDDEN\r\n", Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_every_check_has_three_answers(
    acme: tuple[ModuleType, ModuleType], answer: bytes, opened: Status, firmware: Status
) -> None:
    collect, checks = acme
    assert collect.acme_door.recognise(answer)
    seen = observe(collect, answer)
    words = tomllib.loads((FOLDER / "door.toml").read_text("utf-8"))
    for name, expected in (("open", opened), ("old_firmware", firmware)):
        verdict = judge(getattr(checks, name), seen)
        assert verdict.status is expected
        assert verdict.reason in words[name]["ja"]["reasons"]
        assert words[name]["ja"]["reasons"].keys() == words[name]["en"]["reasons"].keys()


def test_what_is_no_door_is_a_mismatch(acme: tuple[ModuleType, ModuleType]) -> None:
    assert not acme[0].acme_door.recognise(b"220 ftp\r\n")
    with pytest.raises(AttemptError) as caught:
        observe(acme[0], b"DOOR one OPEN\r\n" * 100)
    assert caught.value.attempt is Attempt.PROTOCOL_MISMATCH


def test_the_pack_keeps_the_rules_and_one_broken_one_does_not() -> None:
    broken = DATA / "broken_packs" / "broken_forbidden_import"
    assert forbidden_import(contents(FOLDER)) == ""
    assert forbidden_import(contents(broken)).endswith("socket")
    modules = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    assert "posture_scan." in modules
    assert modules.count("posture_scan.") == modules.count("posture_scan.sdk")
