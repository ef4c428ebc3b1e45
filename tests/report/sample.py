"""Reports as a run would make them, through the model and ``build_report``: bad, good, empty."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from posture_scan.model.answer import Answer, Answers, Document
from posture_scan.model.confidence import CONFIDENCE, Method
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Connection,
    Evidence,
    PortScan,
    ServiceSeen,
    Vantage,
)
from posture_scan.model.finding import Finding, Severity, Status
from posture_scan.model.scope import Scope
from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.document import build_report

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
END = datetime(2026, 11, 20, 1, 12, 30, tzinfo=UTC)
SCOPE = Scope(
    "株式会社例", "例 太郎(代表取締役)", date(2026, 11, 1), date(2026, 12, 20),
    ("203.0.113.0/28", "www.example.jp"), ("203.0.113.5",), 12, 2,
)  # fmt: skip
TOOL = {"name": "posture-scan", "version": "0.1.0"}
PACKS = [
    {"name": "remote_access", "origin": "built in", "version": "0.1.0", "digest": "1" * 64},
    {"name": "encryption", "origin": "built in", "version": "0.1.0", "digest": "2" * 64},
]
TITLES = {
    "EXT-RDP": ("EXT", "外に公開された遠隔操作がない", "No internet-exposed remote desktop"),
    "EXT-VPN": ("EXT", "VPN・境界装置が保守中である", "VPN device supported and sound"),
    "NET-TLS": ("EXT", "TLSの版・証明書が適切", "TLS version and certificate sound"),
    "VUL-EOL": ("VUL", "サポート終了の製品を使っていない", "No end-of-support product in use"),
    "IAM-MFA-REM": ("IAM", "遠隔接続の全利用者に多要素認証", "MFA for every remote user"),
    "BKP-JOB": ("BKP", "バックアップが直近で成功している", "Backup ran and succeeded"),
    "BKP-TEST": ("BKP", "12か月以内に復元試験をした", "Restore tested within 12 months"),
    "TRN-AWR": ("ORG", "年1回以上の教育・訓練", "Training at least yearly"),
}


def checks(language: str) -> dict[str, CheckWords]:
    ja = language == "ja"
    return {
        "rdp.exposed": CheckWords(
            "リモートデスクトップ(RDP)が外から見える" if ja else "Remote Desktop can be reached",
            "ランサムウェアの主な侵入口です。" if ja else "A main way in for ransomware.",
            "ルーターでポートの転送を止めてください。" if ja else "Stop forwarding the port.",
            "社外からつながらないことを確かめます。" if ja else "Try it from outside.",
            {"reachable": "{address}:{port} が応答" if ja else "{address}:{port} answered."},
        ),
        "banner.outdated": CheckWords(
            "古い版のソフトが動いている" if ja else "Outdated software is running",
            "" , "", "",
            {"old": "{product} と名乗りました。" if ja else "It calls itself {product}."},
        ),
        "tls.tls10": CheckWords(
            "古い暗号(TLS 1.0)を受け入れる" if ja else "TLS 1.0 is accepted",
            "", "設定でTLS 1.2以上だけにしてください。" if ja else "Allow TLS 1.2 and later only.",
            "", {"accepted": "ポート {port} が受理。" if ja else "Port {port} accepts it."},
        ),
        "http.no_csp": CheckWords(
            "ページで動くスクリプトに制限がない" if ja else "Nothing limits scripts", "", "", "",
            {"missing": "ポート {port} にありません。" if ja else "Port {port} has no policy."},
            severity="info",
        ),
        "yardstick.mozilla": CheckWords(
            "Mozilla の推奨設定を満たさない" if ja else "Mozilla's level is not met", "", "", "",
            {"below": "合わない点: {missing}。" if ja else "In the way: {missing}."},
            {"none": "該当なし", "no HSTS": "HSTS がない", "certificate valid": "期間 {detail} 日"}
            if ja else {"none": "no level", "no HSTS": "HSTS is missing",
                        "certificate valid": "valid {detail} days"},
            "info",
        ),
        "backup.stale": CheckWords(
            "バックアップが古い" if ja else "The backup is stale", "", "", "",
            {"no_rights": "管理者で実行してください。" if ja else "Run it as administrator."},
        ),
    }  # fmt: skip


def criteria_words(language: str) -> dict[str, CriterionWords]:
    place = 1 if language == "ja" else 2
    ask = "この質問に答えてください。" if language == "ja" else "Answer this question."
    prove = "社内のPCで host を実行" if language == "ja" else "Run host on the machines"
    return {
        key: CriterionWords(words[place], question=ask, prove=prove)
        for key, words in TITLES.items()
    }


def finding(
    check: str,
    status: Status,
    reason: str,
    *,
    port: int = 0,
    address: str = "203.0.113.2",
    severity: Severity = Severity.HIGH,
    **more: Any,
) -> Finding:
    return Finding(
        check, 1, address, status, reason,
        confidence=CONFIDENCE[Method.PROTOCOL_HANDSHAKE], method=Method.PROTOCOL_HANDSHAKE,
        severity=severity, evidence=("ev-0000000000000001",), address=address, port=port,
        transport="tcp" if port else "", observed_at=START, **more,
    )  # fmt: skip


def criterion(name: str, status: str, evidence_class: str = "", *refs: str) -> dict[str, Any]:
    return {
        "id": name, "group": TITLES[name][0], "status": status,
        "evidence_class": evidence_class, "findings": list(refs), "reasons": [],
    }  # fmt: skip


def fix(
    name: str, kind: str, yen: str, gate: str = "", *refs: str, status: str = "not_met"
) -> dict[str, Any]:
    return {
        "criterion": name, "kind": kind, "yen": yen, "status": status, "gate": gate,
        "findings": list(refs), "reachable": {"evidence_class": "verified", "yen": yen},
    }  # fmt: skip


def rating(**changes: Any) -> dict[str, Any]:
    """Figures of the worked example in which RDP was found open (P0 120,000, group discount)."""
    return {
        "profile": {"id": "jp-sme", "version": "1", "digest": "3" * 64, "status": "illustrative"},
        "status": "gate", "gates": ["EXT-RDP"], "missing": [],
        "coverage": "0.82", "verified": "38.1", "score": "48.2", "declared": "57.3",
        "grade": "D",
        "range": {
            "worst": {"score": "48.2", "discount": "0.0000", "premium": "96000"},
            "best": {"score": "63.0", "discount": "0.0000", "premium": "96000"},
        },
        "factor": "1.0000", "controls_discount": "0.0000", "certificate_discount": "0.0000",
        "discount": "0.0000", "group_discount": True, "certificates": ["sa2"],
        "base_premium": "120000", "base_source": "given", "premium": "96000", "currency": "JPY",
        "trace": [
            {"id": "base_given", "values": {"base_premium": "120000"}, "bound": "", "lost": "0",
             "rounding": ""},
        ],
        "fixes": [
            fix("EXT-RDP", "fix", "30990", "critical", "rdp.exposed@203.0.113.2:3389"),
            fix("NET-TLS", "fix", "120", "", "tls.tls10@203.0.113.2:443", status="partial"),
            fix("BKP-TEST", "answer", "2400", status="unknown"),
            fix("BKP-JOB", "prove", "1800", status="unknown"),
            fix("TRN-AWR", "prove", "0", status="met"),
        ],
        "unlock": {"criteria": ["EXT-RDP"], "yen": "30990", "status": "ok"},
        "attribution": {}, "referral": ["critical", "contradiction"],
        "contradictions": [
            {"criterion": "IAM-MFA-REM", "kind": "contradicted", "answer": "not_used",
             "seen": "not_met", "path": "vpn", "findings": ["rdp.exposed@203.0.113.2:3389"]},
        ],
        **changes,
    }  # fmt: skip


PAPER = Document("教育.pdf", "a" * 64, date(2026, 4, 1), "例")
ANSWERS = Answers(
    "jp-sme", "例 花子", "総務", date(2026, 11, 19),
    (
        Answer("IAM-MFA-REM", {"vpn": "not_used"}),
        Answer("TRN-AWR", {"": "yes"}, "", PAPER),
    ),
)  # fmt: skip


def evidence() -> tuple[Evidence, ...]:
    scan = PortScan("builtin", "0.1.0", 300, (443, 3389), 290, 8, finished=True)
    seen = ServiceSeen("rdp", tls=False, greeting=b"\x03\x00\x00\x13", recognised_by="answer")
    common: dict[str, Any] = {
        "asset": "203.0.113.2", "vantage": Vantage.EXTERNAL, "collector_version": 1,
        "observed_at": START, "method": Method.PROTOCOL_HANDSHAKE, "address": "203.0.113.2",
    }  # fmt: skip
    return (
        Evidence("ev-0000000000000001", "discovery.PortScan", collector="ports",
                 attempt=Attempt.OK, facts=scan, **common),
        Evidence("ev-0000000000000002", "discovery.ServiceSeen", collector="services",
                 attempt=Attempt.OK, facts=seen, port=3389, transport="tcp", **common),
        Evidence("ev-0000000000000003", "encryption.TlsHandshake", collector="tls",
                 attempt=Attempt.TIMEOUT, detail="no answer", port=8443, transport="tcp",
                 **common),
    )  # fmt: skip


ASSETS = (
    Asset("203.0.113.2", "address", "203.0.113.2", ("www.example.jp",), fully_scanned=True,
          reached=True, open_ports=(443, 3389)),
    Asset("203.0.113.3", "address", "203.0.113.3"),
)  # fmt: skip
CONNECTIONS = (
    Connection(START, "203.0.113.2", 0, "tcp", "ports", Attempt.OK, count=300),
    Connection(START, "203.0.113.2", 3389, "tcp", "rdp_negotiation", Attempt.OK, 19, 19),
    Connection(END, "203.0.113.2", 8443, "tcp", "tls", Attempt.TIMEOUT, 517, 0),
)


def built(**changes: Any) -> dict[str, Any]:
    members: dict[str, Any] = {
        "tool": TOOL, "scope": SCOPE, "scope_digest": "f" * 64, "started_at": START,
        "finished_at": END, "packs": PACKS, "assets": ASSETS, "evidence": evidence(),
        "findings": (), "connections": CONNECTIONS, "answers": ANSWERS, "criteria": (),
        "rating": rating(),
    }  # fmt: skip
    return build_report(**{**members, **changes})


def bad(**changes: Any) -> dict[str, Any]:
    """RDP is open to the Internet, and the answers said that there is no remote access."""
    findings = (
        finding("rdp.exposed", Status.FAIL, "reachable", port=3389, severity=Severity.CRITICAL,
                effort_hours="2"),
        finding("tls.tls10", Status.FAIL, "accepted", port=443, severity=Severity.MEDIUM,
                effort_hours="0.5", actual="TLSv1.0", expected="TLSv1.2"),
        finding("rdp.exposed", Status.UNKNOWN, "not_fully_scanned", address="203.0.113.3"),
        finding("tls.tls10", Status.UNKNOWN, "not_fully_scanned", address="203.0.113.3"),
        finding("tls.tls10", Status.UNKNOWN, "attempt.timeout", port=8443),
        finding("backup.stale", Status.ERROR, "check_failed", values={"error": "KeyError"}),
        finding("banner.outdated", Status.PASS, "current", port=443),
    )  # fmt: skip
    criteria = (
        criterion("EXT-RDP", "not_met", "verified", "rdp.exposed@203.0.113.2:3389"),
        criterion("EXT-VPN", "met", "verified"),
        criterion("NET-TLS", "partial", "verified", "tls.tls10@203.0.113.2:443"),
        criterion("VUL-EOL", "met", "documented"),
        criterion("IAM-MFA-REM", "contradicted", "verified"),
        criterion("BKP-JOB", "unknown"),
        criterion("BKP-TEST", "unknown"),
        criterion("TRN-AWR", "met", "attested"),
    )
    return built(**{"findings": findings, "criteria": criteria, **changes})


def good(**changes: Any) -> dict[str, Any]:
    """Everything the machine saw is sound: the typical case of the worked examples."""
    figures = rating(
        status="ok", gates=[], score="57.0", verified="47.0", declared="66.0", grade="C",
        range={
            "worst": {"score": "57.0", "discount": "0.3228", "premium": "65010"},
            "best": {"score": "71.5", "discount": "0.4200", "premium": "55680"},
        },
        factor="0.6972", controls_discount="0.3028", certificate_discount="0.02",
        discount="0.3228", premium="65010", referral=[], contradictions=[], unlock=None,
        fixes=[fix("BKP-TEST", "answer", "2400", status="unknown")],
    )  # fmt: skip
    criteria = [criterion(name, "met", "verified") for name in TITLES]
    findings = (finding("rdp.exposed", Status.PASS, "absent"),)
    members = {"findings": findings, "criteria": criteria, "rating": figures, **changes}
    return built(**members)


def interrupted(**changes: Any) -> dict[str, Any]:
    """Stopped at once: nothing was seen, so nothing is known."""
    nothing = {"score": None, "discount": "0.0000", "premium": "120000"}
    figures = rating(
        status="insufficient", gates=[], missing=["EXT-RDP", "EXT-VPN"], coverage="0.00",
        verified=None, score=None, declared=None, grade=None,
        range={"worst": nothing, "best": {**nothing, "score": "100.0", "premium": "48000"}},
        premium="120000", base_source="example", fixes=[], unlock=None, contradictions=[],
        referral=[],
    )  # fmt: skip
    members = {
        "assets": (), "evidence": (), "connections": (), "answers": None, "rating": figures,
        "criteria": [criterion(name, "unknown") for name in TITLES], "interrupted": "user",
        **changes,
    }  # fmt: skip
    return built(**members)


def yen(amount: str) -> str:
    return f"{Decimal(amount):,}"
