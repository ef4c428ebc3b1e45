"""A price file to fill in: every check and criterion that a plan names, with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from posture_scan.rating.exact import plain
from posture_scan.rating.plan.tasks import Tasks
from posture_scan.rating.profile import Profile
from posture_scan.text.catalog import Catalog


def write_prices(
    profile: Profile, tasks: Tasks, language: str, titles: Mapping[str, str] | None = None
) -> str:
    """Return a price file (TOML) for these tasks, its comments in one language.

    It can be used as it stands: an hour costs nothing until the rate is filled in. ``titles``
    are the titles of checks by id.
    """
    say = Catalog(language)
    lines = [f"# {line}" for line in say("plan.template.head").split("\n")]
    lines += ["", f'currency = "{profile.currency}"', "", f"# {say('plan.template.rate')}"]
    lines += ["hourly_rate = 0"]
    for check, hours in _checks(tasks).items():
        title = (titles or {}).get(check, check)
        lines += _table(f'checks."{check}"', title, hours, "asset")
    for criterion in profile.criteria:
        own = tasks.get(criterion.id, ())
        if own and not any(task.check for task in own):
            proof = say("plan.template.proof") if any(task.proof for task in own) else ""
            title = criterion.title.of(language) + proof
            hours = sum((task.hours for task in own), Decimal(0))
            lines += _table(f"criteria.{criterion.id}", title, hours, "once")
    return "\n".join(lines) + "\n"


def _checks(tasks: Tasks) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for own in tasks.values():
        for task in own:
            if task.check:
                found[task.check] = max(task.hours, found.get(task.check, task.hours))
    return dict(sorted(found.items()))


def _table(name: str, title: str, hours: Decimal, per: str) -> list[str]:
    shown = "".join(char if char.isprintable() else " " for char in title)
    return [
        "", f"# {shown}", f"[{name}]", f"hours = {plain(hours)}", "cost = 0", f'per = "{per}"',
    ]  # fmt: skip
