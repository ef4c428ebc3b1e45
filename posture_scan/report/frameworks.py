"""The frameworks of ``assess.frameworks`` as lines of text, in both languages alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from posture_scan.report.clean import clean
from posture_scan.report.wrap import width_of, wrap
from posture_scan.text.catalog import Catalog

GAP: Final = 2
_DAY: Final = 10
"""Characters of a day at the beginning of a moment."""


def render_frameworks(shown: Mapping[str, Any], language: str, width: int = 80) -> str:
    """Return the JSON values of ``framework_views`` as text of at most ``width`` columns."""
    words = Catalog(language)
    profile, report = shown["profile"], shown["report_id"]
    values = {"profile": clean(profile["id"]), "version": clean(profile["version"])}
    if report is None:
        lines = [*wrap(words("frameworks.map", **values), width)]
    else:
        values |= {"report": clean(report), "day": shown["at"][:_DAY]}
        lines = [*wrap(words("frameworks.under", **values), width)]
        lines += wrap(words("frameworks.covered"), width)
    for item in shown["frameworks"]:
        lines += _heading(item["id"], words)
        scored = item["id"] == "ipa25" and shown["ipa25"]
        lines += _scored(shown["ipa25"], item, words, width) if scored else _view(
            item, words, width
        )  # fmt: skip
    if shown["security_action"]:
        lines += _heading("security-action", words)
        lines += _declared(shown["security_action"], words, width)
    return "\n".join(lines) + "\n"


def _heading(name: str, words: Catalog) -> list[str]:
    title = words(f"frameworks.name.{name}")
    return ["", title, "-" * width_of(title)]


def _view(item: Mapping[str, Any], words: Catalog, width: int) -> Iterator[str]:
    """A framework as a table of the ids that something is asked about, and the others' ids."""
    yield from _told(item, words, width)
    counts = item["counts"]
    if counts is not None:
        values = {**counts, "total": item["total"], "said": item["said"]}
        yield from wrap(words("frameworks.said_of", **values), width)
    yield ""
    asked = [one for one in item["items"] if one["asked"]]
    keys = ("id", "criteria") if counts is None else ("id", "status", "evidence", "criteria")
    rows = [[_cell(key, one, words) for key in keys] for one in asked]
    yield from _table([words(f"frameworks.label.{key}") for key in keys], rows, width)
    left = [_named(one, words) for one in item["items"] if not one["asked"] and one["counted"]]
    if left:
        yield ""
        yield from wrap(words("frameworks.not_asked", ids=", ".join(left)), width)


def _told(item: Mapping[str, Any], words: Catalog, width: int) -> Iterator[str]:
    yield from wrap(words("frameworks.count", **item), width)
    if item["listed"] < item["total"]:
        yield from wrap(words("frameworks.listed", listed=item["listed"]), width)
    yield from wrap(words(f"frameworks.note.{item['id']}"), width)


def _cell(key: str, one: Mapping[str, Any], words: Catalog) -> str:
    if key == "id":
        return _named(one, words)
    if key == "status":
        return words(f"frameworks.status.{one['status']}")
    if key == "evidence":
        return _evidence(one["evidence_class"], words)
    return ", ".join(clean(item["id"]) for item in one["criteria"])


def _named(one: Mapping[str, Any], words: Catalog) -> str:
    mark = f"frameworks.mark.{one['part']}"
    return words(mark, id=one["id"]) if mark in words else str(one["id"])


def _evidence(value: str, words: Catalog) -> str:
    return words(f"report.evidence.{value or 'none'}")


