"""UAC and macros: switches of Windows whose absence means the maker's default, never "off"."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_macros import MacrosFacts, macros_of_office
from posture_scan.checks.host.collect_uac import UacFacts, uac_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost
from tests.checks.host.verdicts import told

SYSTEM = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\"
DENIED = Attempt.PERMISSION_DENIED


def uac(values: dict[str, Any], platform: str = "windows") -> UacFacts:
    own = {SYSTEM + name: value for name, value in values.items()}
    facts = uac_of_computer.function(FakeHost(platform=platform, values=own))
    assert isinstance(facts, UacFacts)
    return facts


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({}, ("pass", "on")),
        ({"EnableLUA": 1, "ConsentPromptBehaviorAdmin": 5}, ("pass", "on")),
        ({"EnableLUA": 0}, ("fail", "off")),
        ({"ConsentPromptBehaviorAdmin": 0}, ("fail", "silent")),
        ({"EnableLUA": DENIED}, ("unknown", "not_seen")),
        ({"ConsentPromptBehaviorAdmin": b"\0"}, ("unknown", "not_seen")),
    ],
)
def test_user_account_control(values: dict[str, Any], want: tuple[str, str]) -> None:
    assert told("uac.off", uac(values)) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [(None, ("pass", "filtered")), (0, ("pass", "filtered")), (1, ("fail", "unfiltered")),
     (DENIED, ("unknown", "not_seen"))],
)  # fmt: skip
def test_rights_from_afar(value: Any, want: tuple[str, str]) -> None:
    values = {} if value is None else {"LocalAccountTokenFilterPolicy": value}
    assert told("uac.remote_full_rights", uac(values)) == want


def test_what_is_no_windows_has_neither() -> None:
    for platform in ("linux", "darwin"):
        facts = uac({}, platform)
        assert told("uac.off", facts) == ("not_applicable", "not_windows")
        assert told("uac.remote_full_rights", facts) == ("not_applicable", "not_windows")
        facts = macros_of_office.function(FakeHost(platform=platform))
        assert told("macros.unrestricted", facts) == ("not_applicable", "not_windows")


OFFICE = {"HKLM\\SOFTWARE\\Microsoft\\Office\\16.0\\Word\\InstallRoot\\Path": "C:\\Office16\\"}
EXCEL = {"HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Office\\16.0\\Excel\\InstallRoot\\Path": "C:\\x"}
OLD = {"HKLM\\SOFTWARE\\Microsoft\\Office\\15.0\\Word\\InstallRoot\\Path": "C:\\Office15\\"}
OWN = "HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security\\"
POLICY = "HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Word\\Security\\"
BLOCK = "blockcontentexecutionfrominternet"
OWN_EXCEL = OWN.replace("Word", "Excel")


RECENT = {
    "HKLM\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration\\VersionToReport":
        "16.0.15601.20088",
}  # fmt: skip
LICENSED = dict.fromkeys(RECENT, "16.0.14332.20791")
"""Office LTSC 2021 by volume licence."""

SAME = [{"user": "S-1-5-21-1-1-1-1001", "token": "S-1-5-21-1-1-1-1001"}]


def macros(values: dict[str, Any], **answers: Any) -> MacrosFacts:
    answers = {"session": SAME} | answers
    facts = macros_of_office.function(FakeHost(platform="windows", values=values, answers=answers))
    assert isinstance(facts, MacrosFacts)
    return facts


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({}, ("not_applicable", "no_office")),
        (OFFICE | RECENT, ("pass", "by_default")),
        (OFFICE | LICENSED, ("unknown", "default_unsure")),
        (OFFICE | dict.fromkeys(RECENT, DENIED), ("unknown", "default_unsure")),
        (OFFICE, ("unknown", "default_unsure")),
        (OFFICE | {OWN + "VBAWarnings": 1}, ("fail", "all_run")),
        (OFFICE | RECENT | {OWN + "VBAWarnings": 2}, ("pass", "by_default")),
        (OFFICE | {OWN + "VBAWarnings": 4}, ("pass", "restricted")),
        (OFFICE | {OWN + "VBAWarnings": 1, POLICY + "VBAWarnings": 3}, ("pass", "restricted")),
        (OFFICE | {OWN + "VBAWarnings": 4, POLICY + "VBAWarnings": 1}, ("fail", "all_run")),
        (OFFICE | {POLICY + BLOCK: 1}, ("pass", "restricted")),
        (OFFICE | {POLICY + BLOCK: 0}, ("fail", "internet_allowed")),
        (OFFICE | EXCEL | {OWN_EXCEL + "VBAWarnings": 1}, ("fail", "all_run")),
        (OLD, ("fail", "old_office")),
        (OFFICE | {POLICY + "VBAWarnings": DENIED}, ("unknown", "not_seen")),
        (dict.fromkeys(OFFICE, DENIED), ("unknown", "not_seen")),
    ],
)
def test_macros_of_office(values: dict[str, Any], want: tuple[str, str]) -> None:
    assert told("macros.unrestricted", macros(values)) == want


def test_the_switches_of_another_account_say_nothing_of_who_works_here() -> None:
    other = [{"user": "S-1-5-21-1-1-1-1001", "token": "S-1-5-21-1-1-1-500"}]
    facts = macros(OFFICE | {OWN + "VBAWarnings": 4}, session=other)
    assert told("macros.unrestricted", facts) == ("unknown", "other_person")
    silents: tuple[Any, ...] = ([], DENIED)
    for silent in silents:
        facts = macros(OFFICE | {OWN + "VBAWarnings": 4}, session=silent)
        assert told("macros.unrestricted", facts) == ("unknown", "not_seen")
