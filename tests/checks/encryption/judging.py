"""Judging facts by every check of the pack, the way the engine does."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from posture_scan.checks.encryption import cert, tls
from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.probe import Outcome
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.suites import WEAK_CLASSES

from posture_scan.sdk import Check, Context, Service, Status, Vantage, Verdict
from tests.checks.encryption.certificates import NAME, NOW

CHECKS: dict[str, Check] = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{value.name}": value
    for module in (tls, cert)
    for value in vars(module).values()
    if isinstance(value, Check)
}

YES, NO, UNSEEN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNSEEN


def facts(**changes: object) -> TlsFacts:
    """A sound, named service with TLS 1.2 and 1.3; its certificate is left to the test."""
    modern = ("tls12", "tls13")
    sound = TlsFacts(
        name=NAME,
        versions=tuple(Trial(v, YES if v in modern else NO) for v in VERSIONS),
        weak=tuple(Trial(kind, NO, "alert 40") for kind in WEAK_CLASSES),
        forward_secrecy=Trial("forward_secrecy", YES),
        static_rsa=Trial("static_rsa", NO),
        dhe=Trial("dhe", NO),
        dh_bits=0,
        compression=Trial("compression", NO),
        secure_renegotiation=Trial("secure_renegotiation", YES),
        chain=(),
        trust="trusted",
        connections=9,
        offered=Trial("offered", YES),
        client_renegotiation=Trial("client_renegotiation", NO, "no renegotiation"),
        fallback_scsv=Trial("fallback_scsv", YES, "no_older_version"),
        server_preference=Trial("server_preference", YES, suite="TLS_X"),
        post_quantum=Trial("post_quantum", NO, "x25519"),
        aead=Trial("aead", YES),
        cbc=Trial("cbc", NO),
        no_name=Trial("no_name", YES, "same"),
    )
    return replace(sound, **changes)


def judge(check_id: str, seen: TlsFacts, now: datetime = NOW, port: int = 443) -> Verdict:
    """Judge, and make sure that the verdict can be told in both languages."""
    names = (seen.name,) if seen.name else ()
    service = Service("https", tls=True, address="192.0.2.1", port=port, names=names)
    verdict = CHECKS[check_id].judge(seen, Context(now, now, service, Vantage.EXTERNAL))
    subject, _, name = check_id.partition(".")
    for language in ("ja", "en"):
        sentence = _words(subject)[name][language]["reasons"][verdict.reason]
        sentence.format(
            address="", port="", asset="", actual="", expected="", **dict(verdict.values)
        )
    return verdict


@cache
def _words(subject: str) -> dict[str, Any]:
    path = Path(cert.__file__).parent / f"{subject}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def failing(seen: TlsFacts, now: datetime = NOW) -> set[str]:
    return {one for one in CHECKS if judge(one, seen, now).status is Status.FAIL}


def not_seen(seen: TlsFacts, now: datetime = NOW) -> set[str]:
    return {one for one in CHECKS if judge(one, seen, now).status is Status.UNKNOWN}
