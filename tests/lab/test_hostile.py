"""The house of horrors through the command line: it ends, tells the truth and shows no scars."""

from __future__ import annotations

import json
import re
import ssl
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from posture_scan.discovery.ports import COMMON_PORTS
from posture_scan.report.shape import report_schema
from tests.lab import horrors as h
from tests.lab.office import Desk

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SLOW, LOUD, NASTY, WEB, TURN, SHUT, ECHO, TLS, SWAPPED, BUSY, BOX = (
    f"127.80.1.{last}" for last in range(1, 12)
)
OUTSIDE = "127.80.200.1"
LONGEST = 150.0
"""Seconds that all of the house together may take; alone it takes about 50."""
ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plan(certificate: ssl.SSLContext) -> h.Plan:
    doors: dict[h.Door, Any] = {
        (SLOW, 3389): h.tarpit, (SLOW, 8080): h.tarpit, (SLOW, 8443): h.tarpit,
        (SLOW, 2222): h.slow_ssh,
        (LOUD, 21): h.endless_greeting, (LOUD, 3389): h.endless_greeting,
        (LOUD, 8080): h.endless_greeting, (LOUD, 2222): h.huge_banner,
        (NASTY, 2222): h.nasty_ssh, (NASTY, 2121): h.nasty_ftp, (NASTY, 8080): h.nasty_http,
        (NASTY, 8443): (h.nasty_http, certificate),
        (WEB, 8080): h.gzip_bomb, (WEB, 8081): h.endless_body, (WEB, 8082): h.dripping_body,
        (WEB, 8083): h.endless_headers, (WEB, 8084): h.endless_chunks,
        (TURN, 8080): h.http09, (TURN, 8081): h.bad_status, (TURN, 8082): h.redirect("/again"),
        (TURN, 8083): h.redirect(f"http://{OUTSIDE}/"), (TURN, 8084): h.redirect("/"),
        (SHUT, 3389): h.reset, (SHUT, 5900): h.close_at_once, (SHUT, 8080): h.close_at_once,
        (SHUT, 8443): h.reset, (SHUT, 445): h.mute, (SHUT, 12000): h.mute,
        (ECHO, 3389): h.echo, (ECHO, 8080): h.echo, (ECHO, 8443): h.echo, (ECHO, 12000): h.echo,
        (TLS, 3389): h.garbage_after_hello, (TLS, 8443): h.garbage_after_hello,
        (TLS, 10443): h.alert_to_all,
        (SWAPPED, 22): h.bare_http, (SWAPPED, 443): h.bare_ssh,
        (BUSY, 2375): h.status(500), (BUSY, 5985): h.status(503), (BUSY, 8080): h.status(503),
        (BUSY, 8081): h.status(429), (BUSY, 9200): h.status(503),
    }  # fmt: skip
    doors |= {(BOX, port): h.same_to_all for port in COMMON_PORTS}
    return doors


