"""``scan --ownership``: the DNS records that prove a scope's domains, and whether they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from posture_scan.cli.language import say
from posture_scan.cli.spoken import tell
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from posture_scan.collect.dns import LooksUp
    from posture_scan.model.scope import Scope


def show_ownership(scope: Scope, resolver: LooksUp | None, *, as_json: bool) -> int:
    """Tell for each domain which record has to stand where; 0 if all do, 1 if not, 3 if unseen.

    Raises:
        UsageError: ``scope.no_proof``, ``scope.no_domains``.
    """
    from posture_scan.assess.domains import domains_among
    from posture_scan.assess.ownership import record_name, record_text
    from posture_scan.collect.dns import Resolver
    from posture_scan.engine.targets import is_network

    if not scope.proof:
        raise UsageError("scope.no_proof")
    asks = resolver or Resolver()
    named = [name for name in scope.targets if not is_network(name) and not name.startswith("*.")]
    wanted = [*scope.domains, *named]
    domains = domains_among(scope, wanted, asks.ask, unresolved=wanted)
    if not domains:
        raise UsageError("scope.no_domains")
    rows = [
        {"domain": domain, "name": record_name(domain), "text": record_text(scope, domain),
         "state": _state(scope, domain, asks)}
        for domain in dict.fromkeys(domains)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"ownership": rows}, ensure_ascii=False, indent=1))
    else:
        _tell(rows)
    states = {row["state"] for row in rows}
    return 3 if "unseen" in states else 1 if states - {"proven"} else 0


def _state(scope: Scope, domain: str, asks: LooksUp) -> str:
    from posture_scan.assess.ownership import PREFIX, look
    from posture_scan.model.world import AttemptError

    try:
        seen = look(scope, domain, asks.ask)
        if seen.found:
            return "proven"
        there = asks.ask(seen.record, "TXT").records
    except AttemptError:
        return "unseen"
    return "other" if any(text.startswith(PREFIX) for text in there) else "missing"


def _tell(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        tell("cli.ownership.record", **{**row, "state": say(f"cli.ownership.{row['state']}")})
