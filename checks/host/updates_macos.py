"""macOS: what Software Update found when it last asked, and what it installs by itself.

Everything comes from property lists. ``softwareupdate -l`` would ask Apple over the network, and
answers in the user's language. The list names no dates, so how long an update has waited cannot
be told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.host.plist import property_list
from posture_scan.checks.host.update_facts import (
    MOST,
    Automatic,
    Because,
    Found,
    Installs,
    Listing,
    Waiting,
)

from posture_scan.sdk import Attempt, Look

LOCAL: Final = "/Library/Preferences/com.apple.SoftwareUpdate.plist"
MANAGED: Final = "/Library/Managed Preferences/com.apple.SoftwareUpdate.plist"
_SWITCHES: Final = ("AutomaticCheckEnabled", "AutomaticDownload", "CriticalUpdateInstall",
                    "ConfigDataInstall", "AutomaticallyInstallMacOSUpdates")  # fmt: skip
_DECIDES: Final = "AutomaticallyInstallMacOSUpdates"


def macos_waiting(look: Look) -> Found:
    """Read what Software Update recommended after its last full search that succeeded."""
    table = property_list(look, LOCAL, hides="update")
    if table is None:
        return Found(Listing.UNREADABLE)
    asked = table.get("LastFullSuccessfulDate") or table.get("LastSuccessfulDate")
    if not isinstance(asked, datetime):
        return Found(Listing.NOBODY_LOOKED)
    offered = table.get("RecommendedUpdates", [])
    if not isinstance(offered, list):
        look.note(LOCAL, Attempt.PROTOCOL_MISMATCH, "update", "again")
        return Found(Listing.UNREADABLE)
    waiting = [Waiting(_name(item)) for item in offered]
    count = table.get("LastUpdatesAvailable")
    if not waiting and isinstance(count, int) and count > 0:
        waiting = [Waiting("?")] * min(count, MOST)
    return Found(Listing.COMPLETE, tuple(waiting[:MOST]), asked.replace(tzinfo=UTC))


def macos_automatic(look: Look) -> Automatic:
    """Judge the switches in force; a managed one wins, and one that is nowhere has no sure default.

    What Apple's setup assistant switches on differs by release, so that nothing is assumed.
    """
    managed, local = (property_list(look, path, hides="automatic") for path in (MANAGED, LOCAL))
    if any(item.hides == "automatic" for item in look.not_read):
        return Automatic(Installs.UNSEEN, Because.NOT_SEEN)
    managed, local = managed or {}, local or {}
    values = {name: _switch(managed.get(name, local.get(name))) for name in _SWITCHES}
    if any(value is False for value in values.values()):
        return Automatic(Installs.OFF, Because.SWITCHED_OFF)
    if values[_DECIDES] is None:
        return Automatic(Installs.UNSEEN, Because.DEFAULT_UNCLEAR)
    return Automatic(Installs.ON, Because.POLICY if _DECIDES in managed else Because.LOCAL)


def _switch(value: object) -> bool | None:
    return bool(value) if isinstance(value, (bool, int)) else None


def _name(item: object) -> str:
    if not isinstance(item, dict):
        return "?"
    return str(item.get("Display Name") or item.get("Identifier") or "?")[:200]