@dataclass
class Visit:
    """What one scan of the whole house left behind."""

    desk: Desk
    code: int
    seconds: float
    said: dict[str, str]
    """The terminal's text and the page, by language and kind."""
    report: dict[str, Any]

    def verdicts(self, asset: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for finding in self.report["findings"]:
            if finding["asset"] == asset:
                found.setdefault(finding["check"], set()).add(finding["status"])
        return found

    def services(self, asset: str) -> dict[int, str]:
        return {
            record["port"]: record["facts"]["protocol"]
            for record in self.report["evidence"]
            if record["kind"] == "core.ServiceSeen" and record["asset"] == asset
        }


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    desk = Desk(tmp_path_factory.mktemp("horrors"))
    doors = plan(h.nasty_certificate(desk.folder))
    addresses = sorted({address for address, _ in doors})
    scope = desk.scope(addresses, names={NASTY: "shop.example.jp"})
    with h.house(doors):
        began = time.monotonic()
        done = desk.run(
            "scan", "--scope", str(scope), "--engine", "builtin", "--pace", "lan", "--detail",
            "--out", "report.json", "--html", "ja.html", language="ja",
        )  # fmt: skip
        seconds = time.monotonic() - began
    shown = desk.run("show", "report.json")
    page = desk.run("show", "report.json", "--format", "html", "--out", "en.html")
    assert (shown.returncode, page.returncode) == (0, 0), shown.stderr + page.stderr
    said = {
        "ja": done.stdout + done.stderr, "en": shown.stdout + shown.stderr,
        "ja.html": (desk.folder / "ja.html").read_text("utf-8"),
        "en.html": (desk.folder / "en.html").read_text("utf-8"),
        "json": (desk.folder / "report.json").read_text("utf-8"),
    }  # fmt: skip
    report = json.loads((desk.folder / "report.json").read_text("utf-8"))
    return Visit(desk, done.returncode, seconds, said, report)


def test_it_ends_in_time_with_a_valid_report_and_the_answer_no(visit: Visit) -> None:
    print(f"\nthe house of horrors took {visit.seconds:.1f} s")  # noqa: T201
    assert visit.seconds < LONGEST
    assert visit.code == 1, visit.said["ja"][-2000:]
    jsonschema.Draft202012Validator(report_schema()).validate(visit.report)
    assert "Traceback" not in "".join(visit.said.values())
    assert [f for f in visit.report["findings"] if f["status"] == "error"] == []
    internal = [e for e in visit.report["evidence"] if e["attempt"] == "internal_error"]
    assert internal == []


def test_nothing_a_target_says_reaches_the_reader_raw(visit: Visit) -> None:
    for name, text in visit.said.items():
        assert ODD.findall(text) == [], name
    for name in ("ja", "en"):
        # What they said is quoted, as text and in full view.
        assert "nginx/1.2.3 " in visit.said[name]
        assert "<script>" in visit.said[name]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


@pytest.mark.parametrize("name", ["ja.html", "en.html"])
def test_the_page_holds_no_element_of_theirs(visit: Visit, name: str) -> None:
    tags = _Tags()
    tags.feed(visit.said[name])
    assert not tags.tags & {"script", "img", "iframe", "object", "embed", "form", "base"}
    assert tags.handlers == []
    assert [link for link in tags.links if "evil" in link or link.startswith("javascript")] == []


def test_only_what_is_in_scope_was_touched(visit: Visit) -> None:
    touched = {line["address"] for line in visit.report["connections"]}
    assert touched == {asset["address"] for asset in visit.report["assets"]}
    assert OUTSIDE not in touched


def test_services_are_told_by_what_they_say(visit: Visit) -> None:
    assert visit.services(SWAPPED) == {22: "http", 443: "ssh"}
    assert visit.services(NASTY) == {2121: "ftp", 2222: "ssh", 8080: "http", 8443: "http"}
    for silent in (SLOW, SHUT, ECHO):
        assert visit.services(silent) == {}, silent
    opened = {asset["id"]: asset["open_ports"] for asset in visit.report["assets"]}
    assert opened[SHUT] == [445, 3389, 5900, 8080, 8443, 12000]


@pytest.mark.parametrize(
    ("asset", "checks"),
    [
        (SLOW, ("rdp.exposed", "ssh.exposed", "admin_panel.exposed", "sslvpn.exposed")),
        (LOUD, ("rdp.exposed", "ftp.plaintext", "docker.exposed", "sslvpn.known_exploited")),
        (WEB, ("admin_panel.exposed", "sslvpn.exposed", "database.exposed", "docker.exposed")),
        (TURN, ("admin_panel.exposed", "sslvpn.exposed", "database.exposed", "docker.exposed")),
        (SHUT, ("rdp.exposed", "vnc.exposed", "smb.exposed", "sslvpn.exposed", "tls.sslv3")),
        (ECHO, ("rdp.exposed", "sslvpn.end_of_life", "banner.known_exploited", "tls.sslv3")),
        (TLS, ("sslvpn.exposed", "cert.expired", "cert.weak_key", "tls.rc4", "tls.tls10")),
        (TLS, ("admin_panel.exposed", "database.exposed", "anydesk.exposed", "winrm.exposed")),
        (BUSY, ("admin_panel.exposed", "sslvpn.exposed", "database.exposed", "docker.exposed")),
        (BUSY, ("winrm.exposed", "banner.known_exploited", "sslvpn.known_exploited")),
    ],
)
def test_misbehaving_buys_no_good_verdict(
    visit: Visit, asset: str, checks: tuple[str, ...]
) -> None:
    found = visit.verdicts(asset)
    for check in checks:
        assert found[check] & {"unknown", "fail"}, (check, found[check])


def test_a_box_that_answers_on_every_port_yields_nothing(visit: Visit) -> None:
    asset = next(item for item in visit.report["assets"] if item["id"] == BOX)
    assert asset["middlebox"] is True
    assert asset["fully_scanned"] is False
    statuses = set().union(*visit.verdicts(BOX).values())
    assert statuses == {"unknown"}


def test_the_whole_house_earns_nothing(visit: Visit) -> None:
    rating = visit.report["rating"]
    assert rating["status"] != "ok"
    assert (rating["discount"], rating["verified"]) == ("0.0000", rating["verified"])
    met = [item["id"] for item in visit.report["criteria"] if item["status"] == "met"]
    assert met == []


def test_only_a_box_in_the_middle_gives_no_score_at_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with h.house({(BOX, port): h.same_to_all for port in COMMON_PORTS}):
        report = desk.scan(desk.scope([BOX]), expect=3)
    rating = report["rating"]
    assert (rating["score"], rating["grade"]) == (None, None)
    assert rating["discount"] == "0.0000"