def _scored(
    score: Mapping[str, Any], item: Mapping[str, Any], words: Catalog, width: int
) -> Iterator[str]:
    """IPA's questions with their points, then what the sum means."""
    classes = {one["id"]: one["evidence_class"] for one in item["items"]}
    yield from _told(item, words, width)
    yield ""
    values = {key: score[key] for key in ("score", "full", "source", "year")}
    yield from wrap(words("frameworks.ipa25.score", **values, **score["points"]), width)
    if score["unknown"]:
        values = {**score["range"], "open": score["unknown"]}
        yield from wrap(words("frameworks.ipa25.range", **values), width)
    for part in score["parts"]:
        name = words(f"frameworks.part.{part['id']}")
        yield from wrap("  " + words("frameworks.ipa25.part", **part, name=name), width)
    yield ""
    keys = ("id", "topic", "status", "points", "basis")
    rows = [
        [
            one["id"], words(f"frameworks.topic.{one['id']}"),
            words(f"frameworks.said.{one['said']}"), str(one["points"]),
            _basis(one, classes.get(one["id"], ""), words),
        ]
        for one in score["questions"]
    ]  # fmt: skip
    yield from _table([words(f"frameworks.label.{key}") for key in keys], rows, width)
    yield ""
    for line in _meaning(score, words):
        yield from wrap(line, width)


def _meaning(score: Mapping[str, Any], words: Catalog) -> Iterator[str]:
    if score["machine"]:
        yield words("frameworks.ipa25.machine", ids=", ".join(score["machine"]))
    else:
        yield words("frameworks.ipa25.machine_none")
    yield words("frameworks.ipa25.machine_can", ids=", ".join(score["machine_can"]))
    if any(one["said"] == "not_used" for one in score["questions"]):
        yield words("frameworks.ipa25.not_used")
    overruled = [one["id"] for one in score["questions"] if one["overruled"]]
    if overruled:
        yield words("frameworks.ipa25.overruled", ids=", ".join(overruled))
    if score["unknown"]:
        yield words("frameworks.ipa25.hint")


def _basis(one: Mapping[str, Any], evidence_class: str, words: Catalog) -> str:
    """Say who decided a question, and where criteria did, which ones and by what."""
    if one["origin"] == "file":
        return words("frameworks.ipa25.file")
    if one["origin"] != "criteria":
        return ""
    criteria = ", ".join(clean(name) for name in one["decided_by"])
    return f"{_evidence(evidence_class, words)}: {criteria}"


def _declared(shown: Mapping[str, Any], words: Catalog, width: int) -> Iterator[str]:
    """The articles of one star, the steps of two, and what an id looks like."""
    rated = shown["articles"][0]["status"] is not None
    yield from wrap(words("frameworks.declared.one", edition=shown["edition"]), width)
    if rated:
        yield from wrap(words("frameworks.declared.shown"), width)
    yield ""
    keys = ("id", "topic", "status", "criteria") if rated else ("id", "topic", "criteria")
    rows = [
        [_article(key, one, words) for key in keys] for one in shown["articles"]
    ]  # fmt: skip
    yield from _table([words(f"frameworks.label.{key}") for key in keys], rows, width)
    yield ""
    yield from wrap(words("frameworks.declared.two"), width)
    steps = shown["two_stars"]
    if rated:
        policy = words(f"frameworks.status.{steps['policy']['status']}")
        yield "  " + words("frameworks.declared.check", **steps["check"])
        yield "  " + words("frameworks.declared.policy", status=policy)
        yield "  " + words("frameworks.declared.published")
    given = shown["declared_id"]
    if given:
        said = words(f"frameworks.declared.form.{given['form']}", id=clean(given["id"], 20))
        yield from wrap(said, width)
    yield from wrap(words("frameworks.declared.owner"), width)


def _article(key: str, one: Mapping[str, Any], words: Catalog) -> str:
    if key == "topic":
        return words(f"frameworks.declared.topic.{one['id']}")
    if key == "status":
        return words(f"frameworks.status.{one['status']}")
    if key == "id":
        return str(one["id"])
    if one["origin"] == "file":
        return words("frameworks.ipa25.file")
    return ", ".join(map(clean, one["criteria"]))


def _table(labels: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Columns as wide as what stands in them; the last one goes on below itself."""
    lines = [labels, *rows]
    wide = [max(width_of(line[column]) for line in lines) for column in range(len(labels) - 1)]
    left = sum(wide) + GAP * (len(wide) + 1)
    for line in lines:
        first, *rest = wrap(line[-1], width - left)
        cells = (
            cell + " " * (room - width_of(cell)) for cell, room in zip(line, wide, strict=False)
        )
        gap = " " * GAP
        yield (gap + gap.join([*cells, first])).rstrip()
        yield from (" " * left + part for part in rest)
