"""``self-check``: a person's first command; this computer only, nothing to configure."""

from __future__ import annotations

import getpass
import socket
from datetime import timedelta
from typing import Any, Final

import click

from posture_scan.cli.main_job import hand_over, run, writable
from posture_scan.cli.options import (
    DEFAULT_PROFILE,
    FILE,
    common,
    now,
    option,
    packs_option,
    port_list,
    pricing,
)
from posture_scan.cli.product_data import product_data
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.terms import terms_from
from posture_scan.errors import UsageError
from posture_scan.model.evidence import Vantage
from posture_scan.model.scope import Scope

LONGEST: Final = 300
"""Seconds after which a look at one's own computer ends."""


@command("self_check")
@option("--address", text="address", default="127.0.0.1")
@option("--answers", "answers_file", text="answers", type=FILE)
@option("--profile", text="profile", default=DEFAULT_PROFILE)
@option("--engine", text="engine", type=click.Choice(["auto", "nmap", "builtin"]), default="auto")
@option("--ports", text="ports")
@option("--role", text="role", type=click.Choice(["computer", "server"]), default="computer")
@option("--out", text="out", type=FILE)
@option("--html", text="html", type=FILE)
@option("--detail", text="detail", is_flag=True)
@pricing
@packs_option
@common
def self_check(address: str, role: str, **options: Any) -> int:
    """Look at this computer, rate what can be seen from here, and say what comes next."""
    from posture_scan.assess.document import Permission
    from posture_scan.assess.machine import survey
    from posture_scan.assess.observe import Manner
    from posture_scan.assess.run import Work
    from posture_scan.engine.packs import load_packs

    _must_be_own(address)
    packs = load_packs(options["folders"])
    terms = terms_from(options, options["profile"])
    writable(options["out"], options["html"])
    tell("cli.self_check.will_touch", err=True, address=address)
    tell("host.will_read", err=True)
    manner = Manner(options["engine"], "lan", port_list(options["ports"]), LONGEST)
    machine = survey(socket.gethostname(), role, packs, now=now())
    work = Work(packs, manner=manner, machines=(machine,), products=product_data())
    report = run(Permission(_own_scope(address)), work, terms)
    hand_over(report, work, options, "posture-self-check")
    if not options["as_json"]:
        tell("cli.self_check.next")
    # Looking at one machine never suffices for a discount; having looked at all of it is success.
    return 3 if report["interrupted"] else 0


def _own_scope(address: str) -> Scope:
    """The user who runs the program permits a look at the machine it runs on."""
    today = now().astimezone().date()
    return Scope(
        organisation=socket.gethostname(), authorised_by=getpass.getuser(),
        valid_from=today, valid_until=today + timedelta(days=1), targets=(address,),
        computers=1, vantage=Vantage.HOST,
    )  # fmt: skip


def _must_be_own(address: str) -> None:
    """Refuse any address that is not this computer's: binding to it is the proof.

    Raises:
        UsageError: ``cli.not_own_address``.
    """
    try:
        found = socket.getaddrinfo(address, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        family, kind, number, _, place = found[0]
        with socket.socket(family, kind, number) as probe:
            probe.bind(place)
    except OSError as error:
        raise UsageError("cli.not_own_address", address=address) from error
