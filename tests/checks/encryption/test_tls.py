"""tls.*: every check with a weak, a sound and an unknown case."""

from __future__ import annotations

import pytest
from posture_scan.checks.encryption.facts import Trial
from posture_scan.checks.encryption.probe import Outcome
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.protocol.suites import WEAK_CLASSES

from posture_scan.sdk import Method, Status
from tests.checks.encryption.judging import CHECKS, NO, UNSEEN, YES, facts, judge

OLD = {"tls.sslv2": "ssl2", "tls.sslv3": "ssl3", "tls.tls10": "tls10", "tls.tls11": "tls11"}
WEAK = {f"tls.{kind}": kind for kind in WEAK_CLASSES}
EXPECTED = {
    *OLD, *WEAK, "tls.no_tls12", "tls.no_forward_secrecy", "tls.dh_weak", "tls.compression",
    "tls.insecure_renegotiation", "tls.client_renegotiation", "tls.no_fallback_protection",
    "tls.no_post_quantum", "tls.no_server_preference",
}  # fmt: skip


def test_the_subject_has_exactly_these_checks() -> None:
    assert {one for one in CHECKS if one.startswith("tls.")} == EXPECTED


def test_a_sound_service_passes_everything() -> None:
    statuses = {one: judge(one, facts()).status for one in EXPECTED}
    assert set(statuses.values()) == {Status.PASS}


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_a_service_that_offers_no_tls_is_not_judged(check_id: str) -> None:
    nothing = facts(offered=Trial("offered", NO, "smtp"), versions=(), weak=(), starttls="smtp")
    found = judge(check_id, nothing)
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, "no_tls")


@pytest.mark.parametrize(
    ("check_id", "field", "trial", "status", "reason"),
    [
        ("client_renegotiation", "client_renegotiation", Trial("x", YES), Status.FAIL, "accepted"),
        ("client_renegotiation", "client_renegotiation", Trial("x", NO), Status.PASS, "refused"),
        ("client_renegotiation", "client_renegotiation", Trial("x", NO, "no_such_thing"),
         Status.PASS, "no_such_thing"),
        ("client_renegotiation", "client_renegotiation", Trial("x", UNSEEN), Status.UNKNOWN,
         "not_seen"),
        ("no_fallback_protection", "fallback_scsv", Trial("x", NO, "served"), Status.FAIL,
         "served"),
        ("no_fallback_protection", "fallback_scsv", Trial("x", YES, "alert 86"), Status.PASS,
         "warned"),
        ("no_fallback_protection", "fallback_scsv", Trial("x", YES, "no_older_version"),
         Status.PASS, "no_older_version"),
        ("no_fallback_protection", "fallback_scsv", Trial("x", UNSEEN), Status.UNKNOWN, "not_seen"),
        ("no_post_quantum", "post_quantum", Trial("x", YES), Status.PASS, "offered"),
        ("no_post_quantum", "post_quantum", Trial("x", NO), Status.PASS, "not_offered"),
        ("no_post_quantum", "post_quantum", Trial("x", UNSEEN), Status.UNKNOWN, "not_seen"),
        ("no_server_preference", "server_preference", Trial("x", YES), Status.PASS, "server"),
        ("no_server_preference", "server_preference", Trial("x", NO), Status.PASS, "client"),
        ("no_server_preference", "server_preference", Trial("x", UNSEEN, "one_suite"), Status.PASS,
         "one_suite"),
        ("no_server_preference", "server_preference", Trial("x", UNSEEN, "tls13"), Status.PASS,
         "tls13"),
        ("no_server_preference", "server_preference", Trial("x", UNSEEN), Status.UNKNOWN,
         "not_seen"),
    ],
)  # fmt: skip
def test_the_newer_questions(
    check_id: str, field: str, trial: Trial, status: Status, reason: str
) -> None:
    found = judge(f"tls.{check_id}", facts(**{field: trial}))
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(("check_id", "version"), OLD.items())
def test_old_versions(check_id: str, version: str) -> None:
    def with_(outcome: Outcome, detail: str = "") -> Status:
        trials = tuple(Trial(v, outcome if v == version else NO, detail) for v in VERSIONS)
        return judge(check_id, facts(versions=trials)).status

    assert with_(YES) is Status.FAIL
    assert with_(NO) is Status.PASS
    assert with_(UNSEEN, "timeout") is Status.UNKNOWN
    assert judge(check_id, facts(versions=())).status is Status.UNKNOWN


