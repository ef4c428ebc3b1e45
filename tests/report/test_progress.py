from __future__ import annotations

import io
import re

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.report.progress import LiveProgress, bar
from posture_scan.text.catalog import Catalog
from tests.report import hostile, sample
from tests.terminal import Terminal

EVENTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("resolve", {"name": "www.example.jp"}),
    ("ports", {"done": 100, "total": 300, "address": "203.0.113.2"}),
    ("open", {"address": "203.0.113.2", "port": 3389}),
    ("service", {"address": "203.0.113.2", "port": 3389, "protocol": "rdp"}),
    ("collect", {"collector": "rdp_negotiation", "address": "203.0.113.2", "port": 3389,
                 "done": 1, "total": 1}),
    ("service", {"address": "203.0.113.2", "port": 500, "protocol": "ike", "transport": "udp"}),
    ("finding", {"check": "rdp.exposed", "status": "fail", "asset": "203.0.113.2",
                 "address": "203.0.113.2", "port": 3389, "transport": "tcp"}),
    ("finding", {"check": "tls.tls10", "status": "pass", "asset": "203.0.113.2"}),
    ("something_newer", {"value": 1}),
    ("done", {}),
)  # fmt: skip


def on_a_terminal(language: str, events: tuple[tuple[str, dict[str, object]], ...]) -> str:
    """Run the events on a pseudo-terminal of our own and return what it received."""
    terminal = Terminal()
    with open(terminal.screen, "w", encoding="utf-8") as stream:  # noqa: PTH123 -- a file descriptor
        progress = LiveProgress(stream, language, sample.checks(language), width=80)
        with progress:
            for event, values in events:
                progress(event, **values)
    return terminal.shown()


@pytest.mark.parametrize(
    ("language", "service", "weak", "done"),
    [
        ("en", "found: 203.0.113.2 port 3389 Remote Desktop (RDP)",
         "weak: Remote Desktop can be reached (203.0.113.2:3389)", "Weaknesses seen so far: 1."),
        ("ja", "見つけました: 203.0.113.2 のポート 3389 リモートデスクトップ(RDP)",
         "弱点: リモートデスクトップ(RDP)が外から見える (203.0.113.2:3389)", "弱点 1 件"),
    ],
)  # fmt: skip
def test_a_terminal_shows_what_was_found(language: str, service: str, weak: str, done: str) -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", on_a_terminal(language, EVENTS))
    for part in (service, weak, done):
        assert part in shown
    assert "TLS" not in shown


@pytest.mark.parametrize(
    ("language", "service"),
    [
        ("en", "found: 203.0.113.2 port 500/udp VPN (IPsec, IKEv2)"),
        ("ja", "見つけました: 203.0.113.2 のポート 500/udp VPN(IPsec、IKEv2)"),
    ],
)
def test_a_service_over_udp_says_so(language: str, service: str) -> None:
    assert service in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", on_a_terminal(language, EVENTS))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_protocol_has_a_name_that_people_read(language: str) -> None:
    words = Catalog(language)
    spoken = {spec.name for spec in load_packs().protocols}
    assert [name for name in sorted(spoken) if f"report.protocol.{name}" not in words] == []


def test_the_same_weakness_of_the_same_port_is_told_once_and_counted_twice() -> None:
    finding = next(event for event in EVENTS if event[0] == "finding")
    shown = on_a_terminal("en", (finding, finding, ("done", {})))
    assert shown.count("weak: Remote Desktop can be reached (203.0.113.2:3389)") == 1
    assert "Weaknesses seen so far: 2." in shown


def test_what_is_told_for_information_is_no_weakness() -> None:
    values: dict[str, object] = {"check": "http.no_csp", "status": "fail", "asset": "203.0.113.2"}
    shown = on_a_terminal("en", (("finding", values), ("done", {})))
    assert "weak:" not in shown
    assert "Weaknesses seen so far: 0." in shown


def test_a_target_cannot_steer_the_terminal() -> None:
    shown = on_a_terminal(
        "en", (("service", {"address": "a", "port": 1, "protocol": hostile.ESCAPE}),)
    )
    assert "\x1b[31mPWNED" not in shown
    assert "\\x1b[31mPWNED" in shown


def test_a_pipe_stays_silent_but_counts() -> None:
    sink = io.StringIO()
    with LiveProgress(sink, "ja") as progress:
        for event, values in EVENTS:
            progress(event, **values)
    assert sink.getvalue() == ""
    assert progress.weak == 1


def test_every_terminal_shows_the_bar_one_column_a_character() -> None:
    assert bar(0, 0) == f"[{'.' * 20}]"
    assert bar(1, 4) == f"[{'#' * 5}{'.' * 15}]  25%"
    assert bar(9, 4).endswith("] 100%")
    assert "\u2501" not in on_a_terminal("ja", EVENTS)
