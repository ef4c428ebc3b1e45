"""Radmin: recognised by its answer to the opening message."""

from __future__ import annotations

from posture_scan.sdk import protocol


@protocol("radmin", sends=bytes.fromhex("01000000010000000808"), ports=(4899,), nmap=("radmin",))
def radmin(answer: bytes) -> bool:
    """The server's five opening bytes."""
    return answer.startswith(bytes.fromhex("0100000009"))
