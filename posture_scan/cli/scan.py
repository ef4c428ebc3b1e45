"""``scan``: the main job, from a permitted scope to a rated report."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.main_job import hand_over, run, writable
from posture_scan.cli.options import (
    DEFAULT_PROFILE,
    FILE,
    common,
    day,
    handed_in,
    now,
    option,
    packs_option,
    port_list,
    pricing,
    write_new,
)
from posture_scan.cli.product_data import product_data
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.terms import terms_from
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from posture_scan.assess.document import Permission
    from posture_scan.assess.run import Work
    from posture_scan.collect.dns import LooksUp
    from posture_scan.model.scope import Scope


LONGEST_LINE: Final = 80
"""Characters of a line's name; as in the report's schema."""


def _line(_context: object, _param: object, name: str | None) -> str:
    """Return a line's name as it is kept.

    Raises:
        UsageError: ``cli.bad_line``.
    """
    if name is None:
        return ""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_LINE or not plain.isprintable():
        raise UsageError("cli.bad_line", limit=LONGEST_LINE)
    return plain


def manner_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add how a scan behaves."""
    for add in (
        option("--engine", text="engine", type=click.Choice(["auto", "nmap", "builtin"]),
               default="auto"),
        option("--pace", text="pace", type=click.Choice(["normal", "polite", "lan"]),
               default="normal"),
        option("--ports", text="ports"),
        option("--seconds", text="seconds", type=click.IntRange(1, 86_400), default=3600),
        option("--ca", "ca_file", text="ca", type=FILE),
        option("--resolver", text="resolver"),
        option("--line", text="line", callback=_line),
        option("--data", "data_file", text="data", type=FILE),
        option("--deselect", "deselected", text="deselect", multiple=True),
    ):  # fmt: skip
        function = add(function)
    return function


@command("scan")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@option("--scope", "scope_path", text="scope", type=FILE)
@option("--new-scope", text="new_scope", type=FILE)
@option("--ownership", text="ownership", is_flag=True)
@option("--answers", "answers_file", text="answers", type=FILE)
@option("--profile", text="profile", default=DEFAULT_PROFILE)
@option("--out", text="out", type=FILE)
@option("--html", text="html", type=FILE)
@option("--fail-under", text="fail_under", type=int)
@option("--detail", text="detail", is_flag=True)
@manner_options
@handed_in
@pricing
@packs_option
@common
def scan(
    targets: tuple[str, ...], scope_path: Path | None, new_scope: Path | None, **options: Any
) -> int:
    """Scan, rate, write the report and show its first screen."""
    if new_scope:
        return _write_template(new_scope)
    if scope_path is None:
        raise UsageError("cli.no_scope")
    from posture_scan.assess.document import Permission
    from posture_scan.assess.run import permitted_today
    from posture_scan.collect.chain import read_anchors
    from posture_scan.collect.scope_file import read_scope
    from posture_scan.engine.targets import refuse_outside

    file = read_scope(scope_path)
    permitted_today(file.scope, now)
    if options["ownership"]:
        from posture_scan.cli.ownership import show_ownership

        named = resolver(options["resolver"])
        return show_ownership(file.scope, named, as_json=options["as_json"])
    work = _work(file.scope, targets, options)
    permission = Permission(file.scope, file.digest)
    # What can be refused is refused before anything is said, let alone touched.
    refuse_outside(file.scope, targets)
    terms = terms_from(options, options["profile"])
    writable(options["out"], options["html"])
    if options["ca_file"]:
        read_anchors(str(options["ca_file"]))
    _announce(permission, work)
    report = run(permission, work, terms)
    return hand_over(report, work, options, "posture-report")


def _work(scope: Scope, targets: tuple[str, ...], options: dict[str, Any]) -> Work:
    """Return what is to be done, with everything read that was handed in."""
    from posture_scan.assess.exports import hand_in
    from posture_scan.assess.machine import read_all
    from posture_scan.assess.observe import Manner
    from posture_scan.assess.run import Work
    from posture_scan.assess.tenants import read_tenants
    from posture_scan.engine.packs import load_packs

    packs = load_packs(options["folders"])
    known = {item.id for item in packs.checks}
    for name in options["deselected"]:
        if name not in known:
            raise UsageError("cli.unknown_check", check=name)
    manner = Manner(
        options["engine"], options["pace"], port_list(options["ports"]), options["seconds"],
        str(options["ca_file"] or ""), resolver(options["resolver"]),
    )  # fmt: skip
    machines = read_all(options["host_files"], packs)
    documents = hand_in(
        options["export_files"], scope, targets, packs,
        declared=day(options["export_day"]), now=now(),
    )  # fmt: skip
    documents += read_tenants(
        options["tenant_files"], packs, declared=day(options["tenant_day"]), now=now()
    )
    products = product_data(options["data_file"])
    return Work(
        packs, targets, manner, machines, options["deselected"], documents, products,
        options["line"],
    )  # fmt: skip


def resolver(named: str | None) -> LooksUp | None:
    """Return the resolver that was named; without one, the computer's own will be asked.

    Raises:
        UsageError: ``cli.bad_resolver``.
    """
    if named is None:
        return None
    from posture_scan.collect.dns import Resolver, nameserver

    return Resolver((nameserver(named),))


def _write_template(path: Path) -> int:
    from posture_scan.collect.scope_file import scope_template

    write_new(path, scope_template(language(), secrets.token_hex(16)).encode())
    tell("cli.scan.scope_written", path=path)
    return 0


def _announce(permission: Permission, work: Work) -> None:
    """Say what will be touched before it is touched."""
    scope = permission.scope
    values = {
        "organisation": scope.organisation,
        "authorised_by": scope.authorised_by,
        "valid_from": scope.valid_from,
        "valid_until": scope.valid_until,
        "targets": ", ".join(work.targets or scope.targets),
        "pace": work.manner.pace,
        "intensity": say(f"report.intensity.{scope.intensity.value}"),
    }
    tell("cli.scan.will_touch", err=True, **values)
