"""One setting as it takes effect, and where its value comes from: policy, the computer, default.

A value that an administrator's policy gives wins over the computer's own, which wins over what
the system does when nobody has said anything. What could not be read is never taken for absent,
so nothing below it is asked then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Host,
    Look,
    NotRead,
    Verdict,
    is_absent,
    lift_of,
    unknown,
)


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
            look.note(f"{place.key}\\{place.name}", error.attempt, "setting", lift_of(error))
            return Setting(None, Origin.UNSEEN, error.attempt.value)
        if isinstance(found, int):
            return Setting(found, place.origin)
        if isinstance(found, str) and found.strip().isdecimal():
            return Setting(int(found), place.origin)  # some settings are numbers kept as text
        return Setting(None, Origin.UNSEEN, Attempt.PROTOCOL_MISMATCH.value)
    if default is None:
        return Setting(None, Origin.UNSEEN, Attempt.TOOL_MISSING.value)
    return Setting(default, Origin.DEFAULT)


def running(host: Host, service: str) -> bool | None:
    """Tell whether a Windows service runs; None where that could not be asked, False if absent."""
    try:
        rows = host.system("service", service)
    except AttemptError as error:
        return False if is_absent(error) else None
    return bool(rows) and rows[0].get("state") == 4  # noqa: PLR2004 -- SERVICE_RUNNING


def unseen(not_read: tuple[NotRead, ...], *, reason: str = "not_seen", about: str = "") -> Verdict:
    """Return ``unknown`` for what could not be looked at, naming what would open it.

    ``about`` narrows to places that hide one thing. The value ``lift`` is what a person can do:
    ``administrator``, ``full_disk_access``, … ; with several, the first that needs a right.
    """
    places = [item for item in not_read if not about or item.hides == about]
    if not places:
        return unknown(reason, lift="again", what="")
    first = min(places, key=lambda item: item.lift != "administrator")
    return unknown(reason, lift=first.lift, what=first.what[:120])
