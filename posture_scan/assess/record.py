"""A recording of a computer: everything its collectors were answered, to be played back elsewhere.

So that a reader written from documents alone can be tried on a real Windows PC or Mac: whoever has
one runs this and gives the file. Standard library only, so that it also works in a bundle.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from posture_scan.assess.machine import Surveyed, survey_with
from posture_scan.assess.tool import TOOL
from posture_scan.collect.recording import RecordingHost
from posture_scan.engine.pack_set import PackSet
from posture_scan.errors import UsageError
from posture_scan.sdk import AttemptError, Host

_WINDOWS: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_CODE_PAGE: Final = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage"
_LANGUAGE: Final = "HKCU\\Control Panel\\International"


def survey_and_record(
    path: Path, name: str, role: str, packs: PackSet, *, now: datetime
) -> tuple[Surveyed, int]:
    """Look at the computer the program runs on and write the recording of it.

    Returns the survey, and how many secrets were taken out of the recording.

    Raises:
        UsageError: ``tape.unwritable``.
    """
    from posture_scan.collect.host import LocalHost

    surveyed, tape, removed = recorded(LocalHost(now), name, role, packs)
    write(path, tape)
    return surveyed, removed


def recorded(host: Host, name: str, role: str, packs: PackSet) -> tuple[Surveyed, bytes, int]:
    """Survey a computer while recording it.

    Returns the survey, the recording's bytes, and how many secrets were taken out of it.
    """
    recorder = RecordingHost(host)
    surveyed = survey_with(recorder, name, role, packs)
    build, locale, page = _origin(host)
    tape, removed = recorder.tape(
        "recorded-real", tool=f"{TOOL['name']} {TOOL['version']}", locale=locale, build=build,
        codepage=page,
    )  # fmt: skip
    return surveyed, tape, removed


def write(path: Path, tape: bytes) -> None:
    """Write a recording that does not exist yet, for its owner only.

    Raises:
        UsageError: ``tape.unwritable``.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(tape)
    except OSError as error:
        raise UsageError("tape.unwritable", path=path, cause=error.strerror or "") from error


def _origin(host: Host) -> tuple[str, str, int]:
    """Return build, language and code page of the computer, as far as it says."""
    if host.platform == "windows":
        build = f"10.0.{_text(host, _WINDOWS, 'CurrentBuild')}.{_text(host, _WINDOWS, 'UBR')}"
        page = _text(host, _CODE_PAGE, "ACP")
        return (
            build, _text(host, _LANGUAGE, "LocaleName"),
            int(page) if page.isdecimal() else 0,
        )  # fmt: skip
    try:
        if host.platform == "darwin":
            said = host.run(("sw_vers", "-buildVersion")).stdout.decode("ascii", "replace")
            return said.strip(), "", 65001
        said = host.read("/etc/os-release", limit=65_536).decode("utf-8", "replace")
    except AttemptError:
        return "", "", 65001
    known = dict(line.partition("=")[::2] for line in said.splitlines())
    return f"{known.get('ID', '')} {known.get('VERSION_ID', '')}".replace('"', ""), "", 65001


def _text(host: Host, key: str, name: str) -> str:
    try:
        return str(host.registry(key, name))
    except AttemptError:
        return ""
