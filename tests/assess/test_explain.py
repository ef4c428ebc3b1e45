"""Explanations of a real report: the figures in it, and what a named profile makes of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from posture_scan.assess.again import rate_again
from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.explain import explained, ground_for
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answer, Answers
from posture_scan.model.scope import Scope
from tests.report.sample import bad

NOW = datetime.now(UTC)
ADDRESS = "127.60.5.33"
PACKS = load_packs()


def _answer(listener: socket.socket) -> None:
    """Speak like a database without a password, until the listener is closed."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(2)
            try:
                while said := connection.recv(256):
                    known = b"PING" in said
                    connection.sendall(b"+PONG\r\n" if known else b"-ERR unknown command\r\n")
            except OSError:
                continue


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Any]]:
    """A real report of an address on which a database answers, with two answers."""
    today = NOW.date()
    scope = Scope("例", "代表", today - timedelta(days=2), today + timedelta(days=2), (ADDRESS,))
    answers = Answers(
        "jp-sme", "例 太郎", "代表", today,
        (Answer("TRN-AWR", {"": "yes"}), Answer("IR-PLAN", {"": "no"})),
    )  # fmt: skip
    with socket.create_server((ADDRESS, 6379)) as listener:
        threading.Thread(target=_answer, args=(listener,), daemon=True).start()
        work = Work(PACKS, manner=Manner("builtin", "lan"))
        yield assess(
            Permission(scope), work, Terms("jp-sme", answers), clock=lambda: datetime.now(UTC),
            stop=threading.Event(), progress=lambda _event, **_values: None,
        )  # fmt: skip


def of(report: dict[str, Any] | None, name: str, profile: str = "", days: int = 0) -> Any:
    now = datetime.now(UTC) + timedelta(days=days)
    return explained(ground_for(report, PACKS, profile=profile, now=now), name)


def test_a_check_tells_its_finding_evidence_and_readers(report: dict[str, Any]) -> None:
    shown = of(report, "database.exposed")
    (found,) = [item for item in shown["findings"] if item["finding"]["status"] == "fail"]
    assert found["reference"] == f"database.exposed@{ADDRESS}:6379"
    (record,) = found["records"]
    assert record["id"] in {item["id"] for item in report["evidence"]}
    assert (record["collector"], record["attempt"]) == ("database.redis_ping", "ok")
    assert found["counted"] == [{"criterion": "EXT-SVC", "sign": "weak", "reason": ""}]
    assert [(item["criterion"], item["role"]) for item in shown["read_by"]] == [
        ("EXT-SVC", "not_met")
    ]
    assert shown["check"]["origin"] == "built in"
    assert len(shown["check"]["digest"]) == 64


def test_a_criterion_tells_where_it_stands(report: dict[str, Any]) -> None:
    shown = of(report, "ext-svc")
    today = shown["today"]
    assert (shown["id"], today["status"], today["change"]) == ("EXT-SVC", "not_met", "fix")
    assert today["open_gate"] is True
    assert today["fix"]["criterion"] == "EXT-SVC"
    assert "database.exposed" in {item["finding"]["check"] for item in today["findings"]}
    assert [step["id"] for step in today["steps"]] == ["no_credit"]
    assert of(report, "IAM-MFA-CLD")["today"]["change"] == "answer"
    assert of(report, "TRN-AWR")["today"]["change"] == "document"
    assert of(report, "VUL-KEV")["today"]["missing"] is True


def test_the_open_gate_is_named_and_the_closed_are_listed(report: dict[str, Any]) -> None:
    shown = of(report, "gates")
    assert [item["criterion"] for item in shown["gates"]] == ["EXT-SVC"]
    assert "EXT-RDP" in shown["closed"]
    assert set(shown["suspended"]) == {"factor"}
    every = of(None, "gates")
    assert len(every["gates"]) == 1 + len(shown["closed"])


def test_figures_are_those_of_the_report_unless_a_profile_is_named(report: dict[str, Any]) -> None:
    changed = {**report, "rating": {**report["rating"], "score": "99.9"}}
    assert of(changed, "score")["value"] == "99.9"
    assert of(changed, "score")["report"]["rated_again"] is False
    again = of(changed, "score", "jp-sme")
    assert again["value"] == report["rating"]["score"]
    assert again["report"]["rated_again"] is True
    later = of(report, "score", "jp-sme", days=400)
    assert later["value"] is None


def test_rules_that_are_not_the_reports_are_called_so(report: dict[str, Any]) -> None:
    assert of(report, "EXT")["report"]["same_rules"] is True
    rated = {**report["rating"], "profile": {**report["rating"]["profile"], "digest": "0" * 64}}
    assert of({**report, "rating": rated}, "EXT")["report"]["same_rules"] is False


def test_evidence_that_was_left_out_is_named(report: dict[str, Any]) -> None:
    shown = of({**report, "evidence": []}, "database.exposed")
    assert all(item["records"] == [] for item in shown["findings"])
    assert all(item["records_missing"] for item in shown["findings"])


@pytest.mark.parametrize("profile", ["", "us-filed", "jp-sme-debit", "jp-sme-strict"])
def test_the_trace_adds_up_to_the_premium(report: dict[str, Any], profile: str) -> None:
    shown = of(report, "trace", profile)
    amounts = [Decimal(entry["amount"]) for entry in shown["ledger"]["entries"]]
    assert sum(amounts) == Decimal(shown["ledger"]["premium"])
    assert of(report, "premium", profile)["value"] == shown["ledger"]["premium"]


def test_a_certificate_that_a_profile_does_not_know_earns_nothing_there() -> None:
    again = rate_again(bad(), "uk-cyber-essentials", now=NOW)
    assert bad()["rating"]["certificates"]
    assert again["rating"]["certificates"] == []


def test_requirements_have_no_money(report: dict[str, Any]) -> None:
    shown = of(report, "trace", "uk-cyber-essentials")
    assert shown["ledger"] is None
    assert {item["criterion"]: item["status"] for item in shown["requirements"]}["FW-SVC"] == (
        "not_met"
    )


def test_points_add_up_to_the_score(report: dict[str, Any]) -> None:
    for name in ("score", "verified", "declared"):
        rows = of(report, name)["rows"]
        quotient = 100 * Decimal(rows["points"]) / Decimal(rows["weight"])
        assert abs(quotient - Decimal(report["rating"][name])) <= Decimal("0.05")


@pytest.mark.parametrize(
    ("name", "near"),
    [("rdp.exposd", "rdp.exposed"), ("EXT-RPD", "EXT-RDP"), ("premum", "premium"),
     ("database.exposd", "database.exposed")],
)  # fmt: skip
def test_a_near_miss_is_told(name: str, near: str) -> None:
    with pytest.raises(UsageError) as raised:
        of(None, name)
    assert raised.value.code == "explain.unknown_did_you_mean"
    assert raised.value.values["near"] == near


def test_what_cannot_be_explained() -> None:
    for name, profile, code in (
        ("zzzzzzzz", "", "explain.unknown"),
        ("trace", "", "explain.needs_report"),
        ("premium", "uk-cyber-essentials", "explain.no_figure"),
        ("certificates", "us-filed", "explain.no_figure"),
    ):
        with pytest.raises(UsageError) as raised:
            of(None, name, profile)
        assert raised.value.code == code


def test_without_an_id_everything_is_listed() -> None:
    shown = of(None, "")
    assert len(shown["checks"]) == len(PACKS.checks)
    assert "premium" in shown["figures"]
    assert "premium" not in of(None, "", "uk-cyber-essentials")["figures"]
