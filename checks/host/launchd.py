"""Which of macOS' own services somebody switched on."""

from __future__ import annotations

from posture_scan.sdk import Attempt, Look

_STATES = {"enabled": True, "false": True, "disabled": False, "true": False}


def launchd_on(look: Look, label: str) -> bool | None:
    """Tell whether macOS starts a service that is off unless somebody switched it on.

    ``launchctl print-disabled system`` lists ``"label" => disabled`` (before macOS 13 ``true``),
    and nothing of a service that nobody ever touched. None, noted, without such a list.
    """
    result = look.run(("launchctl", "print-disabled", "system"), hides="unit")
    text = result.stdout.decode("utf-8", "replace") if result and result.code == 0 else ""
    rows = [line.partition("=>") for line in text.splitlines() if "=>" in line]
    words = {name.strip().strip('"'): state.strip().rstrip(",") for name, _, state in rows}
    on = _STATES.get(words.get(label, "disabled")) if words else None
    if on is None:
        look.note("launchctl", Attempt.PROTOCOL_MISMATCH, "unit", "again")
    return on
