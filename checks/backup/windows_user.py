"""What each user of a Windows computer set up: File History, and what merely synchronises.

Everything here is read from the registry and from files, so it needs no PowerShell.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.windows_places import Drives, place_of
from posture_scan.checks.backup.windows_registry import sub_keys

from posture_scan.sdk import Look, filetime, redacted_address

_CONFIGURATION: Final = r"\AppData\Local\Microsoft\Windows\FileHistory\Configuration"
_HISTORY_KEY: Final = r"HKCU\Software\Microsoft\Windows\CurrentVersion\FileHistory"
_ACCOUNTS: Final = r"HKCU\Software\Microsoft\OneDrive\Accounts"
_SHELL: Final = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
_FOLDERS: Final = {"Desktop": "Desktop", "Personal": "Documents", "My Pictures": "Pictures"}
"""The registry's names of the folders that people work in, which are never translated."""

_SYNCED_BY_FILES: Final = (
    ("google_drive", r"\AppData\Local\Google\DriveFS\*"),
    ("dropbox", r"\AppData\Local\Dropbox\info.json"),
    ("icloud", r"\iCloudDrive"),
    ("box", r"\AppData\Local\Box\Box"),
)
_FIELD: Final = re.compile(r"<(TargetUrl|TargetDriveType|DPStatus)>([^<]{1,400})</")
_HOME: Final = re.compile(
    r"^(?:%USERPROFILE%|[A-Za-z]:\\Users\\[^\\]{1,100})(?=\\|$)", re.IGNORECASE
)
_KINDS: Final = {"REMOVABLE": Place.REMOVABLE, "REMOTE": Place.NETWORK_SHARE}
_STATES: Final = {"ENABLED": True, "DISABLED": False}


def user_jobs(look: Look, drives: Drives) -> list[BackupJob]:
    """Return File History of every user that can be seen, and the services that synchronise."""
    synced = _onedrive(look)
    within = synced[0].source_paths if synced else ()
    homes = look.host.homes()
    histories = [job for home in homes if (job := _file_history(look, home, drives, within))]
    if len(histories) == 1:
        histories = [_with_registry(look, histories[0])]
    for home in homes:
        for engine, tail in _SYNCED_BY_FILES:
            if look.files(home + tail, hides="sync") and not _has(synced, engine):
                synced.append(BackupJob(engine, engine, Kind.SYNC, enabled=True))
    return [*histories, *synced]


def _file_history(
    look: Look, home: str, drives: Drives, within: tuple[str, ...]
) -> BackupJob | None:
    """Read one user's File History; None where it was never set up.

    Its hourly period is left aside: a computer that was off all night is not in default.
    """
    folder = home + _CONFIGURATION
    configs = look.files(f"{folder}\\Config*.xml")
    if not configs:
        return None
    newest = max(configs, key=lambda info: info.modified)
    fields = dict(_FIELD.findall(_decoded(look.data(newest.path, limit=262_144) or b"")))
    target = fields.get("TargetUrl", "")
    on: bool | None = True if target else None
    if "DPStatus" in fields:
        on = _STATES.get(fields["DPStatus"])
    catalogues = [info.modified for info in look.files(f"{folder}\\Catalog*.edb", hides="run")]
    proofs = (Proof("file_history", "B", max(catalogues)),) if catalogues else ()
    return BackupJob(
        engine="file_history", job="File History", destination=redacted_address(target),
        destination_class=_place(target, fields.get("TargetDriveType", ""), drives),
        enabled=on, proofs=proofs,
        traps=("synced_left_out",) if "Documents" in within else (),
    )  # fmt: skip


def _with_registry(look: Look, job: BackupJob) -> BackupJob:
    """Take the newer of the two traces: this one is zero between two cycles.

    They are two words of one engine about one run and never count as independent.
    """
    until = filetime(look.value(_HISTORY_KEY, "ProtectedUpToTime", hides="run"))
    times = [proof.at for proof in job.proofs] + ([until] if until else [])
    return replace(job, proofs=(Proof("file_history", "B", max(times)),) if times else ())


def _place(target: str, kind: str, drives: Drives) -> Place:
    found = place_of(target, drives)
    return _KINDS.get(kind, found) if found is Place.UNKNOWN else found


def _onedrive(look: Look) -> list[BackupJob]:
    """OneDrive follows every change at once, encrypted files included: no backup.

    ``source_paths`` names the folders of the user that lie in it, by containment: the bits of
    OneDrive's own "folder backup" setting are understood in two ways.
    """
    accounts = [f"{_ACCOUNTS}\\{name}" for name in sub_keys(look, _ACCOUNTS, hides="sync")]
    folders = [look.value(account, "UserFolder", hides="sync") for account in accounts]
    roots = [_below_home(folder) for folder in folders if isinstance(folder, str) and folder]
    if not roots:
        return []
    inside = tuple(
        label
        for name, label in _FOLDERS.items()
        if isinstance(where := look.value(_SHELL, name, hides="sync"), str)
        and any(_contains(root, _below_home(where)) for root in roots)
    )
    return [BackupJob("onedrive", "OneDrive", Kind.SYNC, source_paths=inside, enabled=True)]


def _below_home(path: str) -> str:
    """Cut off the home, which is written as a variable in one place and spelt out in another."""
    return _HOME.sub("~", path).rstrip("\\").lower()


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder}\\")


def _decoded(data: bytes) -> str:
    """File History writes UTF-8, or UTF-16 with its mark."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8", "replace")


def _has(jobs: list[BackupJob], engine: str) -> bool:
    return any(job.engine == engine for job in jobs)
