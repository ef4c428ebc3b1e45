"""The report as a reader meets it: pure, the same for every renderer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report import amounts, findings, handed_in, tables
from posture_scan.report.clean import clean_tree
from posture_scan.report.figures import moment, percent
from posture_scan.report.fixes import FIRST, criterion_of, fixes
from posture_scan.report.informative import informative
from posture_scan.report.view import Headline, Pair, Summary
from posture_scan.report.wording import Wording
from posture_scan.text.catalog import Catalog


def summarise(
    report: Mapping[str, Any],
    checks: Mapping[str, CheckWords],
    criteria: Mapping[str, CriterionWords],
    language: str,
) -> Summary:
    """Return what a report of the published shape shows, free of control characters."""
    safe = clean_tree({**report, "evidence": handed_in.shown(report)})
    words = Wording(Catalog(language), checks, criteria, safe["rating"]["currency"])
    everything = fixes(safe, words)
    return Summary(
        language=words.text.language,
        title=words("title" if safe["rating"]["premium"] is not None else "requirements.head"),
        subtitle=words("subtitle"),
        organisation=words("for_whom", organisation=safe["scope"]["organisation"]),
        period=_period(safe, words),
        incomplete=_incomplete(safe, words),
        headline=headline(safe, words),
        fixes=everything[:FIRST],
        all_fixes=everything,
        contradictions=_contradictions(safe, words),
        groups=findings.groups(safe, words),
        counts=findings.counts(safe["findings"], words),
        weaknesses=findings.weaknesses(safe["findings"], words),
        informative=informative(safe, words),
        unknowns=findings.unknowns(safe["findings"], words),
        assets=tables.assets(safe, words),
        out_of_scope=tables.out_of_scope(safe, words),
        connections=tables.connections(safe, words),
        scope=tables.scope(safe, words),
        answers=tables.answers(safe, words),
        trace=tables.trace(safe, words),
        tool=tables.tool(safe, words),
        limits=tuple(words.choice("limit", item) for item in safe["limits"]),
        principle=words("principle"),
        illustrative=amounts.note(safe, words),
        signature=words("signature.note"),
        report_id=words("page_end", id=safe["report_id"]),
    )


def _period(report: Mapping[str, Any], words: Wording) -> str:
    start, end = moment(report["started_at"]), moment(report["finished_at"])
    return words("period", start=start, end=end)


def headline(report: Mapping[str, Any], words: Wording) -> Headline:
    """Return the first screen: score, grade, coverage, money and the verdict."""
    rating = report["rating"]
    status = rating["status"]
    verdict = "requirements" if rating["premium"] is None else "status"
    open_items = rating["gates"] if status == "gate" else rating["missing"]
    named = [criterion_of(item) for item in open_items] if status != "ok" else []
    items = tuple(dict.fromkeys(words.criterion(item).title for item in named))
    score = rating["score"]
    return Headline(
        status=status,
        status_title=words(f"{verdict}.{status}.title"),
        status_text=words(f"{verdict}.{status}.text"),
        status_items_title=words(f"status.{status}.items") if named else "",
        status_items=items,
        status_first=items[:FIRST],
        status_more=words("status.more", count=len(items) - FIRST) if len(items) > FIRST else "",
        unlock=amounts.unlock(rating, words),
        referral=tuple(words.choice("referral", item) for item in rating.get("referral", ())),
        found=findings.found(report, words),
        score=None if score is None else min(max(Decimal(score), Decimal(0)), Decimal(100)),
        score_text=_score(score, words),
        grade=rating["grade"] or words("value.grade_none"),
        coverage=_share(rating["coverage"], words),
        scores=_scores(rating, words),
        money=amounts.money(rating, words),
        discounts=amounts.discounts(rating, words),
    )


def _scores(rating: Mapping[str, Any], words: Wording) -> tuple[Pair, ...]:
    worst, best = rating["range"]["worst"], rating["range"]["best"]
    pairs = (
        (words("label.verified"), _score(rating["verified"], words)),
        (words("label.declared"), _score(rating["declared"], words)),
        (words("label.range"), _range(worst["score"], best["score"], words)),
    )
    if rating["premium"] is None:
        return pairs
    premiums = (words.money(best["premium"]), words.money(worst["premium"]))
    return (*pairs, (words("label.premium_range"), _range(*premiums, words)))


def _score(score: str | None, words: Wording) -> str:
    return words("not_assessed") if score is None else words("value.score", score=score)


def _share(share: str | None, words: Wording) -> str:
    return words("none_known") if share is None else percent(Decimal(share))


def _range(worst: Any, best: Any, words: Wording) -> str:
    if worst is None or best is None:
        return words("none_known")
    if worst == best:
        return str(best)
    return words("value.range", low=worst, high=best)


def _incomplete(report: Mapping[str, Any], words: Wording) -> str:
    if report["complete"]:
        return ""
    if not report["interrupted"]:
        unseen = [
            asset["address"] or " ".join(asset["names"])
            for asset in report["assets"] if not asset["reached"] and asset["kind"] != tables.TENANT
        ]  # fmt: skip
        who = findings.named(unseen, words)
        return words("partial") + (words("partial_who", who=who) if who else "")
    why = report["interrupted"]
    key = f"interrupted.{why}"
    known = f"report.{key}" in words.text
    reason = words(key, why=why) if known else words("interrupted.other", why=why)
    return words("incomplete", why=reason)


def _contradictions(
    report: Mapping[str, Any], words: Wording
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for item in report["contradictions"]:
        given = item if isinstance(item, Mapping) else {}
        criterion = words.criterion(criterion_of(item))
        lines = [words.choice("contradiction.kind", given.get("kind") or "contradicted")]
        for key, form in (("answer", "declared"), ("seen", "seen")):
            value = given.get(key)
            if isinstance(value, str) and value:
                lines.append(
                    words(
                        f"contradiction.line.{form}",
                        **{key: spoken_answer(value, criterion, words)},
                    )
                )
        checks = [str(ref).partition("@")[0] for ref in given.get("findings") or ()]
        lines += dict.fromkeys(words.check(check).title for check in checks)
        found.append((criterion.title, tuple(lines)))
    return tuple(found)


def spoken_answer(value: str, criterion: CriterionWords, words: Wording) -> str:
    """Turn an answer such as ``vpn=not_used, vendor=all`` into the reader's words."""
    shown = []
    for part in value.split(", "):
        path, equals, choice = part.rpartition("=")
        label = criterion.paths.get(path, path)
        said = _choice(choice, words)
        shown.append(f"{label}: {said}" if equals and label else said)
    return words("list_separator").join(shown)


def _choice(value: str, words: Wording) -> str:
    tables = ("answers.choice", "report.criterion", "report.contradiction.value")
    keys = (f"{table}.{value}" for table in tables)
    return next((words.text(key) for key in keys if key in words.text), value)
