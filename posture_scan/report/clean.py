"""Text from a target or from a stranger's file, made harmless before anybody sees it."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

LONGEST: Final = 300
"""Characters of one value that are shown; banners can be made as long as one likes."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer a terminal or the direction of text instead of showing."""

_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 2
"""Combining marks one letter may carry; more of them climb over the neighbouring lines."""


def clean(text: str, longest: int = LONGEST) -> str:
    r"""Return the text with every character that does not show itself spelt out (``\x1b``).

    Escape sequences, line breaks, zero-width and direction characters, and private or
    unassigned code points become visible; the result stands on one line.
    """
    cut = text[:longest]
    end = "..." if len(text) > longest else ""
    if cut.isascii() and cut.isprintable():  # most texts of a report, of which there are many
        return cut + end
    shown: list[str] = []
    marks = 0
    for char in cut:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        if category in _HIDDEN or marks > _MOST_MARKS:
            shown.append(_spelt(char))
        else:
            shown.append(char)
    return "".join(shown) + end


def clean_tree(value: Any) -> Any:
    """Return JSON values with every text in them cleaned, the names of members too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): clean_tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_tree(item) for item in value]
    return value


def _spelt(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 -- what fits \x
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- what fits \u
