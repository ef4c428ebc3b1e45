"""Whether a service of this computer runs, or will at the next start."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Look

_FIELDS: Final = "--property=Id,LoadState,ActiveState,UnitFileState"
_STARTED: Final = frozenset({"enabled", "enabled-runtime", "linked", "alias", "generated"})


def unit_on(look: Look, *names: str) -> bool | None:
    """Tell whether any of these systemd units is active or enabled; None where it cannot say.

    A computer that was not started by systemd (a container) cannot say. A unit that is not there
    is loaded as ``not-found`` and is off.
    """
    result = look.run(("systemctl", "show", *names, _FIELDS), hides="unit", quiet=True)
    if result is None or result.code != 0:
        return None
    states = [_state(block) for block in result.stdout.decode("utf-8", "replace").split("\n\n")]
    seen = [state for state in states if state.get("Id")]
    if len(seen) < len(names):
        return None
    return any(
        state.get("LoadState") == "loaded"
        and (state.get("ActiveState") in {"active", "activating", "reloading"}
             or state.get("UnitFileState") in _STARTED)
        for state in seen
    )  # fmt: skip


def _state(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def launchd_on(look: Look, label: str) -> bool | None:
    """Tell whether macOS starts a service that is off unless somebody switched it on.

    ``launchctl print-disabled system`` lists ``"label" => disabled`` (before macOS 13 ``true``),
    and nothing of a service that nobody ever touched.
    """
    result = look.run(("launchctl", "print-disabled", "system"), hides="unit")
    if result is None or result.code != 0:
        return None
    text = result.stdout.decode("utf-8", "replace")
    if "=>" not in text:
        return None
    for line in text.splitlines():
        name, arrow, state = line.partition("=>")
        if arrow and name.strip().strip('"') == label:
            word = state.strip().rstrip(",")
            return {"enabled": True, "false": True, "disabled": False, "true": False}.get(word)
    return False
