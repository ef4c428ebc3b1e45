"""The drift between two reports on a terminal: credits that lapsed first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from posture_scan.report.clean import clean_tree
from posture_scan.report.drift_words import COURSE, Phrases, Row, shown_name
from posture_scan.report.figures import moment, percent
from posture_scan.report.sheet import Sheet
from posture_scan.report.wording import Wording

MOST: Final = 20
"""Rows of one list on the screen; the JSON has them all."""


def render_drift(drift: Row, words: Wording, *, width: int = 80) -> str:
    """Return the comparison (schema ``posture-scan/diff/1``) as text of ``width`` columns."""
    page = _Drift(clean_tree(dict(drift)), words, Sheet(width))
    page.head()
    page.lapsed()
    page.figures()
    page.renewal()
    page.criteria()
    page.findings()
    page.sight()
    page.around()
    page.signals()
    return page.sheet.text()


class _Drift:
    def __init__(self, drift: Row, words: Wording, sheet: Sheet) -> None:
        self.drift = drift
        self.phrases = Phrases(words)
        self.sheet = sheet
        self.before, self.after = drift["reports"][-2:]

    def section(self, key: str) -> None:
        self.sheet.head(self.phrases.say(f"head.{key}"))

    def rows(self, lines: Iterable[str]) -> None:
        shown = list(lines)
        for line in shown[:MOST]:
            self.sheet.line(line, indent=2, lead="- ")
        if len(shown) > MOST:
            self.sheet.line(self.phrases.say("more", count=len(shown) - MOST), indent=4)

    # --- the sections, in the order of the page ----------------------------------------------

    def head(self) -> None:
        drift, profile = self.drift, self.drift["profile"]
        self.sheet.line(self.phrases.say("title"))
        self.sheet.line(drift["organisation"])
        period = {"before": moment(self.before["at"]), "after": moment(self.after["at"])}
        self.sheet.line(self.phrases.say("period", **period))
        self.sheet.line(self.phrases.say("profile", id=profile["id"], version=profile["version"]))
        if any(report["other_rules"] for report in (self.before, self.after)):
            self.sheet.line(self.phrases.say("other_rules"))
        for item in drift["scope"]:
            if item["kind"] == "line":
                self.sheet.line(self.phrases.say("other_line", value=item["value"]))
        for report in (self.before, self.after):
            if not report["complete"]:
                self.sheet.line(self.phrases.say("incomplete", at=moment(report["at"])))
        self.sheet.line()
        verdict = self.phrases.say(f"verdict.{drift['verdict']}")
        self.sheet.line(f"[{verdict}]")

    def lapsed(self) -> None:
        rows = self.drift["lapsed"]
        if not rows:
            return
        self.section("lapsed")
        self.rows(
            self.phrases.criterion(row, self.phrases.say(f"lapsed.{row['lapsed']}")) for row in rows
        )
        if any(row["lapsed"] == "unseen" for row in rows):
            self.sheet.line(self.phrases.say("look_first"), indent=2)
        self.sheet.line(self.phrases.say("notice"), indent=2)

    def figures(self) -> None:
        self.section("figures")
        reports = self.drift["reports"]
        if len(reports) > 2:  # noqa: PLR2004 -- the story before the two that are compared
            names = (self.phrases.say(f"course.{name}") for name in ("at", *COURSE))
            course = [tuple(names), *map(self.phrases.course, reports)]
            self.sheet.columns(course, aligned=(2, 3, 4, 5))
            self.sheet.line()
        rows: list[tuple[str, ...]] = [("", self.phrases.say("before"), self.phrases.say("after"))]
        for name in ("status", "score", "coverage", "discount", "base_premium", "premium"):
            cells = (self.phrases.figure(name, self.before), self.phrases.figure(name, self.after))
            if cells != ("-", "-"):
                rows.append((self.phrases.say(f"figure.{name}"), *cells))
        for name in ("gates", "certificates"):
            lists = [", ".join(report[name] or ()) or "-" for report in (self.before, self.after)]
            if lists != ["-", "-"]:
                rows.append((self.phrases.say(f"figure.{name}"), *lists))
        self.sheet.columns(rows)
        self.sheet.line(self.phrases.say("trial"), indent=2)

    def renewal(self) -> None:
        found = self.drift["renewal"]
        if found is None or found["rise"] is None:
            return
        self.section("renewal")
        share = {
            name: percent(Decimal(found[name]))
            for name in ("before", "earned", "granted", "following")
        }
        self.sheet.line(self.phrases.say(f"renewal.{found['before_source']}", **share), indent=2)
        fell = Decimal(found["granted"]) < Decimal(found["before"])
        kind = found["bound"] or ("fell" if fell else "free")
        self.sheet.line(self.phrases.say(f"renewal.{kind}", rise=found["rise"], **share), indent=2)
        if found["premium"] is not None:
            money = self.phrases.money(found["premium"], self.after)
            self.sheet.line(self.phrases.say("renewal.premium", money=money), indent=2)

    def criteria(self) -> None:
        rows = self.drift["criteria"]
        self.section("criteria")
        if not rows:
            self.sheet.line(self.phrases.say("none"), indent=2)
        for move in ("worsened", "lost", "proven_less", "seen", "improved", "proven_better",
                     "otherwise"):  # fmt: skip
            found = [row for row in rows if row["move"] == move]
            if found:
                self.sheet.line(self.phrases.say(f"move.{move}"), indent=2)
                self.rows(self.phrases.criterion(row, "") for row in found)

    def findings(self) -> None:
        self.section("findings")
        groups = self.drift["findings"]
        if not any(groups.values()):
            self.sheet.line(self.phrases.say("none"), indent=2)
        for kind, found in groups.items():
            if found:
                self.sheet.line(self.phrases.say(f"finding.{kind}", count=len(found)), indent=2)
                self.rows(map(self.phrases.finding, sorted(found, key=self.phrases.gravity)))

    def sight(self) -> None:
        sight = self.drift["sight"]
        for kind in ("lost", "gained"):
            if not sight[kind]:
                continue
            self.section(f"sight_{kind}")
            # why something had not been known before matters no more
            counted = Counter(
                (item["asset"], item["why"] if kind == "lost" else "") for item in sight[kind]
            )
            self.rows(
                self.phrases.say(
                    f"sight.{kind}", asset=shown_name(asset), count=count,
                    why=self.phrases.why(why),
                )
                for (asset, why), count in counted.most_common()
            )  # fmt: skip

    def around(self) -> None:
        moves, changes = self.drift["assets"], self.drift["scope"]
        if not moves and not changes:
            return
        self.section("around")
        lines = []
        for item in moves:
            weak = self.phrases.some(
                self.phrases.words.check(one["check"]).title for one in item["weak"]
            )
            key = f"asset_weak.{item['move']}" if weak else f"asset.{item['move']}"
            values = {"asset": shown_name(item["id"]), "other": shown_name(item["other"])}
            lines.append(self.phrases.say(key, weak=weak, **values))
        lines += [
            self.phrases.say(f"scope.{item['kind']}", value=item["value"]) for item in changes
        ]
        self.rows(lines)

    def signals(self) -> None:
        found = self.drift["signals"]
        self.section("signals")
        if found:
            self.sheet.line(self.phrases.say("signals.intro"), indent=2)
            self.rows(map(self.phrases.signal, found))
        else:
            self.sheet.line(self.phrases.say("signals.none"), indent=2)
        if self.drift["not_looked"]:
            self.sheet.line(self.phrases.say("signals.not_looked"), indent=2)
            self.rows(self.phrases.say(f"not_looked.{name}") for name in self.drift["not_looked"])
