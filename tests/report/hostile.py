"""A report in which every place a target or a stranger can reach holds something nasty."""

from __future__ import annotations

from typing import Any

from posture_scan.model.evidence import Asset, Attempt, Connection
from posture_scan.model.finding import Severity, Status
from tests.report import sample

ESCAPE = "\x1b[31mPWNED\x1b[0m"
SCRIPT = "<script>alert(1)</script>"
MARKUP = "[bold red]all fine[/bold red]"
REVERSED = "\u202egnp.exe"
ATTRIBUTE = '" onload="alert(1)'
BRACES = "{actual.__class__}{0}{"
ALL = f"{ESCAPE}{SCRIPT}{MARKUP}{REVERSED}{ATTRIBUTE}{BRACES}\r\n\x00\x07\x9b"
RAW = ("\x1b[31m", "\x9b", "\u202e", "\x00", "\x07", "\r")


def report() -> dict[str, Any]:
    finding = sample.finding(
        "banner.outdated", Status.FAIL, "old", port=443, severity=Severity.HIGH,
        values={"product": ALL, ALL: ALL}, actual=ALL, expected=ALL,
    )  # fmt: skip
    strange = sample.finding(f"x.{ALL}", Status.FAIL, ALL, address=ALL)
    unknown = sample.finding(f"y.{ALL}", Status.UNKNOWN, ALL, address=ALL)
    built = sample.built(
        tool={"name": ALL, "version": ALL},
        packs=[{"name": ALL, "origin": ALL, "version": ALL, "digest": ALL}],
        assets=(Asset(ALL, "address", ALL, (ALL,), reached=True),),
        findings=(finding, strange, unknown),
        connections=(Connection(sample.START, ALL, 1, "tcp", ALL, Attempt.OK),),
        out_of_scope=(ALL,),
        limits=(ALL,),
        interrupted=ALL,
        criteria=[
            {"id": ALL, "group": ALL, "status": "unknown", "evidence_class": ALL,
             "findings": [ALL], "reasons": [{"id": ALL, "check": ALL}]},
        ],
        rating=sample.rating(
            profile={"id": ALL, "version": ALL, "digest": ALL},
            gates=[ALL], missing=[ALL], grade=ALL, referral=[ALL],
            trace=[{"id": ALL, "values": {ALL: ALL}, "bound": ALL, "lost": ALL}],
            contradictions=[{"criterion": ALL, "kind": ALL, "answer": ALL, "seen": ALL,
                             "findings": [ALL]}],
            fixes=[{**sample.fix(ALL, "fix", "10", ALL), "findings": [f"x.{ALL}"]}],
        ),
    )  # fmt: skip
    built["scope"].update(dict.fromkeys(("organisation", "authorised_by", "vantage"), ALL))
    built["scope"].update({"targets": [ALL], "exclude": [ALL]})
    built["answers"].update({"answered_by": ALL, "role": ALL})
    return built
