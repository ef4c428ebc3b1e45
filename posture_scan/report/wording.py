"""From ids to sentences: what every part of a report's view needs to speak."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.clean import clean
from posture_scan.report.figures import money
from posture_scan.text.catalog import Catalog, fill

_BETWEEN: Final = re.compile("(, | / )")
"""What stands between the ids of a list, and between the two ends of what is possible."""
_REST: Final = re.compile(r" \(\+([0-9]{1,6})\)\Z")
"""The end of a list that was cut: how many more there are."""
_HOST: Final = "host:"
"""What stands before a computer's name in the id of its asset."""
_TENANTS: Final = {
    "tenant:microsoft365": "Microsoft 365", "tenant:google_workspace": "Google Workspace",
}  # fmt: skip
"""Cloud tenants by their makers' names, the same in every language."""


@dataclass(frozen=True)
class Wording:
    """The words of one language and of the packs and the profile at hand."""

    text: Catalog
    checks: Mapping[str, CheckWords]
    criteria: Mapping[str, CriterionWords]
    currency: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence of this room: ``report.<key>``."""
        return self.text(f"report.{key}", **values)

    def choice(self, table: str, value: Any, **values: object) -> str:
        """Return the word for one of a fixed set of ids, or the id where a newer one stands."""
        key = f"report.{table}.{value}"
        return self.text(key, **values) if key in self.text else str(value)

    def money(self, amount: str | None) -> str:
        """Return an amount of the report in its currency."""
        if amount is None:
            return self("none_known")
        return money(Decimal(amount), self.currency, self.text.language)

    def check(self, check: str) -> CheckWords:
        """Return a check's words; one that no pack here knows is called by its id."""
        known = self.checks.get(check)
        if known is not None:
            return known
        title = self.text.template(f"check.{check}.title")
        return CheckWords(title or check)

    def criterion(self, criterion: str) -> CriterionWords:
        """Return a criterion's words; one the profile at hand lacks is called by its id."""
        return self.criteria.get(criterion) or CriterionWords(criterion)

    def said(self, finding: Mapping[str, Any]) -> str:
        """Return a finding's reason as a sentence with its values in place."""
        template = self._sentence(finding)
        if template is None:
            return self("reason.other", reason=finding["reason"])
        always = ("address", "port", "actual", "expected")
        values = {**finding["values"], **{key: finding[key] for key in always}}
        values["asset"] = asset_name(finding["asset"])
        check = finding["check"]
        return filled(template, {key: self.spoken(check, item) for key, item in values.items()})

    def tells_place(self, finding: Mapping[str, Any]) -> bool:
        """Tell whether a finding's sentence itself says where: all that ``place`` would say."""
        template = self._sentence(finding) or ""
        try:
            named = {field for _, field, _, _ in string.Formatter().parse(template)}
        except ValueError:
            return False
        wanted = {"address" if finding["address"] else "asset"}
        wanted |= {"port"} if finding["port"] else set()
        return wanted <= named and (finding["transport"] != "udp" or "UDP" in template)

    def _sentence(self, finding: Mapping[str, Any]) -> str | None:
        """Return the template for a finding's reason: the check's own, else the program's."""
        own = self.check(finding["check"]).reasons.get(finding["reason"])
        return self.text.template(f"reason.{finding['reason']}") if own is None else own

    def spoken(self, check: str, value: Any) -> Any:
        """Return a value made of ids that the check has terms for in words, any other as it is.

        Several ids stand between commas (or slashes); behind an id whose term takes a
        ``{detail}`` stands one more word: a size, a number of days, a name from a standard.
        """
        terms = self.check(check).terms
        if not terms or not isinstance(value, str):
            return value
        rest = _REST.search(value)
        pieces = _BETWEEN.split(value[: rest.start()] if rest else value)
        known = [_term(terms, piece) for piece in pieces[::2]]
        if "" in known:
            return value
        between = [self("list_separator") if item == ", " else item for item in pieces[1::2]]
        more = f" {self('more', count=rest[1])}" if rest else ""
        return "".join(a + b for a, b in zip(known, [*between, more], strict=True))


def _term(terms: Mapping[str, str], piece: str) -> str:
    """Return the words for one id, with its detail where it has one; empty for a stranger."""
    if "{detail}" not in terms.get(piece, "{detail}"):
        return terms[piece]
    name, _, detail = piece.rpartition(" ")
    term = terms.get(name, "")
    return filled(term, {"detail": detail}) if "{detail}" in term else ""


def filled(template: str, values: dict[str, object]) -> str:
    """Fill a sentence that came with a pack; one that is malformed is shown as it stands."""
    try:
        return fill(template, values)
    except (ValueError, KeyError, IndexError, AttributeError):
        return clean(template)


def place(finding: Mapping[str, Any]) -> str:
    """Return where a finding is: address and port, or the asset's id."""
    where = finding["address"] or asset_name(finding["asset"])
    if not finding["port"]:
        return str(where)
    shown = f"[{where}]" if ":" in where else where
    return f"{shown}:{numbered(finding['port'], finding['transport'])}"


def asset_name(name: str) -> str:
    """Return an asset's id as it is read: a computer by its name, a cloud tenant by its maker's."""
    return _TENANTS.get(name, name.removeprefix(_HOST))


def numbered(port: int, transport: str) -> str:
    """Return a port's number; TCP goes without saying."""
    return f"{port}/udp" if transport == "udp" else str(port)
