"""Where a weakness was seen: one line for all places with the same to say, none told twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from posture_scan.report.view import Pair, Place
from posture_scan.report.wording import Wording, place


def places(findings: Sequence[Mapping[str, Any]], words: Wording) -> tuple[Place, ...]:
    """Return the places of a check's findings; thirty computers in the same state are one line."""
    alike: dict[tuple[str, tuple[Pair, ...]], list[Mapping[str, Any]]] = {}
    for finding in findings:
        alike.setdefault((words.said(finding), _facts(finding, words)), []).append(finding)
    return tuple(
        Place(
            tuple(dict.fromkeys(map(place, group))), said, facts,
            told=all(map(words.tells_place, group)),
        )
        for (said, facts), group in alike.items()
    )  # fmt: skip


def _facts(finding: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    pairs = (
        (words("label.seen"), _value(finding, "actual", words)),
        (words("label.wanted"), _value(finding, "expected", words)),
        (words("label.confidence"), f"{finding['confidence']}%"),
    )
    return tuple(pair for pair in pairs if pair[1])


def _value(finding: Mapping[str, Any], key: str, words: Wording) -> str:
    """Return a value in words: the check's own, a fixed one, a protocol, or as it was seen."""
    value = str(finding[key])
    own = str(words.spoken(finding["check"], value))
    if own != value:
        return own
    known = words.choice("observed", value)
    return words.choice("protocol", value) if known == value else known
