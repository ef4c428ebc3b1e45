"""A tiny pack written into a folder, for tests of the door and of judging."""

from __future__ import annotations

from pathlib import Path

COLLECT = """
from dataclasses import dataclass
from posture_scan.sdk import Facts, Net, Service, collector, protocol

@protocol("knock", ports=(4000,), sends=b"?")
def knock(answer: bytes) -> bool:
    return answer.startswith(b"KNOCK")

@dataclass(frozen=True)
class Knock(Facts):
    open: bool

@collector(on=Service("knock"))
def knocking(service: Service, net: Net) -> Knock:
    return Knock(net.exchange(service, b"?") == b"KNOCK open")
"""

SUBJECT = """
from posture_scan.sdk import Status, Verdict, check, fail, ok
from .collect import Knock

@check(needs=Knock, absent=Status.PASS)
def open(seen: Knock) -> Verdict:
    return fail("is_open") if seen.open else ok("is_shut")

@check(needs=Knock)
def crashing(seen: Knock) -> Verdict:
    raise ValueError("always")
"""

WORDS = """
[{name}]
severity = "high"
effort_hours = "0.5"
[{name}.ja]
title = "戸が開いている"
[{name}.ja.reasons]
is_open = "開いています"
is_shut = "閉じています"
[{name}.en]
title = "The door is open"
[{name}.en.reasons]
is_open = "It is open"
is_shut = "It is shut"
"""


def write_pack(base: Path, name: str = "house", **replaced: str) -> Path:
    """Write the pack below ``base``; ``collect``, ``subject`` or ``words`` may be replaced."""
    folder = base / name
    folder.mkdir(parents=True)
    (folder / "collect.py").write_text(replaced.get("collect", COLLECT), "utf-8")
    (folder / "door.py").write_text(replaced.get("subject", SUBJECT), "utf-8")
    words = WORDS.format(name="open") + WORDS.format(name="crashing")
    (folder / "door.toml").write_text(replaced.get("words", words), "utf-8")
    return folder
