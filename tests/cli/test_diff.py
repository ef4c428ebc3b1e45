"""``diff`` as its users type it, on reports of a real Telnet greeting on loopback."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.model.scope import Scope
from posture_scan.report.document import report_bytes
from posture_scan.report.wrap import width_of
from posture_scan.trust.keys import new_key, open_key, public_path
from posture_scan.trust.signing import sign_with
from tests.cli.conftest import Run

PASSPHRASE = "correct horse battery staple"
ADDRESS, PORT = "127.60.77.1", 23_23
NOW = datetime.now(UTC)


class _Greeting(socketserver.BaseRequestHandler):
    """Telnet as RFC 854 begins it: IAC DO, IAC DO, then a prompt."""

    def handle(self) -> None:
        self.request.sendall(b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27login: ")
        self.request.settimeout(2.0)
        try:
            self.request.recv(256)
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def telnet() -> Iterator[None]:
    with _Server((ADDRESS, PORT), _Greeting) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def scan(days_ago: int, *targets: str, organisation: str = "株式会社例") -> dict[str, Any]:
    at = NOW - timedelta(days=days_ago)
    scope = Scope(
        organisation, "代表", at.date() - timedelta(days=2), at.date() + timedelta(days=2),
        targets or (ADDRESS, "127.60.77.2"),
    )  # fmt: skip
    work = Work(load_packs(), manner=Manner("builtin", "lan"))
    return assess(
        Permission(scope), work, Terms("jp-sme"), clock=lambda: at, stop=threading.Event(),
        progress=lambda _event, **_values: None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shut() -> dict[str, Any]:
    return scan(200)


@pytest.fixture(scope="module")
def open_() -> dict[str, Any]:
    with telnet():
        return scan(100)


def write(folder: Path, **reports: dict[str, Any]) -> None:
    for name, report in reports.items():
        (folder / f"{name}.json").write_bytes(report_bytes(report))


@pytest.fixture
def firm(tmp_path: Path, shut: dict[str, Any], open_: dict[str, Any]) -> Path:
    """A folder with old.json and new.json of one firm, a.json, and b.json of another firm."""
    other = {**shut, "scope": {**shut["scope"], "organisation": "有限会社別"}}
    write(tmp_path, new=open_, old=shut, a=shut, b=other)
    return tmp_path


def test_a_report_against_itself(run: Run, tmp_path: Path, shut: dict[str, Any]) -> None:
    write(tmp_path, a=shut)
    ran = run("diff", "a.json", "a.json", "--json")
    found = json.loads(ran.stdout)
    assert (ran.returncode, found["verdict"], found["criteria"]) == (0, "unchanged", [])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("ja", ("割引の根拠でなくなった項目", "通知義務", "Telnet が外から見える")),
     ("en", ("Credit that lapsed", "duty of notice", "Telnet can be reached"))],
)  # fmt: skip
def test_an_opened_service_is_told_to_a_person(
    run: Run, firm: Path, lang: str, words: tuple[str, ...]
) -> None:
    assert firm.is_dir()
    ran = run("diff", "old.json", "new.json", lang=lang)
    assert ran.returncode == 1, ran.stderr
    assert [word for word in words if word not in ran.stdout] == []
    assert max(map(width_of, ran.stdout.splitlines())) <= 80


def test_a_closed_service_is_mended_and_one_out_of_scope_is_not(
    run: Run, tmp_path: Path, open_: dict[str, Any]
) -> None:
    write(tmp_path, old=open_, closed=scan(5), left=scan(5, "127.60.77.2"))
    found = json.loads(run("diff", "old.json", "closed.json", "--json").stdout)
    assert "telnet.exposed" in {item["check"] for item in found["findings"]["fixed"]}
    ran = run("diff", "old.json", "left.json", "--json")
    left = json.loads(ran.stdout)
    assert left["findings"]["fixed"] == []
    assert "telnet.exposed" in {item["check"] for item in left["findings"]["lost"]}
    assert "weak_asset_left" in {item["id"] for item in left["signals"]}


def test_open_shut_open_over_three_real_scans(
    run: Run, tmp_path: Path, open_: dict[str, Any]
) -> None:
    with telnet():
        again = scan(5)
    write(tmp_path, one=open_, two=scan(50), three=again)
    ran = run("diff", "one.json", "two.json", "three.json", "--json")
    (signal,) = [x for x in json.loads(ran.stdout)["signals"] if x["id"] == "reopened"]
    assert signal["subject"] == f"{ADDRESS}:{PORT}/tcp"


def test_signed_reports_are_verified_and_an_old_one_is_still_read(
    run: Run, tmp_path: Path, shut: dict[str, Any], open_: dict[str, Any]
) -> None:
    public = new_key(tmp_path / "k", "Acme", "contractor", PASSPHRASE,
                     created=NOW - timedelta(days=300))  # fmt: skip
    for name, report, days in (("old", shut, 200), ("new", open_, 100)):
        at = NOW - timedelta(days=days)
        bundle = sign_with(report, [open_key(tmp_path / "k", PASSPHRASE)], now=at)
        (tmp_path / f"{name}.signed.json").write_bytes(bundle.envelope)
        (tmp_path / f"{name}.evidence.json").write_bytes(bundle.evidence)
    names = ("old.signed.json", "new.signed.json")
    assert run("diff", *names).returncode == 4
    began = (NOW - timedelta(days=299)).date().isoformat()
    added = run("trust", "add", public_path(tmp_path / "k"), "--fingerprint",
                public.key.fingerprint, "--from", began)  # fmt: skip
    assert added.returncode == 0, added.stderr
    ran = run("diff", *names, "--json")
    assert ran.returncode == 1, ran.stderr
    assert "no_evidence" in json.loads(ran.stdout)["not_looked"]
    both = ("--evidence", "new.evidence.json", "--evidence", "old.evidence.json")
    ran = run("diff", *names, *both, "--json")
    assert ran.returncode == 1, ran.stderr
    assert "no_evidence" not in json.loads(ran.stdout)["not_looked"]
    ran = run("diff", names[0], names[0], *both)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "new.evidence.json" in ran.stderr


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a.json",), "diff OLD NEW"),
        ((), "diff OLD NEW"),
        (("a.json", "none.json"), "none.json"),
        (("a.json", "b.json"), "--anyway"),
        (("a.json", "a.json", "--granted", "lots"), "lots"),
        (("a.json", "a.json", "--granted", "120%"), "120%"),
        (("a.json", "a.json", "--granted", "-0.1"), "-0.1"),
        (("a.json", "a.json", "--granted", "1%%"), "1%%"),
        (("a.json", "a.json", "--profile", "none-such"), "none-such"),
        (("a.json", "a.json", "--evidence", "a.json"), "a.json"),
    ],
)
def test_wrong_use_is_one_line(
    run: Run, firm: Path, words: tuple[str, ...], told: str, lang: str
) -> None:
    assert firm.is_dir()
    ran = run("diff", *words, lang=lang)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr
    assert told in ran.stderr


@pytest.mark.parametrize("granted", ["0.15", "15%", "15 %"])
def test_the_discount_that_was_granted_is_read(
    run: Run, tmp_path: Path, shut: dict[str, Any], granted: str
) -> None:
    write(tmp_path, a=shut)
    ran = run("diff", "a.json", "a.json", "--granted", granted, "--json")
    assert json.loads(ran.stdout)["renewal"]["before"] == "0.15"


def test_reports_of_two_firms_may_be_compared_anyway(
    run: Run, tmp_path: Path, shut: dict[str, Any]
) -> None:
    other = {**shut, "scope": {**shut["scope"], "organisation": "有限会社別"}}
    write(tmp_path, a=shut, b=other)
    assert run("diff", "a.json", "b.json", "--anyway").returncode == 0


@pytest.mark.parametrize(
    ("lang", "line", "words"),
    [("ja", "携帯回線", ("回線「携帯回線」からは開いていて", "別の回線から見た結果",
                      "別の回線から行われました(携帯回線 > office)")),
     ("en", "mobile", ('open and weak from the line "mobile"', "seen from another line",
                       "different lines (mobile > office)"))],
)  # fmt: skip
def test_what_is_open_to_one_line_is_told_to_a_person(
    run: Run, firm: Path, lang: str, line: str, words: tuple[str, ...]
) -> None:
    now, before = (NOW - timedelta(days=days) for days in (1, 2))
    for name, source, own, at in (("old", "new", line, before), ("new", "old", "office", now)):
        report = json.loads((firm / f"{source}.json").read_text("utf-8"))
        seen = dict.fromkeys(("started_at", "finished_at"), f"{at:%Y-%m-%dT%H:%M:%S.%fZ}")
        (firm / f"by_line_{name}.json").write_bytes(report_bytes({**report, **seen, "line": own}))
    ran = run("diff", "by_line_old.json", "by_line_new.json", lang=lang)
    said = "".join(ran.stdout.split())
    for part in words:
        assert "".join(part.split()) in said, ran.stdout
    assert ran.returncode == 3


def test_a_scan_keeps_the_name_of_its_line(run: Run, scope_file: Callable[..., Path]) -> None:
    scope = scope_file("127.60.77.9")
    scan_ = ("scan", "--scope", scope, "--engine", "builtin", "--ports", "9", "--pace", "lan")
    run(*scan_, "--out", "r.json", "--line", " 事務所  光 ")
    assert json.loads((scope.parent / "r.json").read_text("utf-8"))["line"] == "事務所 光"
    assert "事務所 光(調べた人による呼び名)" in run("show", "r.json", "--detail", lang="ja").stdout
    for wrong in ("  ", "x" * 81, "a\x1b[2Jb"):
        ran = run(*scan_, "--line", wrong)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1), ran.stderr
        assert "\x1b" not in ran.stderr
