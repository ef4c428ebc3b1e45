"""One setting as it takes effect, and where its value comes from: policy, the computer, default.

A value that an administrator's policy gives wins over the computer's own, which wins over what
the system does when nobody has said anything. What could not be read is never taken for absent,
so nothing below it is asked then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Host, Look, is_absent, lift_of


class Origin(StrEnum):
    """What answered for a setting."""

    POLICY = "policy"
    LOCAL = "local"
    DEFAULT = "default"
    STATE = "state"
    """The system itself said what is in force now."""
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Setting:
    """A whole number that is in force; ``None`` with ``UNSEEN`` where it could not be read."""

    value: int | None
    origin: Origin
    attempt: str = ""
    """How the look ended where it failed, such as ``permission_denied``."""

    @property
    def seen(self) -> bool:
        """Whether there is a value to judge."""
        return self.value is not None


UNSEEN: Final = Setting(None, Origin.UNSEEN)


@dataclass(frozen=True)
class Source:
    """One place in the registry that may hold a setting."""

    origin: Origin
    key: str
    name: str


def effective(look: Look, places: tuple[Source, ...], default: int | None = None) -> Setting:
    """Return the first value that is there, else the documented default.

    ``default=None`` says that what happens without a value is not known here: the setting stays
    unseen. A place that may not be read ends the search: what stands there could win.
    """
    for place in places:
        try:
            found = look.host.registry(place.key, place.name)
        except AttemptError as error:
            if is_absent(error):
                continue
            return _unseen(look, place, error.attempt, lift_of(error))
        if isinstance(found, int):
            return Setting(found, place.origin)
        if isinstance(found, str) and found.strip().isdecimal():
            return Setting(int(found), place.origin)  # some settings are numbers kept as text
        return _unseen(look, place, Attempt.PROTOCOL_MISMATCH, "again")
    if default is None:
        return _unseen(look, places[-1], Attempt.TOOL_MISSING, "again")
    return Setting(default, Origin.DEFAULT)


def _unseen(look: Look, place: Source, attempt: Attempt, lift: str) -> Setting:
    look.note(f"{place.key}\\{place.name}", attempt, "setting", lift)
    return Setting(None, Origin.UNSEEN, attempt.value)


def running(host: Host, service: str) -> bool | None:
    """Tell whether a Windows service runs; None where that could not be asked, False if absent."""
    try:
        rows = host.system("service", service)
    except AttemptError as error:
        return False if is_absent(error) else None
    return bool(rows) and rows[0].get("state") == 4  # noqa: PLR2004 -- SERVICE_RUNNING
