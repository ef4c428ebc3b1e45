"""Mounts, disks and names of a computer, by which a destination is told to be near or far."""

from __future__ import annotations

from posture_scan.checks.backup import destination
from posture_scan.checks.backup.facts import Place

from posture_scan.sdk import Look


def remote_types(text: str) -> dict[str, str]:
    """Read the kinds of rclone's remotes; the keys that stand beside them are not looked at."""
    kinds: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        bare = line.strip()
        name, equals, value = bare.partition("=")
        if bare.startswith("[") and bare.endswith("]"):
            section = bare[1:-1].lower()
        elif equals and section and name.rstrip() == "type":
            kinds[section] = value.strip()
    return kinds


class Surroundings:
    """Mounts, disks and names of this computer, asked once for all destinations."""

    def __init__(self, look: Look) -> None:
        """Ask for the disks and the computer's own name."""
        disks = look.run(
            ("lsblk", "-J", "-o", "NAME,TYPE,TRAN,RM,HOTPLUG,PKNAME,MOUNTPOINTS"),
            hides="run", quiet=True,
        )  # fmt: skip
        self.disks = destination.parse_disks(disks.stdout) if disks and disks.code == 0 else {}
        name = (look.text("/etc/hostname", hides="run", limit=4096) or "").strip().lower()
        self.own_names = (name.split(".")[0],) if name else ()
        self.remotes: dict[str, str] = {}
        for home in look.host.homes():
            text = look.text(f"{home}/.config/rclone/rclone.conf", hides="run") or ""
            self.remotes |= remote_types(text)
        self._mounts: dict[str, destination.Mount | None] = {}

    def classify(self, look: Look, target: str, sources: tuple[str, ...]) -> Place:
        """Say where a destination is, seen from its first source folder."""
        if not target:
            return Place.UNKNOWN
        place = destination.classify_url(target, self.own_names, self.remotes)
        if place is not None:
            return place
        path = target.removeprefix("file://").removeprefix("local:")
        source = next((item for item in sources if item.startswith("/")), "/")
        return destination.classify_path(
            self._mount(look, path), self._mount(look, source), self.disks
        )

    def _mount(self, look: Look, path: str) -> destination.Mount | None:
        if path not in self._mounts:
            result = (
                look.run(("findmnt", "-J", "-o", "TARGET,SOURCE,FSTYPE", "-T", path),
                         hides="run", quiet=True)
                if path.startswith("/") else None
            )  # fmt: skip
            good = result is not None and result.code == 0
            self._mounts[path] = destination.parse_mount(result.stdout) if result and good else None
        return self._mounts[path]
