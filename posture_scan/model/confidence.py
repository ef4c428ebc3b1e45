"""How sure a method makes us: one versioned table, never a number typed by a check."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

TABLE_VERSION: Final = 1
"""Raised whenever a figure below changes, and written into every report."""


class Method(StrEnum):
    """The way an observation was made."""

    VERIFIED_ACTION = "verified_action"
    REGISTRY_OR_PACKAGE = "registry_or_package"
    PROTOCOL_HANDSHAKE = "protocol_handshake"
    DEVICE_EXPORT = "device_export"
    TENANT_EXPORT = "tenant_export"
    VERSION_WITH_PATCH_LEVEL = "version_with_patch_level"
    ANALYSIS = "analysis"
    ATTESTATION_SIGNED = "attestation_signed"
    VERSION_WITHOUT_PATCH_LEVEL = "version_without_patch_level"
    PORT_NUMBER_ONLY = "port_number_only"
    HINT = "hint"


CONFIDENCE: Final[dict[Method, int]] = {
    Method.VERIFIED_ACTION: 99,
    Method.REGISTRY_OR_PACKAGE: 97,
    Method.PROTOCOL_HANDSHAKE: 95,
    Method.DEVICE_EXPORT: 80,
    Method.TENANT_EXPORT: 80,
    Method.VERSION_WITH_PATCH_LEVEL: 80,
    Method.ANALYSIS: 70,
    Method.ATTESTATION_SIGNED: 50,
    Method.VERSION_WITHOUT_PATCH_LEVEL: 30,
    Method.PORT_NUMBER_ONLY: 30,
    Method.HINT: 1,
}
"""Percent, 0 to 99; a profile compares its ``min_confidence`` (default 70) with it."""
