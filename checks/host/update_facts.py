"""What a look at one computer's updates brings: what waits, how old that knowledge is, who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from posture_scan.sdk import HostFacts


class Listing(StrEnum):
    """How far the list of waiting security updates may be believed."""

    COMPLETE = "complete"
    UNREADABLE = "unreadable"
    """The system's own tool did not answer, or not so that it could be read."""
    NO_TOOL = "no_tool"
    """No update mechanism that is known here."""
    NO_SOURCE = "no_source"
    """No source that would name security updates is set up."""
    NOBODY_LOOKED = "nobody_looked"
    """The system never asked its maker, so that an empty list means nothing."""


@dataclass(frozen=True)
class Waiting:
    """One security update that is on offer and not installed."""

    name: str
    """A package, an advisory or a KB number."""
    out_by: datetime | None = None
    """It was published at this moment at the latest: it has waited at least since then."""
    not_before: datetime | None = None
    """At this moment it was not yet on offer: it has waited no longer than since then."""
    held: bool = False
    """An administrator keeps the package from being updated."""


@dataclass(frozen=True)
class Found:
    """What one mechanism knows of waiting updates; the members are those of ``UpdateState``."""

    listing: Listing
    waiting: tuple[Waiting, ...] = ()
    known_as_of: datetime | None = None
    valid_until: datetime | None = None


class Installs(StrEnum):
    """Whether security updates are installed without anybody's doing."""

    ON = "on"
    OFF = "off"
    UNSEEN = "unseen"


class Because(StrEnum):
    """Why updates are installed automatically or not, in the words of the check's reasons."""

    NOT_SEEN = "not_seen"
    POLICY = "policy"
    """On: an administrator's policy says so; likewise the computer's own setting, the default."""
    LOCAL = "local"
    DEFAULT = "default"
    NOT_INSTALLED = "not_installed"
    NOT_SET_UP = "not_set_up"
    SWITCHED_OFF = "switched_off"
    SWITCHED_OFF_BY_POLICY = "switched_off_by_policy"
    SECURITY_LEFT_OUT = "security_left_out"
    TIMER_STOPPED = "timer_stopped"
    ONLY_NOTIFIES = "only_notifies"
    SERVICE_DISABLED = "service_disabled"
    PAUSED = "paused"
    DEFERRED = "deferred"
    TIMER_UNSEEN = "timer_unseen"
    DEFAULT_UNCLEAR = "default_unclear"
    """No setting is there, and what happens then is not documented for this release."""
    LEFT_TO_USER = "left_to_user"


@dataclass(frozen=True)
class Automatic:
    """The setting that takes effect, and the last run that proves it."""

    installs: Installs = Installs.UNSEEN
    because: Because = Because.NOT_SEEN
    last_run: datetime | None = None
    """When the mechanism last ran through by itself; None where that was not seen."""
    proves_runs: bool = False
    """This mechanism keeps a record of its runs, so that none seen means none proven."""


@dataclass(frozen=True)
class Restart:
    """Whether something that was updated still runs in its old state."""

    asked: bool | None = None
    """The system's own mark; None where it keeps none here."""
    packages: tuple[str, ...] = ()
    running: str = ""
    """The kernel that runs."""
    installed: str = ""
    """The newest installed kernel, where it is another one."""
    replaced: tuple[str, ...] = ()
    """Parts of the system that were replaced since it was started."""
    looked: bool = False
    """Enough was seen for "nothing waits for a restart" to be believed."""


@dataclass(frozen=True)
class UpdateState(HostFacts):
    """Everything this computer says about its security updates."""

    mechanism: str = ""
    """``apt``, ``dnf``, ``zypper``, ``windows_update``, ``macos`` or empty."""
    listing: Listing = Listing.UNREADABLE
    waiting: tuple[Waiting, ...] = ()
    known_as_of: datetime | None = None
    """Up to when the list's sources reach; of several, the oldest."""
    valid_until: datetime | None = None
    """After this moment the source itself says that its list must not be used."""
    last_rollup: datetime | None = None
    """Windows: when the last cumulative update was installed."""
    automatic: Automatic = field(default_factory=Automatic)
    restart: Restart = field(default_factory=Restart)


MOST: int = 500
"""Waiting updates that are kept; more change no verdict."""
