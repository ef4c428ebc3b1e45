"""TeamViewer taking connections directly, not only through its maker's servers."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import protocol

_MAGIC: Final = (b"\x17\x24", b"\x11\x30")
_COMMANDS: Final = frozenset({10, 11, 16, 17})
_HEADER_LENGTH: Final = 5
_PING: Final = bytes.fromhex("172410040000000000")


@protocol(
    "teamviewer",
    sends=_PING,
    ports=(5938,),
    nmap=("teamviewer",),
    anywhere=False,
)
def teamviewer(answer: bytes) -> bool:
    """TeamViewer's magic number followed by one of its opening commands."""
    if answer.startswith(_PING):
        return False  # an echo of our own message
    return len(answer) >= _HEADER_LENGTH and answer[:2] in _MAGIC and answer[2] in _COMMANDS
