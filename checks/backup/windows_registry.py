"""The registry as the readers of Windows use it beside single values."""

from __future__ import annotations

from posture_scan.sdk import AttemptError, Look, is_absent, lift_of


def sub_keys(look: Look, key: str, *, hides: str) -> tuple[str, ...]:
    """Return the names of a key's sub-keys, none where there is no key or it is closed (noted)."""
    try:
        return look.host.registry_keys(key)
    except AttemptError as error:
        if not is_absent(error):
            look.note(key, error.attempt, hides, lift_of(error))
        return ()
