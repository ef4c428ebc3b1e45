"""Windows' user account control: whether programs ask before they act as administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from posture_scan.checks.host.setting import Origin, Setting, Source, effective

from posture_scan.sdk import PASSIVE, Facts, Host, Look, Machine, Method, NotRead, collector

_KEY: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
_UNSEEN: Final = Setting(None, Origin.UNSEEN)


@dataclass(frozen=True)
class UacFacts(Facts):
    """Three switches, with what Windows does where nobody has set them."""

    method: ClassVar[Method] = Method.REGISTRY_OR_PACKAGE

    platform: str
    elevated: bool
    enabled: Setting = _UNSEEN
    """``EnableLUA``: 0 = off altogether."""
    consent: Setting = _UNSEEN
    """``ConsentPromptBehaviorAdmin``: 0 = raised without asking, 5 = the default."""
    remote_full: Setting = _UNSEEN
    """``LocalAccountTokenFilterPolicy``: 1 = local administrators keep all rights from afar."""
    not_read: tuple[NotRead, ...] = ()


@collector(on=Machine(("linux", "windows", "darwin")), intrusiveness=PASSIVE)
def uac_of_computer(host: Host) -> UacFacts:
    """Read the switches; the defaults are those that Microsoft documents."""
    if host.platform != "windows":
        return UacFacts(host.platform, host.elevated)
    look = Look(host)
    return UacFacts(
        host.platform, host.elevated, _of(look, "EnableLUA", 1),
        _of(look, "ConsentPromptBehaviorAdmin", 5),
        _of(look, "LocalAccountTokenFilterPolicy", 0), tuple(look.not_read),
    )  # fmt: skip


def _of(look: Look, name: str, default: int) -> Setting:
    return effective(look, (Source(Origin.LOCAL, _KEY, name),), default=default)
