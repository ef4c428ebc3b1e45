"""What a look at one computer found and could not see, as lines for the person who ran it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

from posture_scan.assess.lift import Lift, Unseen
from posture_scan.engine.pack_set import PackSet
from posture_scan.model.codec import encode
from posture_scan.model.finding import Finding
from posture_scan.report.wording import Wording
from posture_scan.text.catalog import Catalog

_PLATFORM: Final = {"win32": "windows", "darwin": "macos"}


def lines(
    found: Unseen, packs: PackSet, say: Catalog, worth: Callable[[Lift], str] = lambda _lift: ""
) -> list[str]:
    """Say what each right would lift, what that is worth at most, and what stays unknown.

    ``worth`` returns an amount of money in words, or nothing where none is to be told.
    """
    checks = {item.id: item.meta.words[say.language] for item in packs.checks}
    words = Wording(say, checks, {}, "JPY")
    told = _weak(found.weak, words)
    for lift in found.lifts:
        told += _lift(lift, words, worth(lift))
    if found.others:
        told.append(say("host.others", count=len(found.others)))
        told += _reasons(found.others, words)
    return told or [say("host.all_seen")]


def _weak(findings: Sequence[Finding], words: Wording) -> list[str]:
    if not findings:
        return []
    head = words.text("host.weak", count=len(findings))
    return [head, *_reasons(findings, words)]


def _lift(lift: Lift, words: Wording, money: str) -> list[str]:
    key = f"host.right.{lift.right}_{_PLATFORM.get(sys.platform, 'linux')}"
    how = words.text(key if key in words.text else f"host.right.{lift.right}")
    sentence = "host.lift_worth" if money else "host.lift"
    head = words.text(sentence, how=how, count=len(lift.checks), money=money)
    return [head, *(f"  - {words.check(check).title}" for check in lift.checks)]


def _reasons(findings: Sequence[Finding], words: Wording) -> list[str]:
    """Return a line for each reason, behind all that it is the reason for."""
    titles: dict[str, list[str]] = {}
    for item in findings:
        titles.setdefault(words.said(encode(item)), []).append(words.check(item.check).title)
    between = words("list_separator")
    return [f"  - {between.join(named)}: {said}" for said, named in titles.items()]
