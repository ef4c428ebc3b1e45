"""Registered is not required: what each list proves, what it leaves open, what it denies."""

from __future__ import annotations

import pytest
from posture_scan.checks.cloud_identity import tenant
from posture_scan.checks.cloud_identity.tenant_facts import Standing, TenantUsers

from posture_scan.sdk import Check, Status, Verdict
from tests.checks.cloud_identity.lists import entra, google, graph, per_user
from tests.checks.cloud_identity.test_read import OFF, ON, read

FAIL, PASS, NA, UNKNOWN = Status.FAIL, Status.PASS, Status.NOT_APPLICABLE, Status.UNKNOWN
EVERYONE = (tenant.mfa_off, tenant.mfa_gaps, tenant.mfa_unproven)
ADMINS = (tenant.admin_mfa_off, tenant.admin_mfa_gaps, tenant.admin_mfa_unproven)
Y, N = "True", "False"


def judged(facts: TenantUsers, checks: tuple[Check, ...] = EVERYONE) -> tuple[Verdict, ...]:
    return tuple(item.function(facts) for item in checks)


def statuses(facts: TenantUsers, checks: tuple[Check, ...] = EVERYONE) -> tuple[Status, ...]:
    return tuple(verdict.status for verdict in judged(facts, checks))


@pytest.mark.parametrize(
    ("content", "expected", "reason"),
    [
        (google(ON, ON), (PASS, PASS, PASS), "required_of_all"),
        (google(ON, ON, ("Suspended", N, N)), (PASS, PASS, PASS), "required_of_all"),
        (google(ON, ("Active", Y, N)), (PASS, FAIL, NA), "not_required_of_all"),
        (google(("Active", Y, N), ("Active", Y, N)), (PASS, FAIL, NA), "not_required_of_all"),
        (google(ON, ("Active", N, Y)), (PASS, FAIL, NA), "required_not_set_up"),
        (google(ON, OFF), (PASS, FAIL, NA), "some_without"),
        (google(OFF, OFF), (FAIL, NA, NA), "nobody"),
        (google(ON, ("Active", "?", Y)), (UNKNOWN,) * 3, "values_unclear"),
        (google(OFF, ("Active", "?", Y)), (UNKNOWN,) * 3, "values_unclear"),
        (google(("Suspended", N, N)), (UNKNOWN,) * 3, "no_accounts"),
        (entra((Y, Y, Y), (N, Y, Y)).encode(), (PASS, PASS, FAIL), "everybody"),
        (entra((Y, Y, Y), (N, Y, N)).encode(), (PASS, FAIL, NA), "some_without"),
        (entra((Y, N, N), (N, N, N)).encode(), (FAIL, NA, NA), "nobody"),
        (graph({}, more=True), (UNKNOWN,) * 3, "not_whole"),
        (graph({"isMfaCapable": False}, {}, more=True), (PASS, FAIL, NA), "some_without"),
        (per_user("Enforced", "Enforced"), (PASS, PASS, PASS), "required_of_all"),
        (per_user("Enforced", "Enabled"), (PASS, FAIL, NA), "asked_not_required"),
        (per_user("Enforced", "Disabled"), (UNKNOWN,) * 3, "per_user_off"),
        # off is also how it looks where security defaults or a policy require it
        (per_user("Disabled", "Disabled"), (UNKNOWN,) * 3, "per_user_off"),
    ],
)  # fmt: skip
def test_how_far_everybody_has_come(
    content: bytes, expected: tuple[Status, ...], reason: str
) -> None:
    verdicts = judged(read(content))
    assert tuple(verdict.status for verdict in verdicts) == expected
    assert verdicts[1].reason == reason


def test_what_can_be_used_counts_and_not_what_is_merely_registered() -> None:
    facts = read(graph({"isMfaCapable": False, "isMfaRegistered": True}))
    assert statuses(facts) == (FAIL, NA, NA)


def test_a_per_user_state_that_is_off_denies_nothing_beside_what_is_registered() -> None:
    rows = "userPrincipalName,isMfaCapable,MFAStatus\na@example.jp,True,Disabled\n"
    assert statuses(read(rows.encode())) == (PASS, PASS, FAIL)


@pytest.mark.parametrize(
    ("content", "expected", "reason"),
    [
        (entra((Y, N, N), (N, Y, Y)).encode(), (FAIL, NA, NA), "nobody"),
        (entra((Y, Y, Y), (Y, N, N)).encode(), (PASS, FAIL, NA), "some_without"),
        (entra((Y, Y, Y), (N, N, N)).encode(), (PASS, PASS, FAIL), "everybody"),
        # nobody is marked, and what holds for all holds for administrators
        (google(ON, ON), (PASS, PASS, PASS), "required_of_all"),
        (google(OFF, OFF), (FAIL, NA, NA), "nobody"),
        (google(ON, OFF), (UNKNOWN,) * 3, "admins_not_marked"),
        # every tenant has an administrator: a list without any was cut
        (entra((N, Y, Y), (N, N, N)).encode(), (UNKNOWN,) * 3, "not_whole"),
    ],
)  # fmt: skip
def test_administrators_by_themselves(
    content: bytes, expected: tuple[Status, ...], reason: str
) -> None:
    verdicts = judged(read(content), ADMINS)
    assert tuple(verdict.status for verdict in verdicts) == expected
    assert verdicts[1].reason == reason


def test_the_numbers_of_the_sentences() -> None:
    facts = TenantUsers(
        "google_workspace", "0" * 64, Standing(9, 1, registered=5, enforced=4), None, 3, 2, 1
    )
    verdict = tenant.mfa_gaps.function(facts)
    assert dict(verdict.values) == {
        "accounts": 9, "without": 3, "required": 4, "unclear": 1, "disabled": 3, "guests": 2,
        "unattended": 1,
    }  # fmt: skip
