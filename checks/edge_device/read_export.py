"""What all readers of device exports share: bytes to lines, and few facts out of them.

A reader keeps what its patterns name and nothing else: a value reaches the facts only through a
pattern for versions, models or dates, so that passwords, keys, names and addresses stay behind.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting

from posture_scan.sdk import Attempt, AttemptError

LINE_LIMIT: Final = 2_000
"""Characters of a line that are looked at; a longer one is a certificate or a picture."""

MOST_LINES: Final = 1_000_000

_ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]{0,12}[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_PAGER: Final = re.compile(r"^ {0,2}(?:<---|--+) ?(?i:more) ?(?:--+>?)|^---つづく---")
_PROMPT: Final = re.compile(r"^[\w.@()/~:-]{1,64}[#>] ")

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}

EARLIEST: Final = timezone(timedelta(hours=14))
"""The zone in which a day begins first (Line Islands): a clock time whose zone is not given is
taken there, so that no export ever counts as younger than it is."""

JST: Final = timezone(timedelta(hours=9))


def not_mine() -> AttemptError:
    """Return what a reader raises for a file that is not of its kind."""
    return AttemptError(Attempt.PROTOCOL_MISMATCH)


def locked() -> AttemptError:
    """Return what a reader raises for a file of its kind that is encrypted."""
    return AttemptError(Attempt.PERMISSION_DENIED, "encrypted")


def text_of(content: bytes) -> str:
    """Decode an export however a terminal program saved it: UTF-8, UTF-16 or Shift_JIS."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def lines_of(content: bytes) -> Iterator[str]:
    """Yield the lines with their indentation, without prompts, pagers and control characters."""
    for number, line in enumerate(text_of(content).split("\n")):
        if number >= MOST_LINES:
            return
        plain = _ESCAPE.sub("", line[:LINE_LIMIT])
        yield _PROMPT.sub("", _PAGER.sub("", plain)).rstrip()


def the_only(found: Iterable[str]) -> str:
    """Return the one value that was found; none where the file says two different things."""
    values = set(found)
    return values.pop() if len(values) == 1 else ""


def built(
    content: bytes, maker: str, product: str, title: str, **known: str | datetime | None
) -> DeviceExport:
    """Return the facts of an export that only tells product and version."""
    facts = {name: str(known.get(name) or "") for name in ("version", "model", "build")}
    stated = known.get("stated_at")
    return DeviceExport(
        maker, product, title, facts["version"], digest(content), facts["model"], facts["build"],
        stated if isinstance(stated, datetime) else None,
    )  # fmt: skip


def digest(content: bytes) -> str:
    """Return the SHA-256 by which the file can be recognised again."""
    return hashlib.sha256(content).hexdigest()


def moment(
    year: str, month: str, day: str, clock: str, zone: timezone = EARLIEST
) -> datetime | None:
    """Return a moment from the parts of a date in text, or None where it is none.

    Args:
        year: four digits.
        month: a number, or an English name's first three letters.
        day: one or two digits.
        clock: ``HH:MM:SS``.
        zone: what the file says; without it the one that makes the export oldest.
    """
    number = _MONTHS.get(month[:3].capitalize()) or (int(month) if month.isdecimal() else 0)
    hour, minute, second = (int(part) for part in clock.split(":"))
    try:
        return datetime(int(year), number, int(day), hour, minute, second, tzinfo=zone).astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None


def believed(stated: datetime | None, *built_on: datetime | None) -> datetime | None:
    """Return the stated moment unless the firmware is younger: then the clock was never set."""
    return None if stated and any(day and day > stated for day in built_on) else stated


def is_public(address: str) -> bool:
    """Tell whether an interface's address is one of the Internet's."""
    try:
        return ipaddress.ip_interface(address.replace(" ", "/")).ip.is_global
    except ValueError:
        return False


def is_private(address: str) -> bool:
    """Tell whether an interface's address can only be reached from inside."""
    try:
        ip = ipaddress.ip_interface(address.replace(" ", "/")).ip
    except ValueError:
        return False
    return ip.is_private and not ip.is_unspecified


def admin(
    name: str, open_on: Collection[str], outward: Collection[str], inward: Collection[str]
) -> Setting:
    """Say of one way of administration whether it is open, and whether towards the Internet.

    An interface of which the file does not tell which way it faces is never taken for inside.
    """
    if not open_on:
        return switch(name, on=False)
    if set(open_on) & set(outward):
        return switch(name, on=True, outside=True)
    return switch(name, on=True) if set(open_on) <= set(inward) else unclear(name)


def switch(name: str, *, on: bool, outside: bool = False) -> Setting:
    """Return a setting that the file settles."""
    return Setting(name, "on" if on else "off", outside and on)


def unclear(name: str) -> Setting:
    """Return a setting that is there but not settled by the file."""
    return Setting(name, "unclear")
