"""Take secrets out of what a computer printed before it is written into a file."""

from __future__ import annotations

import re
from typing import Final

MARK: Final = b"[removed]"

_USERINFO: Final = re.compile(rb"(?<=://)[^/\s'\"@]+@")
_NAMED: Final = re.compile(
    rb"(?i)((?:[a-z0-9_.-]*(?:password|passwd|passphrase|secret|token|credential|api_?key|"
    rb"access_?key|account_?key|private_?key)[a-z0-9_]*)|\bkey)(\"?\s*[=:]\s*)"
    rb"(\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\"';]+)((?:\r?\n[ \t]+[^\s=:]+)*)",
)
_OPTION: Final = re.compile(
    rb"(?i)((?:^|\s)--?(?:[a-z-]*pass(?:word|phrase)?|token|secret|api-?key))([ =])(?!-)(\S+)"
)
_BLOCK: Final = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_FILES: Final = re.compile(rb"(?i)(?:_file|_command|-file|-command)$")


def redact(data: bytes) -> tuple[bytes, int]:
    """Return the data without what looks like a secret, and how many were taken out.

    Values that go on over indented lines go whole: a key of borg's repository file does.
    """
    count = 0

    def named(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if _FILES.search(found.group(1)):
            return found.group(0)
        count += 1
        return found.group(1) + found.group(2) + MARK

    def option(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if _FILES.search(found.group(1)):
            return found.group(0)
        count += 1
        return found.group(1) + found.group(2) + MARK

    data, blocks = _BLOCK.subn(MARK, data)
    data, users = _USERINFO.subn(MARK + b"@", data)
    data = _NAMED.sub(named, data)
    data = _OPTION.sub(option, data)
    return data, count + blocks + users
