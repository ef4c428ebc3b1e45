"""What Microsoft Office does with macros in documents: policy over the user's own over default."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.setting import Origin, Setting, Source, effective

from posture_scan.sdk import (
    PASSIVE,
    Attempt,
    AttemptError,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    is_absent,
    lift_of,
)

_APPS: Final = ("Word", "Excel", "PowerPoint")
_VERSIONS: Final = ("16.0", "15.0", "14.0")
_ROOTS: Final = ("HKLM\\SOFTWARE\\Microsoft\\Office",
                 "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Office")  # fmt: skip
_CLICK_TO_RUN: Final = "HKLM\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration"
_POLICY: Final = "HKCU\\Software\\Policies\\Microsoft\\Office"
_OWN: Final = "HKCU\\Software\\Microsoft\\Office"


@dataclass(frozen=True)
class OfficeApp:
    """One program of Office and its two switches."""

    name: str
    version: str
    """``16.0`` since Office 2016 and in Microsoft 365."""
    warnings: Setting
    """``VBAWarnings``: 1 all macros run, 2 a person is asked, 3 signed ones only, 4 none."""
    blocked: Setting
    """``blockcontentexecutionfrominternet``: 1 none from the Internet; by default not set (-1)."""


@dataclass(frozen=True)
class MacrosFacts(HostFacts):
    """Office on one computer, as the person who ran this uses it."""

    installed: bool | None
    apps: tuple[OfficeApp, ...] = ()
    other_person: bool | None = None
    """The settings read are those of another account than the one at work; None not known."""
    build: int | None = None
    """Of ``16.0.15601.20088`` the third number, as Click-to-Run reports it; None of an Office
    that was installed in another way."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def macros_of_office(host: Host) -> MacrosFacts:
    """Read which programs there are, and their switches for this user."""
    if host.platform != "windows":
        return MacrosFacts(host.platform, host.elevated, installed=None)
    look = Look(host)
    apps: list[OfficeApp] = []
    for app in _APPS:
        for version in _VERSIONS:
            if _is_installed(look, version, app):
                apps.append(_app(look, app, version))
                break
    installed = True if apps else False if not look.not_read else None
    return MacrosFacts(
        host.platform, host.elevated, installed, tuple(apps), _is_other_person(look), _build(look),
        not_read=look.noted(),
    )  # fmt: skip


def _is_installed(look: Look, version: str, app: str) -> bool:
    for root in _ROOTS:
        key = f"{root}\\{version}\\{app}\\InstallRoot"
        try:
            if look.host.registry(key, "Path"):
                return True
        except AttemptError as error:
            if not is_absent(error):
                look.note(key, error.attempt, "office", lift_of(error))
    return False


def _app(look: Look, app: str, version: str) -> OfficeApp:
    tail = f"\\{version}\\{app}\\Security"
    warnings = (Source(Origin.POLICY, _POLICY + tail, "VBAWarnings"),
                Source(Origin.LOCAL, _OWN + tail, "VBAWarnings"))  # fmt: skip
    name = "blockcontentexecutionfrominternet"
    blocked = (Source(Origin.POLICY, _POLICY + tail, name),
               Source(Origin.LOCAL, _OWN + tail, name))  # fmt: skip
    return OfficeApp(
        app, version, effective(look, warnings, default=2), effective(look, blocked, default=-1)
    )


def _build(look: Look) -> int | None:
    version = look.value(_CLICK_TO_RUN, "VersionToReport", hides="build")
    found = re.match(r"16\.0\.(\d{1,6})\.", version) if isinstance(version, str) else None
    return int(found[1]) if found else None


def _is_other_person(look: Look) -> bool | None:
    """HKCU belongs to whose rights the program runs with, perhaps not to who works here."""
    try:
        row = look.host.system("session")[0]
    except AttemptError as error:
        look.note("session", error.attempt, "office", lift_of(error))
        return None
    except IndexError:
        look.note("session", Attempt.PROTOCOL_MISMATCH, "office", "again")
        return None
    return bool(row.get("user")) and row.get("user") != row.get("token")
