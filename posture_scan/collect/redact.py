"""Take secrets out of what a computer printed before it is written into a file.

However hostile the text, the work grows in step with its length: a name is read once, from its
first letter (the look-behind) and without trying shorter ones (the possessive ``++``).
"""

from __future__ import annotations

import re
from typing import Final

MARK: Final = b"[removed]"

_USERINFO: Final = re.compile(rb"(?<=://)[^/\s'\"]+@")
_NAME: Final = re.compile(rb"(?i)(?<![a-z0-9_.-])([a-z0-9_.-]++)\"?+\s*+[=:]\s*+")
_VALUE: Final = re.compile(
    rb"(?:\"[^\"\r\n]*+\"|'[^'\r\n]*+'|[^\s\"';]++)(?:\r?\n[ \t]++[^\s=:]++)*+"
)
_SECRET: Final = re.compile(
    rb"password|passwd|passphrase|secret|token|credential|"
    rb"api_?key|access_?key|account_?key|private_?key"
)
_OPTION: Final = re.compile(rb"(?i)(?<!\S)(--?[a-z-]++)[ =](?!-)\S++")
_SECRET_OPTION: Final = (b"pass", b"password", b"passphrase")
_SECRET_OPTIONS: Final = frozenset({b"token", b"secret", b"apikey", b"api-key"})
_DUMPS: Final = re.compile(rb"\b(?:mysql|mariadb)")
_ATTACHED: Final = re.compile(rb"(?<!\S)-p\S++")
_BLOCK: Final = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_PLACES: Final = (b"_file", b"_command")
"""Names that end so hold where a secret is, not the secret."""


def redact(data: bytes) -> tuple[bytes, int]:
    """Return the data without what looks like a secret, and how many were taken out.

    Values that go on over indented lines go whole: a key of borg's repository file does.
    """
    data, blocks = _BLOCK.subn(MARK, data)
    data, users = _USERINFO.subn(MARK + b"@", data)
    data, named = _without_named(data)
    data, options = _without_options(data)
    data, attached = _without_attached(data)
    return data, blocks + users + named + options + attached


def _without_named(data: bytes) -> tuple[bytes, int]:
    """Cut the values behind secret names; another name's value may begin with such a name."""
    kept: list[bytes] = []
    done = position = 0
    while found := _NAME.search(data, position):
        position = found.end()
        value = _VALUE.match(data, position) if _is_secret(found.group(1)) else None
        if value is not None:
            kept += [data[done:position], MARK]
            done = position = value.end()
    return b"".join([*kept, data[done:]]), len(kept) // 2


def _is_secret(name: bytes) -> bool:
    """Judge a name by its last part: ``user.signing-key`` is one, ``token-count`` is none."""
    last = re.split(rb"[.-]", name.lower())[-1]
    return last == b"key" or (bool(_SECRET.search(last)) and not last.endswith(_PLACES))


def _without_options(data: bytes) -> tuple[bytes, int]:
    """Cut the values of options such as ``--password x`` on a command line."""
    count = 0

    def cut(found: re.Match[bytes]) -> bytes:
        nonlocal count
        name = found.group(1).lower()
        if not name.endswith(_SECRET_OPTION) and name.lstrip(b"-") not in _SECRET_OPTIONS:
            return found.group(0)
        count += 1
        return data[found.start() : found.end(1) + 1] + MARK

    return _OPTION.sub(cut, data), count


def _without_attached(data: bytes) -> tuple[bytes, int]:
    """Cut ``-psecret`` of MySQL's and MariaDB's programs; elsewhere ``-p`` means other things."""
    if not _DUMPS.search(data):
        return data, 0
    count = 0
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if _DUMPS.search(line):
            lines[number], found = _ATTACHED.subn(b"-p" + MARK, line)
            count += found
    return b"".join(lines), count
