"""Ivanti Connect Secure (once Pulse, once Juniper): an XML export, or the version as text.

An XML export carries its release in the namespace (``…/ive-sa/22.7R2.10``). The binary
``system.cfg`` is encrypted and is not read.
"""

from __future__ import annotations

import re
from typing import Final

from posture_scan.checks.edge_device.device_facts import DeviceExport
from posture_scan.checks.edge_device.read_export import built, lines_of, not_mine, the_only

from posture_scan.sdk import Document, collector

_TITLE: Final = "Ivanti Connect Secure"
_NUMBER: Final = r"(\d{1,2}\.\d{1,2}R\d{1,2}(?:\.\d{1,3}){0,2})"
_NAMESPACE: Final = re.compile(
    rf'xmlns="http://xml\.(?:pulsesecure|juniper|ivanti)\.(?:net|com)/ive-sa/{_NUMBER}"'
)
_TEXT: Final = re.compile(rf"(?<![\w.]){_NUMBER}(?: \([Bb]uild (\d{{1,6}})\))?(?![\w.])")
_NAME: Final = re.compile(r"\b(?:Ivanti|Pulse) Connect Secure\b")
_HEAD_LINES: Final = 40
_MODEL: Final = re.compile(r"\b((?:ISA|PSA|MAG)-?\d{4}[A-Za-z-]{0,4}|ISA-V|PSA-V)\b")


@collector(on=Document("device_export"))
def ivanti_export(content: bytes) -> DeviceExport:
    """Read an XML export, or a short text that names product and version."""
    lines = list(lines_of(content))
    spaces = [match[1] for line in lines[:_HEAD_LINES] if (match := _NAMESPACE.search(line))]
    if spaces:
        return _facts(content, the_only(spaces))
    if len(lines) > _HEAD_LINES or not any(_NAME.search(line) for line in lines):
        raise not_mine()
    found = [match for line in lines for match in _TEXT.finditer(line)]
    if not found:
        raise not_mine()
    models = {match[1] for line in lines if (match := _MODEL.search(line))}
    builds = {match[2] for match in found if match[2]}
    return _facts(content, the_only(m[1] for m in found), the_only(models), the_only(builds))


def _facts(content: bytes, version: str, model: str = "", build: str = "") -> DeviceExport:
    return built(
        content, "ivanti", "ivanti-connect-secure", _TITLE, version=version, model=model,
        build=build,
    )  # fmt: skip
