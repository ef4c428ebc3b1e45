"""Where a backup goes: classified by how likely it fails, or is encrypted, with its source."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.checks.backup.facts import Place

_SCHEMES: Final[dict[str, Place]] = {
    "ssh": Place.OTHER_HOST,
    "sftp": Place.OTHER_HOST,
    "scp": Place.OTHER_HOST,
    "rsync": Place.OTHER_HOST,
    "ftp": Place.OTHER_HOST,
    "ftps": Place.OTHER_HOST,
    "webdav": Place.OTHER_HOST,
    "webdavs": Place.OTHER_HOST,
    "rest": Place.REST_SERVER,
    "smb": Place.NETWORK_SHARE,
    "afp": Place.NETWORK_SHARE,
    "s3": Place.OBJECT_STORAGE,
    "b2": Place.OBJECT_STORAGE,
    "azure": Place.OBJECT_STORAGE,
    "gs": Place.OBJECT_STORAGE,
    "swift": Place.OBJECT_STORAGE,
    "boto3+s3": Place.OBJECT_STORAGE,
    "boto+s3": Place.OBJECT_STORAGE,
    "s3+http": Place.OBJECT_STORAGE,
    "boto+gs": Place.OBJECT_STORAGE,
    "gdocs": Place.CLOUD_DRIVE,
    "gdrive": Place.CLOUD_DRIVE,
    "pydrive": Place.CLOUD_DRIVE,
    "onedrive": Place.CLOUD_DRIVE,
    "dpbx": Place.CLOUD_DRIVE,
    "mega": Place.CLOUD_DRIVE,
    "box": Place.CLOUD_DRIVE,
    "paramiko+ssh": Place.OTHER_HOST,
    "paramiko+sftp": Place.OTHER_HOST,
    "paramiko+scp": Place.OTHER_HOST,
    "pexpect+ssh": Place.OTHER_HOST,
    "pexpect+sftp": Place.OTHER_HOST,
    "pexpect+scp": Place.OTHER_HOST,
    "lftp+sftp": Place.OTHER_HOST,
    "lftp+ftps": Place.OTHER_HOST,
}
_URL: Final = re.compile(r"^([a-z0-9+]+):", re.IGNORECASE)
_SCP: Final = re.compile(r"^(?:[^@/:\s]+@)?([^@/:\s]+):(?!//)")
_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "fuse.glusterfs", "ceph"}
)
_DRIVES: Final = frozenset({"drive", "onedrive", "dropbox", "box", "pcloud", "iclouddrive"})
_STORES: Final = frozenset({"s3", "b2", "azureblob", "swift", "google cloud storage"})
_LOOPBACK: Final = re.compile(
    r"(?:ip6-)?localhost(?:\.localdomain)?|127(?:\.\d{1,10}){1,3}|0(?:\.0){0,3}|::1?|::ffff:127\..*"
)


@dataclass(frozen=True)
class Mount:
    """The mount that a path lies on, from ``findmnt -J -o TARGET,SOURCE,FSTYPE -T path``."""

    source: str
    fstype: str


@dataclass(frozen=True)
class Disk:
    """The physical disk below a mount."""

    name: str
    removable: bool


def parse_mount(text: bytes) -> Mount | None:
    """Read the last file system of findmnt's JSON; None when there is none."""
    try:
        item = json.loads(text)["filesystems"][-1]
        return Mount(str(item["source"]), str(item["fstype"]))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None


def parse_disks(text: bytes) -> dict[str, Disk]:
    """Map every block device of lsblk's JSON to its physical disk.

    The output of ``lsblk -J -o NAME,TYPE,TRAN,RM,HOTPLUG,PKNAME,MOUNTPOINTS`` is a tree when
    devices have children.
    """
    disks: dict[str, Disk] = {}
    try:
        for item in json.loads(text)["blockdevices"]:
            removable = item.get("tran") == "usb" or bool(item.get("rm"))
            _add(item, Disk(str(item["name"]), removable), disks)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return disks


def _add(item: dict[str, Any], disk: Disk, disks: dict[str, Disk]) -> None:
    disks[str(item["name"])] = disk
    for child in item.get("children", ()):
        _add(child, disk, disks)


def classify_url(
    destination: str, own_names: tuple[str, ...] = (), remotes: dict[str, str] | None = None
) -> Place | None:
    """Classify a destination that is an address; None for a path of this computer.

    Args:
        destination: as the engine is given it, user name and all.
        own_names: what this computer calls itself; a copy there is no second computer.
        remotes: rclone's remotes and their types.
    """
    if destination.startswith(("\\\\", "//")):
        return Place.NETWORK_SHARE
    if re.match(r"^[A-Za-z]:[\\/]", destination) or destination.startswith(("/", "~", ".")):
        return None
    found = _URL.match(destination)
    scheme = found.group(1).lower() if found else ""
    if scheme in ("file", "local"):
        return None
    if scheme == "rclone" or (remotes and scheme in remotes):
        return _remote(destination, scheme, remotes or {})
    place = _SCHEMES.get(scheme)
    host = _host(destination, scheme)
    if place is None and _SCP.match(destination):
        place = Place.OTHER_HOST
    if place is None:
        return Place.UNKNOWN if found else None
    return Place.SAME_HOST if is_here(host, own_names) else place


def is_here(host: str, own_names: Collection[str]) -> bool:
    """Tell whether a name or an address is this computer's own.

    Args:
        host: as somebody wrote it, an IPv6 address with or without brackets.
        own_names: what this computer calls itself, in lower case and without a domain.
    """
    plain = host.strip("[]").rstrip(".").lower()
    return bool(_LOOPBACK.fullmatch(plain)) or plain.split(".", 1)[0] in own_names


def _remote(destination: str, scheme: str, remotes: dict[str, str]) -> Place:
    name = (
        destination.split(":")[1] if scheme == "rclone" else destination.split(":", maxsplit=1)[0]
    )
    kind = remotes.get(name.lstrip("/"), "")
    if kind in _DRIVES:
        return Place.CLOUD_DRIVE
    if kind in _STORES:
        return Place.OBJECT_STORAGE
    return Place.OTHER_HOST if kind in ("sftp", "ftp", "webdav", "smb") else Place.UNKNOWN


def _host(destination: str, scheme: str) -> str:
    inner = re.search(r"://(?:[^/\s]+@)?(\[[^\]]+\]|[^/:\s]+)", destination)
    if inner:
        return inner.group(1).strip("[]")
    rest = destination[len(scheme) + 1 :] if scheme in _SCHEMES else destination
    found = re.match(r"(?:[^@/:\s]+@)?([^@/:\s]+)", rest)
    return found.group(1) if found else ""


def classify_path(destination: Mount | None, source: Mount | None, disks: dict[str, Disk]) -> Place:
    """Classify a folder of this computer by the mounts and disks below it and its source."""
    if destination is None:
        return Place.UNKNOWN
    if destination.fstype in _NETWORK:
        return Place.MOUNTED_SHARE
    there = disks.get(_device(destination))
    if there is None:
        return Place.UNKNOWN
    here = disks.get(_device(source)) if source else None
    if here is not None and here.name == there.name:
        return Place.SAME_DISK
    if there.removable:
        return Place.REMOVABLE
    return Place.OTHER_DISK if here is not None else Place.UNKNOWN


def _device(mount: Mount) -> str:
    """``/dev/mapper/vg-home[/@snap]`` is ``vg-home`` in lsblk's list."""
    return mount.source.split("[")[0].rsplit("/", 1)[-1]
