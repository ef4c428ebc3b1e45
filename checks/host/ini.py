"""Settings in files of sections and ``key = value`` lines, read without writing or expanding."""

from __future__ import annotations

_MOST_LINES = 20_000


def pairs(text: str) -> list[tuple[str, str, str]]:
    """Return section, key and value of each line in order; the key in lower case.

    Comments are whole lines beginning with ``#`` or ``;``. Blanks inside a key do not count, as
    Samba has it, and a line that ends in a backslash goes on in the next.
    """
    found, section, carried = [], "", ""
    for raw in text.splitlines()[:_MOST_LINES]:
        line = carried + raw.strip()
        carried = ""
        if not line or line[0] in "#;":
            continue
        if line.endswith("\\"):
            carried = line[:-1] if len(line) < 10_000 else ""  # noqa: PLR2004 -- a line has an end
            continue
        if line.startswith("["):
            section = line[1:].partition("]")[0].strip()
            continue
        key, equals, value = line.partition("=")
        if equals:
            found.append((section, "".join(key.split()).lower(), value.strip()))
    return found


def truth(value: str) -> bool | None:
    """Read a switch; None where it is neither on nor off."""
    word = value.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    return False if word in {"0", "false", "no", "off", ""} else None