@pytest.mark.parametrize(("check_id", "kind"), WEAK.items())
def test_weak_suites(check_id: str, kind: str) -> None:
    weak = judge(check_id, facts(weak=(Trial(kind, YES, suite="TLS_X"),)))
    assert weak.status is Status.FAIL
    assert weak.actual == "TLS_X"
    assert dict(weak.values)["named"] is True
    assert judge(check_id, facts(weak=(Trial(kind, NO),))).status is Status.PASS
    seen = judge(check_id, facts(weak=(Trial(kind, UNSEEN, "timeout"),)))
    assert seen.status is Status.UNKNOWN
    assert dict(seen.values)["detail"] == "timeout"


@pytest.mark.parametrize(
    ("tls12", "tls13", "status"),
    [
        (YES, NO, Status.PASS),
        (NO, YES, Status.PASS),
        (UNSEEN, YES, Status.PASS),
        (NO, NO, Status.FAIL),
        (UNSEEN, NO, Status.UNKNOWN),
        (NO, UNSEEN, Status.UNKNOWN),
    ],
)
def test_no_tls12(tls12: Outcome, tls13: Outcome, status: Status) -> None:
    trials = (Trial("tls12", tls12), Trial("tls13", tls13))
    assert judge("tls.no_tls12", facts(versions=trials)).status is status


def test_no_forward_secrecy() -> None:
    def verdict(outcome: Outcome, detail: str = "", static: Outcome = NO) -> tuple[Status, str]:
        seen = facts(
            forward_secrecy=Trial("forward_secrecy", outcome, detail),
            static_rsa=Trial("static_rsa", static),
        )
        found = judge("tls.no_forward_secrecy", seen)
        return found.status, found.reason

    assert verdict(NO, "never", YES) == (Status.FAIL, "never")
    assert verdict(NO, "not_preferred", YES) == (Status.FAIL, "not_preferred")
    assert verdict(YES) == (Status.PASS, "always")
    assert verdict(YES, "", YES) == (Status.PASS, "preferred")
    assert verdict(UNSEEN, "timeout") == (Status.UNKNOWN, "not_seen")


@pytest.mark.parametrize(
    ("bits", "outcome", "status", "reason"),
    [
        (1024, YES, Status.FAIL, "short"),
        (512, UNSEEN, Status.FAIL, "short"),
        (2047, YES, Status.FAIL, "short"),
        (2048, YES, Status.PASS, "long"),
        (0, NO, Status.PASS, "not_used"),
        (0, YES, Status.UNKNOWN, "not_seen"),
        (0, UNSEEN, Status.UNKNOWN, "not_seen"),
        (4096, UNSEEN, Status.UNKNOWN, "not_seen"),
    ],
)
def test_dh_weak(bits: int, outcome: Outcome, status: Status, reason: str) -> None:
    verdict = judge("tls.dh_weak", facts(dh_bits=bits, dhe=Trial("dhe", outcome)))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_compression() -> None:
    for outcome, status in ((YES, Status.FAIL), (NO, Status.PASS), (UNSEEN, Status.UNKNOWN)):
        seen = facts(compression=Trial("compression", outcome))
        assert judge("tls.compression", seen).status is status


def test_insecure_renegotiation_is_an_analysis_not_an_attack() -> None:
    for outcome, status in ((NO, Status.FAIL), (YES, Status.PASS), (UNSEEN, Status.UNKNOWN)):
        seen = facts(secure_renegotiation=Trial("secure_renegotiation", outcome))
        verdict = judge("tls.insecure_renegotiation", seen)
        assert verdict.status is status
        assert verdict.method is (Method.ANALYSIS if outcome is NO else None)


def test_a_service_without_a_name_is_judged_and_says_so() -> None:
    seen = facts(name="", versions=(Trial("ssl3", YES),))
    verdict = judge("tls.sslv3", seen)
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["named"] is False
