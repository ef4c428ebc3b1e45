"""The packs' own functions at work in discovery: what they raise ends nothing but their own say.

They are handed whatever a stranger's server sends, and packs come from anybody.
"""

from __future__ import annotations

from posture_scan.sdk import ProtocolSpec


def judged(spec: ProtocolSpec, answer: bytes) -> bool | None:
    """Tell whether the answer is in this protocol; None where the pack's code failed over it.

    What comes back as it was sent is an echo, whatever was asked.
    """
    if not answer or (spec.sends and answer == spec.sends):
        return False
    try:
        return bool(spec.recognise(answer))
    except Exception:  # noqa: BLE001 -- the wall around a pack's recogniser
        return None


def kept(spec: ProtocolSpec, answer: bytes) -> bytes:
    """Return what of the answer may be stored: nothing where the pack cannot say."""
    if spec.keep is None:
        return answer
    try:
        return bytes(spec.keep(answer))
    except Exception:  # noqa: BLE001 -- the same wall
        return b""
