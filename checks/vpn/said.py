"""Words that a server says about itself, made plain: short, and every strange sign spelt out."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 64


def plain(data: bytes, longest: int = LONGEST) -> str:
    r"""Return the text up to its first zero byte; what is not printable ASCII becomes ``\x1b``."""
    text = data.partition(b"\0")[0][:longest].decode("latin-1")
    return "".join(
        sign if sign.isascii() and sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text
    ).strip()
