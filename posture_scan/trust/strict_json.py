"""Reading JSON that was, or will be, signed: one text has exactly one meaning.

Refused beyond RFC 8259: a byte order mark, two members of one name, NaN and Infinity,
fractions and exponents, integers that a double cannot hold (RFC 7493 §2.2), halves of
surrogate pairs, and nesting deeper than 64.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from posture_scan.trust.codes import refusal

MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes one document may have."""
MAX_DEPTH: Final = 64
"""Arrays and objects inside each other."""
MAX_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2)."""

# Possessive quantifiers keep a hostile text without closing quotes linear.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]', re.DOTALL)
_LONGEST_INTEGER = len(str(MAX_INTEGER)) + 1


class _DuplicateKeyError(Exception):
    """Two members of one object have the same name."""


def loads(data: bytes, document: str) -> Any:
    """Parse strictly.

    Args:
        data: the whole document.
        document: what the reader calls it, for the message; a file name ending will do.

    Raises:
        PostureError: E-IN-001, 002, 003, 008, 009, 010 or 011, naming the place.
    """
    if len(data) > MAX_BYTES:
        raise refusal("E-IN-001", document=document, got=len(data), limit=MAX_BYTES)
    text = _text(data, document)
    _refuse_deep_nesting(data, document)
    value = _parse(text, document)
    if "\\u" in text:
        _refuse_half_characters(value, document)
    return value


def _text(data: bytes, document: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise refusal("E-IN-009", document=document, offset=0)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal("E-IN-009", document=document, offset=error.start) from error


def _refuse_deep_nesting(data: bytes, document: str) -> None:
    """Count brackets outside strings, so that the parser's own stack never decides."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise refusal("E-IN-003", document=document, limit=MAX_DEPTH)
        else:
            depth -= 1


def _parse(text: str, document: str) -> Any:
    def integer(literal: str) -> int:
        if len(literal) > _LONGEST_INTEGER or abs(int(literal)) > MAX_INTEGER:
            raise refusal("E-IN-010", document=document, got=literal[:24])
        return int(literal)

    def no_number(literal: str) -> Any:
        raise refusal("E-IN-010", document=document, got=literal[:24])

    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=integer,
            parse_float=no_number,
            parse_constant=no_number,
        )
    except _DuplicateKeyError as error:
        key, offset = _first_duplicate(text)
        line, column = _place(text, offset)
        raise refusal(
            "E-IN-002", document=document, key=key[:80], line=line, column=column
        ) from error
    except json.JSONDecodeError as error:
        raise refusal(
            "E-IN-008", document=document, line=error.lineno, column=error.colno
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _DuplicateKeyError
    return result


def _first_duplicate(text: str) -> tuple[str, int]:
    """Find the first member name that its object already has, and where it stands.

    Only called on text in which the parser met such a name, so the tokens can be trusted
    up to the place that is looked for.
    """
    names: list[set[str]] = []
    candidate: tuple[str, int] = ("", 0)
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in ("{", "["):
            names.append(set())
        elif mark in ("}", "]"):
            names.pop()
        elif mark.startswith('"'):
            candidate = (str(json.loads(mark)), token.start())
        elif mark == ":":
            if candidate[0] in names[-1]:
                return candidate
            names[-1].add(candidate[0])
    return candidate


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _refuse_half_characters(value: Any, document: str) -> None:
    """Refuse half a surrogate pair: it has no UTF-8 form, so its reading is anyone's guess."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise refusal("E-IN-011", document=document) from error
