"""The script that asks Windows about protection is one that may be run."""

from __future__ import annotations

from posture_scan.checks.host.protection_script import COMMAND, SCRIPT

from posture_scan.collect.programs import is_permitted


def test_the_script_only_reads() -> None:
    assert is_permitted(COMMAND)


def test_every_block_catches_its_own_error() -> None:
    assert SCRIPT.count("try{") == SCRIPT.count("catch{")
    assert SCRIPT.count("{") == SCRIPT.count("}")
    assert SCRIPT.count("(") == SCRIPT.count(")")


def test_bitlocker_is_asked_by_its_methods() -> None:
    assert "GetProtectionStatus()" in SCRIPT
    assert "$_.ProtectionStatus" not in SCRIPT
