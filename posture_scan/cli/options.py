"""Options and small readers that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from posture_scan.cli.language import say
from posture_scan.errors import UsageError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
FILE: Final = click.Path(path_type=Path)
DEFAULT_PROFILE: Final = "jp-sme"
LAST_PORT: Final = 65_535
FOLDERS: Final = frozenset({"checks_dir", "store"})
"""Options that name a folder, by the id of their help."""


def option(*names: str, text: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """Declare an option whose help is the sentence ``cli.option.<text>``."""
    kind = settings.get("type")
    if not settings.get("is_flag") and "/" not in names[0] and not isinstance(kind, click.Choice):
        word = "device_file" if text == "device_export" else _kind(kind)
        settings["metavar"] = say(f"cli.metavar.{'folder' if text in FOLDERS else word}")
    return click.option(*names, help=say(f"cli.option.{text}"), **settings)


def _kind(kind: Any) -> str:
    if kind is FILE:
        return "file"
    return "number" if kind is int or isinstance(kind, click.types.IntParamType) else "text"


def common(function: Decorated) -> Decorated:
    """Add what every command has: ``--lang`` (read early by cli.language) and ``--json``."""
    function = option(
        "--lang", text="lang", type=click.Choice(["ja", "en"]), expose_value=False
    )(function)  # fmt: skip
    return option("--json", "as_json", text="json", is_flag=True)(function)


def handed_in(function: Decorated) -> Decorated:
    """Add the files that may be handed in: computers' evidence, devices' and tenants' exports.

    For the latter two also the day they were made, where they do not say so themselves.
    """
    for add in (
        option("--tenant-export-date", "tenant_day", text="tenant_export_date"),
        option("--tenant-export", "tenant_files", text="tenant_export", multiple=True, type=FILE),
        option("--device-export-date", "export_day", text="device_export_date"),
        option("--device-export", "export_files", text="device_export", multiple=True),
        option("--host-evidence", "host_files", text="host_evidence", multiple=True, type=FILE),
    ):
        function = add(function)
    return function


def packs_option(function: Decorated) -> Decorated:
    """Add ``--checks DIR`` for further packs."""
    return option(
        "--checks", "folders", text="checks_dir", multiple=True, type=FILE, callback=_existing
    )(function)  # fmt: skip


def _existing(_context: object, _param: object, folders: tuple[Path, ...]) -> tuple[Path, ...]:
    for folder in folders:
        if not folder.is_dir():
            raise UsageError("cli.no_folder", path=folder)
    return folders


def pricing(function: Decorated) -> Decorated:
    """Add what the premium depends on beside the security."""
    for add in (
        option("--base-premium", text="base_premium"),
        option("--group-discount", text="group_discount", is_flag=True),
        option("--certificate", "certificates", text="certificate", multiple=True),
        option("--annual-sales", text="annual_sales"),
        option("--industry", text="industry"),
        option("--fact", "facts", text="fact", multiple=True),
        option("--modification", text="modification"),
    ):
        function = add(function)
    return function


def amount(value: str | None) -> Decimal | None:
    """Read an amount of money written in digits; None stays None.

    Raises:
        UsageError: ``cli.bad_amount``.
    """
    if value is None:
        return None
    try:
        number = Decimal(value.replace(",", "").replace("_", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise UsageError("cli.bad_amount", value=value)
    return number


def facts(stated: tuple[str, ...]) -> dict[str, str]:
    """Read facts written like ``limit=1000000``.

    Raises:
        UsageError: ``cli.bad_fact``.
    """
    found = {}
    for text in stated:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError("cli.bad_fact", value=text)
        found[name.strip()] = value.strip()
    return found


def modification(value: str | None) -> Decimal:
    """Read an underwriter's judgement such as ``-10%`` or ``-0.1``; zero without one.

    Raises:
        UsageError: ``cli.bad_modification``.
    """
    text = (value or "0").strip()
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        number = Decimal("NaN")
    if text.endswith("%"):
        number /= 100
    if not number.is_finite() or abs(number) > 1:
        raise UsageError("cli.bad_modification", value=value)
    return number


def number(key: str, value: str) -> Decimal:
    """Read a number written like ``0.05``; ``key`` is the option it belongs to.

    Raises:
        UsageError: ``profiles.number``.
    """
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise UsageError("profiles.number", key=key, value=value)
    return found


def port_list(value: str | None) -> tuple[int, ...]:
    """Read ports written like ``22,80,8000-8100``.

    Raises:
        UsageError: ``cli.bad_ports``.
    """
    found: set[int] = set()
    for part in (value or "").split(","):
        first, _, last = part.strip().partition("-")
        if not part.strip():
            continue
        low, high = (int(x) if x.isdecimal() else 0 for x in (first, last or first))
        if not 0 < low <= high <= LAST_PORT:
            raise UsageError("cli.bad_ports", value=value)
        found.update(range(low, high + 1))
    return tuple(sorted(found))


def day(value: str | None) -> date | None:
    """Read a date written like ``2026-11-22``; None stays None.

    Raises:
        UsageError: ``cli.bad_date``.
    """
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise UsageError("cli.bad_date", value=value) from error


def now() -> datetime:
    """Return the present moment in UTC: the one place where the program reads the clock."""
    return datetime.now(UTC)


def moment(value: str | None) -> datetime:
    """Return the moment to judge at: noon UTC of the given day, or now."""
    wanted = day(value)
    return datetime.combine(wanted, time(12), UTC) if wanted else now()


def write_new(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet.

    Raises:
        UsageError: ``cli.exists`` or ``cli.cannot_write``.
    """
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError("cli.exists", path=path) from error
    except OSError as error:
        raise UsageError("cli.cannot_write", path=path, detail=error.strerror) from error
