"""How the program names itself and its packs in every file it writes."""

from __future__ import annotations

from typing import Final

from posture_scan import __version__
from posture_scan.engine.pack_set import PackSet
from posture_scan.model.confidence import TABLE_VERSION

TOOL: Final = {
    "name": "posture-scan",
    "version": __version__,
    "confidence_table": str(TABLE_VERSION),
}


def pack_list(packs: PackSet) -> list[dict[str, str]]:
    """Return what a report says about the packs it was made with."""
    names = ("name", "origin", "version", "digest")
    return [{name: getattr(pack, name) for name in names} for pack in packs.packs]
