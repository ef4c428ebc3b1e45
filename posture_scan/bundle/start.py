"""What runs in a bundle on a client's computer: say what is read, read it, write one file.

Standard library only. Nothing is installed, nothing is left behind but that file, which stands
beside the bundle or, where that may not be written, in the folder it was started from.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from posture_scan.assess.lift import unseen
from posture_scan.assess.lift_told import lines
from posture_scan.assess.machine import Surveyed, survey, write
from posture_scan.assess.record import survey_and_record
from posture_scan.bundle import order as orders
from posture_scan.engine.packs import load_packs
from posture_scan.errors import PostureError, UsageError
from posture_scan.text.catalog import LANGUAGES, Catalog

ROLES: Final = ("computer", "server")
_LETTERS: Final = {"ja": "日本語", "en": ""}
"""Letters a console must know for a language to be readable on it."""


def main(arguments: Sequence[str], *, base: Path, beside: Path) -> int:
    """Run on this computer and return the exit code of the house's one table.

    Args:
        arguments: ``--role server``, ``--lang ja|en`` and ``--record FILE``, nothing else.
        base: the folder that the program's files and the order lie in.
        beside: the folder that the bundle lies in, where the result goes.
    """
    say = Catalog(_language(arguments, ""))
    try:
        order = _order(base / orders.NAME)
        say = Catalog(_language(arguments, order.language))
        return _run(order, arguments, say, beside)
    except PostureError as error:
        print(say(f"error.{error.code}", **error.values), file=sys.stderr)
        return error.exit_code


def _order(path: Path) -> orders.Order:
    try:
        with path.open("rb") as file:
            data = file.read(orders.LIMIT + 1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("bundle.broken_order", detail=detail) from error
    return orders.from_bytes(data)


def _run(order: orders.Order, arguments: Sequence[str], say: Catalog, beside: Path) -> int:
    role, tape = _role(arguments), _value(arguments, "--record")
    now = datetime.now(UTC)
    order.check(now.astimezone().date())
    who = {"organisation": order.organisation, "authorised_by": order.authorised_by}
    print(say("bundle.begin", **who, valid_until=order.valid_until))
    print(say("host.will_read"))
    name = socket.gethostname()
    packs = load_packs()
    if tape:
        surveyed, removed = survey_and_record(Path(tape), name, role, packs, now=now)
        print(say("host.recorded", path=tape, removed=removed))
    else:
        surveyed = survey(name, role, packs, now=now)
    path = _written(order.file_name(name), surveyed, beside)
    seen = {"ok": surveyed.seen, "total": len(surveyed.evidence)}
    print(say("host.written", path=path, computer=name, **seen))
    print("\n".join(lines(unseen(surveyed), packs, say)))
    print(say("bundle.hand_back", path=path.name))
    return 0


def _written(name: str, surveyed: Surveyed, beside: Path) -> Path:
    """Write beside the bundle; on a share that is read-only, where the user stands."""
    try:
        write(beside / name, surveyed)
    except UsageError:
        if Path.cwd() == beside:
            raise
        write(Path.cwd() / name, surveyed)
        return Path.cwd() / name
    return beside / name


def _role(arguments: Sequence[str]) -> str:
    role = _value(arguments, "--role") or "computer"
    if role not in ROLES:
        raise UsageError("bundle.bad_role", role=role[:40])
    return role


def _language(arguments: Sequence[str], wanted: str) -> str:
    """Return the language to speak; English where the console has no Japanese letters."""
    named = _value(arguments, "--lang")
    found = named or wanted or os.environ.get("LANG", "")
    language = next((item for item in LANGUAGES if found.lower().startswith(item)), "en")
    try:
        _LETTERS[language].encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "en"
    return language


def _value(arguments: Sequence[str], name: str) -> str:
    places = [number for number, item in enumerate(arguments) if item == name]
    following = places[-1] + 1 if places else len(arguments)
    return arguments[following] if following < len(arguments) else ""
