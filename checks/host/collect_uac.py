"""Windows' user account control: whether programs ask before they act as administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.setting import UNSEEN, Origin, Setting, Source, effective

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector

_KEY: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"


@dataclass(frozen=True)
class UacFacts(HostFacts):
    """Three switches, with what Windows does where nobody has set them."""

    enabled: Setting = UNSEEN
    """``EnableLUA``: 0 = off altogether."""
    consent: Setting = UNSEEN
    """``ConsentPromptBehaviorAdmin``: 0 = raised without asking, 5 = the default."""
    remote_full: Setting = UNSEEN
    """``LocalAccountTokenFilterPolicy``: 1 = local administrators keep all rights from afar."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def uac_of_computer(host: Host) -> UacFacts:
    """Read the switches; the defaults are those that Microsoft documents."""
    if host.platform != "windows":
        return UacFacts(host.platform, host.elevated)
    look = Look(host)
    return UacFacts(
        host.platform, host.elevated, _of(look, "EnableLUA", 1),
        _of(look, "ConsentPromptBehaviorAdmin", 5),
        _of(look, "LocalAccountTokenFilterPolicy", 0), not_read=look.noted(),
    )  # fmt: skip


def _of(look: Look, name: str, default: int) -> Setting:
    return effective(look, (Source(Origin.LOCAL, _KEY, name),), default=default)
