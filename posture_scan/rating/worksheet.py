"""A worksheet: bare criterion statuses in JSON, for rating without a scan."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from posture_scan.errors import UsageError
from posture_scan.rating.premium import BasePremium, amount, base_premium
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating, rate
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State

KEYS: Final = (
    "profile", "base_premium", "group_discount", "certificates", "criteria", "facts",
)  # fmt: skip
SIZE_LIMIT: Final = 1_048_576

T = TypeVar("T", State, EvidenceClass)


@dataclass(frozen=True)
class Worksheet:
    """A worksheet as read: not yet held against a profile."""

    profile: str
    """The profile it asks for; empty where it leaves that open."""
    base_premium: Decimal | None
    group_discount: bool
    certificates: tuple[str, ...]
    facts: dict[str, str]
    """Facts for the estimate of the premium, where it is not given."""
    criteria: dict[str, Any]


def is_worksheet(data: object) -> bool:
    """Tell a worksheet from a report, whose ``criteria`` is a list."""
    return isinstance(data, dict) and isinstance(data.get("criteria"), dict)


def read_worksheet(text: str | bytes) -> Worksheet:
    """Read a worksheet from JSON.

    Raises:
        UsageError: naming the key, what is wrong with it and what to write instead.
    """
    if len(text) > SIZE_LIMIT:
        raise UsageError("worksheet.too_large", limit=SIZE_LIMIT)
    try:
        data = json.loads(text, parse_float=Decimal, object_pairs_hook=_unique)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise UsageError("worksheet.syntax", detail=error) from error
    return worksheet(data)


def worksheet(data: object) -> Worksheet:
    """Take a worksheet from JSON values.

    Raises:
        UsageError: naming the key, what is wrong with it and what to write instead.
    """
    if not isinstance(data, dict):
        raise UsageError("worksheet.not_object")
    for key in data:
        if key not in KEYS:
            raise UsageError("worksheet.key", key=key, known=", ".join(KEYS))
    given = data.get("base_premium")
    flag = data.get("group_discount", False)
    if not isinstance(flag, bool):
        raise UsageError("worksheet.type", key="group_discount", expected="true, false")
    names = _typed(data, "certificates", list, '["sa2"]')
    if not all(isinstance(name, str) for name in names):
        raise UsageError("worksheet.type", key="certificates", expected='["sa2"]')
    facts = _typed(data, "facts", dict, '{"industry": "retail"}')
    return Worksheet(
        profile=_typed(data, "profile", str, '"jp-sme"'),
        base_premium=None if given is None else amount("base_premium", given),
        group_discount=flag,
        certificates=tuple(names),
        facts={str(key): str(value) for key, value in facts.items()},
        criteria=_typed(data, "criteria", dict, '{"EXT-RDP": {"status": "met"}}'),
    )


def rate_worksheet(profile: Profile, sheet: Worksheet) -> Rating:
    """Rate a worksheet under a profile; criteria it leaves out are unknown.

    Raises:
        UsageError: a criterion, status, certificate or amount that the profile cannot use.
    """
    base: BasePremium = base_premium(profile, sheet.base_premium, sheet.facts)
    return rate(
        profile,
        statuses(profile, sheet),
        base_premium=base,
        group_discount=sheet.group_discount,
        certificates=sheet.certificates,
        incident=sheet.facts.get("incident_last_5_years") == "yes",
    )


def statuses(profile: Profile, sheet: Worksheet) -> tuple[CriterionStatus, ...]:
    """Return the worksheet's statuses in the profile's order.

    Raises:
        UsageError: a criterion the profile does not have, or a status that is none.
    """
    known = [item.id for item in profile.criteria]
    for name in sheet.criteria:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or [", ".join(known)]
            raise UsageError("worksheet.criterion", id=name, profile=profile.id, near=near[0])
    return tuple(_status(name, sheet.criteria[name]) for name in known if name in sheet.criteria)


def _status(name: str, entry: object) -> CriterionStatus:
    if not isinstance(entry, dict):
        raise UsageError("worksheet.type", key=f"criteria.{name}", expected='{"status": "met"}')
    for key in entry:
        if key not in {"status", "evidence_class"}:
            known = "status, evidence_class"
            raise UsageError("worksheet.key", key=f"criteria.{name}.{key}", known=known)
    state = _choice(name, "status", entry.get("status"), tuple(State))
    classes = tuple(c for c in EvidenceClass if c is not EvidenceClass.NONE)
    given = entry.get("evidence_class")
    needed = state in {State.MET, State.PARTIAL}
    if state is State.UNKNOWN or (not needed and (given is None or given == "")):
        return CriterionStatus(name, state)
    return CriterionStatus(name, state, _choice(name, "evidence_class", given, classes))


def _choice(name: str, key: str, value: object, known: tuple[T, ...]) -> T:
    for item in known:
        if value == item.value:
            return item
    listed = ", ".join(item.value for item in known)
    raise UsageError("worksheet.choice", id=name, key=key, value=value, known=listed)


def _typed(data: dict[str, Any], key: str, kind: type, example: str) -> Any:
    value = data.get(key, kind())
    if not isinstance(value, kind):
        raise UsageError("worksheet.type", key=key, expected=example)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key written twice: which of the two was meant, nobody can tell."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UsageError("worksheet.duplicate", key=key)
        found[key] = value
    return found
