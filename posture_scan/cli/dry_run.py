"""What ``profiles dry-run`` prints: every firm, the portfolio, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from posture_scan.assess.portfolio import STATUSES, Firm, Portfolio, Side, share_of_change
from posture_scan.cli.language import language, say
from posture_scan.cli.spoken import tell_text
from posture_scan.report.clean import clean
from posture_scan.report.figures import money, percent

ARROW = " -> "


def show_portfolio(portfolio: Portfolio) -> None:
    """Print a portfolio for a person."""
    from posture_scan.cli.main import explanation

    old, new = portfolio.old, portfolio.new
    tell_text(f"{old.id} {old.version}{ARROW}{new.id} {new.version}", bold=True)
    for firm in portfolio.firms:
        _show_firm(firm, portfolio)
    tell_text("")
    for line in _together(portfolio):
        tell_text(line)
    for rises in (True, False):
        found = portfolio.biggest(rises=rises)
        if found:
            tell_text(say(f"profiles.dry_run.{'rises' if rises else 'falls'}"))
        for firm in found:
            tell_text(f"  {_named(firm)}: {_change(firm)}")
    for path, first in portfolio.repeated:
        tell_text(say("profiles.dry_run.repeated", path=clean(path), first=clean(first)))
    for item in portfolio.unreadable:
        reason = clean(" ".join(explanation(item.error)).removeprefix(f"{item.path}: "), 600)
        tell_text(say("profiles.dry_run.unreadable", path=clean(item.path), reason=reason))


def _show_firm(firm: Firm, portfolio: Portfolio) -> None:
    tell_text(f"{_named(firm)} ({clean(firm.path)})")
    for line in _firm(firm):
        tell_text(f"  {line}")
    for profile, side in ((portfolio.old, firm.old), (portfolio.new, firm.new)):
        if side.ignored:
            names = clean(", ".join(side.ignored))
            tell_text("  " + say("profiles.dry_run.ignored", names=names, profile=profile.id))


def _named(firm: Firm) -> str:
    return clean(firm.name) or "-"


def _firm(firm: Firm) -> Iterator[str]:
    if firm.old.premium is not None or firm.new.premium is not None:
        change = _change(firm)
        premiums = ARROW.join((_money(firm.old), _money(firm.new)))
        yield premiums + (f" ({change})" if change else "")
    if firm.old.discount is not None or firm.new.discount is not None:
        shares = ARROW.join((_share(firm.old.discount), _share(firm.new.discount)))
        yield say("profiles.dry_run.discount", shares=shares)
    states = [say(f"profiles.status.{side.status}") for side in (firm.old, firm.new)]
    yield states[0] if states[0] == states[1] else ARROW.join(states)


def _together(portfolio: Portfolio) -> Iterator[str]:
    old, new = portfolio.old_totals, portfolio.new_totals
    counts = {"count": len(portfolio.firms), "unreadable": len(portfolio.unreadable)}
    yield say("profiles.dry_run.count", **counts)
    if old.premium is not None or new.premium is not None:
        share = share_of_change(old.premium, new.premium)
        same = portfolio.old.currency == portfolio.new.currency
        totals = ARROW.join((
            _amount(old.premium, portfolio.old.currency),
            _amount(new.premium, portfolio.new.currency),
        ))  # fmt: skip
        grown = f" ({_sign(share)}{percent(abs(share))})" if share is not None and same else ""
        yield "  " + say("profiles.dry_run.premium", totals=totals + grown)
    for key, pair in (
        ("mean_factor", (old.mean_factor, new.mean_factor)),
        ("mean_discount", (old.mean_discount, new.mean_discount)),
    ):
        if any(number is not None for number in pair):
            shown = (_share(n) if key == "mean_discount" else _plain(n) for n in pair)
            yield "  " + say(f"profiles.dry_run.{key}", means=ARROW.join(shown))
    for status in STATUSES:
        yield "  " + say(f"profiles.dry_run.moves_{status}", count=portfolio.moves[status])


def _change(firm: Firm) -> str:
    if firm.change is None:
        return ""
    return _sign(firm.change) + money(abs(firm.change), firm.new.currency, language())


def _sign(number: Decimal) -> str:
    return "-" if number < 0 else "+"


def _money(side: Side) -> str:
    return _amount(side.premium, side.currency)


def _amount(amount: Decimal | None, currency: str) -> str:
    return "-" if amount is None else money(amount, currency, language())


def _share(share: Decimal | None) -> str:
    return "-" if share is None else percent(share)


def _plain(number: Decimal | None) -> str:
    return "-" if number is None else f"{number:f}"
