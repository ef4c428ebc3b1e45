"""Every reason that the checks of the two network packs can give has its sentence, and fills it."""

from __future__ import annotations

import ast
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.exposure.collect_admin_panel import AdminPage
from posture_scan.checks.exposure.collect_database import DatabaseAnswer
from posture_scan.checks.exposure.collect_docker import DockerAnswer
from posture_scan.checks.exposure.collect_ftp import FtpGreeting
from posture_scan.checks.exposure.collect_smb import SmbNegotiation
from posture_scan.checks.remote_access.collect_anydesk import AnydeskCertificate
from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation
from posture_scan.checks.remote_access.collect_ssh import SshHello
from posture_scan.checks.remote_access.collect_sslvpn import EdgeFront
from posture_scan.checks.remote_access.collect_vnc import RfbSecurity
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer

from posture_scan.engine.packs import LoadedCheck, load_packs
from posture_scan.sdk import Context, Facts, Service, ServiceSeen, Vantage
from posture_scan.text.catalog import fill

ROOT = Path(__file__).parents[3] / "checks"
PACKS = ("remote_access", "exposure")
CHECKS = [item for item in load_packs().checks if item.pack in PACKS]
MOMENTS = (datetime(2026, 8, 8, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
ENGINE = {"address": "192.0.2.1", "port": 1, "asset": "a", "actual": "x", "expected": "y"}

YES, NO, BROKEN = RdpAnswer("accepted", 1), RdpAnswer("refused", failure=5), RdpAnswer("timeout")
OTHER = RdpAnswer("refused", failure=3)
RDP = (YES, NO, BROKEN, OTHER)


def edge(product: str, version: str, state: str = "read", **more: Any) -> EdgeFront:
    fields = {"strength": "strong", "vpn_page": True, "settle": "show version", **more}
    return EdgeFront(product, "Device", version=version, version_state=state, **fields)


FACTS: tuple[Facts, ...] = (
    *(RdpNegotiation(YES, a, b) for a in RDP for b in RDP),
    *(RfbSecurity("003.008", kinds, server_decided=False) for kinds in ((), (1,), (2,), (19,))),
    SshHello("SSH-1.5-x", "x", protocol1=True),
    SshHello("SSH-2.0-x", "x", protocol1=False),
    SshHello("SSH-2.0-x", "x", protocol1=False, strict_kex=True, read_algorithms=True),
    *(WinrmAnswer(found, asked=True) for found in (True, False)),
    *(AnydeskCertificate(found) for found in (True, False)),
    *(ServiceSeen("x", tls=False, greeting=g, recognised_by="answer") for g in (b"", b"\x01")),
    *(SmbNegotiation(state, 0x0302) for state in ("accepted", "refused", "timeout")),
    *(DatabaseAnswer(p, a) for p in ("", "redis") for a in ("open", "password", "unseen")),
    DatabaseAnswer("mysql", host_refused=True),
    *(FtpGreeting(code) for code in (234, 500, 431)),
    FtpGreeting(0, tls_from_the_start=True),
    *(DockerAnswer(found, "24") for found in (True, False)),
    AdminPage(), AdminPage("x", "X"), AdminPage(complete=False),
    EdgeFront(), EdgeFront(complete=False),
    edge("fortios", "7.6.6"), edge("fortios", "7.2.1"), edge("fortios", "99.1"),
    edge("fortios", "100.1"), edge("pan-os", "10.2.0"), edge("cisco-asa", "9.16(4)"),
    edge("netscaler-adc", "14.1-4.42"), edge("sonicwall-sma1000", "12.4.3-03500"),
    edge("sonicos", "7.0.1"), edge("fortios", "", "not_readable"),
    edge("fortios", "", "not_readable", vpn_page=False),
    edge("fortios", "", "date_hint", hint_date="2024-01-01"),
    edge("fortios", "7.6.6", strength="weak"),
)  # fmt: skip


def reasons_in_code(item: LoadedCheck) -> set[str]:
    """The reasons written in a check's module: those of its own function and of its helpers."""
    subject, name = item.id.split(".")
    tree = ast.parse((ROOT / item.pack / f"{subject}.py").read_text("utf-8"))
    named = {check.id.split(".")[1] for check in CHECKS if check.id.startswith(f"{subject}.")}
    return {
        call.args[0].value
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (node.name == name or node.name not in named)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"ok", "fail", "unknown", "not_applicable"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def said() -> list[tuple[LoadedCheck, str, dict[str, Any]]]:
    found = []
    for item in CHECKS:
        for facts in FACTS:
            if type(facts) is not item.check.needs:
                continue
            for now in MOMENTS:
                context = Context(now, now, Service("x"), Vantage.EXTERNAL)
                verdict = item.check.judge(facts, context)
                found.append((item, verdict.reason, dict(verdict.values)))
    return found


SAID = said()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_verdict_has_a_sentence_and_fills_it(language: str) -> None:
    for item, reason, values in SAID:
        sentence = item.meta.words[language].reasons.get(reason)
        assert sentence, (item.id, reason)
        assert "{" not in fill(sentence, {**values, **ENGINE}), (item.id, reason)


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.id)
def test_no_reason_lacks_words_and_no_words_lack_a_reason(item: LoadedCheck) -> None:
    reasons = set(item.meta.words["ja"].reasons)
    assert reasons_in_code(item) - reasons <= {"version_not_readable", "product_unsure",
                                               "only_build_date"}  # fmt: skip
    shown = {reason for check, reason, _ in SAID if check.id == item.id}
    assert shown == reasons


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.id)
def test_both_languages_say_the_same_and_all_of_it(item: LoadedCheck) -> None:
    japanese, english = item.meta.words["ja"], item.meta.words["en"]
    for words in (japanese, english):
        assert words.title
        assert words.why
        assert words.fix
        assert words.verify
    for reason, text in japanese.reasons.items():
        assert placeholders(text) == placeholders(english.reasons[reason]), reason
    assert item.meta.references


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
