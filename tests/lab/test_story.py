"""The whole story through the command line: permission, scan, answers, signature, underwriter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab.daemon import daemon, need, program
from tests.lab.office import for_information
from tests.lab.pki import Authority

BAD, GOOD = "127.60.1.1", "127.60.1.2"
NAME = "shop.example.jp"

pytestmark = [pytest.mark.lab, pytest.mark.slow]


@dataclass
class Office:
    """A contractor's desk: a folder, and the two hosts of a client that really run."""

    folder: Path
    authority: Authority

    def run(
        self, *arguments: str, home: str = "contractor", language: str = "en", offline: bool = False
    ) -> subprocess.CompletedProcess[str]:
        place = self.folder / home
        place.mkdir(exist_ok=True)
        environment = {
            **os.environ, "HOME": str(place), "XDG_CONFIG_HOME": str(place / "config"),
            "LANG": "ja_JP.UTF-8" if language == "ja" else "C.UTF-8",
        }  # fmt: skip
        # A network namespace of its own without any interface: the network is gone.
        cut = ["unshare", "--net", "--"] if offline and os.getuid() == 0 else []
        return subprocess.run(
            [*cut, sys.executable, "-m", "posture_scan", *arguments], cwd=place, env=environment,
            capture_output=True, text=True, timeout=240, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    need("nginx", "redis-server", "openssl")
    folder = tmp_path_factory.mktemp("story")
    authority = Authority(folder)
    with good_host(folder, authority), bad_host(folder):
        yield Office(folder, authority)


def good_host(folder: Path, authority: Authority) -> Any:
    """nginx with TLS 1.2 and 1.3 only, a trusted certificate, no version in its banner."""
    certificate, key = authority.leaf(NAME)
    log = folder / "nginx"
    log.mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        f"""
        daemon off; pid {log}/pid; error_log {log}/error.log;
        events {{}}
        http {{
          access_log off; server_tokens off;
          client_body_temp_path {log}/b; proxy_temp_path {log}/p; fastcgi_temp_path {log}/f;
          uwsgi_temp_path {log}/u; scgi_temp_path {log}/s;
          server {{
            listen {GOOD}:8443 ssl; server_name {NAME};
            ssl_certificate {certificate}; ssl_certificate_key {key};
            ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM;
            location / {{ return 200 "hello"; }}
            add_header Strict-Transport-Security max-age=63072000 always;
          }}
        }}
        """
    )
    return daemon(
        [program("nginx"), "-p", str(log), "-c", str(config)], GOOD, 8443, log=folder / "good.log"
    )


def bad_host(folder: Path) -> Any:
    """Redis without a password on the usual port."""
    argv = [
        program("redis-server"), "--bind", BAD, "--port", "6379", "--protected-mode", "no",
        "--save", "", "--dir", str(folder),
    ]  # fmt: skip
    return daemon(argv, BAD, 6379, log=folder / "bad.log")


def write_scope(office: Office) -> Path:
    """Fill in the template that the program itself writes, as a contractor would."""
    made = office.run("scan", "--new-scope", "scope.toml")
    assert made.returncode == 0, made.stderr
    path = office.folder / "contractor" / "scope.toml"
    assert "organisation" in tomllib.loads(path.read_text("utf-8"))
    today = date.today()
    path.write_text(
        f"""
organisation  = "株式会社例"
authorised_by = "例 太郎(代表取締役)"
valid_from    = {today - timedelta(days=1)}
valid_until   = {today + timedelta(days=7)}
targets       = ["{BAD}", "{GOOD}"]
computers     = 3
servers       = 1
vantage       = "external"
intensity     = "light"
[names]
"{GOOD}" = ["{NAME}"]
""",
        "utf-8",
    )
    return path


def write_answers(office: Office) -> Path:
    """Let the program write the questionnaire and answer a few questions in it."""
    made = office.run("answers", "--template", "answers.toml")
    assert made.returncode == 0, made.stderr
    path = office.folder / "contractor" / "answers.toml"
    text = path.read_text("utf-8")
    questions = tomllib.loads(text)
    assert "TRN-AWR" in questions["answers"]
    path.write_text(
        """
profile = "jp-sme"
answered_by = "例 太郎"
role = "代表取締役"
answered_on = """
        + date.today().isoformat()
        + """
[answers.VUL-EOL]
answer = "yes"
[answers.TRN-AWR]
answer = "yes"
[answers.GOV-POL]
answer = "no"
""",
        "utf-8",
    )
    return path


