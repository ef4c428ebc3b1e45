"""Linux: what is mounted, and what lies under it down to the disk.

``lsblk`` gives the tree of devices, ``/proc/self/mountinfo`` and ``/proc/swaps`` what is in use.
Old versions of lsblk name one mount point of several, and none of a btrfs's other devices, so
its own column of mount points is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.checks.host.volume import Protection, Volume

from posture_scan.sdk import Attempt, Look

_LSBLK: Final = ("lsblk", "-J", "-o", "NAME,KNAME,TYPE,RM,TRAN,MAJ:MIN")
_DEEPEST: Final = 32
_MOST: Final = 10_000

_BOOT: Final = ("/boot", "/efi")
"""What starts the computer is read before any key is known; it holds no data of the firm."""

_NO_DISK: Final = frozenset({"squashfs", "iso9660", "udf", "erofs"})
"""Read-only images, such as snaps and discs."""

_OWN_WAY: Final = frozenset({"zfs", "bcachefs"})
"""File systems that may encrypt by themselves, dataset by dataset."""

_FOLDER_WISE: Final = frozenset({"ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"})


@dataclass(frozen=True)
class _Node:
    """One device at one place in the tree; ``above`` goes up to the disk, itself first."""

    name: str
    kernel_name: str
    number: str
    above: tuple[tuple[str, str], ...]
    """Kernel name and type of itself and of each device it lies on."""
    removable: bool


@dataclass(frozen=True)
class _Mount:
    target: str
    kind: str
    source: str
    number: str


def linux_volumes(look: Look) -> tuple[Volume, ...]:
    """Return root, swap and every other place on a fixed disk where data are kept."""
    nodes = _tree(look)
    if nodes is None:
        return ()
    mounts = _mounts(look)
    found: dict[str, Volume] = {}
    for mount in mounts:
        volume = _volume(look, mount, nodes)
        if volume is not None:
            found[mount.target] = volume  # a later mount on the same place hides the earlier
    swaps = [_swap(look, device, nodes) for device in _swaps(look)]
    hidden = [Volume(note.what, Protection.UNSEEN, system=False)
              for note in look.not_read if note.hides == "disk"]  # fmt: skip
    return (*found.values(), *swaps, *hidden)


def other_methods(look: Look) -> tuple[str, ...]:
    """Name ways to encrypt single folders that are in use here."""
    kinds = {mount.kind for mount in _mounts(look)} & _FOLDER_WISE
    marks = [path for path in ("/.fscrypt", "/home/.fscrypt") if not look.is_missing(path)]
    return (*sorted(kind.removeprefix("fuse.") for kind in kinds), *(("fscrypt",) if marks else ()))


# --- what lies on what -----------------------------------------------------------------------


def _tree(look: Look) -> list[_Node] | None:
    result = look.run(_LSBLK, hides="disk")
    if result is None:
        return None
    try:
        table = json.loads(result.stdout)
        nodes = list(_walk(table["blockdevices"], (), removable=False))
    except (ValueError, KeyError, TypeError, RecursionError):
        nodes = []
    if result.code != 0 or not nodes or len(nodes) > _MOST:
        look.note("lsblk", Attempt.PROTOCOL_MISMATCH, "disk", "tool")
        return None
    return nodes


def _walk(
    rows: Sequence[Mapping[str, Any]], above: tuple[tuple[str, str], ...], *, removable: bool
) -> Iterator[_Node]:
    if len(above) > _DEEPEST:
        raise ValueError("a tree too deep")
    for row in rows:
        chain = ((str(row["kname"]), str(row["type"])), *above)
        loose = removable or str(row.get("rm")).lower() in ("1", "true") or row.get("tran") == "usb"
        yield _Node(
            str(row["name"]), chain[0][0], str(row.get("maj:min", "")).strip(), chain, loose
        )
        yield from _walk(row.get("children") or (), chain, removable=loose)


def _is_crypt(look: Look, kernel_name: str, kind: str) -> bool:
    """Tell whether a mapping encrypts: lsblk calls verity and integrity ``crypt`` as well.

    The kernel's uuid of the mapping begins with ``CRYPT-VERITY`` or ``CRYPT-INTEGRITY`` there
    (cryptsetup writes them so); these two only protect against changes.
    """
    if kind != "crypt":
        return False
    uuid = look.text(f"/sys/block/{kernel_name}/dm/uuid", hides="disk", limit=4096) or ""
    return not uuid.startswith(("CRYPT-VERITY", "CRYPT-INTEGRITY", "CRYPT-SUBDEV"))


def _protection(look: Look, places: Sequence[_Node]) -> Protection:
    """Encrypted only when every way down to every disk passes an encrypting mapping."""
    safe = [any(_is_crypt(look, *step) for step in node.above) for node in places]
    return Protection.ENCRYPTED if all(safe) else Protection.PLAIN


# --- what is in use --------------------------------------------------------------------------


def _mounts(look: Look) -> list[_Mount]:
    """Read proc(5) mountinfo: ``36 35 98:0 /root /target options - kind source options``."""
    text = look.text("/proc/self/mountinfo", hides="disk", limit=4 * 1_048_576) or ""
    found = []
    for line in text.splitlines()[:_MOST]:
        left, _, right = line.partition(" - ")
        first, second = left.split(" "), right.split(" ")
        if len(first) > 4 and len(second) > 1:  # noqa: PLR2004 -- as the line above is made
            found.append(_Mount(_plain(first[4]), second[0], _plain(second[1]), first[2]))
    return found


def _plain(text: str) -> str:
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def _volume(look: Look, mount: _Mount, nodes: Sequence[_Node]) -> Volume | None:
    system = mount.target == "/"
    if mount.kind in _OWN_WAY:
        return Volume(mount.target, Protection.OTHER, mount.kind, system)
    places = _places(look, mount, nodes)
    if not places:
        return Volume("/", Protection.OTHER, mount.kind) if system else None
    if not system and (_is_boot(mount.target) or mount.kind in _NO_DISK or _aside(look, places)):
        return None
    return Volume(mount.target, _protection(look, places), mount.kind, system)


def _is_boot(target: str) -> bool:
    return any(target == name or target.startswith(f"{name}/") for name in _BOOT)


def _aside(look: Look, places: Sequence[_Node]) -> bool:
    """Tell what can be taken out, and images that are files on a volume judged anyway."""
    loops = any(kind == "loop" for node in places for _, kind in node.above)
    return all(node.removable for node in places) or (
        loops and _protection(look, places) is Protection.PLAIN
    )


def _places(look: Look, mount: _Mount, nodes: Sequence[_Node]) -> list[_Node]:
    """Find the devices of a mount; btrfs has a number of its own and may span several devices."""
    own = [node for node in nodes if node.number and node.number == mount.number]
    if not own and mount.source.startswith("/dev/"):
        name = mount.source.rsplit("/", 1)[-1]
        own = [node for node in nodes if name in (node.name, node.kernel_name)]
    if mount.kind != "btrfs" or not own:
        return own
    return own + [node for node in nodes if node.kernel_name in _together(look, own[0].kernel_name)]


def _together(look: Look, kernel_name: str) -> set[str]:
    """Name the devices that make up one btrfs, as the kernel lists them."""
    groups: dict[str, set[str]] = {}
    for info in look.files("/sys/fs/btrfs/*/devices/*", hides="disk"):
        parts = info.path.split("/")
        groups.setdefault(parts[4], set()).add(parts[-1])
    return next((names for names in groups.values() if kernel_name in names), set())


def _swaps(look: Look) -> list[str]:
    """Name the devices that take what does not fit into memory; memory itself (zram) is none.

    A swap file lies on a volume that is judged anyway.
    """
    lines = (look.text("/proc/swaps", hides="disk") or "").splitlines()[1:]
    fields = [line.split() for line in lines]
    found = [item[0] for item in fields if len(item) > 1 and item[1] == "partition"]
    return [device for device in found if not device.startswith("/dev/zram")]


def _swap(look: Look, device: str, nodes: Sequence[_Node]) -> Volume:
    name = device.rsplit("/", 1)[-1]
    places = [node for node in nodes if name in (node.name, node.kernel_name)]
    protection = _protection(look, places) if places else Protection.UNSEEN
    return Volume("swap", protection, system=False)
