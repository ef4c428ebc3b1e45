"""What a report shows, in the reader's language and in the order of reading.

Every text here is ready to be shown and free of control characters; a renderer adds layout
and the escaping its own format needs, and no words of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Pair = tuple[str, str]
"""A label and its value."""


@dataclass(frozen=True)
class Headline:
    """The first screen's figures and the verdict in plain words."""

    status: str
    """``ok``, ``gate`` or ``insufficient``."""
    status_title: str
    status_text: str
    status_items_title: str
    status_items: tuple[str, ...]
    """The gates that are open, or what is missing, by title."""
    status_first: tuple[str, ...]
    """Those of them that the first screen names."""
    status_more: str
    """How many more there are and where they stand; empty where all are named."""
    unlock: str
    """What doing all of those at once is worth; empty where nothing is suspended."""
    referral: tuple[str, ...]
    """What an underwriter would write into the file."""
    found: str
    """How many weaknesses were found and which come first; empty where nothing was judged."""
    score: Decimal | None
    """0 to 100; None where nothing was assessed."""
    score_text: str
    grade: str
    coverage: str
    scores: tuple[Pair, ...]
    """The other scores and the range, always shown together."""
    money: tuple[Pair, ...]
    """Premium before, now and at best, the discount earned and missed."""
    discounts: tuple[Pair, ...]
    """The rates behind the money."""


@dataclass(frozen=True)
class Fix:
    """One thing to do, with what it is worth."""

    criterion: str
    kind: str
    kind_text: str
    title: str
    worth: str
    """The yen value as a sentence, or why there is none."""
    amount: str
    effort: str
    how: str
    """What to do; empty where ``steps`` say it one by one."""
    steps: tuple[str, ...]
    verify: str
    badge: str
    """``gate_critical``, ``gate_high``, ``needed`` or empty."""
    badge_text: str
    why: str


@dataclass(frozen=True)
class Criterion:
    """One underwriting question and where it stands."""

    id: str
    title: str
    status: str
    status_text: str
    evidence_text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Criteria that belong together."""

    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Place:
    """Where a weakness was seen: one place, or several of which the same is to be said."""

    where: tuple[str, ...]
    said: str
    facts: tuple[Pair, ...]
    told: bool
    """Whether ``said`` itself names the place, so that it need not stand before it."""


@dataclass(frozen=True)
class Weakness:
    """One weakness found, at one place or many, with everything needed to question it."""

    check: str
    title: str
    severity: str
    severity_text: str
    why: str
    fix: str
    verify: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Unknown:
    """What could not be told, for all checks and places where the reason is the same."""

    said: str
    """Why, and what would settle it."""
    titles: str
    """What cannot be told, as one sentence."""
    where: str
    count: int


@dataclass(frozen=True)
class Table:
    """Rows under column headings; ``note`` says what was left out or why it is empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Informative:
    """What was found and is no weakness."""

    head: str
    """Id of the heading: ``info``, or ``info_weighed`` where the profile weighs some of it."""
    items: tuple[Weakness, ...]
    yardsticks: Table
    """How each TLS service stands by well-known yardsticks."""
    causes: tuple[str, ...]
    """Why services do not keep to a yardstick."""


@dataclass(frozen=True)
class Summary:
    """The whole report as it is read."""

    language: str
    title: str
    subtitle: str
    organisation: str
    period: str
    incomplete: str
    """Why the run ended early; empty for a complete one."""
    headline: Headline
    fixes: tuple[Fix, ...]
    """The three to do first."""
    all_fixes: tuple[Fix, ...]
    contradictions: tuple[tuple[str, tuple[str, ...]], ...]
    groups: tuple[Group, ...]
    counts: str
    weaknesses: tuple[Weakness, ...]
    informative: Informative
    unknowns: tuple[Unknown, ...]
    assets: Table
    out_of_scope: tuple[Pair, ...]
    """Name and address, and what would bring it into scope where the name alone does not."""
    connections: Table
    scope: tuple[Pair, ...]
    answers: tuple[Pair, ...]
    trace: tuple[str, ...]
    """Every step of the calculation, in order."""
    tool: tuple[Pair, ...]
    limits: tuple[str, ...]
    principle: str
    illustrative: str
    signature: str
    report_id: str
