"""Rate a portfolio under two profiles: what a change of the rules would do, before it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from posture_scan.assess.again import rate_again
from posture_scan.assess.opening import open_report
from posture_scan.assess.portfolio import Firm, Portfolio, Side, Unreadable
from posture_scan.assess.worksheet import is_worksheet, sheet_under
from posture_scan.collect.local_file import read_bytes
from posture_scan.errors import PostureError, UsageError
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.worksheet import Worksheet, rate_worksheet, read_worksheet
from posture_scan.report.document import LIMIT


def compare(old: str, new: str, places: Iterable[Path], *, store: Path, now: datetime) -> Portfolio:
    """Rate every report and worksheet under two profiles as of ``now``.

    ``places`` are files, or folders of which every ``.json`` file counts. A file that cannot be
    rated under both is named in the result, whatever is wrong with it.

    Raises:
        UsageError, MistakesError: a profile that cannot be used.
    """
    rules = load_profile(old), load_profile(new)
    firms: list[Firm] = []
    unreadable: list[Unreadable] = []
    repeated: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for path in _files(places):
        try:
            known, firm = _firm(path, rules, store, now)
        except PostureError as error:
            unreadable.append(Unreadable(str(path), error))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            wrong = UsageError("profiles.report_unusable", detail=type(error).__name__)
            unreadable.append(Unreadable(str(path), wrong))
        else:
            first = seen.setdefault(known, firm.path)
            if first == firm.path:
                firms.append(firm)
            else:
                repeated.append((firm.path, first))
    return Portfolio(*rules, tuple(firms), tuple(unreadable), tuple(repeated))


def _files(places: Iterable[Path]) -> Iterator[Path]:
    """Return the files in order, each once; evidence beside a report belongs to that report."""
    seen: set[Path] = set()
    for place in places:
        inside = sorted(place.rglob("*.json")) if place.is_dir() else [place]
        names = set(inside)
        for path in inside:
            if path.resolve() in seen or (place.is_dir() and _beside(path, names)):
                continue
            seen.add(path.resolve())
            yield path


def _beside(path: Path, names: set[Path]) -> bool:
    stem = path.name.removesuffix(".evidence.json")
    return stem != path.name and path.with_name(f"{stem}.signed.json") in names


def _firm(
    path: Path, rules: tuple[Profile, Profile], store: Path, now: datetime
) -> tuple[str, Firm]:
    """Return what tells this report from others, and the firm under both profiles."""
    data = read_bytes(path, LIMIT)
    if is_worksheet(data):
        sheet = read_worksheet(data)
        old, new = (_of_worksheet(profile, sheet) for profile in rules)
        return str(path), Firm(str(path), path.stem, old, new)
    beside = path.with_name(path.name.removesuffix(".signed.json") + ".evidence.json")
    evidence = beside if beside != path and beside.is_file() else None
    report = open_report(path, store=store, now=now, evidence=evidence)
    old, new = (_of_report(profile, report, now) for profile in rules)
    return report["report_id"], Firm(str(path), report["scope"]["organisation"], old, new)


def _of_worksheet(profile: Profile, sheet: Worksheet) -> Side:
    known, ignored = _certificates(profile, sheet.certificates)
    mine = dataclasses.replace(sheet_under(profile, sheet), certificates=known)
    return _side(rate_worksheet(profile, mine).to_json(), ignored)


def _of_report(profile: Profile, report: Mapping[str, Any], now: datetime) -> Side:
    rating = report["rating"]
    _, ignored = _certificates(profile, rating.get("certificates", ()))
    return _side(rate_again(report, profile.id, now=now, rules=profile)["rating"], ignored)


def _certificates(
    profile: Profile, named: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a firm's certificates into those a profile knows and those it does not."""
    known = {item.id for item in profile.certificates}
    held = sorted(set(named))
    return tuple(n for n in held if n in known), tuple(n for n in held if n not in known)


def _side(rating: Mapping[str, Any], ignored: tuple[str, ...]) -> Side:
    base, factor, discount, premium = (
        None if rating.get(key) is None else Decimal(rating[key])
        for key in ("base_premium", "factor", "discount", "premium")
    )
    currency = str(rating.get("currency") or "")
    return Side(str(rating["status"]), base, factor, discount, premium, currency, ignored)