def test_the_whole_story(office: Office) -> None:
    scope, answers = write_scope(office), write_answers(office)
    scanned = office.run(
        "scan", "--scope", str(scope), "--answers", str(answers), "--out", "report.json",
        "--html", "report.html", "--ca", str(office.authority.file), "--pace", "lan",
        "--base-premium", "120000", language="ja",
    )  # fmt: skip
    assert scanned.returncode == 1, scanned.stderr + scanned.stdout
    report = read(office, "report.json")
    check_report(report)
    assert "データベース" in scanned.stdout
    assert "<html" in (office.folder / "contractor" / "report.html").read_text("utf-8")
    sign_and_hand_over(office)
    underwriter_takes_in(office, report)


def read(office: Office, name: str, home: str = "contractor") -> dict[str, Any]:
    loaded = json.loads((office.folder / home / name).read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def check_report(report: dict[str, Any]) -> None:
    failed = {
        (f["check"], f["address"]) for f in report["findings"]
        if f["status"] == "fail" and not for_information(f)
    }  # fmt: skip
    weak = ("exposed", "no_auth", "no_tls")
    assert failed == {(f"database.{name}", BAD) for name in weak}
    assert not [f for f in report["findings"] if f["status"] == "error"]
    statuses = {item["id"]: item["status"] for item in report["criteria"]}
    assert statuses["EXT-SVC"] == "not_met"
    assert statuses["EXT-RDP"] == "met"
    assert statuses["NET-TLS"] == "met"
    assert statuses["TRN-AWR"] == "met"
    assert statuses["GOV-POL"] == "not_met"
    assert report["complete"] is True
    touched = {line["address"] for line in report["connections"]}
    assert touched == {BAD, GOOD}


def sign_and_hand_over(office: Office) -> None:
    desk = office.folder / "contractor"
    (desk / "secret").write_text("correct horse battery staple\n")
    made = office.run(
        "key", "new", "acme.key", "--name", "Acme IT", "--passphrase-file", "secret", "--json"
    )
    assert made.returncode == 0, made.stderr
    signed = office.run(
        "sign", "report.json", "--key", "acme.key", "--passphrase-file", "secret", "--json"
    )
    assert signed.returncode == 0, signed.stderr
    (office.folder / "underwriter").mkdir(exist_ok=True)
    for name in ("report.signed.json", "report.evidence.json", "acme.key.pub.json"):
        target = office.folder / "underwriter" / name
        target.write_bytes((desk / name).read_bytes())
    (office.folder / "fingerprint").write_text(json.loads(made.stdout)["fingerprint"])


def underwriter_takes_in(office: Office, report: dict[str, Any]) -> None:
    def desk(*arguments: str) -> subprocess.CompletedProcess[str]:
        return office.run(*arguments, home="underwriter", offline=True)

    stranger = desk("verify", "report.signed.json")
    assert stranger.returncode == 4, stranger.stderr
    fingerprint = (office.folder / "fingerprint").read_text()
    trusted = desk("trust", "add", "acme.key.pub.json", "--fingerprint", fingerprint)
    assert trusted.returncode == 0, trusted.stderr
    good = desk("verify", "report.signed.json", "--evidence", "report.evidence.json")
    assert good.returncode == 0, good.stderr
    assert "none differs" in good.stdout
    mine = desk("rate", "report.signed.json", "--profile", "jp-sme", "--json")
    assert json.loads(mine.stdout)["score"] == report["rating"]["score"]
    other = desk("rate", "report.signed.json", "--profile", "jp-sme-strict", "--json")
    assert json.loads(other.stdout)["profile"]["id"] == "jp-sme-strict"
    changed = office.folder / "underwriter" / "changed.signed.json"
    text = (office.folder / "underwriter" / "report.signed.json").read_bytes()
    changed.write_bytes(text.replace(b"A", b"B", 1))
    assert desk("verify", "changed.signed.json").returncode == 1
