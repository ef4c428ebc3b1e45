"""DNS written down by hand, as the fake network answers it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from posture_scan.checks.mail_dns.collect_mx import MailUse

from posture_scan.sdk import Attempt, Check, Context, DnsAnswer, Facts, Service, Vantage, Verdict
from tests.fakes import FakeNet

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DOMAIN = "example.jp"
Said = str | tuple[str, ...] | Attempt

MAIL = MailUse(hosts=("mail.example.jp",), senders="somebody")
"""A domain that is used for mail."""
SILENT = MailUse(null=True, senders="nobody")
"""A domain that takes no mail and says that it sends none."""
UNSAID = MailUse(null=True, senders="unsaid")
"""A domain that takes no mail and says nothing about sending."""


def world(
    said: dict[str, Said], *, signed: Iterable[str] = (), known: Iterable[str] = (DOMAIN,),
    aliases: dict[str, str] | None = None, **more: Any,
) -> FakeNet:  # fmt: skip
    """A network whose DNS says this: ``{"example.jp TXT": "v=spf1 -all"}``.

    ``signed`` lists the questions, ``name KIND``, whose answers are validated.
    """
    names: dict[tuple[str, str], DnsAnswer | Attempt] = {}
    for name in known:
        names[name, "SOA"] = DnsAnswer(name, "SOA", ("ns. root. 1 1 1 1 1",))
    for question, answer in said.items():
        name, _, kind = question.rpartition(" ")
        if isinstance(answer, Attempt):
            names[name, kind] = answer
            continue
        records = (answer,) if isinstance(answer, str) else answer
        alias = (aliases or {}).get(question, "")
        names[name, kind] = DnsAnswer(name, kind, records, alias=alias)
    for question in signed:
        name, _, kind = question.rpartition(" ")
        seen = names.get((name, kind), DnsAnswer(name, kind))
        assert isinstance(seen, DnsAnswer)
        names[name, kind] = DnsAnswer(name, kind, seen.records, authenticated=True)
    return FakeNet(names=names, **more)


def judge(check: Check, facts: Facts, use: MailUse | None = MAIL, now: datetime = NOW) -> Verdict:
    """Judge one record with what is known of the domain's mail beside it."""
    beside = () if use is None or check.beside is None else (use,)
    service = Service(names=(DOMAIN,), asset=DOMAIN)
    return check.judge(facts, Context(now, now, service, Vantage.EXTERNAL, beside))


def said(check: Check, facts: Facts, use: MailUse | None = MAIL) -> tuple[str, str]:
    """Status and reason of the verdict."""
    verdict = judge(check, facts, use)
    return verdict.status.value, verdict.reason
