"""What a backup saves: folders that are not there, or hold nothing since no disk is mounted."""

from __future__ import annotations

from collections.abc import Sequence

from posture_scan.sdk import AttemptError, Look


def plain(sources: Sequence[str]) -> list[str]:
    """Return those sources that are plain paths, without patterns and variables."""
    return [path for path in sources if path.startswith("/") and not set(path) & set("*?$")]


def empty(look: Look, sources: Sequence[str]) -> bool:
    """Tell whether a backup certainly saves nothing of what it should.

    All of its folders are empty, or one is that a disk of ``/etc/fstab`` belongs on. An empty
    folder beside full ones is common (``/srv``) and means nothing.
    """
    paths = plain(sources)
    hollow = [path for path in paths if _is_hollow(look, path)]
    if not hollow:
        return False
    return len(hollow) == len(sources) or bool(set(hollow) & _mount_points(look))


def _is_hollow(look: Look, path: str) -> bool:
    """Tell whether this is a folder without a single entry; a closed one is not known to be."""
    try:
        if not look.host.stat(path).is_dir:
            return False
        shown = look.host.glob(f"{path.rstrip('/')}/*", limit=1)
        hidden = look.host.glob(f"{path.rstrip('/')}/.*", limit=1)
    except AttemptError:
        return False
    return not shown and not hidden


def _mount_points(look: Look) -> set[str]:
    lines = (look.text("/etc/fstab", hides="run") or "").splitlines()
    parts = (line.split() for line in lines if not line.lstrip().startswith("#"))
    return {words[1].rstrip("/") for words in parts if len(words) > 1}
