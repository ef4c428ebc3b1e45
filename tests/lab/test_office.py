"""A whole office of weak servers, scanned at once: exactly what is wrong, and nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab import servers_exposure, servers_remote, servers_web
from tests.lab.daemon import need
from tests.lab.office import Desk, errors, failing, need_quiet_loopback
from tests.lab.pki import Authority

pytestmark = [pytest.mark.lab, pytest.mark.slow]

REMOTE, FILES, WEB = "127.70.1.1", "127.70.1.2", "127.70.1.3"
OLD_NAME = "old.example.jp"
RDP, SSH, VNC = 3389, 2222, 5900
TELNET, SMB, REDIS, MARIADB = 2323, 4500, 6379, 3306
OLD_TLS, PLAIN = 8443, 8080

EXPECTED = {
    ("rdp.exposed", REMOTE, RDP),
    ("rdp.no_nla", REMOTE, RDP),
    ("rdp.weak_encryption", REMOTE, RDP),
    ("ssh.exposed", REMOTE, SSH),
    ("ssh.weak_algorithms", REMOTE, SSH),
    ("vnc.exposed", REMOTE, VNC),
    ("vnc.no_auth", REMOTE, VNC),
    ("telnet.exposed", FILES, TELNET),
    ("smb.exposed", FILES, SMB),
    ("smb.v1", FILES, SMB),
    ("smb.signing_not_required", FILES, SMB),
    ("database.exposed", FILES, REDIS),
    ("database.no_auth", FILES, REDIS),
    ("database.no_tls", FILES, REDIS),
    ("database.exposed", FILES, MARIADB),
    ("database.no_tls", FILES, MARIADB),
    ("tls.tls10", WEB, OLD_TLS),
    ("tls.tls11", WEB, OLD_TLS),
    ("cert.expired", WEB, OLD_TLS),
    ("banner.version_disclosed", WEB, PLAIN),
    ("cert.expiring_soon", REMOTE, RDP),  # made for the test, for two days
    ("http.no_hsts", WEB, OLD_TLS),
    ("http.plaintext", WEB, PLAIN),
}
"""What is true by the servers' own settings."""


@dataclass
class Weak:
    """The office as it runs, and its scans by engine."""

    desk: Desk
    scope: Path
    authority: Path
    vnc: contextlib.ExitStack

    def scan(self, engine: str) -> dict[str, Any]:
        """Scan with a new VNC server: TigerVNC turns an address away after five connections
        without a login, so that a second scan in a row would not get an answer from it.
        """
        self.vnc.close()
        folder = self.desk.folder / "vnc"
        folder.mkdir(exist_ok=True)
        self.vnc.enter_context(
            servers_remote.xvnc(REMOTE, folder, "-SecurityTypes", "None", port=VNC)
        )
        return self.desk.scan(self.scope, "--ca", str(self.authority), engine=engine, expect=1)


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weak]:
    need_quiet_loopback()
    folder = tmp_path_factory.mktemp("weak")
    authority = Authority(folder)
    with contextlib.ExitStack() as running:
        start_remote(running, folder)
        start_files(running, folder)
        expired = authority.leaf(OLD_NAME, days=-3, age=90)
        running.enter_context(
            servers_web.s_server(
                WEB, room(folder, "tls"), expired, *servers_web.OLD_TLS.split(), port=OLD_TLS
            )
        )
        running.enter_context(servers_web.nginx(WEB, room(folder, "nginx"), port=PLAIN))
        desk = Desk(folder)
        scope = desk.scope([REMOTE, FILES, WEB], names={WEB: OLD_NAME})
        vnc = running.enter_context(contextlib.ExitStack())
        yield Weak(desk, scope, authority.file, vnc)


def start_remote(running: contextlib.ExitStack, folder: Path) -> None:
    """Two ways to control a computer from afar, each with its worst setting; VNC comes later."""
    start = running.enter_context
    start(servers_remote.xrdp(REMOTE, room(folder, "rdp"), "negotiate", port=RDP))
    start(servers_remote.sshd(REMOTE, room(folder, "ssh"), *servers_remote.OLD_SSH, port=SSH))


def start_files(running: contextlib.ExitStack, folder: Path) -> None:
    """Files and databases for everybody, and Telnet beside them."""
    start = running.enter_context
    start(servers_remote.telnetd(FILES, room(folder, "telnet"), port=TELNET))
    start(servers_exposure.smbd(FILES, room(folder, "smb"), "server min protocol = NT1", port=SMB))
    start(
        servers_exposure.redis(FILES, room(folder, "redis"), "--protected-mode", "no", port=REDIS)
    )
    start(
        servers_exposure.mariadb(FILES, room(folder, "maria"), "--skip-grant-tables", port=MARIADB)
    )


def room(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def report(weak: Weak) -> dict[str, Any]:
    return weak.scan("builtin")


def test_exactly_what_is_wrong_is_found(report: dict[str, Any]) -> None:
    assert failing(report) == EXPECTED
    assert errors(report) == []
    assert report["complete"] is True
    assert {asset["id"]: asset["open_ports"] for asset in report["assets"]} == {
        REMOTE: [SSH, RDP, VNC],
        FILES: [TELNET, MARIADB, SMB, REDIS],
        WEB: [PLAIN, OLD_TLS],
    }


def test_what_no_look_without_a_password_can_tell_stays_unknown(report: dict[str, Any]) -> None:
    """MariaDB lets everybody in here; that shows only to one who tries, and nobody tries."""
    (tried,) = [
        finding for finding in report["findings"]
        if (finding["check"], finding["port"]) == ("database.no_auth", MARIADB)
    ]  # fmt: skip
    assert (tried["status"], tried["reason"]) == ("unknown", "not_tried")


def test_the_open_gates_suspend_every_discount(report: dict[str, Any]) -> None:
    rating = report["rating"]
    assert rating["status"] == "gate"
    assert set(rating["gates"]) == {"EXT-RDP", "EXT-SVC"}
    assert (rating["discount"], rating["premium"]) == ("0.0000", rating["base_premium"])
    assert rating["grade"] in {"D", "E"}


def test_both_engines_come_to_the_same_verdicts(weak: Weak, report: dict[str, Any]) -> None:
    need("nmap")
    by_nmap = weak.scan("nmap")
    assert engine_of(by_nmap) == {"nmap"}
    assert engine_of(report) == {"builtin"}
    assert verdicts(by_nmap) == verdicts(report)
    assert errors(by_nmap) == []


def engine_of(report: dict[str, Any]) -> set[str]:
    return {
        record["facts"]["engine"] for record in report["evidence"]
        if record["kind"] == "core.PortScan"
    }  # fmt: skip


def verdicts(report: dict[str, Any]) -> set[tuple[str, str, int, str, str]]:
    return {
        (item["check"], item["asset"], item["port"], item["status"], item["reason"])
        for item in report["findings"]
    }


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_weakness_is_told_with_its_place(
    weak: Weak, report: dict[str, Any], language: str
) -> None:
    path = weak.desk.folder / "told.json"
    path.write_text(json.dumps(report), "utf-8")
    done = weak.desk.run("show", str(path), "--detail", "--lang", language)
    assert done.returncode == 0, done.stderr
    assert "{" not in done.stdout
    for check, address, port in failing(report):
        assert check in done.stdout
        assert f"{address}:{port}" in done.stdout
